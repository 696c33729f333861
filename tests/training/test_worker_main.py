"""The worker is a supervisor, or a rank when it is called as one; each is told what was asked for, and nothing else is done."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ocrweb.training import worker
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
    monkeypatch.setattr(worker, "die_with", lambda pid: seen.append(("die with", pid)))
    monkeypatch.setattr(worker, "complete_environment", lambda: seen.append(("environment",)))
    monkeypatch.setattr(os, "nice", lambda steps: seen.append(("nice", steps)))
    monkeypatch.setattr(rank, "run_rank", lambda run, **how: seen.append(("rank", run, *how.items())) or 5)
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
    how = (("supervisor", supervisor), ("resume", resume), ("halve", halve))
    assert done == [*([("die with", supervisor)] if supervisor else []), ("environment",), ("rank", RUN, *how)]
