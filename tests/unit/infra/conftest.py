"""The template and its translation, read once per module."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.template import read_template, translate
from tests.cloud_stack import TEMPLATE


@pytest.fixture(scope="module")
def source() -> dict[str, Any]:
    return read_template(TEMPLATE)


@pytest.fixture(scope="module")
def translated(source: dict[str, Any]) -> dict[str, Any]:
    return translate(source, {}, "us-east-1")
