"""What a process that reads a stranger's file may use."""

from __future__ import annotations

import contextlib
import os
import resource
from dataclasses import dataclass
from pathlib import Path

ADDRESSES = 4 << 30  # bytes that libraries reserve and never use


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
