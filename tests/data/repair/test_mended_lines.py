"""A mended file: each line as it stood, as it stands now, and by which rule; what needs no mending stays byte by byte."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocrweb.data.checks.list_file import Entry, scan_entries
from ocrweb.data.checks.tree import read_tree
from ocrweb.data.outlines import key_of, read_outlines
from ocrweb.data.repair.mend_label import mend_labels
from ocrweb.data.repair.mend_list import mend_list, write_list
from ocrweb.data.repair.names import Renames, plan_names
from tests.data.corpus import picture

SIZE = (64, 48)
GOOD = "10,10,30,10,30,20,10,20,a"


def mended(*lines: str, size: Any = SIZE) -> list[tuple[int | None, str | None, tuple[str, ...]]] | None:
    found = mend_labels("".join(f"{line}\n" for line in lines).encode(), size)
    return None if found is None else [(edit.line, edit.after, edit.rules) for edit in found.edits]


@pytest.mark.parametrize(
    ("line", "after", "rule"),
    [
        ("10,10,30,20,30,10,10,20,a", "10,10,30,10,30,20,10,20,a", "label.self-crossing"), ("0,0,9,0,9,0,0,0,a", None, "label.degenerate"),
        ("10,10,10,20,30,20,30,10,a", GOOD, "label.orientation"), ("30,20,10,20,10,10,30,10,a", GOOD, "label.orientation"), ("-5,10,30,10,30,20,-5,20,a", "0,10,30,10,30,20,0,20,a", "label.out-of-picture"),
        ("50,10,66,10,66,20,50,20,a,b", "50,10,64,10,64,20,50,20,a,b", "label.out-of-picture"), ("10,40,30,40,30,55,10,55,a", "10,40,30,40,30,48,10,48,a", "label.out-of-picture"),
        ("63,10,80,10,80,20,63,20,a", "63,10,64,10,64,20,63,20,a", "label.out-of-picture"), ("63.5,10,80,10,80,11,63.5,11,a", None, "label.out-of-picture"),
        ("", None, "label.empty-line"), ("10，10，30，10，30，20，10，20，a", GOOD, "label.separator"), (" 10,10,30,10,30,20,10,20,a", GOOD, "label.whitespace"),
        ("10,10,30,10,30,20,10,20,", "10,10,30,10,30,20,10,20,text", "label.no-text"),
    ],
)  # fmt: skip
def test_a_line_becomes_what_it_must_have_meant(line: str, after: str | None, rule: str) -> None:
    assert mended("5,25,50,25,50,40,5,40,b", line) == [(2, after, (rule,))]
    if after is not None:
        assert mended("5,25,50,25,50,40,5,40,b", after) is None


@pytest.mark.parametrize(
    "line", [GOOD, "10.50,10,30,10,30,20,10,20,a", "1,2,x", "-1,10,30,10,30,20,-1,20,a", "70,10,80,10,80,20,70,20,a", "9e9,10,30,10,30,20,10,20,a", "10,10,30,12,28,30,8,28,a"],
)  # fmt: skip
def test_what_needs_no_mending_or_a_human_stays(line: str) -> None:
    assert mended(line) is None


def test_of_repeated_boxes_the_first_stays_when_all_count_alike() -> None:
    other = GOOD.replace(",a", ",###")
    assert mended(GOOD, GOOD.replace(",a", ",b")) == [(2, None, ("label.duplicate-box",))]
    assert mended(GOOD, other) is None
    assert mended(other, GOOD.replace(",a", ",*")) == [(2, None, ("label.duplicate-box",))]
    assert mended(GOOD, "10,10,10,20,30,20,30,10,c") == [(2, None, ("label.orientation",))]


def test_mending_keeps_the_other_lines_as_they_are_and_tells_what_was_wrong_with_the_file() -> None:
    found = mend_labels(b"\xef\xbb\xbf10.50,10,30,10,30,20,10,20,a\r\n1,2,x\r\n\r\n", SIZE)
    assert found is not None
    assert found.content == b"10.50,10,30,10,30,20,10,20,a\n1,2,x\n"
    assert found.rules == ("label.bom", "label.crlf")
    assert [(edit.line, edit.after) for edit in found.edits] == [(3, None)]
    assert found.outlines is None
    assert mend_labels(b"\0", SIZE) is None


def test_a_missing_end_of_the_last_line_alone_is_no_fault() -> None:
    assert mend_labels(GOOD.encode(), SIZE) is None


def test_an_outline_goes_with_its_box_cut_at_the_edge_or_with_it() -> None:
    line = "40,10,55,5,70,10,70,20,55,24,40,20,a"
    found = mend_labels(f"{line}\n".encode(), SIZE)
    assert found is not None
    (outline,) = read_outlines(found.outlines or b"").values()
    assert outline[:, 0].max() == 64
    assert outline[:, 1].min() == 5
    known = {key_of(np.array([[10, 10], [30, 10], [30, 20], [10, 20]], float)): np.array([[10, 10], [20, 9], [30, 10], [30, 20], [10, 20]], np.float32)}  # fmt: skip
    kept = mend_labels(f"{GOOD}\n\n".encode(), SIZE, known)
    assert kept is not None
    assert len(read_outlines(kept.outlines or b"")) == 1
    gone = mend_labels(f"{GOOD.replace('30,20', '50,30')}\n\n".encode(), SIZE, known)
    assert gone is not None
    assert gone.outlines is None
    assert mend_labels(f"{line}\n".encode(), None).outlines != found.outlines  # type: ignore[union-attr]


def put(root: Path, pictures: dict[str, str], *labels: str) -> Path:
    for number, (name, kind) in enumerate(pictures.items()):
        path = root / "train_images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture(number, suffix=kind) if kind else b"no picture")
    for name in labels:
        path = root / "train_gts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{GOOD}\n")
    return root


def named(root: Path, *lines: str) -> tuple[Renames, list[Entry]]:
    tree = read_tree(root)
    entries = list(scan_entries(tree, "train", tuple(enumerate(lines, start=1))))
    return plan_names(tree, "train", entries), entries


@pytest.mark.parametrize(
    ("pictures", "label", "after", "label_after", "converted"),
    [
        ({"1.jpg": ".jpg"}, "1.txt", "1.jpg", "1.txt", False), ({"1.JPG": ".jpg"}, "1.txt", "1.jpg", "1.txt", False), ({"1.jpeg": ".jpg"}, "1.txt", "1.jpg", "1.txt", False),
        ({"1.jpg": ".png"}, "1.txt", "1.png", "1.txt", False), ({"1.webp": ".webp"}, "1.txt", "1.png", "1.txt", True), ({"1.tiff": ".tiff"}, "1.txt", "1.png", "1.txt", True),
        ({"1.JPG": ""}, "1.txt", "1.jpg", "1.txt", False), ({"1.jpeg": ""}, "1.txt", "1.jpg", "1.txt", False), ({"1.gif": ""}, "1.txt", "1.gif", "1.txt", False),
        ({"1.jpg": ".jpg"}, "gt_1.txt", "1.jpg", "1.txt", False), ({"1.jpg": ".jpg"}, "1.jpg.txt", "1.jpg", "1.txt", False), ({"1.jpg": ".jpg"}, "7.txt", "1.jpg", "7.txt", False),
        ({"a b.jpg": ".jpg"}, "a b.txt", "a_b.jpg", "a_b.txt", False), ({"a b.jpg": ".jpg"}, "gt_a b.txt", "a_b.jpg", "a_b.txt", False), ({"x.jpg": ".jpg"}, "a b.txt", "x.jpg", "a_b.txt", False),
        ({"d/a b.JPG": ".jpg"}, "d/a b.txt", "d/a_b.jpg", "d/a_b.txt", False),
    ],
)  # fmt: skip
def test_names_follow_the_content_and_labels_their_pictures(
    pictures: dict[str, str], label: str, after: str, label_after: str, converted: bool, tmp_path: Path
) -> None:
    (name,) = pictures
    tree = read_tree(put(tmp_path / "d", pictures, label))
    entry = Entry(f"train_images/{name}", f"train_gts/{label}", 1, "", ())
    renames = plan_names(tree, "train", [entry])
    assert renames.final(f"train_images/{name}") == f"train_images/{after}"
    assert renames.final(f"train_gts/{label}") == f"train_gts/{label_after}"
    assert renames.converted == ({f"train_images/{name}"} if converted else set())
    assert (f"train_images/{name}" in renames.sizes) is bool(pictures[name])


@pytest.mark.parametrize(("there", "free"), [("1.jpg", False), ("1.Jpg", False), ("2.jpg", True)])
def test_a_name_that_another_file_has_in_any_capitals_is_not_taken(there: str, free: bool, tmp_path: Path) -> None:
    tree = read_tree(put(tmp_path / "d", {"1.JPEG": ".jpg", there: ".jpg"}, "1.txt"))
    renames = plan_names(tree, "train", [Entry("train_images/1.JPEG", "train_gts/1.txt", 1, "", ())])
    assert (renames.final("train_images/1.JPEG") == "train_images/1.jpg") is free


def test_a_label_of_two_pictures_keeps_its_name(tmp_path: Path) -> None:
    renames, _ = named(put(tmp_path / "d", {"1.jpg": ".jpg", "2.jpg": ".jpg"}, "gt_1.txt"), "train_images/1.jpg train_gts/gt_1.txt", "train_images/2.jpg train_gts/gt_1.txt")  # fmt: skip
    assert renames.labels == {}


def test_a_list_says_its_files_by_the_names_they_will_have(tmp_path: Path) -> None:
    root = put(tmp_path / "d", {"1.JPG": ".jpg", "2.jpg": ".jpg", "3.jpg": ".jpg"}, "1.txt", "gt_2.txt", "3.txt")
    lines = ["train_images/1.JPG train_gts/1.txt", "2.jpg 2.txt", "", "train_images/9.jpg train_gts/9.txt", "train_images/3.jpg  train_gts/3.txt", "train_images/3.jpg train_gts/3.txt", " x  y "]  # fmt: skip
    tree = read_tree(root)
    data = "\n".join(lines).encode()
    entries = list(scan_entries(tree, "train", tuple((n, line) for n, line in enumerate(lines, 1) if line)))
    found = mend_list(data, entries, plan_names(tree, "train", entries))
    assert found is not None
    assert found.content.decode().splitlines() == [
        "train_images/1.jpg train_gts/1.txt", "train_images/2.jpg train_gts/2.txt", "train_images/9.jpg train_gts/9.txt", "train_images/3.jpg train_gts/3.txt", "x y",
    ]  # fmt: skip
    assert [(edit.line, edit.rules[0]) for edit in found.edits] == [(1, "image.suffix"), (2, "list.prefix"), (3, "list.empty-line"), (5, "list.whitespace"), (6, "list.duplicate"), (7, "list.whitespace")]  # fmt: skip
    assert found.rules == ()


def test_a_good_list_and_one_that_is_no_text_stay(tmp_path: Path) -> None:
    root = put(tmp_path / "d", {"1.jpg": ".jpg"}, "1.txt")
    renames, entries = named(root, "train_images/1.jpg train_gts/1.txt")
    assert mend_list(b"train_images/1.jpg train_gts/1.txt\n", entries, renames) is None
    assert mend_list(b"train_images/1.jpg train_gts/1.txt", entries, renames) is None
    assert mend_list(b"\0", entries, renames) is None
    windows = mend_list(b"train_images/1.jpg train_gts/1.txt\r\n", entries, renames)
    assert windows is not None
    assert (windows.content, windows.edits, windows.rules) == (b"train_images/1.jpg train_gts/1.txt\n", (), ("list.whitespace",))  # fmt: skip


def test_a_new_list_has_the_pairs_alone(tmp_path: Path) -> None:
    root = put(tmp_path / "d", {"1.JPG": ".jpg", "2.jpg": ".jpg"}, "1.txt")
    renames, _ = named(root, "train_images/1.JPG train_gts/1.txt")
    entries = [Entry("train_images/1.JPG", "train_gts/1.txt", None, "", ()), Entry("train_images/2.jpg", None, None, "", ())]  # fmt: skip
    made = write_list(entries, renames)
    assert made.content == b"train_images/1.jpg train_gts/1.txt\n"
    assert [(edit.line, edit.before, edit.after, edit.rules) for edit in made.edits] == [(None, None, "train_images/1.jpg train_gts/1.txt", ("list.missing",))]  # fmt: skip
