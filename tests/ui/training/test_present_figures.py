"""Each figure of a card stands there when there is one, in its place and rounding, and nothing else does."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest

from ocrweb.rundir import names
from ocrweb.rundir.status import RunStatus, read_status, write_status
from ocrweb.services.training.checklist import CheckItem
from ocrweb.services.training.diagnosis import Cause
from ocrweb.services.training.diagnosis.cause import Remedy
from ocrweb.services.training.jobs import RunRow
from ocrweb.services.training.probe import Estimate
from ocrweb.services.training.proof import Proof
from ocrweb.services.training.view import RunView, run_view
from ocrweb.ui.training.present import (
    cause_cards,
    checklist_card,
    duration,
    estimate_card,
    idle_card,
    log_html,
    log_place,
    proof_card,
    runs_table,
    shortened,
    status_card,
)
from tests.services.training.made_runs import make_run


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))


def shown(run: Path) -> RunView:
    view = run_view(run.name)
    assert view is not None
    return view


PLACE, LOSS, RATE, LEFT, MEMORY = "step 3/9, epoch 1/4", "loss 0.2500", "3.46 pictures/s", "1:01 min left", "1.50 GiB"
BEST, BASE, EVALUATING = (
    "best hmean 0.5000 (epoch 1)",
    "best hmean 0.5000 (the base model as it was)",
    "evaluating on the ",
)


@pytest.mark.parametrize(
    ("changes", "share", "figures"),
    [
        ({}, "33.3", [PLACE, LOSS, RATE, LEFT, MEMORY, BEST, "cpu"]),
        ({"doing": "evaluate"}, "33.3", [EVALUATING, PLACE, LOSS, RATE, LEFT, MEMORY, BEST, "cpu"]),
        ({"doing": "evaluate", "state": "stopped"}, "33.3", [PLACE, LOSS, MEMORY, BEST, "cpu"]),
        ({"state": "finished"}, "100.0", [PLACE, LOSS, MEMORY, BEST, "cpu"]),
        ({"step": 0}, "0.0", [LOSS, RATE, LEFT, MEMORY, BEST, "cpu"]),
        ({"step": 0, "state": "failed"}, "0.0", [PLACE.replace("3", "0", 1), LOSS, MEMORY, BEST, "cpu"]),
        ({"step": 0, "steps": 1, "loss": 0.0}, "0.0", ["loss 0.0000", RATE, LEFT, MEMORY, BEST, "cpu"]),
        ({"step": 0, "steps": 0, "ips": None}, "0.0", [LOSS, LEFT, MEMORY, BEST, "cpu"]),
        ({"eta": None, "memory": None}, "33.3", [PLACE, LOSS, RATE, BEST, "cpu"]),
        ({"eta": 0.0, "ips": 0.0, "loss": None}, "33.3", [PLACE, "0.00 pictures/s", "0 s left", MEMORY, BEST, "cpu"]),
        ({"best": {}, "device": ""}, "33.3", [PLACE, LOSS, RATE, LEFT, MEMORY]),
        ({"best": {"hmean": 0.5, "step": 0}}, "33.3", [PLACE, LOSS, RATE, LEFT, MEMORY, BASE, "cpu"]),
        ({"best": {"hmean": 0.5}}, "33.3", [PLACE, LOSS, RATE, LEFT, MEMORY, BEST.replace("1", "0"), "cpu"]),
    ],
    ids=repr,
)  # fmt: skip
def test_the_card_of_a_run_has_each_figure_that_is_known(
    changes: dict[str, Any], share: str, figures: list[str]
) -> None:
    run = make_run(state="running")
    best = {"hmean": 0.5, "step": 2, "epoch": 1}
    whole = dataclasses.replace(
        read_status(run), step=3, steps=9, epoch=1, epochs=4, loss=0.25, ips=3.456, eta=61.0, memory=1.5, best=best
    )
    write_status(run, dataclasses.replace(whole, **changes))
    card = status_card(shown(run), "en")
    (line,) = re.findall(r'<span class="ocrweb-quiet">(.*?)</span>', card)
    told = [EVALUATING if part.startswith(EVALUATING) else part for part in line.split(" · ")]
    assert told == figures
    assert f"width:{share}%" in card
    assert f'data-step="{changes.get("step", 3)}"' in card
    assert "<br>" not in card


def test_of_a_run_that_ended_well_the_outcome_is_told_unless_a_cause_is() -> None:
    run = make_run(state=None)
    write_status(run, RunStatus(state="finished", started=1.0, outcome="improved"))
    assert status_card(shown(run), "en").count("<br>") == 1
    write_status(run, RunStatus(state="stopped", started=1.0, outcome="improved"))
    assert "<br>" not in status_card(shown(run), "en")
    assert status_card(shown(run), "en").startswith('<div class="ocrweb-warning"')
    write_status(run, RunStatus(state="finished", started=1.0, outcome="never heard of"))
    assert status_card(shown(run), "en").startswith('<div class="ocrweb-good"')
    assert "<br>" not in status_card(shown(run), "en")


@pytest.mark.parametrize(("ready", "leads"), [(True, 'data-press="#training-start"'), (False, 'data-go="datasets"')])
def test_where_no_run_is_the_one_button_leads_to_what_is_next(ready: bool, leads: str) -> None:
    assert leads in idle_card("en", ready=ready)
    assert idle_card("en", ready=ready).count("data-") == 1


@pytest.mark.parametrize(
    ("size", "told"),
    [(1, "0 KiB"), (1536, "2 KiB"), (2**20 - 513, "1023 KiB"), (2**20, "1.0 MiB"), (3 << 19, "1.5 MiB")],
)
def test_a_logs_size_has_the_unit_that_fits(size: int, told: str) -> None:
    run = make_run()
    (run / names.LOG).write_bytes(b"x" * size)
    assert f"log.txt</code> · {told}</span>" in log_place(shown(run), "en")


def test_an_empty_line_of_a_log_keeps_its_height_and_half_a_line_waits() -> None:
    run = make_run()
    assert "<span" not in log_html(shown(run), "en")
    assert log_place(None, "en") == ""
    (run / names.LOG).write_text("a\n\nb\nhalf")
    assert log_html(shown(run), "en") == (
        '<div class="ocrweb-log" data-size="9"><div><span class="plain">a</span><span class="plain"> </span>'
        '<span class="plain">b</span></div></div>'
    )


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (-3, "0 s"), (0.4, "0 s"), (59.4, "59 s"), (59.6, "1:00 min"), (60, "1:00 min"), (611, "10:11 min"),
        (3599.4, "59:59 min"), (3599.6, "1:00:00 h"), (3660, "1:01:00 h"), (90_061, "25:01:01 h"),
    ],
)  # fmt: skip
def test_a_duration_goes_over_to_the_next_unit_when_it_is_full(seconds: float, told: str) -> None:
    assert duration(seconds, "en") == told


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ("a" * 36, "a" * 36),
        ("a" * 37, "a" * 35 + "…"),
        ("a" * 34 + " bc", "a" * 34 + "…"),
        (" a \n b ", "a b"),
        ("", ""),
    ],
)
def test_a_note_is_cut_only_when_it_is_too_long(note: str, told: str) -> None:
    assert shortened(note) == told


def row(**changes: Any) -> RunRow:
    plain = RunRow(
        name="r", state="finished", place=0, hmean=None, base_hmean=None, outcome=None, doubt="", seconds=0.0, epoch=1,
        epochs=2, dataset="demo", mark="", model="m", notes="",
    )  # fmt: skip
    return dataclasses.replace(plain, **changes)


@pytest.mark.parametrize(
    ("changes", "cells"),
    [
        ({}, ("r", "Training finished!", "–", "–", "demo", "")),
        ({"hmean": 0.0, "seconds": 0.2, "notes": "dark"}, ("r", "Training finished!", "0.0000", "0 s", "demo", "dark")),
        ({"hmean": 0.98765, "mark": "0123456789"}, ("r", "Training finished!", "0.9877", "–", "demo (01234567)", "")),
        ({"state": "stopped"}, ("r", "Not started; “Resume” puts it in the queue", "–", "–", "demo", "")),
        ({"state": "stopped", "seconds": 1.0}, ("r", "Stopped; resume to go on", "–", "1 s", "demo", "")),
        ({"state": "queued", "place": 2}, ("r", "Waiting in the queue (place 2)", "–", "–", "demo", "")),
    ],
    ids=repr,
)
def test_a_row_of_the_list_tells_what_is_known_of_its_run(changes: dict[str, Any], cells: tuple[str, ...]) -> None:
    (told,) = runs_table([row(**changes)], "en").itertuples(index=False, name=None)
    assert told == cells
    assert list(runs_table([], "en").columns) == ["Run", "State", "Best hmean", "Time", "Dataset", "Notes"]


@pytest.mark.parametrize(
    ("states", "ready"),
    [((), True), (("ok", "warning"), True), (("ok", "error", "ok"), False), (("error",), False)],
)
def test_one_error_alone_makes_a_start_impossible(states: tuple[Any, ...], ready: bool) -> None:
    card = checklist_card([CheckItem("dataset", state, "dataset-none") for state in states], "en")
    assert f'data-ready="{str(ready).lower()}"' in card
    assert ("Ready to start" in card) is ready
    assert re.findall(r'<li class="(\w+)" data-check="dataset">', card) == list(states)
    marks = {"ok": "✓", "warning": "!", "error": "✗"}
    assert re.findall(r"<b [^>]*>(.)</b>", card) == [marks[state] for state in states]


@pytest.mark.parametrize(("memory", "warned"), [(1.96, False), (2.0, False), (2.04, True)])
def test_what_a_run_costs_is_told_and_warned_of_only_past_what_is_free(memory: float, warned: bool) -> None:
    card = estimate_card(Estimate(30, 8, 40, 5, 61.0, memory, 2.0, "cpu"), "en")
    assert (
        "40 steps on 22 pictures (8 held out, 5 evaluations): about 1:01 min on cpu; up to 2.0 GiB of memory, 2.0 GiB free."
        in card
    )
    assert ("ocrweb-warning" in card) is warned
    assert card.endswith("free.</div>") is not warned


def test_a_cause_shows_its_line_and_evidence_when_it_has_them_and_advice_that_no_button_gives() -> None:
    both = (Remedy("free-disk"), Remedy("smaller-batch", "train", {"batch_size": "÷2"}))
    first, second, third = cause_cards(
        (
            Cause("memory.gpu", "said", 3, both),
            Cause("memory.gpu", "said", None, both[1:]),
            Cause("memory.gpu", "", 3, ()),
        ),
        "en",
    ).split('<div class="ocrweb-warning"')[1:]
    assert "<br>Line 3: <code>said</code><br>" in first
    assert first.count("<li>") == 1
    assert "<br><code>said</code><br>" in second
    assert "<ul>" not in second + third
    assert "Line" not in third
    assert "<code>" not in third
    assert [part.count("ocrweb-manual") for part in (first, second, third)] == [0, 0, 1]
    assert cause_cards((), "en") == ""


FIGURES = {"labels": 10, "missed": 2, "new_hmean": 0.9, "base_hmean": 0.9, "pictures": 3, "golden": "ok"}
VERDICT = {"hmean": 0.96, "interval": [0.9, 0.98], "base_hmean": 0.95, "base_interval": [0.89, 0.97]}


@pytest.mark.parametrize(
    ("changes", "begins"),
    [
        ({}, ["The weights", "hmean 0.9000 on 3 test pictures; the base model has 0.9000", "Back-test", "Recommended", "Golden"]),
        ({"base_hmean": 0.91}, ["The weights", "hmean 0.9000", "*worse", "Back-test", "Recommended", "Golden"]),
        ({"base_hmean": None}, ["The weights", "hmean 0.9000 on 3 test pictures", "Back-test", "Recommended", "Golden"]),
        ({"outcome": "improved", "verdict": VERDICT}, ["The weights", "hmean 0.9000", "*: 0.9600 (0.90–0.98); base model 0.9500 (0.89–0.97).", "Back-test", "Recommended", "Golden"]),
        ({"outcome": "improved", "verdict": {"hmean": 0.9, "interval": [0.8, 1.0]}}, ["The weights", "hmean 0.9000", "Back-test", "Recommended", "Golden"]),
    ],
    ids=["equal", "worse", "no base", "judged", "judged without a base"],
)  # fmt: skip
def test_a_proof_lists_what_was_measured_line_by_line(changes: dict[str, Any], begins: list[str]) -> None:
    thresholds = {"threshold": 0.3, "box_threshold": 0.65, "unclip_ratio": 1.5}
    figures = {name: value for name, value in (FIGURES | changes).items() if value is not None}
    card = proof_card(Proof("run", thresholds=thresholds, figures=figures, split="test"), "en")
    lines = re.findall(r"<li>(.*?)</li>", card)
    assert len(lines) == len(begins), lines
    for line, begin in zip(lines, begins, strict=True):
        assert begin[1:] in line if begin.startswith("*") else line.startswith(begin)
    assert ("base model" in lines[1]) is ("base_hmean" in figures)
    assert "2 of 10 labels missed" in card
    assert "threshold 0.3, box threshold 0.65, unclip ratio 1.5." in card


@pytest.mark.parametrize(
    ("hmean", "level", "kind"),
    [
        (0.7, "healthy", "good"), (0.6999, "weak", "warning"), (0.5, "weak", "warning"), (0.4999, "poor", "problem"),
    ],
)  # fmt: skip
def test_a_result_is_called_what_it_is_and_the_manual_stands_beside_what_is_not_good(
    hmean: float, level: str, kind: str
) -> None:
    thresholds = {"threshold": 0.3, "box_threshold": 0.65, "unclip_ratio": 1.5}
    for outcome in ({}, {"outcome": "improved", "verdict": {"hmean": 0.9, "interval": [0.8, 1.0]}}):
        figures = {**FIGURES, "new_hmean": hmean, "base_hmean": 0.1, **outcome}
        card = proof_card(Proof("run", thresholds=thresholds, figures=figures, split="test"), "en")
        assert card.startswith(f'<div class="ocrweb-{kind}" data-proof="{level}">')
        assert ("ocrweb-manual" in card) is (kind != "good")
        assert re.findall(r'data-term="(\w+)"', card) == ["hmean", "precision", "recall"]
