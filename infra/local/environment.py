"""Environment variables of the local stack's processes, without the user's own AWS settings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from infra.local.description import Function

REPOSITORY = Path(__file__).resolve().parents[2]
ACCOUNT = "123456789012"
REGION = "us-east-1"
HOST = "127.0.0.1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}


def base(environ: Mapping[str, str], endpoint: str) -> dict[str, str]:
    """The user's environment without AWS settings, plus credentials for the local storage server.

    Args:
        environ: the user's environment.
        endpoint: URL of the storage server.
    """
    kept = {name: value for name, value in environ.items() if not name.startswith(("AWS_", "MOTO_"))}
    own_paths = [str(REPOSITORY), str(REPOSITORY / "layers/brain/python")]
    # A proxy cannot reach the loopback interface.
    no_proxy = ",".join(filter(None, [environ.get("NO_PROXY") or environ.get("no_proxy"), HOST]))
    return {
        **kept,
        **CREDENTIALS,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": endpoint,
        "MOTO_ACCOUNT_ID": ACCOUNT,
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
        "PYTHONPATH": os.pathsep.join([*own_paths, *filter(None, [environ.get("PYTHONPATH")])]),
        "PYTHONUNBUFFERED": "1",
    }


def of_function(common: Mapping[str, str], function: Function) -> dict[str, str]:
    """A function's environment as in the cloud, apart from the folder of the models."""
    models = common.get("BRAIN_MODELS") or str(REPOSITORY / "models")
    return {**common, **function.environment, "BRAIN_MODELS": models}
