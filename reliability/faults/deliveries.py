"""The deliveries of messages, and which of them were made to fail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from brain.cloud.events import PhotoEvent
from brain.cloud.service import Service
from brain.cloud.status_table import AlreadyClaimed
from brain.core.results import Result

LEFT_CLAIM = "refused by the claim of a failed delivery"


@dataclass
class Delivery:
    """One delivery of a message.

    Attributes:
        photo: id of the announced photo.
        invocation: name of the actor that processed it.
        hits: the faults that hit its invocation.
        succeeded: whether the function reported success.
        ended: whether its invocation has ended.
    """

    photo: str
    invocation: str
    hits: list[str]
    succeeded: bool = False
    ended: bool = False


@dataclass
class Deliveries:
    """The deliveries of each message by its id, in order."""

    of: dict[str, list[Delivery]] = field(default_factory=lambda: defaultdict(list))

    def unsuccessful(self) -> list[list[Delivery]]:
        """The deliveries of each message that no delivery has processed successfully."""
        return [
            deliveries for deliveries in self.of.values() if not any(each.succeeded for each in deliveries)
        ]

    def invocations(self, photos: Collection[str]) -> set[str]:
        """Names of the invocations that processed some photos."""
        return {
            each.invocation for deliveries in self.of.values() for each in deliveries if each.photo in photos
        }

    def refuse(self, refused: Delivery) -> None:
        """Note that a delivery found its photo claimed.

        It was made to fail if the claim is that of a delivery that a fault ended: nobody processes the photo,
        and a delivery that was hit has failed. A claim that is held without a fault is none.
        """
        others = [each for deliveries in self.of.values() for each in deliveries if each is not refused]
        same = [each for each in others if each.photo == refused.photo]
        if all(each.ended for each in same) and any(each.hits and not each.succeeded for each in same):
            refused.hits.append(LEFT_CLAIM)


@dataclass(frozen=True)
class WatchedService:
    """The service, as one delivery uses it."""

    service: Service
    deliveries: Deliveries
    delivery: Delivery

    def process(self, event: PhotoEvent, stalled_after: float) -> Result | None:
        """Process one event and note whether its photo was claimed."""
        try:
            return self.service.process(event, stalled_after)
        except AlreadyClaimed:
            self.deliveries.refuse(self.delivery)
            raise
