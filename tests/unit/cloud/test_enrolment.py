"""Enrolment photos, against a bucket whose events arrive in any order, again and again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brain.cloud.uploads import id_of_object
from brain.core.results import Status
from tests.fakes import FACELESS, FakeEmbedder
from tests.unit.cloud.enrolments import BUCKET, Bucket, FakePeople, enrolled, service

KEYS = ["people/Ada/1.jpg", "people/Ada/2.jpg", "people/Zoë + Söhne/1 (2).jpg"]
Action = tuple[str, bytes | None]
ACTIONS = st.lists(
    st.tuples(st.sampled_from(KEYS), st.sampled_from([b"a1", b"a2", FACELESS, None])), min_size=1, max_size=8
)


@settings(max_examples=300)
@given(st.data(), ACTIONS)
def test_any_delivery_of_the_events_ends_in_the_bucket_s_people(
    data: st.DataObject, actions: list[Action]
) -> None:
    bucket, people = Bucket(), FakePeople()
    worker = service(bucket, people)
    for key, content in actions:
        if content is None:
            bucket.delete(key)
        else:
            bucket.put(key, content)
        known = st.lists(st.sampled_from(bucket.events), max_size=2)
        for event in data.draw(known) if bucket.events else ():
            worker.process(event, 60)
    for event in data.draw(st.permutations(bucket.events)):
        worker.process(event, 60)

    assert enrolled(people.log) == bucket.people()
    named = {result.enrolment.person for result in bucket.outcomes.values() if result.enrolment}
    assert named == {record.person for record in people.log.records()}


@given(st.data(), ACTIONS)
def test_a_photo_that_is_removed_or_replaced_while_it_is_read(
    data: st.DataObject, actions: list[Action]
) -> None:
    bucket, people = Bucket(), FakePeople()
    worker, left = service(bucket, people), list(actions)
    is_fast = data.draw(st.lists(st.booleans(), min_size=len(left), max_size=len(left)))

    def meanwhile() -> None:
        if left:
            key, content = left.pop()
            if content is None:
                bucket.delete(key)
                if is_fast[len(left)]:
                    worker.process(bucket.events[-1], 60)
            else:
                bucket.put(key, content)

    bucket.while_read = meanwhile
    bucket.put(KEYS[0], b"a1")
    position = 0
    while position < len(bucket.events):
        worker.process(bucket.events[position], 60)
        position += 1
    for event in data.draw(st.permutations(bucket.events)):
        worker.process(event, 60)
    assert enrolled(people.log) == bucket.people()


def test_the_outcome_of_each_photo_is_a_result() -> None:
    bucket = Bucket()
    worker = service(bucket)
    for key, content in (
        (KEYS[0], b"a1"),
        (KEYS[1], b"a2"),
        ("people/Ada/3.jpg", b"z1"),
        (KEYS[2], FACELESS),
    ):
        bucket.put(key, content)
    first, second, third, fourth = (worker.process(event, 60) for event in bucket.events)
    assert first is not None
    assert first.status is Status.DONE
    assert first.enrolment is not None
    assert (first.enrolment.person, first.enrolment.outcome, first.enrolment.photos) == ("Ada", "enrolled", 1)
    assert second is not None
    assert second.enrolment is not None
    assert (second.enrolment.similarity, second.enrolment.photos) == (0.97, 2)
    assert third is not None
    assert third.enrolment is not None
    assert third.enrolment.outcome == "unlike-others"
    assert fourth is not None
    assert fourth.status is Status.FAILED
    assert fourth.error is not None
    assert fourth.error.reason == "no-face"


def test_expiry_forgets_nobody() -> None:
    bucket, people = Bucket(), FakePeople()
    worker = service(bucket, people)
    bucket.put(KEYS[0], b"a1")
    worker.process(bucket.events[0], 60)
    before = enrolled(people.log)
    del bucket.objects[KEYS[0]]  # no event follows
    worker.process(bucket.events[0], 60)
    assert enrolled(people.log) == before != set()


def test_a_person_is_forgotten_at_once() -> None:
    bucket, people = Bucket(), FakePeople()
    worker = service(bucket, people)
    for key in KEYS:
        bucket.put(key, b"a1")
    bucket.put("people/Ada/.forget", b"")
    late = bucket.events[1]
    for event in (bucket.events[0], *bucket.events[2:], late):
        worker.process(event, 60)
    assert {record.person for record in people.log.records()} == {"Zoë + Söhne"}
    [outcome] = bucket.outcomes.values()
    assert outcome.enrolment is not None
    assert outcome.enrolment.person == "Zoë + Söhne"


@pytest.mark.parametrize("key", ["people/photo.jpg", "people//photo.jpg", "people/\u200b/photo.jpg"])
def test_a_key_that_names_nobody_is_a_failed_result(key: str) -> None:
    bucket = Bucket()
    bucket.put(key, b"a1")
    result = service(bucket).process(bucket.events[0], 60)
    assert result is not None
    assert result.error is not None
    assert result.error.reason == "no-person"


def test_another_network_forgets_the_descriptors_of_the_first() -> None:
    bucket, people = Bucket(), FakePeople()
    worker = service(bucket, people)
    bucket.put(KEYS[0], b"a1")
    worker.process(bucket.events[0], 60)
    other = replace(worker, embedder=lambda: FakeEmbedder("cd" * 32))
    bucket.put(KEYS[0], b"a1")
    result = other.process(bucket.events[1], 60)
    assert result is not None
    assert people.log.weights_sha256 == "cd" * 32
    assert enrolled(people.log) == bucket.people()


def test_other_photos_are_explained() -> None:
    bucket = Bucket()
    bucket.put("inbox/1.jpg", b"a1")
    result = service(bucket).process(bucket.events[0], 60)
    assert result is not None
    assert result.identity is not None
    assert result.enrolment is None


def test_without_own_people_a_removal_is_ignored() -> None:
    bucket = Bucket()
    bucket.put(KEYS[0], b"a1")
    bucket.delete(KEYS[0])
    photos = service(bucket).photos
    assert photos.process(bucket.events[1], 60) is None
    assert bucket.outcomes == {}


def test_the_id_of_an_outcome_is_that_of_the_object() -> None:
    bucket = Bucket()
    bucket.put(KEYS[2], b"a1")
    result = service(bucket).process(bucket.events[0], 60)
    assert result is not None
    assert result.id == id_of_object(BUCKET, KEYS[2], b"a1".hex())
