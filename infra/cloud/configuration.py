"""The configuration that `sam deploy --guided` saved: stack name, region and parameters."""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boto3 import Session


@dataclass(frozen=True)
class Configuration:
    """The saved deployment settings. `profile` and `region` are None where the user's defaults apply."""

    stack: str
    region: str | None = None
    profile: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Configuration | None:
        """Read samconfig.toml; None if the file does not exist or names no stack."""
        if not path.is_file():
            return None
        sections = tomllib.loads(path.read_text(encoding="utf-8")).get("default", {})
        found: dict[str, Any] = {}
        for section in ("global", "deploy"):
            found |= sections.get(section, {}).get("parameters", {})
        if "stack_name" not in found:
            return None
        return cls(
            found["stack_name"],
            found.get("region"),
            found.get("profile"),
            _parameters(found.get("parameter_overrides", "")),
        )

    def session(self) -> Session:
        """A boto3 session for the account and region of the stack."""
        return Session(profile_name=self.profile, region_name=self.region)


def _parameters(text: str | list[str]) -> dict[str, str]:
    """Parse parameter overrides: SAM writes a single shell-quoted line, people write a list."""
    words = text if isinstance(text, list) else shlex.split(text)
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def stack_outputs(session: Session, stack: str) -> dict[str, str]:
    """The outputs of a deployed stack by name.

    Raises:
        botocore.exceptions.ClientError: the stack does not exist.
    """
    (description,) = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in description.get("Outputs", [])}
