"""What `sam deploy --guided` wrote down: which stack, where, with which parameters."""

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
    """The answers of the first deployment. `profile` and `region` are None where the user's own apply."""

    stack: str
    region: str | None = None
    profile: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Configuration | None:
        """The configuration in a samconfig.toml, or None where there is none yet."""
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
        """boto3, with the account and the region of the stack."""
        return Session(profile_name=self.profile, region_name=self.region)


def _parameters(text: str | list[str]) -> dict[str, str]:
    """SAM writes them as one line for a shell, people write a list."""
    words = text if isinstance(text, list) else shlex.split(text)
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def outputs(session: Session, stack: str) -> dict[str, str]:
    """The stack's outputs by name.

    Raises:
        botocore.exceptions.ClientError: there is no such stack.
    """
    (description,) = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in description.get("Outputs", [])}
