"""Evaluates every photo, or pair of photos, once, in several processes, resumable.

`factory` is called once in each process. It loads what is needed and returns the function that turns a photo
into a record for the journal. It is pickled, so it must be an object of a module's class or function.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any

import cv2
import torch

from brain.core.errors import ForwardPassFailed
from brain.evaluation.crops import Subject
from brain.evaluation.journal import Journal, Record

HINT_DIED = (
    "One of the processes died. Run the same command again to resume, with fewer --processes where memory is "
    "short."
)

Factory = Callable[[], Callable[[Subject], Record]]


def evaluate_photos(
    photos: Sequence[Subject], factory: Factory[Subject], journal: Journal, processes: int, title: str
) -> list[Record]:
    """The record of each photo, in order. Only photos that are missing in the journal are evaluated.

    Records do not depend on the number of processes: each computes with one thread.

    Args:
        title: what the progress bar shows.

    Raises:
        BrainError: the pipeline cannot work at all, such as when a cascade is missing, or a process died.
    """
    from tqdm import tqdm

    records = journal.read()
    left = list({photo.key: photo for photo in photos if photo.key not in records}.values())
    total = len({photo.key for photo in photos})
    if len(left) < total:
        print(f"{total - len(left):,} of {total:,} photos were evaluated before.", file=sys.stderr)
    bar = tqdm(total=total, initial=total - len(left), desc=title, unit="photo", disable=None)
    with bar, journal.writing() as write:
        for record in _records(left, factory, processes):
            write(record)
            records[record["path"]] = record
            bar.update()
    return [records[photo.key] for photo in photos]


def _records(photos: Sequence[Subject], factory: Factory[Subject], processes: int) -> Iterable[Record]:
    workers = min(processes, len(photos))
    return _in_this_process(photos, factory) if workers <= 1 else _in_workers(photos, factory, workers)


def _in_this_process(photos: Sequence[Subject], factory: Factory[Subject]) -> Iterator[Record]:
    with _single_threaded():
        yield from map(factory(), photos)


def _in_workers(photos: Sequence[Subject], factory: Factory[Subject], workers: int) -> Iterator[Record]:
    # A forked process would inherit torch's threads in an undefined state.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, initializer=_start_worker, initargs=(factory,))
    try:
        yield from pool.map(_evaluate, photos)
    except BrokenProcessPool as error:
        raise ForwardPassFailed("process-died", HINT_DIED) from error
    finally:
        pool.shutdown(cancel_futures=True)


_evaluator: Callable[[Any], Record]


def _start_worker(factory: Factory[Any]) -> None:
    global _evaluator
    # Ctrl-C reaches the whole process group; only the parent handles it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    _evaluator = factory()


def _exit_with_parent() -> None:
    # A parent that was killed cannot shut down the pool, whose workers would then wait forever.
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def _evaluate(photo: Any) -> Record:
    return _evaluator(photo)


@contextmanager
def _single_threaded() -> Iterator[None]:
    before = torch.get_num_threads(), cv2.getNumThreads()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before[0])
        cv2.setNumThreads(before[1])
