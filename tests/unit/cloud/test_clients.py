"""boto3 clients that are created on first use."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from brain.cloud.clients import LazyClient, dynamodb_client, s3_client
from infra.local.template import read_template
from tests.cloud_stack import TEMPLATE


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


def test_a_silent_service_is_asked_again_before_the_function_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "eu-central-1")
    functions = [
        resource["Properties"]
        for resource in read_template(TEMPLATE)["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    ]
    assert len(functions) == 2

    for client in (s3_client({}), dynamodb_client()):
        config = client.meta.config
        for function in functions:
            assert max(config.connect_timeout, config.read_timeout) < 0.7 * function["Timeout"]
