"""docs/cost.md: what a thousand photos cost, and how that grows, from measured times and published prices.

python -m benchmarks.cost     writes it again from benchmarks/results.json
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks import prices
from benchmarks.findings import Findings
from benchmarks.tables import table
from brain.core.settings import REPOSITORY
from brain.recognition.hardware import MB_PER_PROCESSOR

PAGE = REPOSITORY / "docs" / "cost.md"
MEMORIES = {
    "brain-mini": (1024, 1769, 3008, 3538),
    "vgg-face": (1769, 3008, 3538),
    "vgg-face, bfloat16": (1769, 3008, 3538),
}
PHOTOS = 1000
PUTS = 6  # the photo, four pictures, result.json
GETS = 6  # the function reads the photo; the page reads result.json through the API and four pictures
QUEUE_REQUESTS = 3  # sent by S3, received, deleted
TABLE_WRITES = 3  # waiting, processing, done
POLLS = 3  # how often the page asks
API_MB, API_SECONDS = 1024, 0.02
PHOTO_DAYS, RESULT_DAYS, DAYS = 1, 30, 30
SECONDS_A_DAY = 86_400
PEAK = 3  # the busiest hour against the mean
DEFAULT_CONCURRENCY = 10  # the template's MaxConcurrency


@dataclass(frozen=True)
class Function:
    """The explain function with one model, as measured on whole processors of the machine of RESULTS.md."""

    model: str
    measured: Mapping[int, Mapping[str, float]]
    around: float

    def warm(self, memory: int) -> float:
        """Seconds of an invocation with everything loaded."""
        return self._seconds(memory, "second") + self.around

    def cold(self, memory: int) -> float:
        """Seconds from the start of Python through the first photo; AWS charges for both."""
        return self._seconds(memory, "loading") + self._seconds(memory, "first") + self.around

    def _seconds(self, memory: int, what: str) -> float:
        processors = min(max(1, memory // MB_PER_PROCESSOR), max(self.measured))
        return self.measured[processors][what] * max(1.0, MB_PER_PROCESSOR / memory)


def compute(memory: int, seconds: float, architecture: prices.Price) -> float:
    """Dollars for a thousand invocations of the explain function."""
    return PHOTOS * (memory / 1024 * seconds * architecture.each + prices.INVOCATION.each)


def around(findings: Findings) -> dict[str, float]:
    """Dollars for everything else that a thousand photos from the page need."""
    photo, result = (findings.facts[name] for name in ("bytes of the photo", "bytes of a result"))
    stored = (photo * PHOTO_DAYS + result * RESULT_DAYS) / DAYS / 1e9
    calls = POLLS + 1
    api = prices.HTTP_API.each + prices.INVOCATION.each + API_MB / 1024 * API_SECONDS * prices.LAMBDA_X86.each
    each = {
        "S3, requests": PUTS * prices.S3_PUT.each + GETS * prices.S3_GET.each,
        "S3, storage": stored * prices.S3_GB.each,
        "queue": QUEUE_REQUESTS * prices.SQS.each,
        "table": TABLE_WRITES * prices.TABLE_WRITE.each + POLLS * prices.TABLE_READ.each,
        "API": calls * api,
    }
    return {name: PHOTOS * dollars for name, dollars in each.items()}


def functions(findings: Findings) -> list[Function]:
    """Every model that was measured."""
    found = []
    for model in MEMORIES:
        measured = {
            processors: findings.facts[name]
            for processors in (1, 2)
            if (name := f"function: {model}, {processors}") in findings.facts
        }
        if measured:
            found.append(Function(model, measured, findings.median("handler, float32, checks off", "around")))
    return found


def write(findings: Findings) -> None:
    """Write docs/cost.md."""
    PAGE.write_text("\n".join(page(findings)) + "\n", encoding="utf-8")


def page(findings: Findings) -> Iterator[str]:
    """docs/cost.md, line by line."""
    rest = around(findings)
    yield INTRODUCTION.format(date=findings.machine["date"][:10], processor=findings.machine["processor"])
    head = ("model", "memory, MB", "warm, s", "cold, s", "x86 warm", "arm warm", "x86 cold", "arm cold")
    whole = sum(rest.values())
    yield from table(
        head, (row(one, memory, whole) for one in functions(findings) for memory in MEMORIES[one.model])
    )
    published = f"${prices.REKOGNITION.each * PHOTOS:.2f}"
    yield f"\nRekognition's RecognizeCelebrities: {published} per 1,000 images; a name, no map, no reason.\n"
    yield EXPLAINED
    yield "Included in every price above, per 1,000 photos:\n"
    lines = [(name, f"{dollars:.4f}") for name, dollars in (*rest.items(), ("together", whole))]
    yield from table(("what", "dollars"), lines)
    yield from growth(findings, whole)
    yield "\n## Prices\n"
    yield "us-east-1, US dollars. No free tier, no savings plan, no data sent to the internet.\n"
    rows = [
        (one.what, f"{one.dollars:.10f}".rstrip("0").rstrip("."), one.unit, one.source) for one in prices.ALL
    ]
    yield from table(("what", "dollars", "per", "from"), rows)


def row(function: Function, memory: int, rest: float) -> tuple[str, ...]:
    """One line of the table of prices."""
    costs = [
        compute(memory, seconds, architecture) + rest
        for seconds in (function.warm(memory), function.cold(memory))
        for architecture in (prices.LAMBDA_X86, prices.LAMBDA_ARM)
    ]
    dollars = [f"${one:.3f}" for one in costs]
    if "bfloat16" in function.model:
        dollars[1] = dollars[3] = "-"
    return (
        function.model,
        f"{memory}",
        f"{function.warm(memory):.2f}",
        f"{function.cold(memory):.2f}",
        *dollars,
    )


def growth(findings: Findings, rest: float) -> Iterator[str]:
    """How cost and load grow, and what gives in first."""
    yield "\n## How it grows\n"
    yield f"Warm, x86, 1,769 MB. At the peak {PEAK} times as many photos come as on average.\n"
    rows = []
    for function in functions(findings):
        seconds = function.warm(MB_PER_PROCESSOR)
        dollars = (compute(MB_PER_PROCESSOR, seconds, prices.LAMBDA_X86) + rest) / PHOTOS
        for photos in (1e3, 1e6, 1e8):
            rate = photos / SECONDS_A_DAY * PEAK
            load = (
                f"{photos:,.0f}",
                f"${photos * DAYS * dollars:,.2f}",
                f"{rate:,.2f}",
                f"{rate * seconds:,.1f}",
            )
            rows.append((function.model, *load, first_limit(rate, seconds)))
    head = (
        "model",
        "photos a day",
        "a month",
        "photos a second, peak",
        "at once, peak",
        "what saturates first",
    )
    yield from table(head, rows)
    yield "\nWhat moves each limit:\n"
    yield from table(("what", "where it lies", "what moves it"), LIMITS)
    yield AT_THE_END


def first_limit(rate: float, seconds: float) -> str:
    """The lowest of the limits that the load passes; limits in the order in which they are met."""
    together = rate * seconds
    limits = (
        (together > DEFAULT_CONCURRENCY, "`MaxConcurrency`"),
        (together > prices.ACCOUNT_CONCURRENCY, "account concurrency"),
        (together > prices.POLLER_LIMIT, "queue pollers"),
        (rate * (PUTS - 1) > prices.PUTS_PER_PREFIX, "S3 writes per prefix"),
        (rate * TABLE_WRITES > prices.TABLE_WRITES_PER_SECOND, "table writes"),
    )
    passed = [name for over, name in limits if over]
    return ", then ".join(passed) if passed else "nothing"


INTRODUCTION = """\
# What it costs

Written by `make bench` (`benchmarks/cost.py`); do not edit. Times were measured on {date} on {processor}, on
one and on two of its processors, not on AWS; prices are listed below with their dates.

## Per 1,000 photos

A photo of 12 megapixels from the page, through every step, with everything around it (S3, table, queue, API).
"""

EXPLAINED = f"""\
- **Memory buys processor**: {MB_PER_PROCESSOR} MB one whole one. Below that, times are those of one processor
  divided by the share; from there on the function computes on `memory // {MB_PER_PROCESSOR}` threads,
  which is why 3,008 MB buys room, not speed.
- **Cold** is the price if every photo met a fresh function: from the start of Python, importing and loading
  included. Fetching the image, which happens before, is not in it; only AWS can show how long that takes.
- **arm** has the price of arm and the time of the processor measured here, since there was no arm processor:
  it is cheaper as long as a photo takes there less than
  {prices.LAMBDA_X86.each / prices.LAMBDA_ARM.each:.2f} times as long. bfloat16 is for x86.
- vgg-face is priced with random weights of its size. Whether x86 in Lambda has AVX512-BF16 or AMX depends on
  the machine met.
- The local storage server's time stands for S3's and DynamoDB's.
"""

LIMITS = (
    (
        "`MaxConcurrency`",
        f"{DEFAULT_CONCURRENCY} photos at once",
        "the template's parameter; photos wait in the queue meanwhile, up to 14 days",
    ),
    (
        "account concurrency",
        f"{prices.ACCOUNT_CONCURRENCY:,} at once by default",
        "a quota that AWS raises on request; reserve some of it for the API function",
    ),
    (
        "queue pollers",
        f"{prices.POLLER_START}, then {prices.POLLER_PER_MINUTE} more a minute to {prices.POLLER_LIMIT:,}",
        f"provisioned mode in place of `MaxConcurrency`: up to {prices.PROVISIONED_LIMIT:,} at once",
    ),
    (
        "S3 writes per prefix",
        f"{prices.PUTS_PER_PREFIX:,} a second",
        "nothing to set: ids are random hex, and S3 splits `results/` by itself as load grows",
    ),
    (
        "table writes",
        f"{prices.TABLE_WRITES_PER_SECOND:,} a second by default",
        "a quota that AWS raises on request; warm throughput for a sudden start; ids spread evenly",
    ),
    ("queue", "none that matters", "a standard queue takes any rate; watch the age of its oldest message"),
)

AT_THE_END = """
At 100 million photos a day a savings plan, Lambda's lower price from 6 billion GB-seconds a month, or
machines of one's own that are never idle are worth a calculation.
"""


def main() -> None:
    from benchmarks.report import RESULTS

    write(Findings.read(RESULTS))


if __name__ == "__main__":
    main()
