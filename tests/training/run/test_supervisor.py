"""What the supervisor does when a training process is gone; no process is started here."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ocrweb.disk.process import process_start
from ocrweb.errors import OcrwebError
from ocrweb.rundir import lines, names
from ocrweb.rundir.events import EventReader
from ocrweb.rundir.status import FINISHED, RUNNING, STOPPED, RunStatus, read_status, worked_by, write_status
from ocrweb.services.files.retelling import retold
from ocrweb.training import worker
from ocrweb.training.machine import ranks
from ocrweb.training.machine.fleet import RemoteRank
from ocrweb.training.run import journal as journals
from ocrweb.training.run.journal import Journal
from ocrweb.training.worker import Supervisor

KILLED = -9


def lose(
    run: Path, monkeypatch: pytest.MonkeyPatch, devices: list[str], *, memory_kills: int
) -> list[tuple[bool, bool]]:
    """Supervise processes that are all killed, the first ones for lack of memory: (resume, halve) of each start."""
    starts: list[tuple[bool, bool]] = []
    pid = os.getpid()
    monkeypatch.setattr(worker.signal, "signal", lambda number, handler: None)
    monkeypatch.setattr(worker, "kills_for_memory", lambda: min(len(starts), memory_kills))

    def train(self: Supervisor, halve: bool) -> tuple[int, int]:
        starts.append((self._resume, halve))
        write_status(run, RunStatus(state=RUNNING, pid=pid, pid_start=process_start(pid), host=socket.gethostname()))
        return len(devices) - 1, KILLED

    monkeypatch.setattr(Supervisor, "_train", train)
    assert Supervisor(run, devices, resume=False).run() == 1
    return starts


@pytest.mark.parametrize(("devices", "code"), [([""], "train.killed"), (["0", "1"], "train.rank-lost")])
def test_when_the_kernel_takes_memory_back_the_run_goes_on_with_halved_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, devices: list[str], code: str
) -> None:
    starts = lose(tmp_path, monkeypatch, devices, memory_kills=2)
    assert starts == [(False, False), (True, True), (True, True)]
    cause = read_status(tmp_path).cause
    assert cause is not None
    assert cause["code"] == code
    killed = OcrwebError("train.killed", signal="SIGKILL")
    assert all(killed.message(lang) in retold(cause, lang)[0] for lang in ("en", "zh"))


def test_what_another_rank_says_is_the_cause(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only rank 0 writes the run's files; memory may run out on the second GPU alone."""
    told = OcrwebError("train.out-of-memory", reason="Cannot allocate 2 GiB on GPU 1")

    def train(self: Supervisor, halve: bool) -> tuple[int, int]:
        ranks.leave_cause(tmp_path, 1, told)
        return 1, 1

    monkeypatch.setattr(worker.signal, "signal", lambda number, handler: None)
    monkeypatch.setattr(Supervisor, "_train", train)
    assert Supervisor(tmp_path, ["0", "1"], resume=False).run() == 1
    cause = read_status(tmp_path).cause
    assert cause is not None
    assert all(told.message(lang) in retold(cause, lang)[0] for lang in ("en", "zh"))
    assert ranks.take_cause(tmp_path, 1) is None


@pytest.mark.parametrize("written", ["", "[]", '{"code": 1}', '{"code": "train.crashed", "where": null}'])
def test_a_broken_word_of_a_rank_is_no_word(tmp_path: Path, written: str) -> None:
    (tmp_path / names.RANK_CAUSE.format(rank=1)).write_text(written)
    assert ranks.take_cause(tmp_path, 1) is None


def test_memory_that_is_never_enough_fails_the_run_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(lose(tmp_path, monkeypatch, [""], memory_kills=99)) == 4
    cause = read_status(tmp_path).cause
    assert cause is not None
    assert cause["code"] == "train.killed-for-memory"


def test_processes_of_another_launcher_are_completed_for_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[int] = []
    monkeypatch.setattr(ranks, "machine_environment", lambda processes: heard.append(processes) or {"MKL_X": "5"})
    monkeypatch.setenv("PADDLE_LOCAL_SIZE", "4")
    monkeypatch.setenv("MKL_X", "")
    ranks.complete_environment()
    assert heard == [4]
    assert os.environ["MKL_X"] == "5"


def test_a_process_whose_supervisor_is_gone_already_ends_and_touches_nothing(tmp_path: Path) -> None:
    """It was killed while its process was loading: nobody else would end that, and the run would seem to go on."""
    write_status(tmp_path, RunStatus(state=RUNNING, pid=4711, step=120))
    before = read_status(tmp_path)
    command = [sys.executable, "-m", "ocrweb.training.worker", str(tmp_path), "--rank"]
    assert subprocess.run([*command, str(os.getppid())], check=False).returncode == 1
    assert read_status(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == [names.STATUS]


def supervised(run: Path, monkeypatch: pytest.MonkeyPatch, code: int, *, stopping: bool = False) -> int:
    """The exit code of a supervisor whose only process ends with a code before it has written anything."""
    monkeypatch.setattr(worker.signal, "signal", lambda number, handler: None)
    monkeypatch.setattr(Supervisor, "_train", lambda self, halve: (0, code))
    supervisor = Supervisor(run, [""], resume=True)
    supervisor._stopping = stopping
    return supervisor.run()


def test_a_stop_before_the_process_could_listen_is_a_stop_and_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_status(tmp_path, RunStatus(state=STOPPED, step=120, steps=300, epoch=4))
    assert supervised(tmp_path, monkeypatch, -15, stopping=True) == 0
    status = read_status(tmp_path)
    assert (status.state, status.cause, status.step, status.epoch) == (STOPPED, None, 120, 4)


def test_the_word_of_an_earlier_process_is_not_taken_for_this_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_status(tmp_path, RunStatus(state=FINISHED, pid=1))
    assert supervised(tmp_path, monkeypatch, 1) == 1
    cause = read_status(tmp_path).cause
    assert cause is not None
    assert cause["code"] == "train.crashed"


def test_a_failure_leaves_the_progress_of_the_run_to_be_seen(tmp_path: Path) -> None:
    write_status(tmp_path, RunStatus(state=RUNNING, step=120, steps=300, epoch=4, epochs=9, device="cpu", loss=0.7))
    Journal(tmp_path).fail(OcrwebError("train.crashed", exit_code=1))
    status = read_status(tmp_path)
    assert (status.step, status.steps, status.epoch, status.epochs, status.device) == (120, 300, 4, 9, "cpu")


def test_when_a_run_is_seen_to_have_ended_its_log_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logs: list[str] = []
    monkeypatch.setattr(
        journals, "write_status", lambda run, status: logs.append((run / names.LOG).read_text(encoding="utf-8"))
    )
    Journal(tmp_path).finish()
    assert logs == [f"{lines.FINISHED}\n"]


class Machines:
    """A fleet of two whose processes end as told: (exit code, whether the machine went with it) each, start after start."""

    def __init__(self, run: Path, *ends: tuple[tuple[int, bool], tuple[int, bool]], checkpoints: bool = False) -> None:
        self.run, self.ends, self.checkpoints = run, list(ends), checkpoints
        self.starts: list[list[str]] = []

    def start(self, words: list[str]) -> list[RemoteRank]:
        pid = os.getpid()
        ends = self.ends[min(len(self.starts), len(self.ends) - 1)]
        self.starts.append(words)
        if self.checkpoints:
            (self.run / names.LATEST_OPTIMIZER).write_bytes(b"x")
            os.utime(self.run / names.LATEST_OPTIMIZER, ns=(0, len(self.starts)))
        over = all(code == 0 for code, _ in ends)
        write_status(self.run, RunStatus(state=FINISHED if over else RUNNING, **worked_by(pid)))
        ranks = [RemoteRank(None, None) for _ in ends]
        for rank, (code, lost) in zip(ranks, ends, strict=True):
            rank.returncode, rank.lost = code, lost
        return ranks


GOOD, GONE = ((0, False), (0, False)), ((1, False), (KILLED, True))


def spread(machines: Machines, monkeypatch: pytest.MonkeyPatch, *, stopping: bool = False) -> int:
    monkeypatch.setattr(worker.signal, "signal", lambda number, handler: None)
    supervisor = Supervisor(machines.run, [], resume=False, fleet=machines)  # type: ignore[arg-type]
    supervisor._stopping = stopping
    return supervisor.run()


def test_when_a_machine_is_lost_the_run_goes_on_from_its_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the other process says of its broken connection is not the cause."""
    ranks.leave_cause(tmp_path, 0, OcrwebError("train.crashed", exit_code=1))
    machines = Machines(tmp_path, GONE, GOOD)
    assert spread(machines, monkeypatch) == 0
    assert machines.starts == [[], ["--resume"]]
    warned = [event for event in EventReader(tmp_path / names.EVENTS).read() if event["kind"] == "warning"]
    assert [(event["code"], event["params"]) for event in warned] == [("train.machine-lost", {"count": 1, "of": 2})]


@pytest.mark.parametrize(("checkpoints", "starts"), [(False, 4), (True, 12)])
def test_machines_may_be_lost_as_often_as_checkpoints_are_made_between(
    checkpoints: bool, starts: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machines = Machines(
        tmp_path, *[GONE] * (starts - 1 if checkpoints else starts), *[GOOD] * checkpoints, checkpoints=checkpoints
    )
    assert spread(machines, monkeypatch) == (0 if checkpoints else 1)
    assert len(machines.starts) == starts
    if not checkpoints:
        assert (read_status(tmp_path).cause or {})["code"] == "train.machine-lost"


def test_a_process_that_fails_on_a_machine_that_is_there_fails_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machines = Machines(tmp_path, ((0, False), (1, False)))
    assert spread(machines, monkeypatch) == 1
    assert len(machines.starts) == 1
    assert (read_status(tmp_path).cause or {})["code"] == "train.rank-lost"


def test_a_machine_lost_while_the_run_is_stopped_stops_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machines = Machines(tmp_path, GONE)
    assert spread(machines, monkeypatch, stopping=True) == 0
    assert len(machines.starts) == 1
    assert read_status(tmp_path).state == STOPPED
