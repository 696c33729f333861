"""A folder of another tool is named with its next step, and nothing is made in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.data.checks.tree import Tree
from ocrweb.data.formats.folder import TOOLS
from ocrweb.data.formats.recognise import FORMATS
from ocrweb.data.icdar import read_split
from ocrweb.data.repair.apply import apply_repair
from ocrweb.data.repair.plan import plan_repair
from ocrweb.data.validate import validate_dataset
from ocrweb.errors import OcrwebError
from tests.data.corpus import make_good, remove, rename
from tests.data.formats.kinds import KINDS
from tests.data.formats.sources import encoded, entry, label_txt, put

LAYOUTS = {
    "beside": ("{}", "{}"),
    "folders": ("images/{}", "labels/{}"),
    "ours": ("train_images/{}", "train_gts/{}"),
    "splits": ("train/images/{}", "train/labels/{}"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("format", [name for name in FORMATS if name != "icdar"])
def test_every_tool_is_named_with_the_command_and_nothing_is_mended(tmp_path: Path, format: str, layout: str) -> None:
    picture, label = LAYOUTS[layout]
    name, content, _ = KINDS[format]
    put(tmp_path, picture.format("1.jpg"))
    (tmp_path / label.format(name)).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / label.format(name)).write_bytes(encoded(content))
    before = sorted(tmp_path.rglob("*"))
    report = validate_dataset(tmp_path, shown="my data")
    assert (report.rules, report.ok, report.fixable) == ({"layout.foreign": 1}, False, 0)
    (found,) = report.findings
    assert TOOLS[format] in found.message("en")
    assert TOOLS[format] in found.message("zh")
    assert "ocrweb import 'my data' --out 'my data_dataset'" in found.hint("en")
    assert apply_repair(plan_repair(tmp_path), "in-place").changes == 0
    assert sorted(tmp_path.rglob("*")) == before
    with pytest.raises(OcrwebError, match="layout-foreign"):
        read_split(tmp_path, "train")


def test_the_format_is_named_where_a_folder_holds_several(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    for format in ("ppocrlabel", "voc"):
        (tmp_path / KINDS[format][0]).write_text(KINDS[format][1])
    (tmp_path / "2.xml").write_text(KINDS["voc"][1])
    (found,) = validate_dataset(tmp_path, shown="x.zip").findings
    assert "ocrweb import x.zip --format voc --out x_dataset" in found.hint("en")
    assert "PPOCRLabel / PaddleOCR, Pascal VOC" in found.message("en")


@pytest.mark.parametrize("lines", ['10,20,90,40,"a"', "10,20,90,20,90,40,10,40,Latin,###"], ids=["corners", "script"])
def test_lines_of_another_dialect_in_our_folders_are_to_be_imported(tmp_path: Path, lines: str) -> None:
    put(tmp_path, "train_images/1.jpg")
    (tmp_path / "train_gts").mkdir()
    (tmp_path / "train_gts/1.txt").write_text(lines)
    assert validate_dataset(tmp_path).rules == {"layout.foreign": 1}


@pytest.mark.parametrize("names", [("1.jpg", "deep/2.png"), ("train_images/1.jpg", "test_images/2.jpg")])
def test_plain_pictures_are_to_be_labelled_by_a_model(tmp_path: Path, names: tuple[str, ...]) -> None:
    put(tmp_path, *names)
    report = validate_dataset(tmp_path, shown="scans")
    assert report.rules == {"layout.plain-pictures": 1}
    assert "ocrweb autolabel scans --out scans_dataset" in report.findings[0].hint("en")
    assert plan_repair(tmp_path).changes == ()


@pytest.mark.parametrize("name", ["ann/1.jpg.json", "1.txt", "labels.csv", "Cache.cach", "1.xml"])
def test_labels_of_an_unknown_format_are_not_said_to_be_none(tmp_path: Path, name: str) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("nothing known here")
    (tmp_path / "notes.txt").write_text("to do")
    (found,) = validate_dataset(tmp_path, shown="x").findings
    assert (found.rule, found.params["names"]) == ("layout.unknown-labels", name)
    assert "ocrweb autolabel x --out x_dataset" in found.hint("en")


def test_a_dataset_in_a_folder_within_is_pointed_at(tmp_path: Path) -> None:
    make_good(tmp_path / "zip" / "custom_data")
    (found,) = validate_dataset(tmp_path, shown="my zip").findings
    assert (found.rule, found.params["folder"]) == ("layout.inside", "zip/custom_data")
    assert "ocrweb validate 'my zip/zip/custom_data'" in found.hint("en")
    assert plan_repair(tmp_path).changes == ()


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ((), "Files here: 0."),
        (("a.docx", "deep/b.txt"), "Files here: 2 (a.docx, deep/b.txt)."),
        ("abcdefg", "7 (a, b, c, d, e, …)"),
    ],
)
def test_where_nothing_is_that_is_said_with_the_next_step(tmp_path: Path, files: tuple[str, ...], said: str) -> None:
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("hello")
    report = validate_dataset(tmp_path, shown="scans")
    assert report.rules == {"layout.nothing": 1}
    assert said in report.findings[0].message("en")
    assert "ocrweb autolabel scans --out scans_dataset" in report.findings[0].hint("zh")
    assert plan_repair(tmp_path).changes == ()


def test_a_dataset_stays_one_however_broken(tmp_path: Path) -> None:
    root = make_good(tmp_path / "a")
    remove("train_list.txt", "test_list.txt")(root)
    assert validate_dataset(root).rules == {"list.missing": 2}
    assert plan_repair(root).changes
    rename("train_images", "images")(root)
    rename("train_gts", "labels")(root)
    assert set(validate_dataset(root).rules) == {"list.missing", "layout.wrong-name"}
    listed = make_good(tmp_path / "b")
    remove("train_gts", "test_gts")(listed)
    label_txt(listed / "train_images", {"1.jpg": [entry()]})
    assert "layout.missing" in validate_dataset(listed).rules


@pytest.mark.parametrize("format", ["ppocrlabel", "yolo", "icdar"])
def test_labels_of_another_notation_between_our_lists_are_told_with_their_tool(tmp_path: Path, format: str) -> None:
    make_good(tmp_path)
    for label in (tmp_path / "train_gts").glob("*.txt"):
        lines = {"ppocrlabel": f"{label.stem}.jpg\t[]\n", "yolo": "0 0.3 0.3 0.4 0.2\n", "icdar": "10,20,60,40,abc\n"}
        label.write_text(lines[format])
    (found,) = validate_dataset(tmp_path, shown="mine").findings
    assert found.rule == "layout.foreign"
    assert TOOLS[format] in found.message("zh")
    assert "ocrweb import mine" in found.hint("en")
    assert not plan_repair(tmp_path).changes


def test_a_list_that_is_a_label_txt_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    make_good(tmp_path)
    label_txt(tmp_path, {f"train_images/{number}.jpg": [entry()] for number in (1, 2, 3)}, "train_list.txt")
    before = (tmp_path / "train_list.txt").read_bytes()
    assert validate_dataset(tmp_path).rules == {"layout.foreign": 1}
    assert apply_repair(plan_repair(tmp_path), "in-place").changes == 0
    assert (tmp_path / "train_list.txt").read_bytes() == before


def test_a_few_label_files_of_another_notation_are_faults_of_their_own(tmp_path: Path) -> None:
    make_good(tmp_path)
    (tmp_path / "train_gts/1.txt").write_text("0 0.3 0.3 0.4 0.2\n")
    assert validate_dataset(tmp_path).rules == {"label.too-few": 1}


def test_datasets_in_several_folders_within_are_named(tmp_path: Path) -> None:
    for name in ("a", "b"):
        make_good(tmp_path / name)
    (found,) = validate_dataset(tmp_path, shown="all.zip").findings
    assert (found.rule, found.params["folder"]) == ("layout.several", "a, b")
    assert "`ocrweb validate all/a`" in found.hint("en")
    assert not plan_repair(tmp_path).changes


def test_a_folder_of_archives_is_told_as_packed(tmp_path: Path) -> None:
    for name in ("mine.zip", "more.7z"):
        (tmp_path / name).write_bytes(b"x")
    (found,) = validate_dataset(tmp_path, shown="up").findings
    assert (found.rule, found.params["names"]) == ("layout.packed", "mine.zip, more.7z")
    assert "`ocrweb validate up/mine.zip`" in found.hint("zh")


def test_files_that_cannot_be_opened_are_told_by_their_own_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_good(tmp_path)

    def refused(self: Tree, name: str, limit: int) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Tree, "read", refused)
    assert {"label.unreadable", "list.unreadable"} <= set(validate_dataset(tmp_path).rules)
