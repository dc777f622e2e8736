"""Small campaigns of `make faults`."""

from __future__ import annotations

from reliability.faults.campaign import conduct
from reliability.faults.injection import Rates


def test_no_photo_is_lost_under_faults() -> None:
    findings = conduct(40, seed=11)

    assert findings.problems == []
    assert sum(findings.photos.values()) == 40
    assert findings.events["duplicate deliveries"] > 0
    assert findings.events["repeated after its response was lost"] > 0
    assert sum(findings.sites.values()) > 0.02 * findings.calls


def test_a_seed_repeats_its_campaign() -> None:
    first, second = (conduct(8, seed=5) for _ in range(2))

    assert (first.calls, first.events, first.photos) == (second.calls, second.events, second.photos)


def test_a_problem_keeps_the_steps_of_its_photo() -> None:
    # Every call fails, so that the dead-letter queue never gets empty.
    findings = conduct(1, seed=5, rates=Rates(fails=1, repeated=0, killed=0, hangs=0), redrives=1)

    assert findings.problems
    told = str(findings.problems[0])
    assert "make faults FAULTS='--campaign 5 --photos 1'" in told
    assert "UpdateItem" in told
    assert "refused: " in told
