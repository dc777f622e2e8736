"""The log of enrolments, which is the same whatever order events arrive in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from brain.cloud.enrolment_log import REMEMBERED, EnrolmentLog, Entry
from brain.cloud.people_keys import digest, person_of

KEYS = ["people/Ada/1.jpg", "people/Ada/2.jpg", "people/Zoë + Söhne/a/1.jpg"]
MOMENT = datetime(2026, 3, 14, tzinfo=UTC)


def time(second: int) -> str:
    return (MOMENT + timedelta(seconds=second)).isoformat()


def enrolled(key: str, number: int) -> Entry:
    return Entry(f"{number:08X}", time(number), f"etag {number}", key, f"face {number}")


def removed(number: int) -> Entry:
    return Entry(f"{number:08X}", time(number))


Change = tuple[str, str | Entry]


@st.composite
def changes(draw: st.DrawFn) -> list[Change]:
    """Photos that are stored, replaced and removed, and people who are forgotten."""
    found: list[Change] = []
    for number in range(1, draw(st.integers(1, 8)) + 1):
        key, kind = draw(st.sampled_from(KEYS)), draw(st.sampled_from(["enrol", "enrol", "remove", "forget"]))
        if kind == "forget":
            found.append((person_of(key) or "", time(number)))
        else:
            found.append((key, enrolled(key, number) if kind == "enrol" else removed(number)))
    return found


def apply(log: EnrolmentLog, change: Change) -> EnrolmentLog:
    subject, entry = change
    return log.forgetting(subject, entry) if isinstance(entry, str) else log.merged(subject, entry)


def log_of(sequence: list[Change]) -> EnrolmentLog:
    log = EnrolmentLog("ab" * 32)
    for change in sequence:
        log = apply(log, change)
    return log


@given(st.data(), changes())
def test_every_order_leads_to_the_same_people(data: st.DataObject, sequence: list[Change]) -> None:
    repeated = data.draw(st.lists(st.sampled_from(sequence)))
    shuffled = data.draw(st.permutations([*sequence, *repeated]))
    assert sorted(log_of(shuffled).records(), key=str) == sorted(log_of(sequence).records(), key=str)


@given(changes())
def test_a_log_is_read_as_it_was_written(sequence: list[Change]) -> None:
    log = log_of(sequence)
    assert EnrolmentLog.from_json(log.to_json()) == log
    assert EnrolmentLog.from_json(log.to_json()).to_json() == log.to_json()


def test_sequencers_of_different_length_are_padded_on_the_right() -> None:
    key = KEYS[0]
    log = EnrolmentLog().merged(key, Entry("0055AED6", time(1), "b", key, "later"))
    assert log.merged(key, Entry("0055AED5FF", time(2), "a", key, "earlier")) == log
    assert log.merged(key, Entry("0055aed601", time(0), "c", key, "latest")) != log


def test_what_is_removed_leaves_neither_name_nor_descriptor() -> None:
    log = log_of([(KEYS[2], enrolled(KEYS[2], 1)), (KEYS[2], removed(2))])
    assert list(log.records()) == []
    stored = log.to_json().decode()
    assert "Zoë" not in stored
    assert "face" not in stored


def test_a_forgotten_person_may_come_back() -> None:
    log = log_of([(KEYS[0], enrolled(KEYS[0], 1)), ("Ada", time(2)), (KEYS[0], enrolled(KEYS[0], 3))])
    assert [record.descriptor for record in log.records()] == ["face 3"]


def test_other_people_are_not_forgotten() -> None:
    log = log_of([(KEYS[0], enrolled(KEYS[0], 1)), (KEYS[2], enrolled(KEYS[2], 2)), ("Ada", time(3))])
    assert [record.person for record in log.records()] == ["Zoë + Söhne"]
    assert [record.file for record in log.records()] == ["a/1.jpg"]


def test_descriptors_of_another_network_are_forgotten() -> None:
    log = log_of([(KEYS[0], enrolled(KEYS[0], 1))])
    assert log.for_weights("ab" * 32) is log
    other = log.for_weights("cd" * 32)
    assert list(other.records()) == []
    assert other.weights_sha256 == "cd" * 32


def test_removals_are_remembered_as_long_as_an_event_can_be_late() -> None:
    log = log_of([(KEYS[0], enrolled(KEYS[0], 1)), (KEYS[1], removed(2)), ("Zoë + Söhne", time(3))])
    assert log.pruned(MOMENT + REMEMBERED) == log
    later = log.pruned(MOMENT + REMEMBERED + timedelta(days=1))
    assert set(later.entries) == {digest(KEYS[0])}
    assert later.forgotten == {}
