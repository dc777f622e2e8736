"""What a thousand photos cost on AWS, from measured times and published prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from benchmarks import prices, processes, storage
from benchmarks.measurements import Measurements
from benchmarks.page import POLLS
from brain.recognition.hardware import MB_PER_PROCESSOR

MEMORY_SIZES = {  # in MB, by model
    processes.DEFAULT: (1024, 1769, 3008, 3538),
    processes.VGG: (1769, 3008, 3538),
    processes.VGG_BFLOAT16: (1769, 3008, 3538),
}
PHOTOS = 1000
# A test counts these requests.
PUTS = 8  # the photo, five pictures, result.json twice (named, done)
GETS = 4  # the function reads the photo; the page reads result.json twice through the API, and the crop
QUEUE_REQUESTS = 3  # S3 sends, Lambda receives and deletes
TABLE_WRITES = 4  # waiting, processing, named, done
API_MB, API_SECONDS = 1024, 0.02
PHOTO_DAYS, RESULT_DAYS, DAYS_PER_MONTH = 1, 30, 30
DEFAULT_CONCURRENCY = 10  # the template's MaxConcurrency


@dataclass(frozen=True)
class ExplainFunction:
    """The explain function with one model.

    Attributes:
        model: name of the model.
        measured: by number of processors, the seconds that `benchmarks.explain_process` measured.
        overhead: seconds that the handler adds to the pipeline.
    """

    model: str
    measured: Mapping[int, Mapping[str, float]]
    overhead: float

    def warm_seconds(self, memory: int) -> float:
        """Seconds per invocation with everything loaded.

        Args:
            memory: of the function, in MB.
        """
        return self._seconds(memory, "second") + self.overhead

    def cold_seconds(self, memory: int) -> float:
        """Seconds from the start of Python to the end of the first photo; AWS bills both.

        Args:
            memory: of the function, in MB.
        """
        return self._seconds(memory, "loading") + self._seconds(memory, "first") + self.overhead

    def _seconds(self, memory: int, phase: str) -> float:
        processors = min(max(1, memory // MB_PER_PROCESSOR), max(self.measured))
        return self.measured[processors][phase] * max(1.0, MB_PER_PROCESSOR / memory)


def compute_cost(memory: int, seconds: float, architecture: prices.Price) -> float:
    """US dollars for a thousand invocations of the explain function."""
    return PHOTOS * (memory / 1024 * seconds * architecture.per_unit + prices.INVOCATION.per_unit)


def other_costs(measurements: Measurements) -> dict[str, float]:
    """US dollars for everything else that a thousand photos from the page need, by service.

    Needs the sections `latency` and `page`.
    """
    polls = measurements.value("page", POLLS)
    photo, result = (measurements.value("latency", name) for name in ("photo bytes", "bytes"))
    gigabyte_months = (photo * PHOTO_DAYS + result * RESULT_DAYS) / DAYS_PER_MONTH / 1e9
    api_compute = API_MB / 1024 * API_SECONDS * prices.LAMBDA_X86.per_unit
    api_call = prices.HTTP_API.per_unit + prices.INVOCATION.per_unit + api_compute
    per_photo = {
        "S3, requests": PUTS * prices.S3_PUT.per_unit + GETS * prices.S3_GET.per_unit,
        "S3, storage": gigabyte_months * prices.S3_GB.per_unit,
        "queue": QUEUE_REQUESTS * prices.SQS.per_unit,
        "table": TABLE_WRITES * prices.TABLE_WRITE.per_unit + polls * prices.TABLE_READ.per_unit,
        "API": (polls + 1) * api_call,
    }
    return {service: PHOTOS * dollars for service, dollars in per_photo.items()}


def explain_functions(measurements: Measurements) -> list[ExplainFunction]:
    """The explain function with every model that was measured."""
    seconds = measurements.times("storage", storage.GROUP)
    pairs = zip(seconds.get(storage.DONE, []), seconds.get(storage.PIPELINE, []), strict=True)
    overheads = [whole - pipeline for whole, pipeline in pairs]
    functions = []
    for model in MEMORY_SIZES if overheads else ():
        measured = {
            processors: values
            for processors in (1, 2)
            if (values := measurements.value("functions", processes.FUNCTION.format(model, processors)))
        }
        if measured:
            functions.append(ExplainFunction(model, measured, median(overheads)))
    return functions


def saturated(rate: float, seconds: float) -> str:
    """The limits that a load exceeds, in the order in which a growing load reaches them.

    Args:
        rate: photos per second.
        seconds: duration of an invocation.
    """
    concurrency = rate * seconds
    limits = (
        (concurrency > DEFAULT_CONCURRENCY, "`MaxConcurrency`"),
        (concurrency > prices.ACCOUNT_CONCURRENCY, "account concurrency"),
        (concurrency > prices.POLLER_LIMIT, "queue pollers"),
        (rate * (PUTS - 1) > prices.PUTS_PER_PREFIX, "S3 writes per prefix"),
        (rate * TABLE_WRITES > prices.TABLE_WRITES_PER_SECOND, "table writes"),
    )
    return ", then ".join(name for exceeded, name in limits if exceeded) or "none"
