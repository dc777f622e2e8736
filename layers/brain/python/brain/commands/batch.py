"""Runs jobs in several processes. A process that dies only affects its own photo."""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice

from brain.commands.jobs import Job
from brain.commands.worker import Outcome, Worker
from brain.core.errors import ForwardPassFailed
from brain.core.results import failed_result
from brain.pipeline.library import photo_request
from brain.pipeline.photo_input import file_key

QUEUED_PER_PROCESS = 2
HINT_DIED = "The process that explained it died. Use fewer --processes where memory is short."


def run_jobs(jobs: Sequence[Job], worker: Worker, processes: int) -> Iterator[Outcome]:
    """The outcome of each job, as they finish.

    Args:
        processes: number of parallel processes. If there are several, each computes with one thread.

    Raises:
        BrainError: codes 2, 4 and 5, the explainer does not load.
    """
    if processes == 1:
        yield from map(worker.run, jobs)
        return
    left = iter(jobs)
    while batch := list(islice(left, QUEUED_PER_PROCESS * processes)):
        unfinished = yield from run_in_pool(batch, left, worker, processes)
        yield from run_one_by_one(unfinished, worker)


def run_in_pool(
    batch: Sequence[Job], left: Iterator[Job], worker: Worker, processes: int
) -> Generator[Outcome, None, list[Job]]:
    """Run jobs until all are done, or a process dies.

    Args:
        batch: the first jobs; `left` are the following ones.

    Returns:
        The jobs that were queued or running when a process died.
    """
    with new_pool(processes) as pool:
        running: dict[Future[Outcome], Job] = {pool.submit(worker.run, job): job for job in batch}
        try:
            while running:
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
                    del running[future]
                for job in islice(left, len(done)):
                    running[pool.submit(worker.run, job)] = job
        except BrokenProcessPool:
            return list(running.values())
        finally:
            pool.shutdown(cancel_futures=True)
    return []


def run_one_by_one(jobs: Sequence[Job], worker: Worker) -> Iterator[Outcome]:
    """Run jobs one by one in a single process, so that the photo that kills it is known and can fail."""
    left = deque(jobs)
    while left:
        with new_pool(1) as pool:
            try:
                while left:
                    yield pool.submit(worker.run, left[0]).result()
                    left.popleft()
            except BrokenProcessPool:
                yield died(left.popleft(), worker)


def died(job: Job, worker: Worker) -> Outcome:
    """The failure of a photo whose process died."""
    error = ForwardPassFailed("process-died", HINT_DIED)
    return Outcome(job, failed_result(photo_request(b"", file_key(job.photo), worker.face), error))


def new_pool(processes: int) -> ProcessPoolExecutor:
    """A pool of spawned processes: forked ones would inherit torch's threads in an undefined state."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(processes, context, initializer=start_process)


def start_process() -> None:
    """Compute with one thread, and leave Ctrl-C to the parent, although it reaches every process."""
    import cv2
    import torch

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
