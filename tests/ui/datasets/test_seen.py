"""What the dataset tab shows, without a browser: lists, pictures, numbers, versions, files, work that goes on."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
import pandas as pd
import pytest

from ocrweb.services.datasets.jobs import DatasetJob, Outcome
from ocrweb.ui.datasets import look as dataset_look
from ocrweb.ui.datasets import tab as dataset_tab
from tests.data.corpus import make_good
from tests.ui.datasets.datasets_on_desk import BROKEN, brought, over, said
from tests.ui.desk import Desk

pytestmark = pytest.mark.usefixtures("datasets_home")


def test_what_others_did_is_seen_when_the_tab_is_opened(desk: Desk, built_page: gr.Blocks, tmp_path: Path) -> None:
    brought(desk, tmp_path / "shared")
    other = Desk(built_page, "zh")
    other.put("dataset-chosen", "shared")
    other.event(built_page, "load")
    assert 'data-ok="true"' in other["dataset-verdict"]
    desk.click("dataset-delete")
    desk.click("dataset-delete-now")
    other.open_tab("datasets")
    assert "shared" in said(other)
    assert "ocrweb-warning" in said(other)
    assert other["dataset-chosen"] is None
    assert "data-ok" not in other["dataset-verdict"]
    other.enter("dataset-chosen", "shared")
    assert "ocrweb-warning" in said(other)
    empty = Desk(built_page)
    empty.open_tab("datasets")
    assert not empty["dataset-status"]


def test_what_comes_late_of_other_work_does_not_stay(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = {
        "a": DatasetJob("a", "cancelled", kind="upload"),
        "b": DatasetJob("b", "running", kind="upload", stage="check", done=1, total=4),
    }
    monkeypatch.setattr(dataset_tab, "dataset_job", lambda job: jobs.get(job or ""))
    late, job = Desk(desk.page), desk.stored("ocrweb-dataset-job")
    late.enter(job, "a")
    desk.enter(job, "b")
    desk.overlay(late, desk.timer_of(job), "tick")
    assert "width:25.0%" in said(desk)
    assert desk.look(desk.timer_of(job), "active")
    assert desk.look("dataset-stop")


def test_a_row_is_a_choice_and_an_address_is_one_too(desk: Desk, tmp_path: Path) -> None:
    for name in ("one", "two"):
        brought(desk, tmp_path / name)
    desk.select("dataset-table", row_value=["one", "3 + 1"])
    assert desk["dataset-chosen"] == "one"
    assert desk.look("dataset-label", "link").endswith("=one")
    desk.enter("address", "tab=datasets&dataset=two")
    assert (desk["dataset-chosen"], desk.look("dataset-label", "link")[-4:]) == ("two", "=two")
    desk.put("dataset-status", "as it was")
    desk.enter("address", "tab=datasets&dataset=two&again=1")
    assert said(desk) == "as it was"
    desk.select("dataset-table", row_value=None)
    assert not desk.look("dataset-label")


def test_the_list_grows_when_it_is_opened_and_keeps_what_the_table_has(desk: Desk, tmp_path: Path) -> None:
    brought(desk, tmp_path / "first")
    make_good(tmp_path / "home" / "datasets" / "second")
    desk.event("dataset-chosen", "focus")
    assert desk.look("dataset-chosen", "choices") == ["first", "second"]
    desk.put("dataset-table", pd.DataFrame())
    desk.event("dataset-chosen", "focus")
    assert len(desk.look("dataset-chosen", "choices")) == 2


def test_pictures_are_drawn_while_their_tab_is_open_page_by_page(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataset_look, "PER_PAGE", 2)
    brought(desk, tmp_path / "many", *BROKEN)
    assert not desk.look("dataset-gallery")
    desk.open_tab("look")
    assert desk.look("dataset-gallery")
    assert len(desk["dataset-gallery"]) == 2
    assert desk["dataset-page"] == 1
    most = desk.look("dataset-page", "maximum")
    assert most >= 2
    desk.click("dataset-page-forward")
    assert desk["dataset-page"] == 2
    desk.click("dataset-page-back")
    desk.click("dataset-page-back")
    assert desk["dataset-page"] == 1
    desk.put("dataset-page", most + 5)
    desk.event("dataset-page", "submit")
    assert desk["dataset-page"] == most
    desk.enter("dataset-look-rule", "label.separator")
    assert (len(desk["dataset-gallery"]), desk["dataset-page"]) == (1, 1)
    assert "⚠ " in desk["dataset-gallery"][0][1]
    assert "Values are separated by" in desk["dataset-gallery"][0][1]
    desk.select("dataset-gallery", index=0)
    assert "Values are separated by" in desk["dataset-picture-words"]
    assert "labels/edit?" in desk["dataset-picture-words"]
    assert "<" in desk["dataset-picture"]
    with_boxes = desk["dataset-picture"]
    desk.enter("dataset-mode", "plain")
    assert desk["dataset-picture"] != with_boxes
    drawn = desk["dataset-gallery"]
    desk.open_tab("look")
    assert desk["dataset-gallery"] is drawn
    desk.enter("dataset-chosen", "")
    assert not desk.look("dataset-gallery")


def test_a_picture_is_opened_only_of_a_gallery(desk: Desk) -> None:
    desk.select("dataset-gallery", index=0)
    desk.enter("dataset-mode", "plain")
    assert not desk["dataset-picture"]


def test_numbers_are_drawn_while_their_tab_is_open(desk: Desk, tmp_path: Path) -> None:
    desk.open_tab("plots")
    assert not desk.look("dataset-plot-split")
    brought(desk, tmp_path / "data")
    assert desk.look("dataset-plot-split")
    assert list(desk["dataset-plot-split"]["count"]) == [10, 2]
    assert desk.look("dataset-plot-split", "x_label_angle") == 0
    assert desk.look("dataset-plot-angles", "x_label_angle") == -45
    low, high = desk.look("dataset-plot-split", "y_lim")
    assert low == 0
    assert high == pytest.approx(1.1 * desk["dataset-plot-split"]["count"].max())
    drawn = desk["dataset-plot-split"]
    desk.open_tab("plots")
    assert desk["dataset-plot-split"] is drawn


def test_a_version_is_kept_compared_brought_back_and_that_taken_back(desk: Desk, tmp_path: Path) -> None:
    brought(desk, tmp_path / "data")
    desk.open_tab("versions")
    assert "role" in desk["dataset-version-said"]
    desk.click("dataset-version-keep")
    assert "ocrweb-good" in desk["dataset-version-said"]
    kept = desk["dataset-version"]
    assert kept
    desk.click("dataset-version-compare")
    assert "<li>" not in desk["dataset-version-said"]
    (gts,) = (tmp_path / "home" / "datasets" / "data").glob("train_gts")
    file = min(gts.iterdir())
    before = file.read_text()
    file.write_text("5,25,50,25,50,40,5,40,changed\n")
    desk.click("dataset-version-compare")
    assert "<li>" in desk["dataset-version-said"]
    desk.click("dataset-version-restore")
    over(desk)
    assert file.read_text() == before
    assert desk.look("dataset-version-undo")
    assert "ocrweb-good" in desk["dataset-version-said"]
    desk.click("dataset-version-undo")
    over(desk)
    assert "changed" in file.read_text()
    assert not desk.look("dataset-version-undo")
    desk.put("dataset-version", "now")
    desk.click("dataset-version-restore")
    assert "ocrweb-warning" in desk["dataset-version-said"]


def test_a_tick_says_nothing_again_that_the_page_has(desk: Desk, tmp_path: Path) -> None:
    brought(desk, tmp_path / "data")
    desk.put("dataset-status", "as it was")
    job = desk.stored("ocrweb-dataset-job")
    desk.event(job, "change")
    assert said(desk) != "as it was"
    timer = desk.timer_of(job)
    assert desk.look(timer, "active") is False
    desk.put("dataset-status", "as it was")
    desk.event(timer, "tick")
    assert said(desk) == "as it was"
    desk.put(job, "of another console")
    desk.event(timer, "tick")
    assert said(desk) == "as it was"
    desk.put(job, None)
    desk.event(timer, "tick")
    assert (said(desk), desk.look(timer, "active")) == ("as it was", False)


def test_a_file_that_was_made_is_offered_and_only_such(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passing: list[str] = []
    monkeypatch.setattr(dataset_tab, "tell", passing.append)
    brought(desk, tmp_path / "data")
    assert not desk.look("dataset-download")
    desk.click("dataset-pack")
    over(desk)
    assert desk.look("dataset-download")
    assert Path(desk["dataset-download"]).is_file()
    desk.click("dataset-train")
    assert desk["training-dataset"] == "data"
    assert desk.look("tabs", "selected") == "training"
    assert len(passing) == 1
    assert "data" in passing[0]


def test_while_work_goes_on_it_can_be_stopped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    going = DatasetJob(id="a", kind="upload", state="running", stage="check", done=1, total=4, outcome=Outcome())
    monkeypatch.setattr("ocrweb.ui.datasets.tab.dataset_job", lambda identifier: going if identifier == "a" else None)
    job = desk.stored("ocrweb-dataset-job")
    desk.put("dataset-chosen", "kept")
    desk.put(job, "a")
    desk.event(job, "change")
    assert desk.look("dataset-stop")
    assert "width:25.0%" in said(desk)
    assert desk["dataset-chosen"] == "kept"
