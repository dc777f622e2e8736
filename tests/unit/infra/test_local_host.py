"""Where the local stack is served, and to whom."""

from __future__ import annotations

import pytest

from infra.local import host
from infra.local.host import Host, InvalidHost

TOKEN = "a-token-of-our-own"


def test_this_machine_alone_is_served_without_a_token() -> None:
    assert host.choose({}) == host.choose({"HOST": "127.0.0.1"}) == Host("127.0.0.1", None)


def test_serving_the_network_takes_a_random_token() -> None:
    first, second = host.choose({"HOST": "0.0.0.0"}), host.choose({"HOST": "0.0.0.0"})

    assert first.address == "0.0.0.0"
    assert first.token
    assert first.token != second.token


@pytest.mark.parametrize("address", ["127.0.0.1", "192.0.2.7"])
def test_a_token_of_ones_own_is_used(address: str) -> None:
    assert host.choose({"HOST": address, "BRAIN_TOKEN": TOKEN}) == Host(address, TOKEN)


def test_only_a_random_token_is_printed() -> None:
    random, own = host.choose({"HOST": "0.0.0.0"}), host.choose({"HOST": "0.0.0.0", "BRAIN_TOKEN": TOKEN})

    assert random.shown_token == random.token
    assert own.shown_token == "$BRAIN_TOKEN"


def test_the_page_is_served_as_the_stack_was_started() -> None:
    chosen = host.choose({"HOST": "192.0.2.7"})

    assert host.choose(chosen.environment()) == chosen


@pytest.mark.parametrize("address", ["faces.example.org", "::", "256.0.0.1"])
def test_an_unusable_address_is_reported(address: str) -> None:
    with pytest.raises(InvalidHost, match="HOST is"):
        host.choose({"HOST": address})


@pytest.mark.parametrize("token", ["short", "a token with spaces", "a-token;with-semicolon", "é" * 16])
def test_an_unusable_token_is_reported(token: str) -> None:
    with pytest.raises(InvalidHost, match="BRAIN_TOKEN must have"):
        host.choose({"BRAIN_TOKEN": token})
