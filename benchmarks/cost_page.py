"""docs/cost.md: what a thousand photos cost, how cost grows with load, and the prices."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import prices
from benchmarks.cost import (
    DAYS_PER_MONTH,
    DEFAULT_CONCURRENCY,
    MEMORY_SIZES,
    PHOTOS,
    ExplainFunction,
    compute_cost,
    explain_functions,
    other_costs,
    saturated,
)
from benchmarks.markdown import table
from benchmarks.measurements import Measurements
from benchmarks.page import POLLS
from brain.core.settings import REPOSITORY
from brain.recognition.hardware import MB_PER_PROCESSOR

PAGE = REPOSITORY / "docs" / "cost.md"
SECONDS_PER_DAY = 86_400
PEAK = 3  # photos per second in the busiest hour, relative to the mean

INTRODUCTION = """\
# Cost

Written by `make bench` (`benchmarks/cost_page.py`); do not edit. Times were measured on {date} on
{processor}, restricted to AVX2 (bfloat16: not restricted), on one and on two of its processors, not on AWS.
The prices, with their dates, are listed below.

## Per 1,000 photos

A 12-megapixel photo from the page, with all pipeline steps and everything around them: S3, table, queue
and API.
"""

ARM_BREAK_EVEN = prices.LAMBDA_X86.per_unit / prices.LAMBDA_ARM.per_unit

NOTES = f"""\
- **Memory buys processor time.** {MB_PER_PROCESSOR} MB buy one processor. Below that, the table divides the
  time of one processor by the share. Above it, the function computes on `memory // {MB_PER_PROCESSOR}`
  threads, so that 3,008 MB cost more than {MB_PER_PROCESSOR} MB and are no faster.
- **Cold** is the cost if every photo starts a new function: from the start of Python, with importing and
  loading. It excludes fetching the image, which only AWS can show.
- **arm** combines arm's price with times measured on x86, because no arm processor was available. arm is
  cheaper as long as a photo takes less than {ARM_BREAK_EVEN:.2f} times as long there. bfloat16 is for x86.
- vgg-face was measured with random weights of its size. Whether Lambda's x86 processors have AVX512-BF16 or
  AMX varies by host.
- The times of S3 and DynamoDB are those of the local storage server.
"""

LIMITS = (
    (
        "`MaxConcurrency`",
        f"{DEFAULT_CONCURRENCY} concurrent photos",
        "the template's parameter; further photos wait in the queue, up to 14 days",
    ),
    (
        "account concurrency",
        f"{prices.ACCOUNT_CONCURRENCY:,} concurrent invocations by default",
        "a quota that AWS raises on request; reserve some of it for the API function",
    ),
    (
        "queue pollers",
        f"{prices.POLLER_START}, growing by {prices.POLLER_PER_MINUTE} a minute to {prices.POLLER_LIMIT:,}",
        f"provisioned mode instead of `MaxConcurrency`: up to {prices.PROVISIONED_LIMIT:,} at once",
    ),
    (
        "S3 writes per prefix",
        f"{prices.PUTS_PER_PREFIX:,} per second",
        "nothing to configure: ids are random hex, and S3 partitions `results/` as load grows",
    ),
    (
        "table writes",
        f"{prices.TABLE_WRITES_PER_SECOND:,} per second by default",
        "a quota that AWS raises on request; warm throughput for sudden load; ids are evenly distributed",
    ),
    ("queue", "no practical limit", "a standard queue; watch the age of its oldest message"),
)

CLOSING = """
At 100 million photos a day, compare this with a savings plan, with Lambda's lower price above 6 billion
GB-seconds a month, and with dedicated machines.
"""


def write(measurements: Measurements) -> None:
    """Write docs/cost.md, if everything that it needs was measured."""
    needed = (measurements.value("latency", "bytes"), measurements.value("page", POLLS))
    if explain_functions(measurements) and all(needed):
        PAGE.write_text("\n".join(page(measurements)) + "\n", encoding="utf-8")


def page(measurements: Measurements) -> Iterator[str]:
    """The lines of the page."""
    machine, others = measurements.sections["functions"].machine, other_costs(measurements)
    total = sum(others.values())
    yield INTRODUCTION.format(date=machine["date"][:10], processor=machine["processor"])
    header = ("model", "memory, MB", "warm, s", "cold, s", "x86 warm", "arm warm", "x86 cold", "arm cold")
    rows = (
        cost_row(function, memory, total)
        for function in explain_functions(measurements)
        for memory in MEMORY_SIZES[function.model]
    )
    yield from table(header, rows)
    rekognition = f"${prices.REKOGNITION.per_unit * PHOTOS:.2f}"
    yield f"\nRekognition's RecognizeCelebrities: {rekognition} per 1,000 images, without any explanation.\n"
    yield NOTES
    yield "Included in every price above, per 1,000 photos:\n"
    services = [(service, f"{dollars:.4f}") for service, dollars in (*others.items(), ("total", total))]
    yield from table(("service", "US dollars"), services)
    yield from growth(measurements, total)
    yield "\n## Prices\n"
    yield "us-east-1, US dollars. Without free tier, savings plans and data transfer to the internet.\n"
    listed = [
        (price.what, f"{price.dollars:.10f}".rstrip("0").rstrip("."), price.unit, price.source)
        for price in prices.ALL
    ]
    yield from table(("service", "US dollars", "per", "source"), listed)


def cost_row(function: ExplainFunction, memory: int, others: float) -> tuple[str, ...]:
    """A row of the table of costs.

    Args:
        function: the explain function.
        memory: its memory in MB.
        others: US dollars for everything else.
    """
    times = (function.warm_seconds(memory), function.cold_seconds(memory))
    x86, arm = (
        [f"${compute_cost(memory, seconds, architecture) + others:.3f}" for seconds in times]
        for architecture in (prices.LAMBDA_X86, prices.LAMBDA_ARM)
    )
    if "bfloat16" in function.model:
        arm = ["-", "-"]
    return (function.model, f"{memory}", *(f"{s:.2f}" for s in times), x86[0], arm[0], x86[1], arm[1])


def growth(measurements: Measurements, others: float) -> Iterator[str]:
    """How cost and load grow with the number of photos, and which limit is reached first."""
    yield "\n## How it scales\n"
    yield f"Warm, x86, 1,769 MB. Peak load is {PEAK} times the mean.\n"
    rows = []
    for function in explain_functions(measurements):
        seconds = function.warm_seconds(MB_PER_PROCESSOR)
        dollars = (compute_cost(MB_PER_PROCESSOR, seconds, prices.LAMBDA_X86) + others) / PHOTOS
        for photos in (1e3, 1e6, 1e8):
            rate = photos / SECONDS_PER_DAY * PEAK
            load = (f"{photos:,.0f}", f"${photos * DAYS_PER_MONTH * dollars:,.2f}", f"{rate:,.2f}")
            rows.append((function.model, *load, f"{rate * seconds:,.1f}", saturated(rate, seconds)))
    header = (
        "model",
        "photos per day",
        "cost per month",
        "photos per second, peak",
        "concurrent photos, peak",
        "limits exceeded",
    )
    yield from table(header, rows)
    yield "\nHow to raise each limit:\n"
    yield from table(("limit", "value", "how to raise it"), LIMITS)
    yield CLOSING
