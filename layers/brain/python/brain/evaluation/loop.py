"""Every photo once, in several processes, resumable.

Knows nothing of what is asked: `open_examiner` is called once in each process, loads what is needed and gives
back the function that turns a question into a record for the journal. It is sent to other processes, so it
must be a function of a module, or a `functools.partial` of one.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

import cv2
import torch

from brain.evaluation.journal import Journal, Record
from brain.evaluation.photos import Question

Examiner = Callable[[Question], Record]


def ask_all(
    questions: Sequence[Question],
    open_examiner: Callable[[], Examiner],
    journal: Journal,
    processes: int,
    title: str,
) -> list[Record]:
    """The record of each question, in their order; only what the journal lacks is asked.

    Answers do not depend on the number of processes: each computes with one thread.

    Raises:
        BrainError: the pipeline cannot work at all, such as when a cascade is missing.
    """
    from tqdm import tqdm

    known = journal.read()
    left = [question for question in questions if question.key not in known]
    if len(left) < len(questions):
        print(f"{len(questions) - len(left):,} of {len(questions):,} were answered before.", file=sys.stderr)
    bar = tqdm(
        total=len(questions), initial=len(questions) - len(left), desc=title, unit="photo", disable=None
    )
    with bar, journal.writing() as write:
        for record in _records(left, open_examiner, processes):
            write(record)
            known[record["path"]] = record
            bar.update()
    return [known[question.key] for question in questions]


def cores() -> int:
    """How many processes can run at once on this machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _records(
    questions: Sequence[Question], open_examiner: Callable[[], Examiner], processes: int
) -> Iterable[Record]:
    workers = min(processes, len(questions))
    return _here(questions, open_examiner) if workers <= 1 else _spread(questions, open_examiner, workers)


def _here(questions: Sequence[Question], open_examiner: Callable[[], Examiner]) -> Iterator[Record]:
    with _one_thread():
        yield from map(open_examiner(), questions)


def _spread(
    questions: Sequence[Question], open_examiner: Callable[[], Examiner], workers: int
) -> Iterator[Record]:
    # A forked process would inherit torch's threads in an unknown state.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, initializer=_start, initargs=(open_examiner,))
    try:
        yield from pool.map(_examine, questions)
    finally:
        pool.shutdown(cancel_futures=True)


_examiner: Examiner


def _start(open_examiner: Callable[[], Examiner]) -> None:
    global _examiner
    # Ctrl-C reaches the whole process group; the parent alone decides what happens then.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    _examiner = open_examiner()


def _end_with_parent() -> None:
    # A parent that was killed cannot tell the pool to end, and its workers would wait for ever.
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def _examine(question: Question) -> Record:
    return _examiner(question)


@contextmanager
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads(), cv2.getNumThreads()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before[0])
        cv2.setNumThreads(before[1])
