"""Pictures and label files that belong together by their names: the nearest, in the split that lists and folders say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ocrweb.data.formats import tree as tree_module
from ocrweb.data.formats.annotated import LabelledPicture, Trouble
from ocrweb.data.formats.icdar_download import is_label_text, label_lines, read_icdar
from ocrweb.data.formats.tree import read_source
from tests.data.formats.sources import put

LINE = "10,20,90,20,90,40,10,40"


def read(root: Path, pictures: list[str], labels: dict[str, str], **texts: str) -> list[Any]:
    put(root, *pictures)
    for name, text in labels.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    for name, text in texts.items():
        (root / f"{name}.txt").write_text(text)
    return list(read_icdar(read_source(root), tuple(labels)))


def pairs(items: list[Any]) -> dict[str, tuple[str, str | None]]:
    return {item.names[0]: (item.where, item.split) for item in items if isinstance(item, LabelledPicture)}


def troubles(items: list[Any]) -> list[tuple[str, str]]:
    return [(item.kind, item.where) for item in items if isinstance(item, Trouble)]


@pytest.mark.parametrize(
    ("picture", "label"),
    [
        ("1.jpg", "1.txt"), ("1.jpg", "gt_1.txt"), ("1.jpg", "1.jpg.txt"), ("1.jpg", "gt_1.jpg.txt"), ("1.jpg", "res_1.txt"), ("1.jpg", "poly_gt_1.txt"), ("1001.jpg", "0001001.txt"),
        ("007.jpg", "7.txt"), ("A.jpg", "a.txt"), ("é.jpg", "e\u0301.txt"), ("deep/down/1.jpg", "else/gt_1.txt"),
    ],
)  # fmt: skip
def test_a_label_file_is_that_of_the_picture_it_is_called_after(picture: str, label: str, tmp_path: Path) -> None:
    found = read(tmp_path, [picture], {label: f"{LINE},a\n"})
    assert pairs(found) == {picture: (label, None)}
    assert troubles(found) == []


@pytest.mark.parametrize(("picture", "label"), [("1.jpg", "2.txt"), ("1.jpg", "gt1.txt"), ("x1.jpg", "01.txt"), ("1.jpg", "1.1.txt")])  # fmt: skip
def test_one_of_another_name_is_nobodys(picture: str, label: str, tmp_path: Path) -> None:
    found = read(tmp_path, [picture], {label: f"{LINE},a\n"})
    assert (pairs(found), troubles(found)) == ({}, [("missing", label)])
    empty = read(tmp_path / "empty", [picture], {label: ""})
    assert empty == []


@pytest.mark.parametrize(("digits", "found"), [(19, True), (20, False)])
def test_numbers_of_so_many_digits_are_told_from_each_other(digits: int, found: bool, tmp_path: Path) -> None:
    """More are no number of a picture, and reading thousands of digits as one would take for ever."""
    label = f"{'0' * (digits - 1)}7.txt"
    assert pairs(read(tmp_path, ["7.jpg"], {label: f"{LINE},a\n"})) == ({"7.jpg": (label, None)} if found else {})


def test_its_own_case_counts_before_another(tmp_path: Path) -> None:
    found = read(tmp_path, ["a.jpg"], {"A.txt": f"{LINE},upper\n", "a.txt": f"{LINE},own\n"})
    assert pairs(found) == {"a.jpg": ("a.txt", None)}
    assert troubles(found) == [("missing", "A.txt")]


def test_the_nearest_of_several_is_taken_its_split_first_then_its_folder_then_the_way_they_share(tmp_path: Path) -> None:  # fmt: skip
    one = {f"{folder}/1.txt": f"{LINE},{folder}\n" for folder in ("train_gts", "test_gts")}
    assert pairs(read(tmp_path / "a", ["train_images/1.jpg"], one)) == {
        "train_images/1.jpg": ("train_gts/1.txt", "train")
    }
    two = {f"{folder}/1.txt": f"{LINE},a\n" for folder in ("x", "y")}
    assert pairs(read(tmp_path / "b", ["x/1.jpg", "y/1.jpg"], two)) == {"x/1.jpg": ("x/1.txt", None), "y/1.jpg": ("y/1.txt", None)}  # fmt: skip
    three = {f"{folder}/gt/1.txt": f"{LINE},a\n" for folder in ("x", "y")}
    assert pairs(read(tmp_path / "c", ["x/im/1.jpg"], three)) == {"x/im/1.jpg": ("x/gt/1.txt", None)}


def test_where_nothing_is_nearer_nobody_chooses(tmp_path: Path) -> None:
    found = read(tmp_path / "a", ["im/1.jpg"], {"x/1.txt": f"{LINE},a\n", "y/1.txt": f"{LINE},b\n"})
    assert (pairs(found), troubles(found)) == ({}, [("ambiguous", "im/1.jpg")])
    found = read(tmp_path / "b", ["x/1.jpg", "y/1.jpg"], {"gt/1.txt": f"{LINE},a\n"})
    assert (pairs(found), troubles(found)) == ({}, [("ambiguous", "x/1.jpg"), ("ambiguous", "y/1.jpg")])


def test_a_picture_of_the_other_split_does_not_claim_a_label_file(tmp_path: Path) -> None:
    found = read(tmp_path, ["train_images/1.jpg", "test_images/1.jpg"], {"train_gts/1.txt": f"{LINE},a\n"})
    assert pairs(found) == {"train_images/1.jpg": ("train_gts/1.txt", "train")}
    assert troubles(found) == []


@pytest.mark.parametrize(
    ("texts", "splits"),
    [
        ({}, [None, None]), ({"train_list": "1.jpg\n\n", "val": "images/2.jpg gts/2.txt\n"}, ["train", "test"]), ({"test": "1.jpg\n2.jpg\n"}, ["test", "test"]), ({"list": "1.jpg\n"}, [None, None]),
        ({"train_notes": "these are mine\n"}, [None, None]), ({"train": "1.jpg\nnotes.md\n"}, [None, None]), ({"train": ""}, [None, None]), ({"train": "9.jpg\n2.jpg\n"}, [None, "train"]), ({"train": "\0"}, [None, None]),
    ],
    ids=str,
)  # fmt: skip
def test_lists_of_pictures_say_of_which_split_they_are(
    texts: dict[str, str], splits: list[Any], tmp_path: Path
) -> None:
    found = read(tmp_path, ["images/1.jpg", "images/2.jpg"], {f"gts/{n}.txt": f"{LINE},a\n" for n in (1, 2)}, **texts)
    assert [split for _, split in pairs(found).values()] == splits


def test_a_list_says_more_than_a_folder_and_a_picture_more_than_its_labels(tmp_path: Path) -> None:
    found = read(tmp_path, ["train_images/1.jpg", "pics/2.jpg"], {"train_gts/1.txt": f"{LINE},a\n", "val_gts/2.txt": f"{LINE},a\n"}, test="train_images/1.jpg\n")  # fmt: skip
    assert [split for _, split in pairs(found).values()] == ["test", "test"]


@pytest.mark.parametrize(
    ("text", "boxes", "told"),
    [
        (f"{LINE},a\n{LINE.replace('20', '60')},b\n", 2, []), ("", 0, []), ("\n \n", 0, []), (f"{LINE},a\n1,2,3\n", 1, [("broken", "1.txt:2")]), ("1,2,3\nx\n", None, [("broken", "1.txt:1"), ("broken", "1.txt:2")]),
        ("\0", None, [("broken", "1.txt")]), (f"3,{LINE},a\n3,{LINE.replace('40', '60')},b\n", 2, [("leading-number", "1.txt")]),
    ],
)  # fmt: skip
def test_a_page_without_text_is_one_and_a_page_that_cannot_be_read_is_none(text: str, boxes: int | None, told: Any, tmp_path: Path) -> None:  # fmt: skip
    found = read(tmp_path, ["1.jpg"], {"1.txt": text})
    assert [len(item.shapes) for item in found if isinstance(item, LabelledPicture)] == (
        [] if boxes is None else [boxes]
    )
    assert troubles(found) == told


def test_texts_in_an_encoding_that_nobody_can_tell_are_read_all_the_same() -> None:
    assert label_lines(b"1,2,\x81\xff\n") == ["1,2,\ufffd\u00ff", ""]
    assert label_lines(b"a\0b") is None
    assert label_lines("票\n".encode()) == ["票"]


@pytest.mark.parametrize(("good", "bad", "is_text"), [(1, 0, True), (2, 1, True), (1, 1, False), (0, 1, False), (0, 0, False), (150, 199, True), (101, 99, True)])  # fmt: skip
def test_a_file_is_of_labels_where_most_of_its_lines_are(good: int, bad: int, is_text: bool) -> None:
    data = "".join([f"{LINE},a\n\n"] * good + ["hello\n"] * bad).encode()
    assert is_label_text(data) is is_text


def test_files_beside_tell_the_encoding_of_one_that_cannot_be_told_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = {"1": "統一發票 珍珠奶茶", "2": "謝謝光臨 歡迎", "3": "中文"}
    put(tmp_path, *(f"{name}.jpg" for name in words))
    for name, text in words.items():
        (tmp_path / f"{name}.txt").write_bytes(f"{LINE},{text}\n".encode("cp950"))
    assert label_lines((tmp_path / "3.txt").read_bytes()) != [f"{LINE},中文"]
    tree = read_source(tmp_path)
    found = list(read_icdar(tree, tuple(f"{name}.txt" for name in words)))
    assert {item.names[0][0]: item.shapes[0].text for item in found} == words
    assert tree.text("3.txt") == f"{LINE},中文\n"
    assert tree.usual() == "Big5"
    (tmp_path / "1.txt").unlink()
    assert read_source(tmp_path).usual() == "Big5"  # one that is gone is told where it is wanted
    monkeypatch.setitem(tree_module.LARGEST, "list", 10)  # larger ones are not read for it
    assert read_source(tmp_path).usual() == ""
