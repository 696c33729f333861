"""A module of this package run to its end in a process of its own."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ocrweb.runtime.paddle_env import child_environment

ADDRESSES = 4 << 30  # bytes that libraries reserve and never use


def run_module(
    module: str, *arguments: str, patience: float, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """What it printed and its exit code, with the environment that Paddle needs. environment: variables to add.

    patience: seconds; subprocess.TimeoutExpired after that.
    """
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=patience,
        env={**child_environment(), **(environment or {})},
        check=False,
    )


@dataclass(frozen=True, slots=True)
class Limits:
    """Of a process that reads a stranger's file. seconds: of the clock. memory, file: bytes in use, and of one file."""

    seconds: float
    memory: int
    file: int


def limit_self(limits: Limits) -> None:
    """Hold this process and what it starts to the limits, as far as the system does that; call it before the first byte.

    Address space is more than memory in use, so its limit is wider: it stops one absurd request at once, and whoever
    started the process watches what is really used. The first to go when memory runs out; no memory dump; it gives way.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    wanted = {
        resource.RLIMIT_CPU: int(limits.seconds * cores) + 1,
        resource.RLIMIT_AS: limits.memory + ADDRESSES,
        resource.RLIMIT_FSIZE: limits.file,
        resource.RLIMIT_CORE: 0,
    }
    for which, value in wanted.items():
        hard = resource.getrlimit(which)[1]
        with contextlib.suppress(ValueError, OSError):  # not known to this system
            resource.setrlimit(which, (value, value) if hard == resource.RLIM_INFINITY else (min(value, hard), hard))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    with contextlib.suppress(OSError):
        os.nice(5)
