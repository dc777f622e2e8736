"""Metrics of every photo, in the embedded metric format that CloudWatch reads from the log.

Dimensions contain no ids and no names, only what a dashboard groups by.
"""

from __future__ import annotations

import os

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit, single_metric

from brain.core.clock import now
from brain.core.results import Result

NAMESPACE = os.environ.get("POWERTOOLS_METRICS_NAMESPACE") or "BRAIN"
MEGABYTES_PER_GIGABYTE = 1024


def count_result(result: Result) -> None:
    """Count a stored result by status and code, and record its stage durations and turnaround time."""
    with single_metric("Photos", MetricUnit.Count, 1, namespace=NAMESPACE) as metric:
        metric.add_dimension("code", str(result.error.code if result.error else 0))
        metric.add_dimension("status", result.status)
    for stage, seconds in result.timings.items():
        duration = seconds * 1000
        with single_metric("StageDuration", MetricUnit.Milliseconds, duration, namespace=NAMESPACE) as metric:
            metric.add_dimension("stage", stage)
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    turnaround = (result.finished_at or now()) - result.created_at
    metrics.add_metric("Turnaround", MetricUnit.Milliseconds, turnaround.total_seconds() * 1000)
    if result.source.width and result.source.height:
        metrics.add_metric("Megapixels", MetricUnit.NoUnit, result.source.width * result.source.height / 1e6)
    metrics.flush_metrics()


def count_cost(seconds: float, memory: int) -> None:
    """Record what Lambda bills for one photo, successful or not.

    Args:
        seconds: how long it was processed.
        memory: configured memory of the function, in MB.
    """
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    metrics.add_metric("GigabyteSeconds", MetricUnit.NoUnit, seconds * memory / MEGABYTES_PER_GIGABYTE)
    metrics.flush_metrics()
