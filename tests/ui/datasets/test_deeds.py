"""What the widgets of the dataset tab do, without a browser: what is asked first, refused, shown, put away, taken back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import gradio as gr
import pandas as pd
import pytest

from ocrweb.services.datasets import work as dataset_work
from ocrweb.services.datasets.jobs import DatasetJob, Outcome
from ocrweb.services.datasets.store import list_datasets
from ocrweb.ui.datasets import look as dataset_look
from tests.data.corpus import label, make_good
from tests.services.datasets.ended import finished
from tests.ui.desk import Desk

BROKEN = ("1，2，30，2，30，20，1，20，a", "5,25,50,25,50,40,5,40")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("OCRWEB_ALLOWED_ROOTS", str(tmp_path))
    return tmp_path / "home"


@pytest.fixture
def desk(built_page: gr.Blocks) -> Desk:
    return Desk(built_page)


def over(desk: Desk) -> DatasetJob:
    """The work that was started, to its end and seen by the page."""
    job = finished(str(desk[desk.stored("ocrweb-dataset-job")]))
    desk.tick()
    return job


def brought(desk: Desk, folder: Path, *spoilt: str) -> DatasetJob:
    root = make_good(folder)
    if spoilt:
        label(*spoilt)(root)
    desk.upload("dataset-zip", shutil.make_archive(str(root), "zip", root.parent, root.name))
    return over(desk)


def said(desk: Desk) -> str:
    return str(desk["dataset-status"] or "")


def rows(desk: Desk) -> list[str]:
    return [str(name) for name in desk["dataset-table"].iloc[:, 0]]


def test_a_broken_zip_is_judged_mended_and_its_mending_taken_back(desk: Desk, tmp_path: Path) -> None:
    assert brought(desk, tmp_path / "first", *BROKEN).state == "done"
    assert (desk["dataset-chosen"], desk["dataset-zip"], rows(desk)) == ("first", None, ["first"])
    assert 'data-ok="false"' in desk["dataset-verdict"]
    assert not desk.look("dataset-stop")
    assert not desk.look("dataset-train")
    assert desk.look("dataset-label")
    assert desk.look("dataset-label", "link") == "labels/edit?dataset=first"
    assert desk.look("dataset-csv")
    assert Path(desk["dataset-csv"]).read_bytes().startswith(b"\xef\xbb\xbf")
    assert json.loads(Path(desk["dataset-json"]).read_text())
    assert desk.look("dataset-preview")
    assert not desk.look("dataset-undo")
    assert not desk.look("dataset-convert")
    assert not desk.look("dataset-label-these")
    assert desk["dataset-severity"] == ["error", "warning", "info"]

    desk.enter("dataset-rule", "label.no-text")
    assert 'data-rule="label.no-text"' in desk["dataset-findings"]
    assert 'data-rule="label.separator"' not in desk["dataset-findings"]
    desk.enter("dataset-rule", "")
    assert 'data-rule="label.separator"' in desk["dataset-findings"]
    desk.enter("dataset-by-hand", True)
    assert 'data-rule="label.separator"' not in desk["dataset-findings"]

    desk.click("dataset-preview")
    assert "ocrweb-diff" in desk["dataset-diff"]
    desk.click("dataset-apply")
    assert over(desk).state == "done"
    assert 'data-ok="true"' in desk["dataset-verdict"]
    assert desk["dataset-diff"] == ""
    assert desk["dataset-by-hand"] is False
    assert desk.look("dataset-train")
    assert desk.look("dataset-undo")
    desk.click("dataset-undo")
    over(desk)
    assert 'data-ok="false"' in desk["dataset-verdict"]
    assert not desk.look("dataset-undo")
    assert not desk.look("dataset-train")

    desk.click("dataset-apply-copy")
    made = over(desk).outcome.dataset
    assert made not in (None, "first")
    assert desk["dataset-chosen"] == made
    assert sorted(rows(desk)) == sorted(["first", str(made)])
    assert 'data-ok="true"' in desk["dataset-verdict"]


def test_the_strict_check_is_asked_for_by_its_box(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    brought(desk, tmp_path / "data")
    asked: list[Any] = []
    monkeypatch.setattr(
        "ocrweb.ui.datasets.check.start_check", lambda name, strict: asked.append((name, strict)) or "x"
    )
    desk.click("dataset-again")
    desk.put("dataset-strict", True)
    desk.click("dataset-again")
    assert asked == [("data", False), ("data", True)]


def test_nothing_is_done_before_a_dataset_is_chosen(desk: Desk) -> None:
    for button in (
        "dataset-apply",
        "dataset-apply-copy",
        "dataset-again",
        "dataset-undo",
        "dataset-convert",
        "dataset-preview",
    ):
        desk.click(button)
    assert not desk[desk.stored("ocrweb-dataset-job")]
    assert not said(desk)
    for button in (
        "dataset-pack",
        "dataset-rename",
        "dataset-delete",
        "dataset-resize",
        "dataset-split",
        "dataset-export",
    ):
        desk.put("dataset-status", "")
        desk.click(button)
        assert "hoose" in said(desk), button
        assert "ocrweb-warning" in said(desk), button
    desk.click("dataset-decide-now")
    assert "ocrweb-warning" in said(desk)
    desk.click("dataset-train")
    assert desk["training-dataset"] in (None, "")
    for button in ("dataset-version-keep", "dataset-version-compare", "dataset-version-restore"):
        desk.put("dataset-version-said", "")
        desk.click(button)
        assert "ocrweb-warning" in desk["dataset-version-said"], button
    desk.click("dataset-version-undo")
    assert not desk.look("dataset-version-undo")


@pytest.mark.parametrize(
    "button", ["dataset-folder-add", "dataset-import-start", "dataset-autolabel-start"], ids=lambda name: name[8:]
)
def test_what_is_missing_is_said_in_place_of_work(desk: Desk, button: str) -> None:
    desk.put("dataset-folder", "  ")
    desk.click(button)
    assert "ocrweb-warning" in said(desk)
    assert not desk[desk.stored("ocrweb-dataset-job")]


def test_a_folder_is_linked_and_one_that_is_none_is_said_to_be(desk: Desk, tmp_path: Path) -> None:
    make_good(tmp_path / "there")
    desk.put("dataset-folder", f" {tmp_path / 'there'} ")
    desk.event("dataset-folder", "submit")
    assert over(desk).outcome.dataset == "there"
    assert list_datasets()[0].linked
    desk.click("dataset-delete")
    assert "there" in desk["dataset-question"]
    assert "stays" in desk["dataset-question"]
    desk.put("dataset-folder", str(tmp_path / "nowhere"))
    desk.click("dataset-folder-add")
    over(desk)
    assert "ocrweb-problem" in said(desk)
    assert desk["dataset-chosen"] == "there"


def test_work_is_told_to_begin_with_what_the_fields_say(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, Any] = {}
    for name in (
        "start_sample",
        "start_autolabel",
        "start_import",
        "start_resize",
        "start_split",
        "start_label_export",
    ):
        monkeypatch.setattr(dataset_work, name, lambda *given, name=name: told.update({name: given}) or "job")
    desk.put("dataset-sample-train", None)
    desk.put("dataset-sample-test", 3.0)
    desk.put("dataset-sample-name", " drawn ")
    desk.click("dataset-sample-start")
    assert told["start_sample"] == (0, 3, 0, "drawn")
    desk.put("dataset-autolabel-pictures", ["a.png"])
    desk.put("dataset-autolabel-name", " own ")
    desk.click("dataset-autolabel-start")
    assert told["start_autolabel"] == ((Path("a.png"),), "ppocrv6-small", "own")
    desk.put("dataset-import-folder", " /data ")
    desk.put("dataset-share-import", "0")
    desk.put("dataset-ignore-words", " ###， ,x")
    desk.put("dataset-import-name", " new ")
    desk.click("dataset-import-start")
    sources, folder, name, options = told["start_import"]
    assert (sources, folder, name) == ((), "/data", "new")
    assert (options.val_ratio, options.ignore_words, options.not_marks) == (0.0, ("###", "x"), ())
    desk.put("dataset-share-import", "auto")
    desk.put("dataset-import-folder", "")
    desk.put("dataset-import-zip", ["/a.zip", "/b.pdf"])
    desk.click("dataset-import-start")
    assert told["start_import"][0] == (Path("/a.zip"), Path("/b.pdf"))
    assert told["start_import"][3].val_ratio is None
    desk.put("dataset-chosen", "data")
    desk.put("dataset-max-side", 640.0)
    desk.put("dataset-share", 0.2)
    for button in ("resize", "split", "export"):
        desk.click(f"dataset-{button}")
    assert told["start_resize"] == ("data", 640)
    assert told["start_split"] == ("data", 0.2, 0)
    assert told["start_label_export"][0] == "data"
    assert desk.look(desk.timer_of(desk.stored("ocrweb-dataset-job")), "active")


def test_rename_and_delete_mean_the_dataset_they_asked_about(desk: Desk, tmp_path: Path) -> None:
    for name in ("one", "two"):
        brought(desk, tmp_path / name)
    desk.enter("dataset-chosen", "one")
    desk.click("dataset-rename")
    assert desk["dataset-new-name"] == "one"
    assert "one" in desk["dataset-rename-whom"]
    desk.put("dataset-new-name", "uno")
    desk.enter("dataset-chosen", "two")
    desk.click("dataset-rename-now")
    assert "ocrweb-good" in said(desk)
    assert (desk["dataset-chosen"], sorted(rows(desk))) == ("two", ["two", "uno"])

    desk.click("dataset-rename")
    desk.put("dataset-new-name", "uno")
    desk.click("dataset-rename-now")
    assert "ocrweb-problem" in said(desk)
    desk.put("dataset-new-name", "dos")
    desk.event("dataset-new-name", "submit")
    assert (desk["dataset-chosen"], sorted(rows(desk))) == ("dos", ["dos", "uno"])

    desk.click("dataset-delete")
    assert "dos" in desk["dataset-question"]
    assert {one.name for one in list_datasets()} == {"dos", "uno"}
    desk.enter("dataset-chosen", "uno")
    desk.click("dataset-delete-now")
    assert (desk["dataset-chosen"], rows(desk)) == ("uno", ["uno"])
    assert 'data-ok="true"' in desk["dataset-verdict"]
    desk.click("dataset-delete")
    desk.click("dataset-delete-now")
    assert (desk["dataset-chosen"], rows(desk)) == (None, [])
    assert not desk.look("dataset-table")
    assert "data-ok" not in desk["dataset-verdict"]
    assert not desk.look("dataset-label")
    desk.click("dataset-delete-now")
    assert "ocrweb-problem" in said(desk)


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
    assert "⚠ label" in desk["dataset-gallery"][0][1]
    desk.select("dataset-gallery", index=0)
    assert "label.separator" in desk["dataset-picture-words"]
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


def test_a_file_that_was_made_is_offered_and_only_such(desk: Desk, tmp_path: Path) -> None:
    brought(desk, tmp_path / "data")
    assert not desk.look("dataset-download")
    desk.click("dataset-pack")
    over(desk)
    assert desk.look("dataset-download")
    assert Path(desk["dataset-download"]).is_file()
    desk.click("dataset-train")
    assert desk["training-dataset"] == "data"
    assert desk.look("tabs", "selected") == "training"


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
