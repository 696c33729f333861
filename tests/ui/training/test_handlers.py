"""What the widgets of the training tab do, without a browser: watching, asking, mending, filling the form."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from ocrweb.config.loader import dump_yaml
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.rundir.events import EventWriter
from ocrweb.runtime.card import ModelCard, write_card
from ocrweb.services.datasets.store import list_datasets
from ocrweb.services.training import jobs as training_jobs
from ocrweb.services.training import queue as training_queue
from ocrweb.services.training.diagnosis.cause import Remedy
from ocrweb.services.training.proof import FOLDER, Proof
from ocrweb.ui.training import form as training_form
from ocrweb.ui.training import mend as training_mend
from ocrweb.ui.training import why as training_why
from tests.data.corpus import content, make_good
from tests.services.training.made_runs import make_run, step_event
from tests.ui.desk import Desk

FIRST, SECOND, THIRD = (f"20260101_00000{number}_{name}" for number, name in enumerate(("first", "second", "third")))

VERDICT = {"hmean": 0.96, "interval": [0.9, 0.98], "base_hmean": 0.96, "base_interval": [0.9, 0.98]}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(training_queue, "start_due", lambda *_, **__: None)
    return tmp_path


@pytest.fixture
def desk(built_page: gr.Blocks) -> Desk:
    return Desk(built_page)


def look(desk: Desk) -> None:
    """A second goes by on the page."""
    desk.event(desk.timer_of("training-run"), "tick")


def shown(desk: Desk, name: str) -> None:
    desk.enter("training-run", name)
    assert f'data-run="{name}"' in desk["training-status"]


def listed(desk: Desk) -> list[str]:
    return [str(name) for name in desk["training-runs"].iloc[:, 0]]


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


def test_another_run_is_laid_over_and_let_go_when_it_is_gone(desk: Desk) -> None:
    for name in (FIRST, SECOND):
        step_event(EventWriter(make_run(name) / names.EVENTS), 10, 2.0)
    shown(desk, SECOND)
    assert SECOND not in desk["training-losses"].plot
    desk.enter("training-other", FIRST)
    assert FIRST in desk["training-losses"].plot
    assert "The two runs have the same settings" in desk["training-other-settings"]
    assert [choice[1] for choice in desk.look("training-other", "choices")] == ["", SECOND, FIRST]
    training_jobs.delete(FIRST)
    look(desk)
    assert desk["training-other"] == ""
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


def test_settings_of_a_run_and_of_a_file_come_into_the_form(desk: Desk, tmp_path: Path) -> None:
    make_run(FIRST, epochs=7)
    desk.click("training-copy")
    assert desk["training-epochs"] == 7
    assert "ocrweb-note" in desk["training-said"]
    desk.enter("training-dataset", "chosen")
    file = tmp_path / "det_db.yml"
    file.write_text(dump_yaml(TrainingConfig(epochs=9)), encoding="utf-8")
    desk.upload("training-upload", str(file))
    assert (desk["training-epochs"], desk["training-dataset"]) == (9, "chosen")
    assert "det_db.yml" in desk["training-said"]
    file.write_text(dump_yaml(TrainingConfig(epochs=9, dataset="named")), encoding="utf-8")
    desk.upload("training-upload", str(file))
    assert desk["training-dataset"] == "named"
    file.write_text("epochs: many\n", encoding="utf-8")
    desk.upload("training-upload", str(file))
    assert "ocrweb-problem" in desk["training-said"]
    assert desk["training-epochs"] == 9


def test_the_form_says_what_is_wrong_and_else_what_it_is(desk: Desk) -> None:
    desk.enter("training-epochs", 4)
    assert "epochs=4" in desk["training-command"]
    assert Path(desk["training-config"]).read_text(encoding="utf-8")
    assert desk["training-preset"] is None
    assert 'data-differs="epochs"' in desk["training-differs"]
    assert desk["training-differs"].count("data-setting") == 1
    desk.enter("training-reset", "epochs 17.5")
    assert (desk["training-epochs"], desk["training-preset"], desk["training-differs"]) == (20, "safe", "")
    desk.enter("training-reset", "dataset 18")
    desk.enter("training-epochs", 4)
    assert desk["training-wrong"] == ""
    desk.enter("training-epochs", 0)
    assert "ocrweb-problem" in desk["training-wrong"]
    assert desk["training-command"].startswith("# ")
    assert "ocrweb-warning" in desk["training-checklist"]
    desk.click("training-estimate")
    assert "ocrweb-problem" in desk["training-cost"]
    desk.put("training-name", "kept")
    desk.enter("training-preset", "safe")
    assert desk["training-preset"] == "safe"
    assert (desk["training-differs"], desk["training-wrong"]) == ("", "")
    assert "name=kept" in desk["training-command"]
    desk.put("training-epochs", 1)
    desk.put("training-preset", None)
    desk.event("training-preset", "input")
    assert desk["training-epochs"] == 1


def test_the_form_is_checked_and_its_cost_is_asked_for_what_may_be_read(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_good(tmp_path / "datasets" / "shop")
    desk.enter("training-dataset", "shop")
    assert "data-check" in desk["training-checklist"]
    desk.put("training-checklist", "as it was")
    desk.click("training-recheck")
    assert "data-check" in desk["training-checklist"]
    asked: list[TrainingConfig] = []

    def estimate(config: TrainingConfig) -> Any:
        asked.append(config)
        raise OcrwebError("usage.disk-full", path="/data")

    monkeypatch.setattr(training_form, "estimate", estimate)
    desk.click("training-estimate")
    assert [config.dataset for config in asked] == ["shop"]
    assert "No space is left" in desk["training-cost"]
    desk.enter("training-dataset", "/etc")
    assert "ocrweb-problem" in desk["training-checklist"]
    desk.click("training-estimate")
    assert len(asked) == 1
    desk.event("training-dataset", "focus")
    assert desk.look("training-dataset", "choices") == ["shop"]
    desk.event("training-model", "focus")
    assert len(desk.look("training-model", "choices")) >= 2


def test_the_form_comes_back_as_this_browser_left_it(desk: Desk, built_page: gr.Blocks) -> None:
    desk.enter("training-epochs", 4)
    stores = [one for one in built_page.blocks.values() if isinstance(one, gr.BrowserState) and one.storage_key == training_form.STORED]  # fmt: skip
    left, kept = stores
    later = Desk(built_page)
    later.put(left, desk[kept])
    later.event(left, "change")
    assert later["training-epochs"] == 4
    new = Desk(built_page)
    usual = new["training-epochs"]
    new.event(left, "change")
    assert new["training-epochs"] == usual != 4


def test_a_start_is_told_with_what_came_of_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    make_run(FIRST, "running")
    make_run(SECOND, None)
    begun: list[str] = []

    def start(config: TrainingConfig) -> str:
        if config.dataset == "none":
            raise OcrwebError("usage.disk-full", path="/data")
        begun.append(config.dataset)
        return config.dataset

    monkeypatch.setattr(training_jobs, "start", start)
    monkeypatch.setattr("ocrweb.ui.training.tab.training_choices.allowed_config", lambda config: config)
    desk.put("training-dataset", FIRST)
    desk.click("training-start")
    assert desk["training-run"] == FIRST
    started = desk["training-said"].replace(FIRST, "")
    training_queue.enqueue(SECOND)
    desk.put("training-dataset", SECOND)
    desk.click("training-start")
    assert desk["training-run"] == SECOND
    assert desk["training-said"].replace(SECOND, "") != started
    desk.put("training-dataset", "none")
    desk.click("training-start")
    assert "No space is left" in desk["training-said"]
    assert (desk["training-run"], begun) == (SECOND, [FIRST, SECOND])


def test_causes_offer_a_button_each_and_the_remedy_is_prepared_in_the_form(desk: Desk, tmp_path: Path) -> None:
    run = make_run(FIRST, "failed", batch_size=8)
    (run / names.LOG).write_text("RuntimeError: CUDA out of memory. Tried to allocate 2 GiB\n")
    look(desk)
    assert 'data-cause="memory.gpu"' in desk["training-causes"]
    offered = [desk.look(f"training-remedy-{number}") for number in range(training_why.BUTTONS)]
    count = sum(map(bool, offered))
    assert count > 0
    assert offered == [True] * count + [False] * (training_why.BUTTONS - count)
    assert all(desk[f"training-remedy-{number}"] for number in range(count))
    for number in range(training_why.BUTTONS):
        desk.put("training-remedy-answer", "")
        desk.put("training-batch_size", 8)
        desk.click(f"training-remedy-{number}")
        if number >= count:
            assert desk["training-remedy-answer"] == ""
        else:
            assert desk["training-remedy-answer"]
    make_run(SECOND)
    look(desk)
    assert 'data-cause="memory.gpu"' not in desk["training-causes"]


@pytest.mark.parametrize(
    ("remedy", "said", "epochs"),
    [
        (Remedy("smaller", "train", {"epochs": 3}), "ocrweb-good", 3),
        (Remedy("same", "train", {}), "ocrweb-good", 7),
        (Remedy("doctor", "doctor", {}), "ocrweb doctor", None),
    ],
    ids=lambda value: getattr(value, "id", ""),
)
def test_each_remedy_says_what_it_does_and_only_a_new_run_fills_the_form(
    remedy: Remedy, said: str, epochs: int | None
) -> None:
    make_run(FIRST, "failed", epochs=7)
    words, config = training_why._prepare(remedy, FIRST, "en")
    assert said in words
    assert (config.epochs if config else None) == epochs


def test_resume_as_a_remedy_puts_the_run_into_the_line() -> None:
    make_run(FIRST, "failed")
    words, config = training_why._prepare(Remedy("resume", "train", {}), FIRST, "en")
    assert (FIRST in words, config) == (True, None)
    assert [entry.run for entry in training_queue.waiting()] == [FIRST]


def test_a_log_from_elsewhere_is_explained_or_said_to_be_none(desk: Desk, tmp_path: Path) -> None:
    for text, said in (
        ("CUDA out of memory. Tried to allocate 2 GiB\n", 'data-cause="memory.gpu"'),
        ("hello world", "does not look like"),
        ("  ", "ocrweb-warning"),
        ("epoch: [1/2], global_step: 10, lr: 0.001, loss: 1.0\n", "ocrweb-good"),
    ):
        desk.put("training-foreign-text", text)
        desk.click("training-foreign-start")
        assert said in desk["training-foreign-answer"], text
    file = tmp_path / "run.log"
    file.write_text("CUDA out of memory. Tried to allocate 2 GiB\n")
    desk.upload("training-foreign-file", str(file))
    assert 'data-cause="memory.gpu"' in desk["training-foreign-answer"]


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    root = make_good(tmp_path / "datasets" / "story")
    content("train_gts/3.txt", b"\xef\xbb\xbf5,5,40,5,40,20,5,20,hello\n")(root)
    run = make_run(FIRST, "failed")
    (run / names.CONFIG).write_text(dump_yaml(TrainingConfig(dataset=str(root), epochs=7)), encoding="utf-8")
    return root


def offer(desk: Desk, *remedies: Remedy, run: str = FIRST) -> None:
    function = next(one for one in desk.page.fns.values() if (desk.widget("training-remedy-0")._id, "click") in one.targets)  # fmt: skip
    desk.put(function.inputs[0], training_why.Offer(run, remedies))


def test_a_dataset_is_mended_in_a_copy_after_its_changes_were_shown(
    desk: Desk, spoilt: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training_mend, "LOOK", 0.01)
    before = (spoilt / "train_gts/3.txt").read_bytes()
    offer(desk, Remedy("repair", "repair", {}), Remedy("resize", "resize", {}))
    desk.click("training-remedy-0")
    assert desk.look("training-mend")
    assert desk.look("training-mend-go")
    assert "train_gts/3.txt" in desk["training-mend-preview"]
    assert [one.name for one in list_datasets()] == ["story"]
    desk.click("training-mend-leave")
    assert not desk.look("training-mend")
    desk.click("training-mend-go")
    assert not desk.look("training-mend")
    assert "story → story_repaired" in desk["training-remedy-answer"]
    assert (desk["training-dataset"], desk["training-epochs"]) == ("story_repaired", 7)
    assert (spoilt / "train_gts/3.txt").read_bytes() == before
    desk.click("training-remedy-1")
    assert desk["training-remedy-answer"] == ""
    assert 'data-changes="0"' in desk["training-mend-preview"]
    assert not desk.look("training-mend-go")
    desk.click("training-remedy-2")
    assert not desk.look("training-mend")


def test_a_dataset_of_elsewhere_is_mended_by_a_command_and_what_fails_is_said(
    desk: Desk, spoilt: Path, tmp_path: Path
) -> None:
    config = tmp_path / "workdirs" / FIRST / names.CONFIG
    config.write_text(dump_yaml(TrainingConfig(dataset=str(tmp_path / "away" / "my story"))), encoding="utf-8")
    offer(desk, Remedy("repair", "repair", {}), Remedy("resize", "resize", {}))
    desk.click("training-remedy-0")
    assert not desk.look("training-mend")
    assert "ocrweb validate" in desk["training-remedy-answer"]
    assert "my story&#" in desk["training-remedy-answer"]
    desk.click("training-remedy-1")
    assert "ocrweb resize" in desk["training-remedy-answer"]
    offer(desk, Remedy("repair", "repair", {}), Remedy("smaller", "train", {}), run="20250101_000000_gone")
    desk.click("training-remedy-0")
    assert "ocrweb-problem" in desk["training-remedy-answer"]
    desk.put("training-remedy-answer", "")
    desk.click("training-remedy-1")
    assert "ocrweb-problem" in desk["training-remedy-answer"]


def test_nothing_is_mended_without_a_plan_and_a_failed_work_says_why(
    desk: Desk, spoilt: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.put("training-remedy-answer", "before")
    desk.click("training-mend-go")
    assert desk["training-remedy-answer"] == ""
    offer(desk, Remedy("repair", "repair", {}))
    desk.click("training-remedy-0")
    error = OcrwebError("usage.disk-full", path="/data")
    going = SimpleNamespace(active=False, state="failed", error=error, outcome=SimpleNamespace(dataset=None))
    monkeypatch.setattr(training_mend.training_mend, "begin_mending", lambda kind, dataset: "a")
    monkeypatch.setattr(training_mend, "dataset_job", lambda identifier: going)
    desk.click("training-mend-go")
    assert "No space is left" in desk["training-remedy-answer"]
    monkeypatch.setattr(training_mend, "dataset_job", lambda identifier: None)
    desk.click("training-mend-go")
    assert desk["training-remedy-answer"] == ""

    def refused(kind: str, dataset: str) -> str:
        raise error

    monkeypatch.setattr(training_mend.training_mend, "begin_mending", refused)
    desk.click("training-mend-go")
    assert "No space is left" in desk["training-remedy-answer"]


def test_a_proof_is_shown_used_and_taken_to_the_export(desk: Desk) -> None:
    run = make_run(FIRST)
    write_card(ModelCard(name="first", threshold=0.35), run / names.CARD)
    look(desk)
    assert desk.look("training-proof")
    assert "ocrweb-note" in desk["training-proof-card"]
    figures = {
        "labels": 10,
        "missed": 2,
        "new_hmean": 0.9,
        "pictures": 3,
        "golden": "ok",
        "outcome": "nothing",
        "verdict": VERDICT,
    }
    proof = Proof(
        FIRST, thresholds={"threshold": 0.35, "box_threshold": 0.6, "unclip_ratio": 1.5}, figures=figures, split="test"
    )
    (run / FOLDER).mkdir()
    (run / FOLDER / "proof.json").write_text(json.dumps(asdict(proof)), encoding="utf-8")
    look(desk)
    assert "0.9" in desk["training-proof-card"]
    assert desk.look("training-use", "variant") == "secondary"
    assert not desk.look("training-compared")
    better = replace(proof, figures=figures | {"outcome": "improved"}, compared=((str(run / names.CONFIG), "1 / 2"),))
    (run / FOLDER / "proof.json").write_text(json.dumps(asdict(better)) + " ", encoding="utf-8")
    os.utime(run / FOLDER / "proof.json", ns=(1, 1))
    look(desk)
    assert desk.look("training-use", "variant") == "primary"
    assert desk.look("training-compared")
    assert not desk.look("training-back")
    desk.click("training-use")
    assert desk["single-model"] == desk["batch-model"] == FIRST
    assert desk["single-threshold"] == desk["batch-threshold"] == 0.35
    assert desk.look("tabs", "selected") == "single"
    desk.click("training-export")
    assert (desk["export-model"], desk.look("tabs", "selected")) == (FIRST, "exporting")
    make_run(SECOND, "running")
    shown(desk, SECOND)
    assert not desk.look("training-proof")


def test_a_proof_is_made_again_or_what_hinders_it_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    make_run(FIRST)
    asked: list[str] = []

    def make(name: str) -> None:
        asked.append(name)
        raise OcrwebError("usage.disk-full", path="/data")

    monkeypatch.setattr("ocrweb.ui.training.proof.proof.make_proof", make)
    desk.click("training-prove")
    assert (asked, "No space is left" in desk["training-proof-card"]) == ([FIRST], True)
    monkeypatch.setattr("ocrweb.ui.training.proof.proof.make_proof", asked.append)
    desk.click("training-prove")
    assert "ocrweb-note" in desk["training-proof-card"]
    training_jobs.delete(FIRST)
    desk.click("training-prove")
    assert (desk["training-proof-card"], len(asked)) == ("", 2)
