"""What the form does, without a browser: filling, checking, keeping, starting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from ocrweb.config.loader import dump_yaml
from ocrweb.config.training import TrainingConfig, dataset_folder
from ocrweb.data.icdar import read_split
from ocrweb.errors import OcrwebError
from ocrweb.services.labels.editing import put_state
from ocrweb.services.labels.entries import labelled_set
from ocrweb.services.training import jobs as training_jobs
from ocrweb.services.training import queue as training_queue
from ocrweb.ui.training import form as training_form
from tests.data.corpus import make_good
from tests.services.training.made_runs import make_run
from tests.ui.desk import Desk
from tests.ui.training.runs_on_desk import FIRST, SECOND, THIRD

pytestmark = pytest.mark.usefixtures("runs_home")


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
    desk.open_tab("training")
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
    assert not desk["training-checklist"]  # nobody looks at it yet, and it may cost seconds
    desk.open_tab("training")
    assert "data-check" in desk["training-checklist"]
    desk.put("training-checklist", "as it was")
    desk.open_tab("training")
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


def test_what_a_browser_kept_of_the_form_leaves_alone_what_the_visitor_brought_along(desk: Desk) -> None:
    """The tab is built when it is first looked at: a dataset may be handed to it before the browser tells what it kept."""
    (left,) = (
        block
        for block in desk.page.blocks.values()
        if isinstance(block, gr.BrowserState)
        and block.storage_key == training_form.STORED
        and any((block._id, "change") in one.targets for one in desk.page.fns.values())
    )
    desk.put("training-dataset", "brought")
    desk.enter(left, {"dataset": "kept", "epochs": 7, "learning_rate": 0.0002})
    assert (desk["training-dataset"], desk["training-epochs"], desk["training-learning_rate"]) == ("brought", 7, 0.0002)
    desk.put("training-dataset", None)
    desk.enter(left, {"dataset": "kept", "epochs": 8, "learning_rate": 0.0002})
    assert (desk["training-dataset"], desk["training-epochs"]) == ("kept", 7)
    desk.enter(left, {"epochs": "many"})
    desk.enter(left, None)
    assert (desk["training-dataset"], desk["training-epochs"]) == ("kept", 7)


def test_labels_that_nobody_has_checked_are_asked_about_once_and_the_checked_ones_can_be_taken_alone(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = make_good(tmp_path / "datasets" / "shop")
    first, *others = [line.split()[0] for line in (shop / "train_list.txt").read_text().splitlines()]
    (shop / "review.csv").write_text("picture,unsure\n" + "".join(f"{Path(name).name},\n" for name in (first, *others)))
    begun: list[tuple[int, Path | None]] = []

    def start(config: TrainingConfig, own: Path | None = None) -> str:
        begun.append((len(read_split(dataset_folder(config.dataset), "train", pictures=False)), own))
        return make_run((FIRST, SECOND, THIRD)[len(begun) - 1], "running").name

    monkeypatch.setattr(training_jobs, "start", start)
    desk.put("training-dataset", "shop")
    desk.click("training-start")
    assert begun == []
    assert str(len(others) + 1) in desk["training-question"]
    assert desk.look("training-start-checked", "visible") is False
    put_state(labelled_set(shop), [first], "checked")
    desk.click("training-start")
    assert begun == []
    assert desk.look("training-start-checked", "visible") is True
    desk.click("training-start-checked")
    assert begun == [(1, shop)]
    assert desk["training-run"] == FIRST
    desk.click("training-start-all")
    assert begun[1:] == [(len(others) + 1, None)]
    put_state(labelled_set(shop), others, "checked")
    desk.click("training-start")
    assert len(begun) == 3, "nothing is asked where all are checked"
