"""boto3 clients that are created on first use."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

from brain.cloud.clients import LazyClient


def test_a_client_is_created_on_first_use() -> None:
    created: list[SimpleNamespace] = []

    def create() -> SimpleNamespace:
        created.append(SimpleNamespace(region="eu-central-1"))
        return created[-1]

    client = LazyClient(create)

    assert created == []
    assert client.region == "eu-central-1"
    assert len(created) == 1


def test_threads_share_a_client() -> None:
    created: list[SimpleNamespace] = []

    def create() -> SimpleNamespace:
        created.append(SimpleNamespace(region="eu-central-1"))
        return created[-1]

    client = LazyClient(create)
    with ThreadPoolExecutor(8) as pool:
        regions = list(pool.map(lambda _: client.region, range(32)))

    assert regions == ["eu-central-1"] * 32
    assert len(created) == 1
