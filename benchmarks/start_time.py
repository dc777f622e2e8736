"""When this process started: imported before anything that takes time."""

from __future__ import annotations

import time

START = time.perf_counter()
