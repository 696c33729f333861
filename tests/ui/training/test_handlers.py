"""What watching does, without a browser: what is offered, asked, told again, laid over."""

from __future__ import annotations

import json
from pathlib import Path

import gradio as gr
import pytest
from gradio.blocks import Block

from ocrweb.rundir import names
from ocrweb.rundir.events import EventWriter
from ocrweb.services.training import jobs as training_jobs
from ocrweb.services.training import queue as training_queue
from tests.services.training.made_runs import make_run, step_event
from tests.ui.desk import Desk
from tests.ui.training.runs_on_desk import FIRST, SECOND, THIRD, listed, look, shown

pytestmark = pytest.mark.usefixtures("runs_home")


def test_the_newest_run_is_watched_and_only_what_can_be_done_is_offered(desk: Desk) -> None:
    make_run(FIRST)
    look(desk)
    assert f'data-run="{FIRST}"' in desk["training-status"]
    assert listed(desk) == [FIRST]
    offered = [desk.look(f"training-{name}", "interactive") for name in ("stop", "resume", "copy")]
    assert offered == [False, False, True]
    assert (desk.look("training-sooner"), desk.look("training-later")) == (False, False)
    assert desk["training-title"].startswith(f"ended|{FIRST}|")
    assert desk["training-title"].rpartition("|")[2]

    make_run(SECOND, "running")
    look(desk)
    assert f'data-run="{SECOND}"' in desk["training-status"]
    offered = [desk.look(f"training-{name}", "interactive") for name in ("stop", "resume", "copy")]
    assert offered == [True, False, True]
    assert desk["training-title"].startswith(f"active|{SECOND}|0|")
    assert desk["training-title"].endswith("|")
    make_run(THIRD, "failed")
    look(desk)
    offered = [desk.look(f"training-{name}", "interactive") for name in ("stop", "resume", "copy")]
    assert offered == [False, True, True]
    assert listed(desk) == [THIRD, SECOND, FIRST]


@pytest.mark.parametrize(("state", "seconds"), [("running", 1.0), ("finished", 4.0)])
def test_a_page_looks_often_only_while_a_run_goes_on(desk: Desk, state: str, seconds: float) -> None:
    make_run(FIRST, state)
    look(desk)
    assert desk[desk.timer_of("training-run")] == seconds


def test_a_page_without_runs_says_so_and_offers_nothing(desk: Desk) -> None:
    look(desk)
    assert "ocrweb-note" in desk["training-status"]
    assert not desk.look("training-copy", "interactive")
    assert not desk.look("training-proof")
    for button in ("training-stop", "training-delete"):
        desk.click(button)
    assert not desk.look("training-ask")
    assert not desk.look("training-ask-delete")
    assert "ocrweb-problem" in desk["training-watch-said"]
    desk.put("training-watch-said", "")
    desk.click("training-resume")
    assert "ocrweb-problem" in desk["training-watch-said"]
    desk.click("training-copy")
    assert "ocrweb-problem" in desk["training-said"]
    for button in ("training-sooner", "training-later", "training-log-download", "training-use", "training-export"):
        desk.click(button)
    assert desk["training-watch-said"] == ""
    assert desk["training-log-file"] is None
    assert desk["training-losses"] is desk["training-scores"] is None


def test_what_was_seen_is_not_told_again_until_it_changes_or_the_language_does(desk: Desk) -> None:
    run = make_run(FIRST, "running")
    (run / names.LOG).write_text("Starting training...\n")
    look(desk)
    assert "Starting" in desk["training-log"]
    for name in ("training-status", "training-log", "training-runs", "training-pictures", "training-causes"):
        desk.put(name, "as it was")
    look(desk)
    assert desk["training-status"] == desk["training-log"] == desk["training-runs"] == "as it was"
    assert desk["training-pictures"] == desk["training-causes"] == "as it was"
    (run / names.LOG).write_text("Starting training...\nanother line\n")
    desk.put("training-follow", False)
    look(desk)
    assert desk["training-log"] == "as it was"
    desk.enter("training-follow", True)
    assert "another line" in desk["training-log"]
    desk.request.headers["accept-language"] = "zh-CN"
    for name in ("training-status", "training-log", "training-runs"):
        desk.put(name, "as it was")
    look(desk)
    assert "as it was" not in (desk["training-status"], desk["training-log"])
    assert not isinstance(desk["training-runs"], str)


def test_a_question_is_about_the_run_it_names_whatever_is_shown_meanwhile(desk: Desk) -> None:
    for name in (FIRST, SECOND):
        make_run(name)
    shown(desk, FIRST)
    desk.click("training-delete")
    assert desk.look("training-ask-delete")
    shown(desk, SECOND)
    desk.click("training-delete-yes")
    assert not desk.look("training-ask-delete")
    assert [row.name for row in training_jobs.rows()] == [SECOND]
    assert f'data-run="{SECOND}"' in desk["training-status"]
    desk.click("training-delete-yes")
    assert "ocrweb-problem" in desk["training-watch-said"]
    desk.click("training-delete")
    desk.click("training-delete-no")
    assert not desk.look("training-ask-delete")
    desk.click("training-delete")
    desk.click("training-delete-yes")
    assert desk["training-run"] in (None, "")
    assert desk["training-watch-said"] == ""
    assert training_jobs.rows() == []


def test_a_run_is_stopped_after_a_question_and_a_waiting_one_is_asked_about_as_such(desk: Desk) -> None:
    make_run(FIRST, "running")
    make_run(SECOND, None)
    training_queue.enqueue(SECOND)
    question = desk.page.blocks[desk.widget("training-ask")._id].children[0]
    shown(desk, FIRST)
    desk.click("training-stop")
    assert desk.look("training-ask")
    going = desk[question]
    assert FIRST in going
    desk.click("training-stop-no")
    assert not desk.look("training-ask")
    shown(desk, SECOND)
    desk.click("training-stop")
    assert "stays in the list" in desk[question]
    assert "stays in the list" not in going
    desk.click("training-stop-yes")
    assert not training_queue.waiting()
    desk.click("training-stop-yes")
    assert "ocrweb-problem" in desk["training-watch-said"]
    desk.click("training-resume")
    assert desk["training-watch-said"] == ""
    assert [entry.run for entry in training_queue.waiting()] == [SECOND]
    shown(desk, FIRST)
    desk.click("training-resume")
    assert "ocrweb-problem" in desk["training-watch-said"]


def test_waiting_runs_change_places_and_each_is_offered_only_the_ways_there_are(desk: Desk) -> None:
    make_run("20251231_000000_busy", "running")
    for name in (FIRST, SECOND, THIRD):
        make_run(name, None)
        training_queue.enqueue(name)
    offers = []
    for name in (FIRST, SECOND, THIRD):
        shown(desk, name)
        look(desk)
        offers.append((desk.look("training-sooner"), desk.look("training-later")))
    assert offers == [(False, True), (True, True), (True, False)]
    desk.click("training-sooner")
    assert [entry.run for entry in training_queue.waiting()] == [FIRST, THIRD, SECOND]
    desk.click("training-later")
    assert [entry.run for entry in training_queue.waiting()] == [FIRST, SECOND, THIRD]


def test_notes_stay_with_the_run_they_were_typed_for(desk: Desk) -> None:
    for name in (FIRST, SECOND):
        make_run(name)
    look(desk)
    desk.select("training-runs", row_value=[FIRST, "x"])
    assert desk["training-run"] == desk["training-noted"] == FIRST
    desk.put("training-notes", " too dark ")
    desk.put("training-run", SECOND)
    desk.put("training-watch-said", "as it was")
    desk.event("training-notes", "blur")
    assert desk["training-watch-said"] == ""
    folder = training_jobs.rows()[1]
    assert (folder.name, folder.notes) == (FIRST, "too dark")
    desk.put("training-watch-said", "as it was")
    desk.event("training-notes", "blur")
    assert desk["training-watch-said"] == "as it was"
    shown(desk, SECOND)
    assert (desk["training-notes"], desk["training-noted"]) == ("", SECOND)
    shown(desk, FIRST)
    assert desk["training-notes"] == "too dark"
    desk.select("training-runs", row_value=None)
    assert desk["training-run"] == FIRST


def test_other_runs_are_laid_over_and_let_go_when_they_are_gone(desk: Desk) -> None:
    third = "20260103_000000_third"
    for name in (FIRST, SECOND):
        step_event(EventWriter(make_run(name) / names.EVENTS), 10, 2.0)
    step_event(EventWriter(make_run(third, epochs=7) / names.EVENTS), 10, 2.0)
    shown(desk, SECOND)
    assert SECOND not in desk["training-losses"].plot
    desk.enter("training-other", [FIRST, SECOND, third])
    lines = [line["name"] for line in json.loads(desk["training-losses"].plot)["data"]]
    assert [name for name in lines if "·" in name] == [f"loss · {name}" for name in (SECOND, FIRST, third)]
    assert f"{FIRST} has the same settings" in desk["training-other-settings"]
    assert f"In these settings {third} differs" in desk["training-other-settings"]
    assert [choice[1] for choice in desk.look("training-other", "choices")] == [third, SECOND, FIRST]
    training_jobs.delete(third)
    training_jobs.delete(FIRST)
    look(desk)
    assert desk["training-other"] == [SECOND]
    assert FIRST not in desk["training-losses"].plot
    assert desk["training-other-settings"] == ""
    training_jobs.delete(SECOND)
    look(desk)
    assert desk["training-losses"] is None
    assert desk["training-run"] in (None, "")


def test_pictures_of_a_run_are_the_latest_with_their_steps(desk: Desk) -> None:
    run = make_run(FIRST, "running")
    look(desk)
    assert desk["training-pictures"] == []
    for step in (10, 20):
        (run / names.SAMPLES / f"step_{step:06d}_1.jpg").write_bytes(b"drawn")
    look(desk)
    assert ["20" in caption for _, caption in desk["training-pictures"]] == [True, False]
    assert all(Path(file).read_bytes() == b"drawn" for file, _ in desk["training-pictures"])


def test_the_log_is_handed_out_whole(desk: Desk) -> None:
    run = make_run(FIRST)
    desk.click("training-log-download")
    assert desk["training-log-file"] is None
    (run / names.LOG).write_text("Starting training...\n")
    desk.click("training-log-download")
    assert Path(desk["training-log-file"]).read_text() == "Starting training...\n"
    assert Path(desk["training-log-file"]).name.startswith(f"{FIRST}_21_")
    assert desk["training-watch-said"] == ""


def test_the_page_opens_with_the_run_it_is_asked_for(desk: Desk) -> None:
    for name in (FIRST, SECOND):
        make_run(name)
    desk.put("training-run", FIRST)
    desk.event(desk.page, "load")
    assert f'data-run="{FIRST}"' in desk["training-status"]
    desk.enter("address", f"tab=training&run={SECOND}")
    assert desk["training-run"] == SECOND
    desk.enter("address", "tab=training")
    assert desk["training-run"] == SECOND


def test_an_address_of_training_may_name_the_dataset(desk: Desk) -> None:
    desk.enter("address", "tab=training&dataset=shop")
    assert desk["training-dataset"] == "shop"
    assert not desk["dataset-chosen"]
    desk.enter("address", "tab=datasets&dataset=other")
    desk.enter("address", "tab=training")
    assert desk["training-dataset"] == "shop"


def test_an_answer_that_comes_late_is_put_right_by_the_next_look(desk: Desk) -> None:
    """A look at the newest run was under way when the page was told which run it shows: its answer comes last."""
    for name in (FIRST, SECOND):
        run = make_run(name)
        step_event(EventWriter(run / names.EVENTS), 10, 2.0)
        (run / names.LOG).write_text(f"Starting training of {name}\n")
    late = Desk(desk.page)
    look(late)
    assert f'data-run="{SECOND}"' in late["training-status"]
    shown(desk, FIRST)
    for widget in _told_by_a_look(desk):
        desk.put(widget, late[widget])
    desk.event("training-news", "change")
    desk.event("training-curves-news", "change")
    assert f'data-run="{SECOND}"' in desk["training-status"]
    look(desk)
    assert f'data-run="{FIRST}"' in desk["training-status"]
    assert FIRST in desk["training-log"]
    assert desk["training-title"].startswith(f"ended|{FIRST}|")
    assert desk["training-curves-news"] != late["training-curves-news"]
    assert desk["training-news"] != late["training-news"]


def test_an_answer_that_never_comes_is_told_again(desk: Desk) -> None:
    run = make_run(FIRST, "running")
    look(desk)
    before = {widget: desk[widget] for widget in _told_by_a_look(desk)}
    (run / names.LOG).write_text("Starting training...\n")
    look(desk)
    for widget, value in before.items():
        desk.put(widget, value)
    assert "Starting" not in desk["training-log"]
    look(desk)
    assert "Starting" in desk["training-log"]


def _told_by_a_look(desk: Desk) -> list[Block]:
    """What an answer of each second changes in the page; what the server keeps for itself is no part of it."""
    timer = desk.timer_of("training-run")
    look = next(one for one in desk.page.fns.values() if (timer._id, "tick") in one.targets)
    return [widget for widget in look.outputs if not isinstance(widget, gr.State)]
