"""A process that creates the template's resources on the storage server, writes a description, and exits."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from boto3 import Session
from botocore.exceptions import BotoCoreError, ClientError
from samtranslator.model.exceptions import InvalidDocumentException

from infra.local.description import describe
from infra.local.environment import ACCOUNT, REGION
from infra.local.names import Target
from infra.local.parent_process import end_with_parent
from infra.local.resolver import Stack, Unresolvable
from infra.local.resources import Unsupported, create
from infra.local.template import read_template, translate

STACK_NAME = "brain"
VARIABLES = {
    "BRAIN_MODEL": "Model",
    "BRAIN_CHECK": "Check",
    "BRAIN_DTYPE": "Dtype",
    "BRAIN_LANGUAGE": "Language",
    "BRAIN_PEOPLE_SOURCE": "People",
}


def load(template: Path, endpoint: str, page: str, environ: Mapping[str, str]) -> Stack:
    """Load a template for the local stack, with parameters from the environment.

    Args:
        template: path of the SAM template.
        endpoint: URL of the storage server.
        page: URL of the page.
        environ: `VARIABLES` in it override the template's defaults.
    """
    chosen = {name: environ[variable] for variable, name in VARIABLES.items() if environ.get(variable)}
    parameters = {"BucketNames": "plain", "People": "both", **chosen}
    translated = translate(read_template(template), parameters, REGION)
    return Stack(translated, parameters, Target(STACK_NAME, REGION, ACCOUNT, endpoint, page))


def main(template: Path, page: str, output: Path) -> int:
    """Create the resources. Returns the exit code: 0, or 1 after printing why the template is unusable."""
    end_with_parent()
    try:
        stack = load(template, os.environ["AWS_ENDPOINT_URL"], page, os.environ)
        create(stack, Session())
        describe(stack).write(output)
    except InvalidDocumentException as error:
        print(f"{template} is not a valid template: {error.message}", file=sys.stderr)
        return 1
    except (Unresolvable, Unsupported, BotoCoreError, ClientError) as error:
        print(f"The local stack cannot use {template}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
