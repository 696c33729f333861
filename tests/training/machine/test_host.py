"""A machine's part in a run on a cluster: one process, started, watched and ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ocrweb.rundir import names
from ocrweb.runtime.paddle_env import THREADS
from ocrweb.training.machine import host as hosts
from ocrweb.training.machine.host import RankHost


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[tuple[Any, ...], dict[str, str]]]:
    """What was started, in place of which a process waits until it is ended."""
    seen: list[tuple[tuple[Any, ...], dict[str, str]]] = []

    def start(*given: Any, environment: dict[str, str], **streams: Any) -> subprocess.Popen[bytes]:
        seen.append((given, environment))
        program = "import signal; signal.pause()"
        return subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.DEVNULL, stdout=streams["stdout"])

    monkeypatch.setattr(hosts, "start_module", start)
    monkeypatch.setenv(THREADS, "7")  # Ray's
    monkeypatch.delenv("OCRWEB_HOME", raising=False)
    return seen


def test_a_process_is_told_whom_it_dies_with_its_place_and_its_cores(
    started: list[tuple[tuple[Any, ...], dict[str, str]]], tmp_path: Path
) -> None:
    host = RankHost(str(tmp_path), 3)
    assert host.poll() is None
    host.start(str(tmp_path), ["--resume"], {"PADDLE_TRAINER_ID": "1"})
    try:
        given, environment = started[0]
        assert given == (hosts.MODULE, str(tmp_path), "--rank", os.getpid(), "--resume")
        assert (environment["PADDLE_TRAINER_ID"], environment[THREADS]) == ("1", "3")
        assert environment["OCRWEB_HOME"] == str(tmp_path)
        assert (tmp_path / names.OUTPUT).exists()
        assert host.poll() is None
    finally:
        host.end()
    assert host.poll() == -signal.SIGKILL


def test_a_new_start_ends_what_ran_before_and_a_signal_reaches_what_runs(
    started: list[tuple[tuple[Any, ...], dict[str, str]]], tmp_path: Path
) -> None:
    host = RankHost(str(tmp_path), 1)
    host.start(str(tmp_path), [], {})
    before = host._process
    assert before is not None
    host.start(str(tmp_path), [], {})
    assert before.returncode == -signal.SIGKILL
    host.send(signal.SIGTERM)
    assert host._process is not None
    host._process.wait()
    assert host.poll() == -signal.SIGTERM
    host.send(signal.SIGTERM)  # nobody is there any more


def test_a_process_that_cannot_be_started_has_ended_and_the_next_start_counts_anew(
    started: list[tuple[tuple[Any, ...], dict[str, str]]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Else its supervisor would wait for ever: as on a machine that may only read the folder of the run."""
    host = RankHost(str(tmp_path), 1)
    host.start(str(tmp_path / "none"), [], {})
    assert (host.poll(), started) == (126, [])
    assert str(tmp_path / "none") in capsys.readouterr().err
    host.end()
    host.start(str(tmp_path), [], {})
    assert host.poll() is None
    host.end()
    host.start(str(tmp_path / "none"), [], {})
    assert host.poll() == 126


def test_a_machine_says_its_name_a_door_and_whether_it_sees_the_run(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    host = RankHost(str(tmp_path), 1)
    name, door, shared = host.look(str(tmp_path))
    assert (name, shared) == (os.uname().nodename, False)
    assert 0 < int(door.rpartition(":")[2]) < 65536
    (tmp_path / names.CONFIG).touch()
    assert host.look(str(tmp_path))[2] is True
