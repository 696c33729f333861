"""The worker is a supervisor, or a rank when it is called as one; each is told what was asked for, and nothing else is done."""

from __future__ import annotations

import contextlib
import os
import runpy
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ocrweb.config.paths import CHECKOUT
from ocrweb.errors import OcrwebError
from ocrweb.rundir.status import FAILED, read_status
from ocrweb.runtime.cluster import connection
from ocrweb.training import worker
from ocrweb.training.machine.fleet import Fleet
from ocrweb.training.run import rank
from tests.training.program import run_as_program


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the process did, in order."""
    seen: list[tuple[Any, ...]] = []

    @contextlib.contextmanager
    def locked(run: Path) -> Iterator[None]:
        seen.append(("lock", run))
        yield
        seen.append(("unlock",))

    class Supervisor:
        def __init__(self, run: Path, devices: list[str], *, resume: bool) -> None:
            seen.append(("supervise", run, devices, resume))

        def run(self) -> int:
            return 3

    monkeypatch.setattr(worker, "run_lock", locked)
    monkeypatch.setattr(worker, "sweep_all", lambda run: seen.append(("sweep", run)))
    monkeypatch.setattr(worker, "Supervisor", Supervisor)
    monkeypatch.setattr(worker, "is_rank_process", lambda: False)
    monkeypatch.setattr(worker, "die_with", lambda pid, number: seen.append(("die with", pid, number)))
    monkeypatch.setattr(worker, "complete_environment", lambda: seen.append(("environment",)))
    monkeypatch.setattr(os, "nice", lambda steps: seen.append(("nice", steps)))
    monkeypatch.setattr(
        rank, "run_rank", lambda run, by, **how: seen.append(("rank", run, by["pid"], *how.items())) or 5
    )
    return seen


RUN = Path("run")


@pytest.mark.parametrize(
    ("words", "nice", "devices", "resume"),
    [
        ([], [], [""], False), (["--devices", "0,2"], [], ["0", "2"], False), (["--resume"], [], [""], True),
        (["--gentle", "--resume"], [("nice", 5)], [""], True),
    ],
)  # fmt: skip
def test_a_supervisor_holds_the_run_and_clears_it_up_first(
    words: list[str], nice: list[Any], devices: list[str], resume: bool, done: list[Any]
) -> None:
    assert worker.main(["run", *words]) == 3
    assert done == [*nice, ("lock", RUN), ("sweep", RUN), ("supervise", RUN, devices, resume), ("unlock",)]


@pytest.mark.parametrize(("words", "resume"), [([], False), (["--resume"], True)])
def test_on_a_cluster_the_run_is_held_all_the_same_and_its_processes_are_those_of_a_fleet(
    words: list[str], resume: bool, done: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextlib.contextmanager
    def connected(address: str) -> Iterator[str]:
        done.append(("join", address))
        yield "ray"
        done.append(("leave",))

    class Supervisor:
        def __init__(self, run: Path, devices: list[str], *, resume: bool, fleet: Fleet) -> None:
            done.append(("supervise", run, devices, resume, fleet.ray, fleet.run))

        def run(self) -> int:
            return 3

    monkeypatch.setattr(connection, "connected", connected)
    monkeypatch.setattr(worker, "Supervisor", Supervisor)
    assert worker.main(["run", "--cluster", "head:10001", *words]) == 3
    assert done == [
        ("lock", RUN), ("sweep", RUN), ("join", "head:10001"), ("supervise", RUN, [], resume, "ray", RUN), ("leave",), ("unlock",),
    ]  # fmt: skip


def test_a_cluster_that_cannot_be_joined_fails_the_run_with_its_reason(
    done: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connected(address: str) -> Any:
        raise OcrwebError("cluster.unreachable", address=address, reason="nobody is there")

    monkeypatch.setattr(connection, "connected", connected)
    assert worker.main([str(tmp_path), "--cluster", "head:1"]) == 1
    status = read_status(tmp_path)
    assert (status.state, (status.cause or {})["code"]) == (FAILED, "cluster.unreachable")


@pytest.mark.parametrize(
    ("words", "launched", "supervisor", "resume", "halve"),
    [
        (["--rank", "77"], False, 77, False, False), (["--rank", "77", "--halve", "--resume"], False, 77, True, True),
        ([], True, 0, False, False), (["--gentle", "--resume"], True, 0, True, False),
    ],
)  # fmt: skip
def test_a_rank_trains_and_dies_with_its_supervisor_where_it_has_one(
    words: list[str], launched: bool, supervisor: int, resume: bool, halve: bool, done: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(worker, "is_rank_process", lambda: launched)
    assert worker.main(["run", *words]) == 5
    how = (("patience", 10.0 if supervisor else 0.0), ("resume", resume), ("halve", halve))
    death = [("die with", supervisor, signal.SIGTERM)] if supervisor else []
    assert done == [*death, ("environment",), ("rank", RUN, supervisor or os.getpid(), *how)]


def test_a_rank_of_another_machine_stands_for_the_process_that_started_the_run(done: list[Any]) -> None:
    """When its own machine's part is ended, nobody asked the run to stop."""
    assert worker.main(["run", "--rank", "77", "--by", '{"pid": 5, "host": "far"}', "--patience", "120"]) == 5
    how = (("patience", 120.0), ("resume", False), ("halve", False))
    assert done == [("die with", 77, signal.SIGKILL), ("environment",), ("rank", RUN, 5, *how)]


@pytest.mark.parametrize("relative", [False, True])
def test_run_as_a_file_it_finds_the_whole_package_and_its_folder_hides_no_other(
    relative: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So paddle.distributed.launch starts it; ocrweb/training has a folder `machine` and others of common names."""
    file = Path(worker.__file__)
    monkeypatch.chdir(CHECKOUT)
    monkeypatch.setattr(sys, "path", [str(file.parent), *sys.path])
    runpy.run_path(str(file.relative_to(CHECKOUT) if relative else file))
    assert sys.path[0] == ("." if relative else str(CHECKOUT))


def test_run_as_a_program_it_asks_for_its_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert getattr(run_as_program(worker, monkeypatch), "code", None) == 2
    assert "run" in capsys.readouterr().err
