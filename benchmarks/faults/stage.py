"""Where a campaign plays: a data root on a disk of its own size, a clock that can be set, and the console."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import subprocess
import time
from pathlib import Path

from benchmarks._served import Served
from benchmarks._visitor import Visitor
from benchmarks.faults.ledger import Ledger

DISK_MIB = 1536
CLOCK = """import pathlib, time
_real, _file = time.time, pathlib.Path({file!r})
def _shifted():
    try:
        return _real() + float(_file.read_text() or 0)
    except (OSError, ValueError):
        return _real()
time.time = _shifted
"""


class Stage:
    """place: everything of this campaign. home: the data root. small: the disk is a file system of its own."""

    def __init__(self, place: Path, disk_mib: int = DISK_MIB) -> None:
        self.place, self.home, self.ledger = place, place / "home", Ledger()
        self.home.mkdir(parents=True)
        self.small = mounted(self.home, disk_mib)
        clock = place / "clock"
        clock.mkdir()
        self._offset = clock / "offset"
        (clock / "sitecustomize.py").write_text(CLOCK.format(file=str(self._offset)), encoding="utf-8")
        search = os.pathsep.join(filter(None, (str(clock), os.environ.get("PYTHONPATH"))))
        self.console = Served(self.home, place / "console.log", {"PYTHONPATH": search, "OCRWEB_ALLOWED_ROOTS": ""})
        self._limited: list[int] = []

    @property
    def ballast(self) -> Path:
        return self.home / "ballast"

    def visitor(self, timeout: float = 120.0) -> Visitor:
        return Visitor(self.console.port, timeout)

    def fill_disk(self) -> None:
        """No byte fits any more. Without a disk of its own, no process of the console may write a file over 100 bytes."""
        if self.small:
            fill(self.ballast)
            return
        self._limited = [self.console.pid, *(process.pid for process in self.console.children())]
        for pid in self._limited:
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))

    def make_room(self) -> None:
        self.ballast.unlink(missing_ok=True)
        for pid in self._limited:
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        self._limited = []

    def set_clock(self, seconds: float) -> None:
        """Let the time of day of the console and its processes differ by so much from the machine's."""
        self._offset.write_text(str(seconds), encoding="utf-8")

    def used(self) -> int:
        """Bytes of all files of the data root."""
        total = 0
        for path in self.home.rglob("*"):
            with contextlib.suppress(OSError):
                total += path.lstat().st_blocks * 512 if not path.is_dir() else 0
        return total

    def end(self) -> None:
        """End the console and whatever works for it."""
        self.console.kill(patience=10)
        for process in self.console.children():
            with contextlib.suppress(Exception):
                process.kill()

    def leave(self, *, keep: bool) -> None:
        """Take the disk down. keep: its files stay beside it."""
        if self.small:
            if keep:
                shutil.copytree(self.home, self.place / "kept", symlinks=True, dirs_exist_ok=True)
            subprocess.run(["umount", "--lazy", str(self.home)], check=False)
        if not keep:
            shutil.rmtree(self.place, ignore_errors=True)


def fill(file: Path) -> None:
    """Write until nothing fits any more."""
    with file.open("ab", buffering=0) as stream:
        for size in (2**20, 4096, 1):
            with contextlib.suppress(OSError):
                while stream.write(b"x" * size) == size:
                    pass


def until(condition: object, seconds: float) -> bool:
    """Whether it became true in time."""
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return bool(condition())


def mounted(folder: Path, mib: int) -> bool:
    """Whether this user may mount a small disk there."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={mib}m", "tmpfs", str(folder)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False
