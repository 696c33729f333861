"""What a training process does before and after its loop; no network is built here."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import paddle
import pytest

from ocrweb.config.loader import dump_yaml
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.training.machine.distributed import Group
from ocrweb.training.machine.ranks import take_cause
from ocrweb.training.run import rank
from ocrweb.training.run.parts import StopAsked

BEST = {"hmean": 0.75, "epoch": 2, "step": 10}


@pytest.fixture
def done() -> list[Any]:
    """What the process did, in order."""
    return []


@pytest.fixture
def journal(done: list[Any]) -> Any:
    words = ("finish", "stop", "say", "start", "weights", "fail")
    said = {word: lambda *given, word=word: done.append((word, *given)) for word in words}
    return SimpleNamespace(**said, event=lambda kind, **fields: done.append((kind, fields)))


@pytest.fixture
def loops(monkeypatch: pytest.MonkeyPatch, done: list[Any]) -> SimpleNamespace:
    """stopped: whether somebody stops the loop; made: the blend that comes of it."""
    how = SimpleNamespace(stopped=False, made=None)

    class Loop:
        def __init__(self, session: Any, progress: Any) -> None:
            self.progress = progress

        def save(self) -> None:
            done.append("save")

        def measure_base(self) -> None:
            done.append("base")

        def run(self) -> None:
            done.append("run")
            if how.stopped:
                raise StopAsked

        def take_over(self, best: dict[str, Any]) -> None:
            done.append(("take over", best))

    def blend(opened: Any, kept: Any, evaluations: int, best: float) -> Any:
        done.append(("blend", kept, evaluations, best))
        return how.made

    monkeypatch.setattr(rank, "Loop", Loop)
    monkeypatch.setattr(rank, "blend", blend)
    monkeypatch.setattr(rank, "finish_run", lambda opened, progress, complete: done.append(("end", complete)))
    return how


def opened(journal: Any, *, pretrained: bool = False, best: dict[str, Any] | None = None) -> Any:
    progress = SimpleNamespace(best=BEST if best is None else best, kept=((0.75, 10), (0.5, 5)), evaluations=4)
    session = SimpleNamespace(journal=journal)
    return SimpleNamespace(session=session, progress=progress, base=SimpleNamespace(pretrained=pretrained))


@pytest.mark.parametrize(("halve", "expected"), [(True, ["save", "run"]), (False, ["run"])])
def test_halved_batches_are_saved_before_the_next_kill_can_come(
    loops: Any, journal: Any, done: list[Any], halve: bool, expected: list[str]
) -> None:
    assert rank._train(opened(journal), Group(1, 2), journal, halve=halve) == 0
    assert done == [*expected, ("finish",)]


@pytest.mark.parametrize(
    ("pretrained", "best", "measured"), [(True, {}, ["base"]), (True, BEST, []), (False, {}, []), (False, BEST, [])]
)
def test_a_base_with_weights_is_measured_once_in_a_run(
    loops: Any, journal: Any, done: list[Any], pretrained: bool, best: dict[str, Any], measured: list[str]
) -> None:
    rank._train(opened(journal, pretrained=pretrained, best=best), Group(1, 2), journal, halve=False)
    assert done == [*measured, "run", ("finish",)]


@pytest.mark.parametrize(("group", "written"), [(Group(), [("end", False)]), (Group(1, 2), [])], ids=["0", "1"])
def test_a_stopped_run_is_made_usable_by_rank_0_and_never_said_to_have_finished(
    loops: Any, journal: Any, done: list[Any], group: Group, written: list[Any]
) -> None:
    loops.stopped = True
    assert rank._train(opened(journal), group, journal, halve=False) == 0
    assert done == ["run", *written, ("stop",)]


def test_a_whole_run_is_blended_and_then_ended(loops: Any, journal: Any, done: list[Any]) -> None:
    assert rank._train(opened(journal), Group(), journal, halve=False) == 0
    assert done == ["run", ("blend", ((0.75, 10), (0.5, 5)), 4, 0.75), ("end", True), ("finish",)]


def test_a_blend_that_is_better_takes_the_place_of_the_best_and_says_what_it_is_made_of(
    loops: Any, journal: Any, done: list[Any]
) -> None:
    better = {"hmean": 0.8125, "epoch": 2, "step": 10}
    loops.made = SimpleNamespace(steps=(5, 10), best=lambda epoch: {**better, "epoch": epoch})
    rank._train(opened(journal), Group(), journal, halve=False)
    assert done[2:] == [
        ("take over", better),
        ("say", "averaged: steps 5, 10, hmean: 0.8125, best single: 0.7500"),
        ("blend", {"steps": [5, 10], "hmean": 0.8125, "before": 0.75}),
        ("end", True),
        ("finish",),
    ]


@pytest.fixture
def handlers() -> Iterator[None]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_either_signal_asks_for_a_stop_and_ends_nothing_by_itself(handlers: None, number: signal.Signals) -> None:
    flag = rank.StopFlag()
    assert not flag()
    os.kill(os.getpid(), number)
    assert flag()


@pytest.fixture
def process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, handlers: None, done: list[Any], journal: Any
) -> Callable[..., int]:
    """`run_rank` of a run whose training ends so, on this device."""
    (tmp_path / names.CONFIG).write_text(dump_yaml(TrainingConfig(dataset="shop", seed=7, epochs=9)))

    def work(
        outcome: Exception | int = 0, *, number: int = 0, several: bool = False, device: str = "cpu", report: Any = None,
        resume: bool = False, by: int = 5, patience: float = 0.0, fails_to_open: bool = False,
    ) -> int:  # fmt: skip
        model = SimpleNamespace(parameters=lambda: [SimpleNamespace(size=3), SimpleNamespace(size=4)])
        session = SimpleNamespace(model=model, schedule=SimpleNamespace(steps=60), close=lambda: done.append("close"))
        made = SimpleNamespace(session=session, base=SimpleNamespace(report=report))

        def open_session(run: Path, config: TrainingConfig, **given: Any) -> Any:
            done.append(("open", run, config.dataset, given["resume"], given["halve"], given["stop_asked"]()))
            if fails_to_open:
                assert isinstance(outcome, Exception)
                raise outcome
            return made

        def train(opened: Any, group: Any, journal: Any, *, halve: bool) -> int:
            assert opened is made
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        def keep(run: Path, *, writes: bool, by: dict[str, Any]) -> Any:
            done.append(("journal", writes, by["pid"]))
            return journal

        monkeypatch.setenv("PADDLE_TRAINER_ID", str(number))
        monkeypatch.setattr(rank, "Journal", keep)
        monkeypatch.setattr(rank, "select_device", lambda wanted: device)
        monkeypatch.setattr(rank, "keep_freed_memory", lambda: done.append("memory"))
        monkeypatch.setattr(paddle, "seed", lambda seed: done.append(("seed", seed)))
        monkeypatch.setattr(rank, "join", Group)
        monkeypatch.setattr(rank, "precision", lambda amp: "float32")
        monkeypatch.setattr(rank, "open_session", open_session)
        monkeypatch.setattr(rank, "_train", train)
        monkeypatch.setattr(rank, "is_rank_process", lambda: several)
        monkeypatch.setattr(rank.time, "sleep", lambda seconds: done.append(("sleep", seconds)))
        return rank.run_rank(tmp_path, {"pid": by}, patience=patience, resume=resume, halve=False)

    return work


@pytest.mark.parametrize(("device", "memory"), [("cpu", ["memory"]), ("gpu:0", [])])
def test_a_process_tells_what_it_trains_with_before_it_does(
    process: Callable[..., int], done: list[Any], tmp_path: Path, device: str, memory: list[str]
) -> None:
    assert process(device=device) == 0
    opens = ("open", tmp_path, "shop", False, False, False)
    start = ("start", device, "float32", 60, 9, 7)
    assert done == [("journal", True, 5), *memory, ("seed", 7), opens, start, "close"]


@pytest.mark.parametrize(
    ("report", "resume", "told"), [("some", False, True), ("some", True, False), (None, False, False)]
)
def test_what_fitted_of_the_base_is_told_to_a_new_run_alone(
    process: Callable[..., int], done: list[Any], report: Any, resume: bool, told: bool
) -> None:
    process(report=report, resume=resume)
    assert (("weights", "some") in done) is told


def failed(done: list[Any]) -> OcrwebError:
    (cause,) = (word[1] for word in done if word[0] == "fail")
    assert isinstance(cause, OcrwebError)
    return cause


@pytest.mark.parametrize(("fails_to_open", "closed"), [(False, True), (True, False)])
def test_every_way_to_fail_is_told_by_its_cause_with_what_was_opened_closed(
    process: Callable[..., int], done: list[Any], capfd: pytest.CaptureFixture[str], fails_to_open: bool, closed: bool
) -> None:
    assert process(ValueError("shapes differ"), fails_to_open=fails_to_open) == 1
    assert failed(done).code == "train.internal"
    assert ("close" in done) is closed
    assert "ValueError: shapes differ" in capfd.readouterr().err
    assert not [word for word in done if word[0] == "sleep"]


def test_another_rank_leaves_its_cause_for_the_supervisor(
    process: Callable[..., int], done: list[Any], tmp_path: Path
) -> None:
    assert process(OcrwebError("train.not-finite", count=10, rate="0.1"), number=1, by=77) == 1
    assert done[0] == ("journal", False, 77)
    left = take_cause(tmp_path, 1)
    assert left is not None
    assert left.code == failed(done).code == "train.not-finite"


def test_rank_0_has_the_journal_and_leaves_nothing_else(process: Callable[..., int], tmp_path: Path) -> None:
    assert process(OcrwebError("train.not-finite", count=10, rate="0.1")) == 1
    assert [path.name for path in tmp_path.iterdir()] == [names.CONFIG]


@pytest.mark.parametrize(
    ("failure", "patience", "several", "waits"),
    [
        (RuntimeError("connection reset"), 7.0, True, True),
        (RuntimeError("connection reset"), 0.0, True, False),
        (RuntimeError("connection reset"), 7.0, False, False),
        (OcrwebError("image.empty"), 7.0, True, False),
    ],
)  # fmt: skip
def test_what_breaks_where_another_rank_is_gone_is_left_to_the_supervisor_to_explain(
    process: Callable[..., int], done: list[Any], failure: Exception, patience: float, several: bool, waits: bool
) -> None:
    process(failure, patience=patience, several=several)
    assert [word for word in done if word[0] == "sleep"] == ([("sleep", 7.0)] if waits else [])
