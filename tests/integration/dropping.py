"""Photos to drop, and a stack that explains them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from brain.cloud.events import PhotoEvent
from brain.cloud.repository import AwsResultRepository
from brain.cloud.service import Service
from brain.core.errors import FaceNotFound
from brain.core.results import PhotoRequest
from tests.fakes import FakeExplained
from tests.integration.conftest import Cloud
from tests.results import done_result

BUCKET = "brain-uploads"
KEYS = [f"inbox/photos/{name}" for name in ("alice/IMG_0001.jpg", "bob/IMG_0001.jpg", "nobody é.jpg")]
FOLDERS = ["alice/IMG_0001.jpg", "bob/IMG_0001.jpg"]


class Explainer:
    """Explains every photo but those that say `nobody`."""

    def stages(self, photo: bytes, request: PhotoRequest, *, on_pictures: object) -> Iterator[FakeExplained]:
        if b"nobody" in photo:
            raise FaceNotFound("no-face", "Use a photo with a face.")
        done = done_result(request.upload_id, request.created_at, request.source)
        assert done.face is not None
        face = done.face.model_copy(update={"index": request.face})
        result = done.model_copy(update={"face": face})
        yield FakeExplained(result, {"cropped.jpg": b"crop of " + photo, "gc_map_12.png": b"map"})


def write_photos(folder: Path) -> Path:
    """Write three photos, and a file that is not a photo, into a new folder."""
    for name in ("alice/IMG_0001.jpg", "bob/IMG_0001.jpg", "nobody é.jpg", "notes.txt"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"photo " + name.encode())
    return folder


def explain_all(cloud: Cloud, repository: AwsResultRepository) -> int:
    """Do what the queue and the explain function do. Returns how many photos were explained."""
    service = Service(repository, Explainer, max_receives=5)
    listing = cloud.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    events = [PhotoEvent(BUCKET, each["Key"], each["ETag"].strip('"'), "m", 1) for each in listing]
    return len([event for event in events if service.process(event, 60) is not None])
