"""A small campaign of `make faults`."""

from __future__ import annotations

from reliability.faults.campaign import conduct


def test_no_photo_is_lost_under_faults() -> None:
    findings = conduct(40, seed=11)

    assert findings.problems == []
    assert sum(findings.photos.values()) == 40
    assert findings.events["duplicate deliveries"] > 0
    assert findings.events["repeated after its response was lost"] > 0
    assert sum(findings.sites.values()) > 0.02 * findings.calls
