"""Several processes learn side by side, each with one thread, and meet in the mean of their weights.

Threads that share one step wait for each other at every layer; processes that share only their weights,
every few steps, hardly ever wait, and learn as well (local SGD: Stich, arXiv 1805.09767).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import torch
import torch.distributed
from torch import nn


class Team(Protocol):
    """Who learns: this process is number `rank` of `size`."""

    rank: int
    size: int

    @property
    def leads(self) -> bool: ...

    def meet(self, module: nn.Module) -> None:
        """Give every process's module the mean of all their weights and statistics."""


class Alone:
    """A team of one."""

    rank, size, leads = 0, 1, True

    def meet(self, module: nn.Module) -> None:
        """There is nobody to meet."""


class Processes:
    """A team of processes on one machine.

    Args of the constructor:
        meeting_place: a file that does not exist yet, the same for all.
    """

    def __init__(self, rank: int, size: int, meeting_place: Path) -> None:
        self.rank, self.size = rank, size
        where = meeting_place.as_uri()
        torch.distributed.init_process_group("gloo", init_method=where, rank=rank, world_size=size)

    @property
    def leads(self) -> bool:
        return self.rank == 0

    @torch.no_grad()
    def meet(self, module: nn.Module) -> None:
        tensors = [x for x in module.state_dict().values() if x.is_floating_point()]
        joined = torch.cat([x.reshape(-1) for x in tensors])
        torch.distributed.all_reduce(joined)
        means = (joined / self.size).split([x.numel() for x in tensors])
        for tensor, mean in zip(tensors, means, strict=True):
            tensor.copy_(mean.view_as(tensor))

    def part(self) -> None:
        """Wait for the others, then let go of them."""
        torch.distributed.barrier()
        torch.distributed.destroy_process_group()


def side_by_side(size: int, work: Callable[..., None], *arguments: Any) -> None:
    """Call `work(team, *arguments)` in as many processes; with one, in this process with all its threads."""
    if size == 1:
        work(Alone(), *arguments)
        return
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "meeting"
        torch.multiprocessing.spawn(_join, (size, place, work, arguments), nprocs=size)


def _join(rank: int, size: int, place: Path, work: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    torch.set_num_threads(1)
    team = Processes(rank, size, place)
    work(team, *arguments)
    team.part()
