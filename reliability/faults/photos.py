"""Photos whose bytes decide what happens to them, and an explainer that carries it out.

The explainer computes small real results from a photo's bytes, so that a mixed-up or half-written result is
noticed. It needs no network, because delivery is what is tested.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from brain.core.clock import now
from brain.core.errors import FaceNotFound
from brain.core.explanations import Justification
from brain.core.results import Identity, PhotoRequest, Result, Status, Verdict

NAMED_PICTURES = ("cropped", "gc_map")
DONE_PICTURES = ("evidence",)


class Fate(StrEnum):
    """What a photo does to those who explain it."""

    GOOD = "is explained"
    FACELESS = "shows no face"
    POISONOUS = "raises an internal error, until that is fixed"
    DEADLY = "kills its worker, until that is fixed"
    SLOW = "takes longer than the time limit, until that is fixed"


def photo(fate: Fate, number: int) -> bytes:
    """The bytes of a photo."""
    return f"{fate.name} {number}".encode()


def pictures(data: bytes, names: tuple[str, ...]) -> dict[str, bytes]:
    """The pictures that belong to a photo, by file name."""
    return {f"{name}.png": sha256(name.encode() + data).digest() for name in names}


@dataclass(frozen=True)
class Explained:
    """A result and the files that are new in its stage."""

    result: Result
    files: Mapping[str, bytes]


@dataclass
class Explainer:
    """Explains photos according to their fate.

    Attributes:
        advance: advances the virtual clock by seconds.
        step: called at each step at which a worker can be killed.
        kill: kills the process, for a given reason.
        fixed: whether the causes of internal errors are fixed.
    """

    advance: Callable[[float], None]
    step: Callable[[], None]
    kill: Callable[[str], BaseException]
    fixed: bool = False

    def stages(
        self, photo: bytes, request: PhotoRequest, *, on_pictures: Callable[[Mapping[str, bytes]], None]
    ) -> Iterator[Explained]:
        """Name, then explain one photo."""
        fate = Fate[photo.partition(b" ")[0].decode()]
        self.advance(0.3)
        self.step()
        if fate is Fate.FACELESS:
            raise FaceNotFound("no-face", "Use a photo that shows a face.")
        self._suffer(fate)
        result, drawn = _result(photo, request), pictures(photo, NAMED_PICTURES)
        on_pictures(drawn)
        self.step()
        yield Explained(result, drawn)
        self.advance(0.5)
        self.step()
        artifacts = {name: f"{name}.png" for name in (*NAMED_PICTURES, *DONE_PICTURES)}
        done = {"status": Status.DONE, "finished_at": now(), "artifacts": artifacts}
        yield Explained(result.model_copy(update=done), pictures(photo, DONE_PICTURES))

    def _suffer(self, fate: Fate) -> None:
        if self.fixed:
            return
        if fate is Fate.POISONOUS:
            raise RuntimeError("poisonous")
        if fate is Fate.DEADLY:
            raise self.kill("killed by a deadly photo")
        if fate is Fate.SLOW:
            raise self.kill("time limit")


def _result(photo: bytes, request: PhotoRequest) -> Result:
    who = Identity(
        label=1, name=sha256(photo).hexdigest(), probability=0.9, certainty=0.9, verdict=Verdict.STRONG
    )
    return Result(
        id=request.upload_id,
        status=Status.NAMED,
        created_at=request.created_at,
        source=request.source,
        identity=who,
        explanation=Justification(sentences=["Mostly the nose."], outside=0.25),
        artifacts={name: f"{name}.png" for name in NAMED_PICTURES},
    )
