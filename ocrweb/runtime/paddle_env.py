"""The environment Paddle needs on this machine. Set it before Paddle is imported, so: for child processes."""

from __future__ import annotations

import functools
import os
import platform
from collections.abc import Mapping
from pathlib import Path

MKL_SWITCH = "MKL_DEBUG_CPU_TYPE"
THREADS = "OMP_NUM_THREADS"
_granted: int | None = None
GPU_ORDER = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
"""CUDA numbers GPUs by their speed unless told otherwise, the driver's library by their place."""


def machine_environment(processes: int = 1, *, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Variables to add for a Paddle process on this machine; a variable that the user has set is never in it.

    Paddle's bundled MKL takes a slow path on AMD processors unless told otherwise (training 2.7 times slower), and
    Paddle itself falls back to one thread. Threads alone, without the switch, are slower than neither: both or none.
    processes: how many such processes share the machine; each gets its part of the cores.
    """
    given = os.environ if environ is None else environ
    wanted = {THREADS: str(max(1, usable_cores() // max(1, processes))), **GPU_ORDER}
    if cpu_vendor() == "AuthenticAMD":
        wanted[MKL_SWITCH] = "5"
    return {name: value for name, value in wanted.items() if not given.get(name)}


def child_environment(processes: int = 1) -> dict[str, str]:
    """The whole environment of a Paddle child process: this process's own, completed for the machine."""
    return {**os.environ, **machine_environment(processes)}


def grant_cores(count: int | None) -> None:
    """Give this process so many cores, as a scheduler has shared a machine out; None: what it finds itself."""
    global _granted
    _granted = count


def usable_cores() -> int:
    """Physical cores this process may use: affinity, container quota, hyper-threads and `grant_cores` are taken into account."""
    return _found_cores() if _granted is None else max(1, min(_granted, _found_cores()))


def _found_cores() -> int:
    import psutil

    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    logical, physical = psutil.cpu_count() or 1, psutil.cpu_count(logical=False) or psutil.cpu_count() or 1
    cores = max(1, allowed * physical // logical)
    quota = _cgroup_cores()
    return max(1, min(cores, quota)) if quota else cores


@functools.cache
def cpu_vendor() -> str:
    """ "AuthenticAMD", "GenuineIntel", or what the platform says elsewhere; "" when unknown."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("vendor_id"):
                return line.partition(":")[2].strip()
    except OSError:
        return platform.processor()
    return platform.processor()


def _cgroup_cores() -> int:
    """Cores granted by a container's CPU quota, at least 1; 0 when there is no quota."""
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="utf-8").split()
    except (OSError, ValueError):
        return 0
    return 0 if quota == "max" else max(1, int(quota) // int(period))
