"""Which process it is: its number alone is given again, in a container soon and to the very same program."""

from __future__ import annotations

import functools
import os
import time
from dataclasses import dataclass
from pathlib import Path

NO_BOOT = "0" * 8


@dataclass(frozen=True, slots=True)
class Process:
    """pid: its number. start: when it was started, in clock ticks since the system was; 0 where that is not known.

    boot: eight hexadecimal digits of the system's start; "" where an older version did not write them down.
    """

    pid: int
    start: int = 0
    boot: str = ""

    def is_running(self) -> bool:
        """Whether this very process, and not a later one with its number, is there."""
        if self.pid <= 0 or (self.boot and self.boot != boot_id()):
            return False
        try:
            os.kill(self.pid, 0)
        except (ProcessLookupError, OverflowError):
            return False
        except PermissionError:
            pass
        found = process_start(self.pid)
        return found >= 0 and (self.start <= 0 or found == 0 or found == self.start)


def this_process() -> Process:
    return process_of(os.getpid())


def process_of(pid: int) -> Process:
    """The process that has this number now."""
    return Process(pid, max(0, process_start(pid)), boot_id())


def process_start(pid: int) -> int:
    """Start time in clock ticks since boot; 0 where the system does not tell, -1 when it ended and awaits its parent."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0
    return -1 if fields[0] in ("Z", "X") else int(fields[19])


def seconds_since(start: int) -> float:
    """Seconds since a process was started, by a clock that nobody sets. start: as `process_start` tells it; 0 is the system's."""
    return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - start / os.sysconf("SC_CLK_TCK"))


def started_at(pid: int) -> float:
    """When it was started, in seconds since 1970 by the clock as it is set now; 0 where that is not known."""
    start = process_start(pid)
    return time.time() - seconds_since(start) if start > 0 else 0.0


def booted_at() -> float:
    """When the system was started, in seconds since 1970 by the clock as it is set now; 0 where that is not known."""
    return time.time() - seconds_since(0) if hasattr(time, "CLOCK_BOOTTIME") else 0.0


@functools.cache
def boot_id() -> str:
    """Another one after each start of the system; eight zeros where it has none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")[:8]
    except OSError:
        return NO_BOOT
