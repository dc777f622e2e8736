"""The local stack as a child process, and how much memory its processes use."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread

from brain.core.settings import REPOSITORY
from infra.local import ports

READY = "BRAIN is ready"
MIB_IN_KB = 1024


@dataclass(frozen=True)
class LocalStack:
    """A running stack.

    Attributes:
        process_id: the process that started the others.
        page: port of page and API.
        storage: port of the storage server.
    """

    process_id: int
    page: int
    storage: int

    def memory(self) -> dict[str, int]:
        """Resident memory in MiB by process: storage, web, and the workers together."""
        command = ["ps", "-o", "rss=,args=", "--ppid", str(self.process_id)]
        listing = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        used: dict[str, int] = {}
        for line in listing.splitlines():
            size, _, arguments = line.strip().partition(" ")
            module = arguments.partition("infra.local.")[2].partition(" ")[0]
            if module:
                used[module] = used.get(module, 0) + int(size) // MIB_IN_KB
        return used


@contextmanager
def local_stack(workers: int) -> Iterator[LocalStack]:
    """Start the local stack on free ports, and stop it afterwards.

    Raises:
        RuntimeError: it did not start; the message is what it said.
    """
    page, storage = ports.free(2)
    variables = {"PORT": str(page), "S3_PORT": str(storage), "BRAIN_WORKERS": str(workers)}
    process = subprocess.Popen(
        [sys.executable, "-m", "infra.local"],
        cwd=REPOSITORY,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        said = ""
        for line in process.stdout:
            said += line
            if READY in line:
                break
        else:
            raise RuntimeError(said)
        # A full pipe would block the workers, which log every step.
        Thread(target=deque, args=(process.stdout, 0), daemon=True).start()
        yield LocalStack(process.pid, page, storage)
    finally:
        process.terminate()
        process.wait()
