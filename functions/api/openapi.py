"""`python -m functions.api.openapi FILE`: the OpenAPI document, as it is served at /api/openapi.json."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import cast

from brain.core.settings import Settings
from functions.api.app import Results, create_app


def document() -> str:
    """The document as text; no request is answered for it, so no store is needed."""
    app = create_app(Settings(), cast(Results, None))
    return json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(document(), encoding="utf-8")
