"""Process: makes the template's resources on the storage server and describes the result, then ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from boto3 import Session
from botocore.exceptions import BotoCoreError, ClientError
from samtranslator.model.exceptions import InvalidDocumentException

from infra.local import lifeline
from infra.local.description import describe
from infra.local.environment import ACCOUNT, REGION
from infra.local.identity import Place
from infra.local.resolver import Stack, Unresolvable
from infra.local.resources import Unsupported, create
from infra.local.template import read_template, translate

STACK_NAME = "brain"
CHOICES = {
    "BRAIN_MODEL": "Model",
    "BRAIN_CHECK": "Check",
    "BRAIN_DTYPE": "Dtype",
    "BRAIN_LANGUAGE": "Language",
}


def load(template: Path, endpoint: str, page: str, environ: Mapping[str, str]) -> Stack:
    """The stack of a template file on this machine: plain bucket names, and the user's `CHOICES` where set.

    Args:
        endpoint, page: addresses of the storage server and of the page.
    """
    chosen = {name: environ[variable] for variable, name in CHOICES.items() if environ.get(variable)}
    parameters = {"BucketNames": "plain", **chosen}
    translated = translate(read_template(template), parameters, REGION)
    return Stack(translated, parameters, Place(STACK_NAME, REGION, ACCOUNT, endpoint, page))


def main(template: Path, page: str, output: Path) -> int:
    """Deploy; 0, or 1 with a message when the template cannot be followed."""
    lifeline.hold()
    try:
        stack = load(template, os.environ["AWS_ENDPOINT_URL"], page, os.environ)
        create(stack, Session())
        describe(stack).write(output)
    except InvalidDocumentException as error:
        print(f"{template} is not a valid template: {error.message}", file=sys.stderr)
        return 1
    except (Unresolvable, Unsupported, BotoCoreError, ClientError) as error:
        print(f"The local stack cannot follow {template}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
