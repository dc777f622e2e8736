"""Describes the machine and the measured versions."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from brain import __version__
from brain.recognition.hardware import CPUINFO

PACKAGES = (
    "torch",
    "opencv-python-headless",
    "pillow",
    "numpy",
    "safetensors",
    "grad-cam",
    "captum",
    "deepface",
    "torchvision",
    "moto",
    "fastapi",
    "boto3",
    "aws_lambda_powertools",
)
INSTRUCTIONS = ("avx2", "avx512f", "avx512_bf16", "amx_bf16")


def describe() -> dict[str, str]:
    """Date, processor, load, memory and operating system, as far as they are known."""
    flags = cpuinfo_value("flags").split()
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": cpuinfo_value("model name") or "unknown",
        "processors": str(len(os.sched_getaffinity(0))),
        "instruction sets": ", ".join(name for name in INSTRUCTIONS if name in flags) or "unknown",
        "load average before": f"{os.getloadavg()[0]:.1f} (1 minute)",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
    }


def versions() -> dict[str, str]:
    """The versions of BRAIN, its libraries and its peers."""
    return {"BRAIN": __version__, **{name: installed_version(name) for name in PACKAGES}}


def cpuinfo_value(key: str) -> str:
    """The first value of a key in /proc/cpuinfo; empty if there is none."""
    if not CPUINFO.exists():
        return ""
    lines = CPUINFO.read_text(encoding="ascii", errors="replace").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")


def installed_version(package: str) -> str:
    """The version of an installed package, or "absent"."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"
