"""What the widgets of the dataset tab do, without a browser: what is asked first, refused, shown, put away, taken back."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

import pytest

from ocrweb.data.checks.finding import Finding
from ocrweb.data.report import ValidationReport
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets import work as dataset_work
from ocrweb.services.datasets.store import delete_dataset, list_datasets
from ocrweb.ui.datasets.wires import Current
from ocrweb.ui.parts import texts
from tests.data.corpus import make_good
from tests.ui.datasets.datasets_on_desk import BROKEN, brought, over, rows, said
from tests.ui.desk import Desk

FULL = OcrwebError("usage.disk-full", path="/data")
pytestmark = pytest.mark.usefixtures("datasets_home")


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
    assert not desk.look("dataset-preview"), "nothing is left that a click mends"
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
    desk.click("dataset-newest")
    assert not desk["dataset-chosen"]


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


def test_work_that_cannot_begin_says_why_and_is_not_watched(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any, **__: Any) -> str:
        raise FULL

    for name in [name for name in vars(dataset_work) if name.startswith("start_")]:
        monkeypatch.setattr(dataset_work, name, refused)
    desk.put("dataset-folder", "/data")
    desk.put("dataset-import-folder", "/data")
    desk.put("dataset-autolabel-pictures", ["a.png"])
    desk.put("dataset-chosen", "data")
    buttons = ("folder-add", "import-start", "sample-start", "autolabel-start", "try", "resize", "split", "export")
    for button in buttons:
        desk.put("dataset-status", "")
        desk.click(f"dataset-{button}")
        assert "No space is left" in said(desk), button
    desk.upload("dataset-zip", "/x/a.zip")
    assert "No space is left" in said(desk)
    assert not desk[desk.stored("ocrweb-dataset-job")]
    assert not desk.look(desk.timer_of(desk.stored("ocrweb-dataset-job")), "active")


def test_an_upload_that_was_taken_away_begins_nothing(desk: Desk) -> None:
    desk.upload("dataset-zip", None)
    assert "ocrweb-warning" in said(desk)


@pytest.mark.parametrize(
    ("chosen", "other", "said_of", "begun"),
    [
        ([], "", "Choose a place", None),
        (["replace a.jpg", "replace b.jpg"], "/x/c.jpg", "replace-one", None),
        (["replace a.jpg"], "", "replace-first", None),
        (["replace a.jpg", "take-out b.jpg"], "/x/c.jpg", "", Path("/x/c.jpg")),
        (["take-out a.jpg", "take-out b.jpg"], "/x/c.jpg", "", None),
    ],
    ids=["nothing", "two by one", "by nothing", "one by one", "no picture is needed"],
)
def test_what_a_person_decides_is_done_when_it_is_whole(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, chosen: list[str], other: str, said_of: str, begun: Path | None
) -> None:
    pictures = [Finding("image.content", "error", False, f"{name}.jpg") for name in "ab"]
    report = ValidationReport(Path("/d"), tuple(pictures), {"error": 2}, {"image.content": 2}, 0, {}, True)  # type: ignore[dict-item]
    monkeypatch.setattr("ocrweb.ui.datasets.check.report_of", lambda name: report)
    asked: list[Any] = []
    monkeypatch.setattr(dataset_work, "start_decisions", lambda *given: asked.append(given) or "job")
    current = desk.page.fns[
        next(n for n, f in desk.page.fns.items() if (desk.widget("dataset-decide-now")._id, "click") in f.targets)
    ]
    desk.put(current.inputs[0], Current("data"))
    desk.put("dataset-decide", chosen)
    desk.put("dataset-other", other or None)
    desk.click("dataset-decide-now")
    if said_of:
        told = said_of if " " in said_of else texts.say(f"datasets.{said_of}", "en")
        assert told in html.unescape(said(desk))
        assert asked == []
    else:
        assert [(name, [one.key for one in deeds], picture) for name, deeds, picture in asked] == [
            ("data", chosen, begun)
        ]


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


def test_the_bin_shows_what_another_window_deleted_once_the_visitor_is_back(desk: Desk, tmp_path: Path) -> None:
    brought(desk, tmp_path / "away")
    assert not desk.look("dataset-bin")
    delete_dataset("away")
    desk.click("dataset-bin-look")
    assert desk.look("dataset-bin")
    desk.click("dataset-bin-restore")
    assert rows(desk) == ["away"]
