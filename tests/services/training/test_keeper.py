"""What the console does for runs while nobody looks goes on, whatever one round fails of."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.config import paths
from ocrweb.disk.passing import passing_name
from ocrweb.errors import OcrwebError
from ocrweb.services.training import keeper
from ocrweb.services.training.proof import read_proof
from tests.services.training.made_runs import make_run

RUN = "20260101_000000_demo"


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Rounds without other processes: what is told and proved."""
    calls: list[str] = []
    monkeypatch.setattr(keeper.training_jobs, "force_overdue", lambda: calls.append("overdue"))
    monkeypatch.setattr(keeper.training_queue, "start_due", lambda: calls.append("due"))
    monkeypatch.setattr(keeper.training_jobs, "active_names", list)
    monkeypatch.setattr(keeper, "notify_ended", lambda info: calls.append(f"told of {info.name}"))
    monkeypatch.setattr(keeper.proof, "make_proof", lambda name: calls.append(f"proved {name}"))
    return calls


@pytest.mark.parametrize(("state", "proved"), [("finished", True), ("failed", False), ("stopped", False)])
def test_the_end_of_a_run_is_told_once_and_a_finished_one_is_proved(state: str, proved: bool, done: list[str]) -> None:
    run = make_run(RUN, state=state)
    half = run / passing_name("best.pdparams")
    half.touch()
    keeper._remember([RUN])
    assert keeper.keep_once() == [RUN]
    assert done == ["overdue", "due", f"told of {RUN}", *([f"proved {RUN}"] if proved else [])]
    assert half.exists()  # of this process, which may still write it
    done.clear()
    assert keeper.keep_once() == []
    assert done == ["overdue", "due"]


def test_what_is_at_work_is_remembered_for_another_console(done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    make_run(RUN, state="finished")
    active = [RUN, "20260102_000000_收银"]
    monkeypatch.setattr(keeper.training_jobs, "active_names", lambda: active)
    assert keeper.keep_once() == []
    assert keeper._watched() == active
    active = ["20260102_000000_收银"]
    assert keeper.keep_once() == [RUN]
    assert keeper._watched() == active


def test_a_run_that_was_deleted_meanwhile_is_not_told_of(done: list[str]) -> None:
    keeper._remember([RUN, "20260102_000000_gone"])
    make_run(RUN, state="failed")
    assert keeper.keep_once() == [RUN, "20260102_000000_gone"]
    assert [call for call in done if "told" in call] == [f"told of {RUN}"]


def test_why_a_proof_could_not_be_made_is_kept_with_the_run(done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> Any:
        raise OcrwebError("image.empty", where="1.jpg")

    monkeypatch.setattr(keeper.proof, "make_proof", broken)
    make_run(RUN)
    keeper._remember([RUN])
    keeper.keep_once()
    kept = read_proof(RUN)
    assert kept is not None
    assert (kept.error or {})["code"] == "image.empty"


@pytest.mark.parametrize("content", [b"{", b"3", b"\xff"])
def test_a_damaged_memory_is_none(content: bytes, done: list[str]) -> None:
    keeper._file().parent.mkdir(parents=True)
    keeper._file().write_bytes(content)
    assert keeper.keep_once() == []


def test_a_round_that_fails_is_reported_and_the_next_one_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[str] = []
    waited: list[float] = []

    def keep_once() -> list[str]:
        rounds.append("round")
        if len(rounds) == 1:
            raise RuntimeError("odd")
        if len(rounds) == 3:
            raise SystemExit
        return []

    monkeypatch.setattr(keeper, "keep_once", keep_once)
    monkeypatch.setattr(keeper, "time", SimpleNamespace(sleep=waited.append))
    with pytest.raises(SystemExit):
        keeper._keep()
    (report,) = (paths.private_dir() / "reports").iterdir()
    assert "odd" in report.read_text()
    assert waited[0] > waited[1]  # a fault that stays must not fill the disk with reports
    assert waited[1:] == [waited[1]] * 2
    assert 1 <= waited[1] <= 3  # the page shows that a run has begun within seconds


def test_one_thread_keeps_all_runs_and_does_not_hold_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[threading.Thread] = []
    monkeypatch.setattr(keeper, "_started", threading.Event())
    monkeypatch.setattr(threading.Thread, "start", lambda thread: started.append(thread))
    keeper.start_keeper()
    keeper.start_keeper()
    assert [thread.daemon for thread in started] == [True]


def test_where_it_is_remembered_is_the_private_folder(home: Path) -> None:
    keeper._remember([])
    assert [path.name for path in (home / ".ocrweb").iterdir()] == ["watched.json"]
