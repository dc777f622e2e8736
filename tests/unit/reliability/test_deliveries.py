from __future__ import annotations

import pytest

from reliability.faults.deliveries import LEFT_CLAIM, Deliveries, Delivery


def deliveries(*earlier: Delivery) -> tuple[Deliveries, Delivery]:
    """Earlier deliveries of one message, and a delivery of another one."""
    refused = Delivery("photo", "invocation 9", [])
    return Deliveries({"first": [*earlier], "second": [refused]}), refused


KILLED = ["killed at a call"]


@pytest.mark.parametrize(
    ("earlier", "hits"),
    [
        (Delivery("photo", "invocation 1", KILLED, ended=True), [LEFT_CLAIM]),
        (Delivery("photo", "invocation 1", KILLED, ended=False), []),
        (Delivery("photo", "invocation 1", [], ended=True), []),
        (Delivery("photo", "invocation 1", ["repeated"], succeeded=True, ended=True), []),
        (Delivery("another photo", "invocation 1", KILLED, ended=True), []),
    ],
)
def test_the_claim_that_a_fault_left_behind_counts_as_a_hit(earlier: Delivery, hits: list[str]) -> None:
    given, refused = deliveries(earlier)
    given.refuse(refused)
    assert refused.hits == hits


def test_a_claim_that_somebody_holds_is_no_hit() -> None:
    at_work = Delivery("photo", "invocation 2", [])
    given, refused = deliveries(Delivery("photo", "invocation 1", KILLED, ended=True), at_work)
    given.refuse(refused)
    assert refused.hits == []


def test_messages_that_no_delivery_processed_are_unsuccessful() -> None:
    given, refused = deliveries(Delivery("photo", "invocation 1", [], succeeded=True, ended=True))
    assert given.unsuccessful() == [[refused]]
    assert given.invocations({"photo"}) == {"invocation 1", "invocation 9"}
