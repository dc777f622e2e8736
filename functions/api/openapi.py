"""`python -m functions.api.openapi FILE`: write the OpenAPI document that /api/openapi.json serves."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import cast

from brain.core.settings import Settings
from functions.api.app import ApiRepository, create_app
from functions.api.people import ApiPeople

NOBODY = object()


def document() -> str:
    """The OpenAPI document of a stack that enrols people, as JSON.

    Generating it handles no request, so it needs no repository.
    """
    app = create_app(Settings(enrols=True), cast(ApiRepository, None), cast(ApiPeople, NOBODY))
    return json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(document(), encoding="utf-8")
