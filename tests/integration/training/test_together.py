"""Processes that learn side by side; they talk over loopback."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from training.together import Team, side_by_side


def learn(team: Team, folder: Path) -> None:
    module = nn.BatchNorm1d(2)
    nn.init.constant_(module.weight, float(1 + 2 * team.rank))
    module.running_mean = torch.full((2,), float(10 * team.rank))
    team.meet(module)
    torch.save(module.state_dict(), folder / f"{team.rank}.pt")
    if team.leads:
        (folder / "leader").write_text(f"{team.rank} of {team.size}", encoding="utf-8")


def test_processes_meet_in_the_mean_of_weights_and_statistics(tmp_path: Path) -> None:
    side_by_side(2, learn, tmp_path)
    states = [torch.load(tmp_path / f"{rank}.pt", weights_only=True) for rank in (0, 1)]
    for state in states:
        assert state["weight"].tolist() == [2, 2]
        assert state["running_mean"].tolist() == [5, 5]
    assert (tmp_path / "leader").read_text() == "0 of 2"


def test_one_learns_alone(tmp_path: Path) -> None:
    side_by_side(1, learn, tmp_path)
    assert torch.load(tmp_path / "0.pt", weights_only=True)["weight"].tolist() == [1, 1]
    assert (tmp_path / "leader").read_text() == "0 of 1"
