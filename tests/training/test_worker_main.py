"""The worker is a supervisor, or a rank when it is called as one; each is told what was asked for, and nothing else is done."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ocrweb.training import worker
from ocrweb.training.machine.ranks import GRACE
from ocrweb.training.run import rank


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
        (["--gentle", "--resume"], [("nice", worker.GENTLE)], [""], True),
    ],
)  # fmt: skip
def test_a_supervisor_holds_the_run_and_clears_it_up_first(
    words: list[str], nice: list[Any], devices: list[str], resume: bool, done: list[Any]
) -> None:
    assert worker.main(["run", *words]) == 3
    assert done == [*nice, ("lock", RUN), ("sweep", RUN), ("supervise", RUN, devices, resume), ("unlock",)]


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
    how = (("patience", 2 * GRACE if supervisor else 0.0), ("resume", resume), ("halve", halve))
    death = [("die with", supervisor, signal.SIGTERM)] if supervisor else []
    assert done == [*death, ("environment",), ("rank", RUN, supervisor or os.getpid(), *how)]


def test_a_rank_of_another_machine_stands_for_the_process_that_started_the_run(done: list[Any]) -> None:
    """When its own machine's part is ended, nobody asked the run to stop."""
    assert worker.main(["run", "--rank", "77", "--by", '{"pid": 5, "host": "far"}', "--patience", "120"]) == 5
    how = (("patience", 120.0), ("resume", False), ("halve", False))
    assert done == [("die with", 77, signal.SIGKILL), ("environment",), ("rank", RUN, 5, *how)]
