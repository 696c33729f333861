"""The supervisor's side of training processes: their environment, and why one of them is gone. Never loads Paddle."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from ocrweb.config.documents import parse_json
from ocrweb.disk.atomic import write_text
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.runtime.paddle_env import child_environment, machine_environment

GRACE = 5.0  # seconds that the others have to end by themselves when a rank is gone
_PR_SET_PDEATHSIG = 1


def rank_environments(devices: Sequence[str]) -> list[dict[str, str]]:
    """The whole environment of each process on this machine, as ``paddle.distributed.launch`` would make it.

    devices: one entry a process: the number of its GPU; on a CPU only how many there are counts.
    """
    common = child_environment(len(devices))
    if len(devices) == 1:
        return [{**common, "FLAGS_selected_gpus": devices[0]} if devices[0] else common]
    endpoints = [f"127.0.0.1:{port}" for port in _free_ports(len(devices))]
    return [
        {
            **common,
            "PADDLE_TRAINER_ID": str(rank),
            "PADDLE_TRAINERS_NUM": str(len(devices)),
            "PADDLE_TRAINER_ENDPOINTS": ",".join(endpoints),
            "PADDLE_CURRENT_ENDPOINT": endpoints[rank],
            "PADDLE_RANK_IN_NODE": str(rank),
            "PADDLE_MASTER": endpoints[0],
            "FLAGS_selected_gpus": device,
        }
        for rank, device in enumerate(devices)
    ]


def complete_environment() -> None:
    """What another launcher left unset for Paddle on this machine; of use before Paddle is imported."""
    os.environ.update(machine_environment(int(os.environ.get("PADDLE_LOCAL_SIZE", "1"))))


def kills_for_memory() -> int:
    """How many processes the kernel has ended for lack of memory so far; 0 where it does not say."""
    total = 0
    for path in (Path("/proc/vmstat"), Path("/sys/fs/cgroup/memory.events")):
        try:
            rows = path.read_text(encoding="utf-8").splitlines()
        except OSError:
            continue
        total += sum(int(row.split()[1]) for row in rows if row.startswith("oom_kill "))
    return total


def leave_cause(run: Path, rank: int, error: OcrwebError) -> None:
    """Tell the supervisor why this process ends: only rank 0 writes the run's own files."""
    record = json.dumps(error.to_record(), ensure_ascii=False)
    with contextlib.suppress(OSError):  # the supervisor then knows the exit code alone
        write_text(run / names.RANK_CAUSE.format(rank=rank), record)


def take_cause(run: Path, rank: int) -> OcrwebError | None:
    """What `leave_cause` left, once; None when there is nothing of use."""
    path = run / names.RANK_CAUSE.format(rank=rank)
    try:
        record = parse_json(path.read_text(encoding="utf-8"))
        path.unlink()
        params = {name: value for name, value in record["params"].items() if not isinstance(value, dict)}
        return OcrwebError(record["code"], where=record["where"], **params)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def die_with(supervisor: int, number: int = signal.SIGTERM) -> None:
    """Be sent a signal when the parent dies, however it dies (Linux only).

    Raises SystemExit when it is dead already: nobody would ever hear of this process, which has done nothing yet.
    """
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(number))
    if os.getppid() != supervisor:
        raise SystemExit(1)


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for item in sockets:
            item.bind(("127.0.0.1", 0))
        return [item.getsockname()[1] for item in sockets]
    finally:
        for item in sockets:
            item.close()


def is_rank_process() -> bool:
    """Whether a launcher (ours or ``paddle.distributed.launch``) has given this process its place among several."""
    return int(os.environ.get("PADDLE_TRAINERS_NUM", "1")) > 1
