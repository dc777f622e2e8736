"""Schemathesis finds no difference between the API and its OpenAPI document."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from brain.cloud.repository import AwsResultRepository
from brain.core.settings import REPOSITORY
from functions.api.app import create_app
from infra.local.environment import HOST
from infra.local.web import create_server
from tests.integration.conftest import Cloud
from tests.integration.local_stack import serving_site

SCHEMATHESIS = REPOSITORY / ".tools" / "schemathesis" / "bin" / "st"
SEED = "1"
# A photo that is too large is rejected with 413, which Schemathesis does not expect by default.
CONFIGURATION = """
[checks]
negative_data_rejection.expected-statuses = [404, 405, 413, 415, 422]
"""


@pytest.mark.skipif(not SCHEMATHESIS.exists(), reason="`make setup` installs Schemathesis")
def test_the_api_conforms_to_its_openapi_document(
    cloud: Cloud, repository: AwsResultRepository, tmp_path: Path
) -> None:
    names = tmp_path / "tiny" / "names.txt"
    names.parent.mkdir()
    names.write_text("Bill Clinton\nJosé Aznar\n", encoding="utf-8")
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION, encoding="utf-8")
    settings = replace(cloud.settings, models_dir=tmp_path, model="tiny")

    with serving_site(create_server(create_app(settings, repository), HOST, 0)) as url:
        command = [str(SCHEMATHESIS), "run", f"{url}/api/openapi.json", "--checks", "all", "--no-color"]
        command += ["--seed", SEED, "--max-examples", "50", "--continue-on-failure"]
        command += ["--request-timeout", "120", "--suppress-health-check", "too_slow"]
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout + run.stderr
