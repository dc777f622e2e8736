"""`python -m reliability.load`: measure the local stack under load and write docs/reliability.md."""

from __future__ import annotations

import argparse
import asyncio
import io
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import skimage.data
from PIL import Image

from infra.local.workers import available_cores
from reliability.load.stack import LocalStack, local_stack
from reliability.load.visitors import Timings, Visitor, read_repeatedly
from reliability.report import counted, table, today, write_section

VISITORS = 200
WORKERS = (1, 2)
READERS = (1, 20, 200)
READ_SECONDS = 10.0
FAILURES = 10  # shown at most
MEMORY_SECONDS = 1.0


@dataclass(frozen=True)
class Visits:
    """Visits of all visitors.

    Attributes:
        workers: number of worker processes.
        seconds: duration of all visits together.
        outcomes: how each visit ended.
        timings: durations of the requests.
        memory: samples of the memory in MiB by process.
    """

    workers: int
    seconds: float
    outcomes: Sequence[str]
    timings: Timings
    memory: Sequence[dict[str, int]]


def main() -> int:
    """Measure. Returns 0, or 1 if a visit or a request failed."""
    parser = argparse.ArgumentParser(prog="python -m reliability.load", description=__doc__)
    parser.add_argument("--visitors", type=int, default=VISITORS)
    parser.add_argument("--workers", type=int, nargs="+", default=list(WORKERS))
    arguments = parser.parse_args()
    photo = _photo()
    visits: list[Visits] = []
    reads: dict[int, Timings] = {}
    for workers in arguments.workers:
        with local_stack(workers) as stack:
            if not reads:
                reads = _read(stack, asyncio.run(_stored(stack, photo)))
            visits.append(asyncio.run(_visit(stack, photo, workers, arguments.visitors)))
    text = "\n\n".join([_introduction(arguments.visitors), *_reports(reads, visits)])
    print(text)
    write_section("load", text)
    everything = [*reads.values(), *(each.timings for each in visits)]
    return 1 if any(timings.failures for timings in everything) else 0


async def _stored(stack: LocalStack, photo: bytes) -> str:
    """Explain a photo and return the path of its result."""
    visitor = Visitor(stack, photo, Timings())
    await visitor.visit()
    return f"/api/results/{visitor.upload_id}"


def _read(stack: LocalStack, path: str) -> dict[int, Timings]:
    """Read a stored result with different numbers of parallel readers."""

    async def read(readers: int, timings: Timings) -> None:
        await asyncio.gather(*(read_repeatedly(stack, path, READ_SECONDS, timings) for _ in range(readers)))

    found = {readers: Timings() for readers in READERS}
    for readers, timings in found.items():
        asyncio.run(read(readers, timings))
    return found


async def _visit(stack: LocalStack, photo: bytes, workers: int, visitors: int) -> Visits:
    timings, memory = Timings(), list[dict[str, int]]()
    sampler = asyncio.create_task(_sample(stack, memory))
    start = time.perf_counter()
    everybody = [Visitor(stack, photo, timings).visit() for _ in range(visitors)]
    outcomes = await asyncio.gather(*everybody)
    seconds = time.perf_counter() - start
    sampler.cancel()
    memory.append(stack.memory())
    return Visits(workers, seconds, outcomes, timings, memory)


async def _sample(stack: LocalStack, memory: list[dict[str, int]]) -> None:
    while True:
        memory.append(await asyncio.to_thread(stack.memory))
        await asyncio.sleep(MEMORY_SECONDS)


def _photo() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(skimage.data.astronaut()).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def _introduction(visitors: int) -> str:
    return (
        f"`make load`, {today()}, on {available_cores()} cores, which storage, API, workers and {visitors} "
        "visitors share. Durations are in milliseconds."
    )


def _reports(reads: dict[int, Timings], visits: Sequence[Visits]) -> Iterator[str]:
    yield table(
        ("readers of a stored result", "requests per second", "p50", "p95", "p99", "errors"),
        [(readers, *_row(timings, "read", READ_SECONDS)) for readers, timings in reads.items()],
    )
    for each in visits:
        done = sum(outcome == "done" for outcome in each.outcomes)
        yield (
            f"{len(each.outcomes)} visitors at once, {counted(each.workers, 'worker')}: {done} done in "
            f"{each.seconds:.0f} s, {done / each.seconds:.2f} photos per second."
        )
        yield table(
            ("request", "per second", "p50", "p95", "p99", "errors"),
            [(kind, *_row(each.timings, kind, each.seconds)) for kind in each.timings.seconds],
        )
        yield table(
            ("memory in MiB", "first", "middle", "last"),
            [(name, *(_memory(each.memory, name, at) for at in (0, 0.5, 1))) for name in each.memory[0]],
        )
    yield from _failures([*reads.values(), *(each.timings for each in visits)])


def _failures(timings: Iterable[Timings]) -> Iterator[str]:
    """A table of the most frequent failures, if there are any."""
    failures = sum((each.failures for each in timings), Counter[tuple[str, str]]())
    if failures:
        rows = [(kind, answer, number) for (kind, answer), number in failures.most_common(FAILURES)]
        yield table(("failed request", "answer", "number"), rows)


def _row(timings: Timings, kind: str, seconds: float) -> tuple[float, ...]:
    durations = sorted(timings.seconds.get(kind, [0.0]))
    quantiles = (
        round(1000 * durations[min(len(durations) - 1, int(len(durations) * q))]) for q in (0.5, 0.95, 0.99)
    )
    return (round(len(durations) / seconds, 1), *quantiles, timings.errors(kind))


def _memory(samples: Sequence[dict[str, int]], name: str, at: float) -> int:
    return samples[round(at * (len(samples) - 1))].get(name, 0)


if __name__ == "__main__":
    sys.exit(main())
