"""Any sequence of deliveries, deletions and faults leaves every photo with a single, whole result."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from hashlib import md5

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from brain.cloud.events import PhotoEvent
from brain.cloud.photos import PhotoDeclaration
from brain.cloud.repository import AwsResultRepository
from brain.cloud.service import Service
from brain.cloud.uploads import id_of_object, upload_key
from brain.core.results import Status
from brain.core.settings import Settings
from tests.fakes import FakeStagedExplainer
from tests.unit.cloud.interruptions import Interruption, Killed, Message, Photo, fail, kill
from tests.unit.cloud.memory import MemoryS3, MemoryTable

MAX_RECEIVES = 5
LONG, AT_ONCE = 3600.0, -1.0
UPLOADS = Settings().uploads_bucket
KEY = "inbox/a.jpg"


CALLS = st.integers(min_value=1, max_value=13)
DISASTERS = st.sampled_from([fail, kill])


class Delivery(RuleBasedStateMachine):
    """Actions may be interrupted at any call: by an error, by death, or by another action in between."""

    def __init__(self) -> None:
        super().__init__()
        self.interruption: Interruption | None = None
        self.calls = 0
        self.messages: list[Message] = []
        self.forgotten: list[Message] = []
        self.dead: list[Message] = []
        self.photos: dict[str, Photo] = {}
        self.undeleted: set[str] = set()
        self.s3 = MemoryS3(partial(self.at_call, True), partial(self.at_call, False))
        self.table = MemoryTable(partial(self.at_call, True), partial(self.at_call, False))
        self.repository = AwsResultRepository(Settings(), self.s3, self.table)
        self.service = Service(self.repository, FakeStagedExplainer, MAX_RECEIVES)

    def at_call(self, before: bool, name: str) -> None:
        self.calls += before
        chosen = self.interruption
        if chosen and (chosen.call, chosen.before) == (self.calls, before):
            self.interruption = None  # once, and not in the calls of what happens in between
            chosen.act()

    def interrupted(self, action: Callable[[], object], interruption: Interruption | None) -> bool:
        """Do something, which may fail or die. Returns whether it succeeded."""
        self.calls, self.interruption = 0, interruption
        try:
            action()
        except (Exception, Killed):
            return False
        finally:
            self.interruption = None
        return True

    # What people do.

    @initialize()
    def begin(self) -> None:
        self.upload()
        self.put(KEY, b"dropped")

    @rule()
    def upload(self) -> None:
        upload = self.repository.create_upload(PhotoDeclaration("image/jpeg", 1))
        self.photos[upload.id] = Photo(upload_key(upload.id))
        self.put(upload_key(upload.id), b"uploaded")

    def put(self, key: str, content: bytes) -> None:
        etag = md5(content).hexdigest()
        for photo in self.photos.values():
            photo.replaced = photo.replaced or (photo.key == key and bool(photo.contents))
        photo = self.photos.setdefault(id_of_object(UPLOADS, key, etag), Photo(key))
        photo.contents.append(content)
        photo.deleted = photo.deleted and key != KEY
        self.s3.objects[UPLOADS, key] = (content, {})
        self.messages.append(Message(key, etag))

    @rule(data=st.data(), content=st.sampled_from([b"dropped", b"another"]))
    def replace_or_remove(self, data: st.DataObject, content: bytes) -> None:
        key = data.draw(st.sampled_from([photo.key for photo in self.photos.values()]))
        if data.draw(st.booleans()):
            self.put(key, content)
            return
        self.s3.objects.pop((UPLOADS, key), None)
        for photo in self.photos.values():
            photo.removed = photo.removed or photo.key == key

    @rule(data=st.data(), interruption=st.builds(Interruption, CALLS, st.booleans(), DISASTERS))
    def delete(self, data: st.DataObject, interruption: Interruption) -> None:
        self.delete_now(data.draw(st.sampled_from(list(self.photos))), interruption)

    def delete_now(self, upload_id: str, interruption: Interruption | None = None) -> None:
        if upload_id not in self.undeleted and self.repository.row(upload_id) is None:
            return
        self.undeleted.add(upload_id)
        photo = self.photos[upload_id]
        photo.deleted = True
        for other in self.photos.values():  # the same key may hold another photo
            other.removed = other.removed or (other is not photo and other.key == photo.key)
        if self.interrupted(lambda: self.repository.delete(upload_id), interruption):
            self.undeleted.discard(upload_id)

    # What the queue does.

    @precondition(lambda self: self.messages)
    @rule(data=st.data(), interruption=st.builds(Interruption, CALLS, st.booleans(), DISASTERS))
    def deliver_to_a_failing_worker(self, data: st.DataObject, interruption: Interruption) -> None:
        self.deliver_now(data.draw(st.sampled_from(self.messages)), AT_ONCE, interruption)

    @precondition(lambda self: self.messages)
    @rule(data=st.data(), call=CALLS, later=CALLS, after=st.sampled_from([LONG, AT_ONCE]))
    def deliver_twice(self, data: st.DataObject, call: int, later: int, after: float) -> None:
        """The other worker may take over the claim that is still held, and may then die."""
        message = data.draw(st.sampled_from(self.messages))
        death = Interruption(later, False, kill)
        crossing = partial(self.deliver_now, message, after, death)
        self.deliver_now(message, AT_ONCE, Interruption(call, True, crossing))

    @precondition(lambda self: self.messages)
    @rule(data=st.data(), call=CALLS, later=CALLS)
    def delete_during_delivery(self, data: st.DataObject, call: int, later: int) -> None:
        """The worker may die soon after the deletion."""
        message = data.draw(st.sampled_from(self.messages))
        upload_id = id_of_object(UPLOADS, message.key, message.etag)

        def delete() -> None:
            self.delete_now(upload_id)
            self.calls, self.interruption = 0, Interruption(later, True, kill)

        self.deliver_now(message, AT_ONCE, Interruption(call, True, delete))

    @precondition(lambda self: self.messages)
    @rule(data=st.data())
    def announce_twice(self, data: st.DataObject) -> None:
        message = data.draw(st.sampled_from(self.messages))
        self.messages.append(Message(message.key, message.etag))

    @precondition(lambda self: self.forgotten)
    @rule(data=st.data(), interruption=st.builds(Interruption, CALLS, st.booleans(), DISASTERS))
    def deliver_late(self, data: st.DataObject, interruption: Interruption) -> None:
        """The queue may deliver a message once more that was acknowledged or moved to the other queue."""
        self.deliver_now(data.draw(st.sampled_from(self.forgotten)), AT_ONCE, interruption)

    def deliver_now(
        self, message: Message, stalled_after: float, interruption: Interruption | None = None
    ) -> None:
        message.receives += 1
        event = PhotoEvent(UPLOADS, message.key, message.etag, message.id, message.receives)
        succeeded = self.interrupted(lambda: self.service.process(event, stalled_after), interruption)
        if (succeeded or message.receives >= MAX_RECEIVES) and message in self.messages:
            self.messages.remove(message)
            self.forgotten.append(message)
            self.dead += [] if succeeded else [message]

    # What must hold.

    @invariant()
    def readers_find_every_file(self) -> None:
        for upload_id in self.photos.keys() - self.undeleted:
            row = self.repository.row(upload_id)
            result = self.repository.result_of(row) if row else None
            names = {f"results/{upload_id}/{name}" for name in result.artifacts.values()} if result else set()
            assert names <= set(self.s3.keys("brain-results"))

    def teardown(self) -> None:
        """Without faults, everything comes to its end."""
        for upload_id in list(self.undeleted):
            self.delete_now(upload_id)
        for _ in range(2):
            while self.messages:
                self.deliver_now(self.messages[0], AT_ONCE)
            self.messages = [Message(dead.key, dead.etag) for dead in self.dead]  # redrive
            self.dead = []
        assert self.messages == []
        for upload_id, photo in self.photos.items():
            self.check(upload_id, photo)

    def check(self, upload_id: str, photo: Photo) -> None:
        row = self.repository.row(upload_id)
        files = self.s3.keys("brain-results", f"results/{upload_id}/")
        if row is None:
            assert files == []
            assert photo.deleted or photo.removed or photo.replaced
            return
        assert not photo.deleted
        result = self.repository.result_of(row)
        assert result is not None
        assert "claimed_at" not in self.table.items[upload_id]
        if row.status is Status.FAILED:
            assert row.error is not None
            assert (row.error.reason == "photo-gone" and photo.removed) or photo.replaced
            return
        assert row.status is result.status is Status.DONE
        crop, _ = self.s3.objects["brain-results", f"results/{upload_id}/cropped.jpg"]
        assert crop.removeprefix(b"crop of ") in photo.contents
        assert len(files) == len(result.artifacts) + 1


TestDelivery = Delivery.TestCase
TestDelivery.settings = settings(
    max_examples=120,
    stateful_step_count=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
