"""The conditions of a measurement: instruction set, threads, a busy neighbour process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from brain.recognition.hardware import MB_PER_PROCESSOR

# Makes torch, oneDNN, MKL and OpenCV compute as on a processor without AVX-512 and AMX.
AVX2_VARIABLES = {
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "OPENCV_CPU_DISABLE": "AVX512-SKX",
    "BRAIN_DTYPE": "float32",  # what `auto` selects on such a processor
}
BUSY_LOOP = "while True: pass"


@dataclass(frozen=True)
class Condition:
    """How a process is run.

    Attributes:
        threads: threads that the process computes on; None for as many as there are processors.
        busy: whether another process keeps one processor busy meanwhile.
        avx2: restrict the process to AVX2; False allows every instruction set of the processor.
        variables: further environment variables.
    """

    threads: int | None = 1
    busy: bool = False
    avx2: bool = True
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that put a process under this condition."""
        environment = dict(AVX2_VARIABLES) if self.avx2 else {}
        if self.threads is not None:
            environment["OMP_NUM_THREADS"] = str(self.threads)
            # BRAIN computes on as many threads as a Lambda function's memory buys processors.
            environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = str(self.threads * MB_PER_PROCESSOR)
        return environment | dict(self.variables)

    def __str__(self) -> str:
        threads = {None: "all threads", 1: "one thread", 2: "two threads"}.get(
            self.threads, f"{self.threads} threads"
        )
        instructions = "AVX2" if self.avx2 else "all instruction sets"
        return f"{instructions}, {threads}, {'busy neighbour' if self.busy else 'idle'}"


@contextmanager
def neighbour(busy: bool) -> Iterator[None]:
    """Keep one processor busy with another process for the duration of the block."""
    if not busy:
        yield
        return
    process = subprocess.Popen([sys.executable, "-c", BUSY_LOOP])
    try:
        yield
        if process.poll() is not None:
            raise RuntimeError("the busy neighbour ended early")
    finally:
        process.kill()
        process.wait()
