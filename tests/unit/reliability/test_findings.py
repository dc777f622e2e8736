"""Findings of fault campaigns in files, and the seeds of a run."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from reliability.faults.findings import Findings, Problem
from reliability.faults.tasks import conduct_task, tasks

FOLDER = Path("findings")
PROBLEM = Problem("photo 3 ended as named", seed=1002, photos=250, story=("sender 3: PutObject", "reader 3"))


def _findings() -> Findings:
    photos = Counter({("left alone", "is explained", "done"): 2})
    return Findings(photos, Counter(redriven=3), Counter(GetItem=1), 40, [PROBLEM])


def test_findings_are_the_same_after_a_file(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "1002-250.json"

    _findings().save(path)
    loaded = Findings.load(path)

    assert (loaded.photos, loaded.events, loaded.sites) == (
        _findings().photos,
        _findings().events,
        _findings().sites,
    )
    assert (loaded.calls, [str(problem) for problem in loaded.problems]) == (40, [str(PROBLEM)])
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_problem_tells_its_story_and_how_to_repeat_it() -> None:
    lines = str(PROBLEM).splitlines()

    assert lines[0] == "photo 3 ended as named"
    assert "make faults FAULTS='--campaign 1002 --photos 250'" in lines[1]
    assert [line.strip() for line in lines[2:]] == ["sender 3: PutObject", "reader 3"]


def test_a_finished_campaign_is_read_and_not_repeated(tmp_path: Path) -> None:
    path = tmp_path / "1002-250.json"
    _findings().save(path)

    assert conduct_task((250, 1002, path)).calls == 40


@pytest.mark.parametrize("photos", [1, 250, 251, 5000])
def test_campaigns_hold_all_photos_and_have_seeds_of_their_own(photos: int) -> None:
    first, second = tasks(photos, 1, FOLDER), tasks(photos, 2, FOLDER)

    assert sum(size for size, _, _ in first) == photos
    assert max(size for size, _, _ in first) <= 250
    seeds = [seed for _, seed, _ in (*first, *second)]
    assert len(set(seeds)) == len(first) + len(second)
    assert len({path for _, _, path in first}) == len(first)
