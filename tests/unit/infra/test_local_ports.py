"""The ports of the local stack."""

from __future__ import annotations

import pytest

from infra.local import ports
from infra.local.ports import InvalidPort


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"PORT": "web"}, "PORT is 'web'"),
        ({"S3_PORT": "70000"}, "S3_PORT is '70000'"),
        ({"PORT": "0"}, "PORT is '0'"),
        ({"PORT": "4321", "S3_PORT": "4321"}, "both 4321"),
    ],
)
def test_invalid_ports_are_reported(values: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidPort, match=message):
        ports.choose(values)
