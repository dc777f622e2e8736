"""Lines of the functions' logs, without what would identify a photo. Imports no AWS library.

What is logged on purpose contains no keys and no complete ids. The messages of botocore's exceptions may: a
timeout names the address of the object, and a denied access its ARN.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from brain.cloud.uploads import shortened

# In JSON, a quotation mark or a line break after an address begins with a backslash. A key may contain
# quotation marks too, so an ARN ends where S3's sentence goes on, or with the line.
ADDRESS = re.compile(r"""(https?://[^/\s"'\\]+/)[^\s"'\\]+""")
OBJECT_ARN = re.compile(r'(:s3:::[^/\s"\\]+/).+?(?=\\" (?:because|with)|\\n|(?<!\\)")')
ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")


def log_line(record: Mapping[str, Any]) -> str:
    """One line of JSON in which addresses and ARNs end before the key, and ids after eight characters.

    Args:
        record: names and values; what JSON cannot represent is written as its string.
    """
    line = json.dumps(record, default=str, separators=(",", ":"), ensure_ascii=False)
    for pattern in (ADDRESS, OBJECT_ARN):
        line = pattern.sub(r"\1...", line)
    return ID.sub(lambda found: shortened(found[0]), line)
