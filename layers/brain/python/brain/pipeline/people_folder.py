"""The user's own people on disk: one file per model, replaced atomically."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from brain.core.errors import ForwardPassFailed
from brain.core.files import write_atomically
from brain.core.settings import Settings
from brain.recognition.enrolled import EnrolledPeople

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

HINT_OTHER = "The people were enrolled with another network. Enrol their photos again."
HINT_DAMAGED = "Import a copy of it (`brain people import`), or remove it and enrol the photos again."
Stamp = tuple[int, int, int]


class PeopleFolder:
    """Reads and changes the people that were enrolled for a model.

    Args:
        settings: the folder and the model's name.
    """

    def __init__(self, settings: Settings) -> None:
        self.path = settings.people_dir / f"{settings.model}.safetensors"
        self._read: tuple[Stamp, EnrolledPeople] | None = None

    def people(self) -> EnrolledPeople | None:
        """The people in the file; None if nobody was ever enrolled. An unchanged file is not read again.

        Raises:
            ForwardPassFailed: code 4, the file is damaged.
        """
        stamp = self._stamp()
        if stamp is None:
            return None
        if self._read is None or self._read[0] != stamp:
            try:
                self._read = stamp, EnrolledPeople.from_bytes(self.path.read_bytes())
            except ValueError as error:
                raise ForwardPassFailed("people-damaged", HINT_DAMAGED) from error
        return self._read[1]

    def people_for(self, weights_sha256: str) -> EnrolledPeople | None:
        """The people in the file, for a network; see `people`.

        Args:
            weights_sha256: SHA-256 of the weights of the network that will name them.

        Raises:
            ForwardPassFailed: code 4, the file is damaged, or holds descriptors of another network.
        """
        people = self.people()
        if people is not None and people.weights_sha256 != weights_sha256:
            raise ForwardPassFailed("people-of-another-network", HINT_OTHER)
        return people

    def change(self, weights_sha256: str, edit: Callable[[EnrolledPeople], EnrolledPeople]) -> EnrolledPeople:
        """Replace the file. Concurrent changes are made one after the other.

        Args:
            weights_sha256: SHA-256 of the model's weights, needed when the first person is enrolled.
            edit: turns the stored people into those to store.

        Raises:
            ForwardPassFailed: code 4, the file is damaged.
            OSError: the folder cannot be written.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with locked(self.path.with_suffix(".lock")):
            changed = edit(self.people() or EnrolledPeople((), weights_sha256))
            write_atomically(self.path, changed.to_bytes())
        return changed

    def _stamp(self) -> Stamp | None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock. The operating system releases it when the process ends."""
    with path.open("w") as file:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
