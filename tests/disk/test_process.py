"""A process is known by its number, its start and the system's start together."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ocrweb.disk import process
from ocrweb.disk.process import Process, boot_id, process_of, process_start, seconds_since, started_at, this_process


def test_this_process_runs_and_is_the_one_that_the_system_names() -> None:
    mine = this_process()
    assert mine == process_of(os.getpid())
    assert (mine.pid, mine.is_running()) == (os.getpid(), True)
    assert mine.start > 0
    assert len(boot_id()) == 8
    assert Path("/proc/sys/kernel/random/boot_id").read_text().startswith(boot_id())


@pytest.mark.parametrize(
    "changes",
    [{"start": 1}, {"boot": "ffffffff"}, {"pid": 0}, {"pid": 2**22 + 1}, {"pid": 2**70}, {"pid": -1}],
    ids=["number reused", "system started anew", "never known", "gone", "no number", "a group"],
)
def test_another_process_is_not_this_one(changes: dict[str, int]) -> None:
    assert not dataclasses.replace(this_process(), **changes).is_running()  # type: ignore[arg-type]


@pytest.mark.parametrize("pid", [1, os.getpid()], ids=["of the container", "mine"])
def test_the_first_process_of_a_container_that_was_started_again_is_another_one(pid: int) -> None:
    """Its number is 1 each time, and the program is the same."""
    now = process_of(pid)
    assert now.is_running()
    assert not dataclasses.replace(now, start=now.start + 1).is_running()


def test_of_an_older_mark_the_number_alone_decides() -> None:
    assert Process(os.getpid()).is_running()
    assert Process(os.getpid(), this_process().start).is_running()


def test_how_long_a_process_runs_is_told_in_seconds() -> None:
    a_second, now = os.sysconf("SC_CLK_TCK"), time.clock_gettime(time.CLOCK_BOOTTIME)
    assert seconds_since(round((now - 5) * a_second)) == pytest.approx(5, abs=1)
    assert seconds_since(round((now + 5) * a_second)) == 0
    assert seconds_since(0) == pytest.approx(now, abs=1)


def test_a_process_that_awaits_its_parent_has_ended() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    started = process_of(child.pid)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert process_start(child.pid) == -1
    assert not started.is_running()
    child.wait()
    assert process_start(child.pid) == 0


def test_where_the_system_tells_no_start_the_number_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = this_process()
    monkeypatch.setattr(process, "process_start", lambda pid: 0)
    assert mine.is_running()
    assert started_at(mine.pid) == 0.0


def test_the_start_by_the_clock_is_that_of_the_file_system() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert abs(started_at(child.pid) - Path(f"/proc/{child.pid}").stat().st_ctime) < 60
        assert started_at(os.getpid()) <= started_at(child.pid)
    finally:
        child.kill()
        child.wait()
