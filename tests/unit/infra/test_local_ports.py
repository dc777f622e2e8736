"""The ports of the local stack."""

from __future__ import annotations

import socket

import pytest

from infra.local import ports
from infra.local.environment import HOST
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


def test_free_ports_differ_from_each_other_and_from_those_in_use() -> None:
    chosen = ports.free(2)
    assert len({*chosen, *ports.free(2)}) == 4

    with socket.socket() as holder:
        holder.bind((HOST, chosen[0]))
        holder.listen()
        assert all(chosen[0] not in ports.free(1) for _ in range(100))


def test_too_many_free_ports_are_not_to_be_had() -> None:
    with pytest.raises(InvalidPort, match="are free"):
        ports.free(1000)
