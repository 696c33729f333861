"""The way of the work: what there is of each step, what runs, and the first step that nothing was done for."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.rundir.status import RunStatus, read_status, write_status
from ocrweb.services.training import queue as training_queue
from ocrweb.ui.page import rail
from ocrweb.ui.page.rail import FRESH, STEPS, Overview
from ocrweb.ui.parts.opening import at_opening
from tests.data.corpus import make_good
from tests.services.training.made_runs import make_run


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setattr(rail, "_cache", rail._Cache())
    return tmp_path


def states(found: Overview | None) -> dict[str, str]:
    return dict(zip(STEPS, re.findall(r'<li data-state="(\w+)"', rail.rail(found)), strict=True))


@pytest.mark.parametrize(
    ("found", "step"),
    [
        (Overview(), "label"),
        (Overview(datasets=1), "check"),
        (Overview(datasets=1, ready=1), "train"),
        (Overview(datasets=1, ready=1, training=("a", 5)), "prove"),
        (Overview(datasets=1, ready=1, runs=1), "prove"),
        (Overview(datasets=1, ready=1, runs=2, better=1), "export"),
        (Overview(datasets=1, ready=1, runs=1, tuned=1), "export"),
        (Overview(datasets=1, ready=1, runs=1, better=1, exports=1), "use"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_next_step_is_the_first_that_nothing_was_done_for(found: Overview, step: str) -> None:
    assert found.next == step
    shown = states(found)
    assert [name for name, state in shown.items() if state == "next"] == [step]
    assert (shown["train"] == "now") is (found.training is not None)


def test_a_step_says_how_much_there_is_and_a_run_how_far_it_is() -> None:
    told = rail.rail(Overview(datasets=3, ready=2, runs=1, better=1, exports=4, training=("night", 37)))
    assert re.findall(r'<span class="count">([^<]+)</span>', told) == ["3", "2", "37%", "1", "4"]
    assert "night" in told
    assert "37" in told.partition("<p role")[2]
    assert re.findall(r'data-go="(\w+)"', told) == list(STEPS.values())
    assert set(states(None).values()) == {"none"}
    assert "count" not in rail.rail(None)
    assert "count" not in rail.rail(Overview())


def test_thresholds_that_are_better_are_not_called_a_better_model() -> None:
    tuned = Overview(datasets=1, ready=1, runs=1, tuned=1)
    assert "its weights are no better" in rail.rail(tuned)
    assert "better model" not in rail.rail(tuned)
    assert "use the better model" in rail.rail(replace(tuned, runs=2, better=1))


def test_what_there_is_is_counted(home: Path) -> None:
    make_good(home / "datasets" / "one")
    for number, (state, outcome) in enumerate(
        [("finished", "improved"), ("finished", "thresholds"), ("finished", "nothing"), ("failed", None)]
    ):
        run = make_run(f"2026010{number}_000000_a", None)
        write_status(run, RunStatus(state=state, outcome=outcome))
    waits = make_run("20260108_000000_waits", None)
    training_queue.enqueue(waits.name)
    found = rail.look()
    assert (found.datasets, found.ready, found.runs, found.exports, found.queued) == (1, 0, 3, 0, 1)
    assert (found.better, found.tuned, found.proven) == (1, 1, 2)
    assert found.training is None
    going = make_run("20260109_000000_going", "running")
    write_status(going, replace(read_status(going), step=1, steps=3))
    assert rail.look().training == (going.name, 33)


def test_many_pages_cost_no_more_than_one(monkeypatch: pytest.MonkeyPatch) -> None:
    now, asked = 100.0, list[float]()

    def looked() -> Overview:
        asked.append(now)
        return Overview(datasets=len(asked))

    monkeypatch.setattr(rail.time, "monotonic", lambda: now)
    monkeypatch.setattr(rail, "look", looked)
    assert [rail.overview().datasets for _ in range(3)] == [1, 1, 1]
    now += FRESH - 0.1
    assert rail.overview().datasets == 1
    now = 100.0 + FRESH
    assert rail.overview().datasets == 2
    assert 'count">2<' in rail.show()


def test_a_data_root_that_cannot_be_read_is_an_empty_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Overview:
        raise OcrwebError("usage.disk-full", path="/data")

    monkeypatch.setattr(rail, "look", fail)
    assert rail.overview() == Overview()


def test_the_page_is_sent_with_what_there_is(home: Path) -> None:
    make_good(home / "datasets" / "one")
    with gr.Blocks(analytics_enabled=False):
        progress = rail.build()
    assert 'count">1<' in at_opening(progress, "en")["value"]
