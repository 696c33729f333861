"""How samples are prepared on this machine: in the trainer, in threads, or in processes with shared memory."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ocrweb.runtime.paddle_env import usable_cores

SHARED_MEMORY = Path("/dev/shm")
_MOST = 8
_MARGIN = 2.0  # of shared memory that must be free for each byte that is used


@dataclass(frozen=True, slots=True)
class WorkerPlan:
    """kind, count: what prepares samples. reason: a word for why processes are not used, empty when nothing is amiss."""

    kind: Literal["inline", "threads", "processes"]
    count: int = 1
    reason: Literal["", "shared-memory"] = ""


def plan_workers(
    requested: int, sample_bytes: int, *, on_gpu: bool, cores: int | None = None, free: int | None = None
) -> WorkerPlan:
    """Decide.

    requested: -1 chooses, 0 is the trainer itself, else a number of processes. sample_bytes: of one sample's arrays.
    cores: that may be used, by default this process's. free: bytes of shared memory, by default looked up.

    A trainer on the processor gets one thread: a step takes many times as long as its pictures, and the rest of the
    machine is the network's. On a GPU it gets processes, one core less than there are. Where shared memory is too small
    for them (a container's default is 64 MB), threads take their place; they need none.
    """
    cores = cores or usable_cores()
    if requested == 0:
        return WorkerPlan("inline")
    if requested < 0 and (not on_gpu or cores <= 2):
        return WorkerPlan("threads", 1)
    count = requested if requested > 0 else min(cores - 1, _MOST)
    free = shared_memory_free() if free is None else free
    if free < _MARGIN * slots_of(count) * sample_bytes:
        return WorkerPlan("threads", min(count, cores), "shared-memory")
    return WorkerPlan("processes", count)


def slots_of(count: int) -> int:
    """Samples under way at a time with so many processes: what bounds the shared memory."""
    return 2 * count + 2


def sample_bytes(crop_size: int) -> int:
    """Bytes of one sample's arrays: three float32 planes, the threshold map, three masks, a teacher's map."""
    return crop_size * crop_size * (3 * 4 + 4 + 3 + 4)


def shared_memory_free() -> int:
    """Free bytes of shared memory; where the system does not keep it in a folder there is no such limit."""
    if not SHARED_MEMORY.is_dir():
        return 2**62
    return shutil.disk_usage(SHARED_MEMORY).free
