"""The doctor's checks of disk, rights, shared memory and port, on Python alone."""

from __future__ import annotations

import shutil
import socket
import uuid
from pathlib import Path

from ocrweb.config import paths
from ocrweb.services.machine.check import Check, State

GIB = 2**30
LEAST_DISK, GOOD_DISK = 1 * GIB, 10 * GIB
GOOD_SHM = 256 * 2**20


def check_shm(folder: Path = Path("/dev/shm")) -> Check:
    """Shared memory, through which training's reader processes hand over batches; containers often give 64 MiB."""
    if not folder.is_dir():
        return Check("shm", "warn", f"{folder}: –")
    free = shutil.disk_usage(folder).free
    return Check("shm", "ok" if free >= GOOD_SHM else "warn", f"{free / 2**20:.0f} MiB")


def check_disk(free: int | None = None) -> Check:
    """Free space under the data root."""
    root = _existing(paths.home())
    free = shutil.disk_usage(root).free if free is None else free
    return Check("disk", level_of(free, LEAST_DISK, GOOD_DISK), f"{root}: {free / GIB:.1f} GiB")


def check_rights() -> Check:
    """Whether the data root's folders can be made and written."""
    for folder in (paths.home(), paths.outputs_dir(), paths.workdirs_dir(), paths.datasets_dir(), paths.private_dir()):
        present = _existing(folder)
        probe = present / f".{uuid.uuid4().hex}"
        try:
            probe.touch()
            probe.unlink()
        except OSError as failure:
            return Check("rights", "fail", f"{present}: {failure.strerror}")
    return Check("rights", "ok", str(paths.home()))


def check_port(port: int) -> Check:
    """Whether the console's port is free, or held by this user's own console."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            return Check("port", "ok", f"{port}")
        except OSError as failure:
            reason = failure.strerror or str(failure)
    holder = _console_pid(port)
    if holder is not None:
        return Check("port", "ok", f"{port}: ocrweb, pid {holder}")
    return Check("port", "warn", f"{port}: {reason}")


def level_of(value: int, least: int, good: int) -> State:
    """fail under the least amount, warn under the good one."""
    return "ok" if value >= good else "warn" if value >= least else "fail"


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder


def _console_pid(port: int) -> int | None:
    """The process of this data root's console on that port, from its pid file, when it is alive."""
    try:
        import psutil
    except ImportError:
        return None
    try:
        pid = int((paths.private_dir() / f"console-{port}.pid").read_text(encoding="utf-8"))
        return pid if "app.py" in " ".join(psutil.Process(pid).cmdline()) else None
    except (OSError, ValueError, psutil.Error):
        return None
