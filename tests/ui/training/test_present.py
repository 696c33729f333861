"""What the page says of a finished run."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.rundir.status import RunStatus, read_status, write_status
from ocrweb.runtime.card import ModelCard, write_card
from ocrweb.services.training.checklist import CheckItem
from ocrweb.services.training.diagnosis import Cause, diagnose_run
from ocrweb.services.training.diagnosis.apply import apply_changes
from ocrweb.services.training.diagnosis.cause import Remedy
from ocrweb.services.training.jobs import rows
from ocrweb.services.training.notify import webhook_document
from ocrweb.services.training.probe import Estimate
from ocrweb.services.training.proof import Proof, keep_failure, read_proof
from ocrweb.services.training.runs import run_info
from ocrweb.services.training.told import outcome_told
from ocrweb.services.training.view import run_view
from ocrweb.ui.training.present import (
    cause_cards,
    changes_line,
    checklist_card,
    duration,
    estimate_card,
    log_html,
    log_place,
    proof_card,
    runs_table,
    status_card,
)
from tests.services.training.made_runs import make_run

THRESHOLDS = {"threshold": 0.3, "box_threshold": 0.6, "unclip_ratio": 1.5}


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [("improved", "good"), ("thresholds", "warning"), ("nothing", "problem"), ("worse", "problem")],
)
def test_only_better_weights_are_shown_green(
    outcome: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    verdict = {"hmean": 0.96, "interval": [0.9, 0.98], "base_hmean": 0.96, "base_interval": [0.9, 0.98]}
    figures = {"labels": 10, "missed": 2, "new_hmean": 0.96, "base_hmean": 0.61, "pictures": 3, "golden": "ok"}
    proof = Proof(
        "run", thresholds=THRESHOLDS, figures={**figures, "outcome": outcome, "verdict": verdict}, split="test"
    )
    card = proof_card(proof, "en")
    assert card.startswith(f'<div class="ocrweb-{kind}"')
    assert "0.9600 (0.90–0.98); base model 0.9600" in card
    run = make_run(state=None)
    write_status(run, RunStatus(state="finished", started=1.0, outcome=outcome))
    assert status_card(run_view(run.name), "en").startswith(f'<div class="ocrweb-{kind}"')


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_reason_of_a_doubt_stands_in_the_outcomes_place_everywhere(
    lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    verdict = {"hmean": 0.96, "interval": [0.9, 0.98], "doubt": "learnt-from"}
    figures = {"labels": 10, "missed": 2, "new_hmean": 0.96, "pictures": 3, "golden": "ok"}
    proof = Proof(
        "run", thresholds=THRESHOLDS, figures={**figures, "outcome": "nothing", "verdict": verdict}, split="test"
    )
    run = make_run(state=None)
    write_status(run, RunStatus(state="finished", started=1.0, outcome="nothing", verdict=verdict))
    said = OcrwebError("train.doubt-learnt-from").message(lang)
    for card in (proof_card(proof, lang), status_card(run_view(run.name), lang)):
        assert card.startswith('<div class="ocrweb-problem"')
        assert said in card
    (row,) = rows()
    assert outcome_told(row.outcome, row.doubt, lang) == said
    assert [cause.explanation(lang) for cause in diagnose_run(run) if cause.id == "result.doubted"] == [said]
    assert webhook_document(run_info(run.name))["doubt"] == "learnt-from"


@pytest.mark.parametrize(("step", "said"), [(0, "the first step follows"), (40, "training goes on afterwards")])
def test_a_run_that_evaluates_says_so_and_never_that_it_is_at_step_0(
    step: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    run = make_run(state="running")
    status = read_status(run)
    write_status(run, dataclasses.replace(status, doing="evaluate", step=step, steps=100, epochs=2))
    card = status_card(run_view(run.name), "en")
    assert said in card
    assert "step 0" not in card
    write_status(run, dataclasses.replace(status, step=step, steps=100, epochs=2))
    assert "evaluating" not in status_card(run_view(run.name), "en")


@pytest.mark.parametrize(("new", "base", "said"), [(0.6, 0.7, True), (0.7, 0.6, False), (0.6, None, False)])
def test_a_model_that_is_worse_than_its_base_is_called_so(new: float, base: float | None, said: bool) -> None:
    figures = {"labels": 10, "missed": 2, "new_hmean": new, "pictures": 3, "golden": "ok"}
    figures |= {} if base is None else {"base_hmean": base}
    proof = Proof("run", thresholds=THRESHOLDS, figures=figures, split="test")
    assert ("worse than the base model" in proof_card(proof, "en")) is said
    assert ("不如基础模型" in proof_card(proof, "zh")) is said


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_why_a_run_ended_or_has_no_proof_is_said_in_the_visitors_language(
    lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Worker and keeper spoke English when they wrote it down."""
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("OCRWEB_LANG", "en")
    error = OcrwebError("train.killed", signal="SIGKILL")
    run = make_run()
    write_status(run, RunStatus(state="failed", cause=error.to_record()))
    keep_failure(run, error)
    proof = read_proof(run.name)
    assert proof is not None
    for card in (status_card(run_view(run.name), lang), proof_card(proof, lang)):
        assert error.message(lang) in card
        assert error.hint(lang) in card


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [(17, "17 s", "17 秒"), (131, "2:11 min", "2 分 11 秒"), (3723, "1:02:03 h", "1 小时 02 分 03 秒")],
)
def test_a_duration_has_the_visitors_units(seconds: float, english: str, chinese: str) -> None:
    assert duration(seconds, "en") == english
    assert duration(seconds, "zh") == chinese


def test_a_change_goes_by_the_name_of_its_field() -> None:
    _, changes = apply_changes(TrainingConfig().model_dump(), {"epochs": "×3", "loader.workers": 0})
    assert changes_line(changes, "en") == "Epochs: 20 → 60; Loader workers: -1 → 0"
    assert changes_line(changes, "zh") == "训练轮数: 20 → 60; 数据加载进程数: -1 → 0"


def test_a_long_note_is_one_short_line_of_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    (make_run() / "notes.txt").write_text("far too dark\n" * 40)
    note = str(runs_table(rows(), "en")["Notes"].iloc[0])
    assert note.startswith("far too dark far")
    assert note.endswith("…")
    assert len(note) <= 36


def test_a_run_that_left_the_queue_is_not_called_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    run = make_run(state=None)
    write_status(run, RunStatus(state="stopped"))
    assert "Not started" in status_card(run_view(run.name), "en")
    assert "Not started" in str(runs_table(rows(), "en")["State"].iloc[0])
    write_status(run, RunStatus(state="stopped", started=100.0, seconds=9.0))
    assert "Not started" not in status_card(run_view(run.name), "en")
    assert "Not started" not in str(runs_table(rows(), "en")["State"].iloc[0])


def test_the_base_models_score_is_not_called_the_runs_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    run = make_run(state=None)
    for step, said in ((0, True), (6, False)):
        write_status(run, RunStatus(state="stopped", started=1.0, best={"hmean": 0.39, "step": step, "epoch": 1}))
        assert ("the base model as it was" in status_card(run_view(run.name), "en")) is said


@pytest.mark.parametrize(("split", "said"), [("test", "on 3 test pictures"), ("train", "on 3 training pictures")])
def test_a_verdict_names_what_it_was_measured_on(split: str, said: str) -> None:
    figures = {"labels": 10, "missed": 2, "new_hmean": 0.92, "pictures": 3, "golden": "ok"}
    card = proof_card(Proof("run", thresholds=THRESHOLDS, figures=figures, split=split), "en")
    assert f"<strong>A healthy result {said}" in card


HOSTILE = "\"'><img src=x onerror=alert(1)>\u202egpj.exe"


def test_what_a_log_or_a_name_says_is_a_text_on_every_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Log lines, evidence, reasons and names come from files that anybody may have written."""
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    run = make_run(state=None)
    (run / names.LOG).write_text(f"epoch: 1/2, {HOSTILE}\nWarning: {HOSTILE}\nTraining failed: {HOSTILE}\n")
    cause = {"code": "x.unknown", "message": HOSTILE, "hint": HOSTILE}
    write_status(run, RunStatus(state="failed", started=1.0, device=HOSTILE, cause=cause))
    view = run_view(run.name)
    causes = (
        Cause("process.failed", HOSTILE, 3, (Remedy("free-disk"),), params={"reason": HOSTILE}),
        Cause("memory.gpu", HOSTILE, None, ()),
    )
    refused = OcrwebError("train.internal", kind="Error", reason=HOSTILE)
    shown = {
        "status": status_card(view, "en"),
        "log": log_html(view, "en"),
        "causes": cause_cards(causes, "en"),
        "checks": checklist_card([CheckItem("dataset", "error", "", error=refused)], "en"),
        "estimate": estimate_card(Estimate(3, 4, 1, 1, 9.0, 1.0, 2.0, HOSTILE), "en"),
        "proof": proof_card(Proof(run.name, error={**cause, "where": HOSTILE, "params": {}}), "en"),
    }
    for name, card in shown.items():
        assert "onerror" in card, f"{name}: the text itself has to be there"
        assert not re.search(r"<img|\u202e", card), name
    assert log_place(view, "en").count("<") == log_place(view, "en").count(">")


def test_a_finished_run_shows_folded_away_on_what_its_model_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    run = make_run(state=None)
    row = {"group": "0-12", "labels": 8, "matched": 2, "hmean": 0.3, "recall": 0.25, "worst": [HOSTILE]}
    write_card(ModelCard(name="run", metrics={"groups": {"pictures": 4, "by": {"height": [row]}}}), run / names.CARD)
    write_status(run, RunStatus(state="finished", started=1.0, outcome="improved"))
    card = status_card(run_view(run.name), "en")
    assert '<details class="ocrweb-quiet" id="training-failing"><summary>On what it fails</summary>' in card
    assert "0-12: hmean 0.300, recall 0.250 (2 of 8)" in card
    assert "<img" not in card
    write_status(run, RunStatus(state="running", started=1.0))
    assert "training-failing" not in status_card(run_view(run.name), "en")
