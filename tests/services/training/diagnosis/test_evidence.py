"""What a run or a log tells, taken apart: scores, limits, batch size, what was measured, last words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ocrweb.messages import Sentence
from ocrweb.rundir import names
from ocrweb.rundir.events import EventWriter
from ocrweb.rundir.status import RunStatus
from ocrweb.services.training.diagnosis.evidence import Evidence, evidence_of_run, evidence_of_text, quote
from ocrweb.services.training.diagnosis.log_text import LogLine
from tests.services.training.made_runs import make_run


@pytest.mark.parametrize(
    ("line", "loss", "hmean"),
    [
        ("epoch: 1, loss: 0.5, lr: 0.001", 0.5, None), ("{'loss': 1.25e-2}", 0.0125, None), ("loss=-3", -3.0, None), ("loss: 0.25.", 0.25, None),
        ("loss: inf", float("inf"), None), ("loss: 1.2.3", None, None), ("my_loss: 3", None, None), ("floss: 3", None, None), ("cur metric, hmean: 0.81", None, 0.81),
        ("best metric, hmean: 0.9", None, None), ("Best Metric, hmean: 0.9", None, None), ("loss_shrink: 2", None, None), ("hmean", None, None),
    ],
)  # fmt: skip
def test_a_figure_stands_after_its_name(line: str, loss: float | None, hmean: float | None) -> None:
    evidence = evidence_of_text(line)
    assert [value for _, value in evidence.losses] == ([] if loss is None else [loss])
    assert [value for _, value in evidence.hmeans] == ([] if hmean is None else [hmean])


@pytest.mark.parametrize(
    ("status", "config", "minutes"),
    [
        ({}, {}, 30.0), ({"state": "running"}, {}, 0.0), ({"step": 90}, {}, 0.0), ({"step": 91}, {}, 0.0), ({}, {"max_minutes": 0}, 0.0),
        ({}, {"max_minutes": "30"}, 0.0), ({}, {"max_minutes": None}, 0.0), ({}, {"max_minutes": -1}, 0.0), ({}, {"max_minutes": 0.5}, 0.5),
        ({"seconds": 1799.0}, {"evaluation": {"patience": 3}}, 0.0), ({"seconds": 1800.0}, {"evaluation": {"patience": 3}}, 30.0),
        ({"seconds": 5.0}, {"evaluation": {"patience": 0}}, 30.0), ({"seconds": 5.0}, {"evaluation": 3}, 30.0),
    ],
)  # fmt: skip
def test_a_limit_of_time_has_ended_a_run_that_had_steps_left(
    status: dict[str, Any], config: dict[str, Any], minutes: float
) -> None:
    """One that stopped since it got no better was not ended by the clock."""
    given: dict[str, Any] = {"state": "finished", "step": 5, "steps": 90, "seconds": 1800.0, **status}
    evidence = Evidence((), status=RunStatus(**given), config={"max_minutes": 30, **config})
    assert evidence.time_limit == minutes
    assert Evidence((), config={"max_minutes": 30}).time_limit == 0.0


@pytest.mark.parametrize(
    ("config", "line", "size"),
    [
        ({"batch_size": 4}, "batch_size: 8", 4), ({}, "batch_size: 8", 8), ({}, "'batch_size_per_card': 16,", 16), ({}, "batch_size=1", 1),
        ({"batch_size": "4"}, "", None), ({}, "batch size 3", None),
    ],
)  # fmt: skip
def test_the_batch_size_is_that_of_the_settings_else_of_the_log(
    config: dict[str, Any], line: str, size: int | None
) -> None:
    assert Evidence((LogLine(1, line),), config=config).batch_size == size


@pytest.mark.parametrize(
    ("config", "where"),
    [
        ({}, "on-log"), ({"epochs": 1}, "on-held-out"), ({"evaluation": {"validation_ratio": 0}}, "on-training"),
        ({"evaluation": {"validation_ratio": 0.1}}, "on-held-out"), ({"evaluation": 0}, "on-held-out"),
    ],
)  # fmt: skip
def test_what_pictures_a_score_is_of_is_said(config: dict[str, Any], where: str) -> None:
    assert Evidence((), config=config).measured_on == Sentence(f"diagnosis.{where}")


@pytest.mark.parametrize(
    ("steps", "only"), [([], False), ([0], True), ([0, 10], False), ([10], False), ([0, 0], True), ([None], True)]
)
def test_a_run_that_has_measured_its_base_alone_is_known(steps: list[Any], only: bool) -> None:
    events = [{"kind": "eval", "step": step, "hmean": 0.5} for step in steps]
    assert Evidence((), events=({"kind": "step", "step": 10}, *events)).only_base is only


def test_last_words_are_those_of_a_failed_worker_by_its_code() -> None:
    cause = {"code": "train.out-of-memory", "message": "内存不足"}
    failed = RunStatus(state="failed", cause=cause)
    said = LogLine(7, "Training failed: 内存不足")
    assert Evidence((LogLine(1, "x"), said), status=failed).failed_with(r"OUT-of") == said
    assert Evidence((), status=failed).failed_with(r"out-of") == LogLine(0, "内存不足")
    assert Evidence((said,), status=failed).failed_with(r"disk") is None
    for status in (None, RunStatus(state="stopped", cause=cause), RunStatus(state="failed")):
        assert Evidence((said,), status=status).failed_with(r"out-of") is None


def test_the_last_line_that_says_something_is_found_whatever_its_case() -> None:
    lines = tuple(LogLine(number, text) for number, text in enumerate(("Error: a", "ok", "ERROR: b", "fine"), 1))
    assert Evidence(lines).find("error") == lines[2]
    assert Evidence(lines).find("nothing") is None


def test_a_line_is_quoted_trimmed_and_no_longer_than_a_person_reads() -> None:
    assert quote(LogLine(1, "  a b \n")) == "a b"
    assert quote(LogLine(1, " " + "x" * 400)) == "x" * 300


def test_a_run_folder_tells_its_log_what_its_process_printed_its_settings_and_whether_it_has_weights(
    tmp_path: Path,
) -> None:
    run = make_run(batch_size=3)
    (run / names.LOG).write_text("one\n")
    (run / names.OUTPUT).write_text("two\n")
    EventWriter(run / names.EVENTS).write("eval", 0, hmean=0.5)
    evidence = evidence_of_run(run, idle=3.0)
    assert [line.text for line in evidence.lines] == ["one", "two"]
    assert (evidence.batch_size, evidence.weights, evidence.idle, evidence.only_base) == (3, False, 3.0, True)
    for name in (names.BEST, names.LATEST):
        (run / name).touch()
        assert evidence_of_run(run).weights
        (run / name).unlink()
    for damaged in ("- 1", "a: [", None):
        if damaged is None:
            (run / names.CONFIG).unlink()
        else:
            (run / names.CONFIG).write_text(damaged)
        assert evidence_of_run(run).config == {}
    empty = tmp_path / "empty"
    empty.mkdir()
    assert evidence_of_run(empty).lines == ()
