"""What a photo costs."""

from __future__ import annotations

import pytest

from benchmarks import cost, page, prices
from benchmarks.measurements import Measurements, Section

FUNCTION = cost.ExplainFunction(
    "dlib-resnet",
    {
        1: {"loading": 2.0, "first": 0.5, "second": 0.2},
        2: {"loading": 1.5, "first": 0.3, "second": 0.12},
    },
    overhead=0.05,
)


@pytest.mark.parametrize(
    ("memory", "seconds"), [(1769, 0.25), (3008, 0.25), (3538, 0.17), (10240, 0.17), (884.5, 0.45)]
)
def test_memory_buys_whole_processors_or_a_share_of_one(memory: int, seconds: float) -> None:
    assert FUNCTION.warm_seconds(memory) == pytest.approx(seconds)


def test_a_cold_start_is_billed_from_the_start_of_python() -> None:
    assert FUNCTION.cold_seconds(1769) == pytest.approx(2.55)


def test_a_thousand_invocations_cost_their_gigabyte_seconds_and_requests() -> None:
    dollars = cost.compute_cost(2048, 0.5, prices.LAMBDA_X86)
    assert dollars == pytest.approx(1000 * (2 * 0.5 * 0.0000166667 + 0.20 / 1e6))
    assert cost.compute_cost(2048, 0.5, prices.LAMBDA_ARM) < dollars


def test_each_request_of_the_page_is_a_call_of_the_api_and_a_read_of_the_table() -> None:
    def others(polls: float) -> dict[str, float]:
        latency = Section(values={"photo bytes": 1e6, "bytes": 2e5})
        return cost.other_costs(
            Measurements({}, {"latency": latency, "page": Section(values={page.POLLS: polls})})
        )

    table = others(9)["table"] - others(8)["table"]
    assert table == pytest.approx(1000 * prices.TABLE_READ.per_unit)
    assert others(9)["API"] == pytest.approx(others(4)["API"] * 2)
    assert others(9)["queue"] == others(8)["queue"]


@pytest.mark.parametrize(
    ("rate", "seconds", "limits"),
    [
        (1, 0.25, "none"),
        (100, 0.25, "`MaxConcurrency`"),
        (600, 2.0, "`MaxConcurrency`, then account concurrency"),
        (
            20_000,
            0.25,
            "`MaxConcurrency`, then account concurrency, then queue pollers, then S3 writes per prefix",
        ),
    ],
)
def test_limits_are_reached_in_order(rate: float, seconds: float, limits: str) -> None:
    saturated = cost.saturated(rate, seconds)
    assert saturated == limits or saturated.startswith(f"{limits}, then")
