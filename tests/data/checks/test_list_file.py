"""A whole list against what lies in the folders: each line with its two names, each name with what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ocrweb.data.checks.folders import check_folders, layout_repair_exists, pair_by_name, pictures_of
from ocrweb.data.checks.list_file import Entry, scan_entries, scan_list_bytes
from ocrweb.data.checks.tree import Tree, read_tree

P, L = "train_images/{}.jpg", "train_gts/{}.txt"


def tree(root: Path, *names: str) -> Tree:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return read_tree(root)


def pairs(*numbers: int) -> list[str]:
    return [form.format(number) for number in numbers for form in (P, L)]


def entries(laid: Tree, *lines: str) -> list[Entry]:
    return list(scan_entries(laid, "train", tuple(enumerate(lines, start=1))))


def told(found: Any) -> list[tuple[str, str, int | None, str, bool]]:
    return [(one.rule, one.file, one.line, one.severity, one.fixable) for one in found]


def line(image: str, label: str) -> str:
    return f"{image} {label}"


def test_lines_are_numbered_and_blank_ones_told() -> None:
    scanned = scan_list_bytes(b"a b\n\n  \nc d", "train")
    assert scanned.lines == ((1, "a b"), (4, "c d"))
    assert told(scanned.findings) == [
        ("list.empty-line", "train_list.txt", number, "warning", True) for number in (2, 3)
    ]
    assert scanned.readable


@pytest.mark.parametrize(("split", "rules"), [("train", ["list.empty"]), ("test", [])])
def test_an_empty_list_is_a_fault_of_the_training_part_alone(split: Any, rules: list[str]) -> None:
    scanned = scan_list_bytes(b"", split)
    assert [found.rule for found in scanned.findings] == rules
    assert scanned.readable
    assert [one.rule for one in scan_list_bytes(b"\n", split).findings] == ["list.empty-line", *rules]


@pytest.mark.parametrize(
    ("data", "readable", "rules"),
    [(b"\0", False, ["list.unknown-encoding"]), ("据 b".encode("gb18030"), True, ["list.encoding"]), (b"\xef\xbb\xbfa b", True, ["list.bom"]), (b"a b\r\n", True, ["list.whitespace"])],
)  # fmt: skip
def test_a_list_is_readable_when_it_is_text_or_can_be_made_so(data: bytes, readable: bool, rules: list[str]) -> None:
    scanned = scan_list_bytes(data, "train")
    assert (scanned.readable, [one.rule for one in scanned.findings]) == (readable, rules)
    assert all(one.file == "train_list.txt" for one in scanned.findings)


def test_good_lines_lead_to_their_files_and_nothing_is_said(tmp_path: Path) -> None:
    laid = tree(tmp_path / "d", *pairs(1, 2), "train_gts/gt_3.txt", P.format(3))
    first, second = entries(laid, line(P.format(2), L.format(2)), line(P.format(1), L.format(1)))
    assert (first.image, first.label, first.line, first.raw, first.findings) == (P.format(2), L.format(2), 1, line(P.format(2), L.format(2)), ())  # fmt: skip
    assert (second.line, second.findings) == (2, ())


MISSING, ESCAPES, PREFIX, FORMAT, MISMATCH, TWICE = ("list.file-missing", "list.escapes", "list.prefix", "list.format", "pair.name-mismatch", "list.duplicate")  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "image", "label", "rules"),
    [
        (line(P.format(9), L.format(1)), None, L.format(1), [(MISSING, False)]), (line(P.format(1), L.format(9)), P.format(1), None, [(MISSING, False)]),
        (line(P.format(8), L.format(9)), None, None, [(MISSING, False)] * 2), (line("train_images/1.png", L.format(1)), P.format(1), L.format(1), [(MISSING, True)]),
        (line("1.jpg", "1.txt"), P.format(1), L.format(1), [(PREFIX, True)]), (line("1.jpg", "9.txt"), P.format(1), None, [(PREFIX, False), (MISSING, False)]),
        (P.format(1), P.format(1), L.format(1), [(FORMAT, True)]), (P.format(5), P.format(5), None, [(FORMAT, False)]),
        (line("train_images/../1.jpg", L.format(1)), P.format(1), L.format(1), [(ESCAPES, True)]), (line(P.format(1), L.format(2)), P.format(1), L.format(2), [(MISMATCH, False)]),
        (line(P.format(3), "train_gts/gt_3.txt"), P.format(3), "train_gts/gt_3.txt", [(MISMATCH, True)]), ("nothing to be told", None, None, [(FORMAT, False)]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_line_says_whether_it_can_be_mended(
    raw: str, image: str | None, label: str | None, rules: list[tuple[str, bool]], tmp_path: Path
) -> None:
    laid = tree(tmp_path / "d", *pairs(1, 2), P.format(5), P.format(3), "train_gts/gt_3.txt")
    (entry,) = entries(laid, raw)
    assert (entry.image, entry.label) == (image, label)
    assert [(one.rule, one.fixable) for one in entry.findings] == rules
    assert all((one.file, one.line) == ("train_list.txt", 1) for one in entry.findings)


def test_white_space_can_always_be_mended_and_a_known_form_of_a_name_is_a_warning(tmp_path: Path) -> None:
    laid = tree(tmp_path / "d", P.format(3), "train_gts/gt_3.txt")
    (entry,) = entries(laid, f" {P.format(9)} {L.format(9)}")
    assert (entry.findings[0].rule, entry.findings[0].fixable) == ("list.whitespace", True)
    (known,) = entries(laid, line(P.format(3), "train_gts/gt_3.txt"))
    (found,) = known.findings
    assert (found.severity, found.params) == ("warning", {"image": "3.jpg", "label": "gt_3.txt"})


def test_a_picture_twice_is_told_at_each_further_line_with_the_first(tmp_path: Path) -> None:
    laid = tree(tmp_path / "d", *pairs(1, 2))
    found = entries(laid, line(P.format(1), L.format(1)), line(P.format(2), L.format(2)), line(P.format(1), L.format(1)), line(P.format(1), L.format(2)))  # fmt: skip
    repeated = [[one for one in entry.findings if one.rule == TWICE] for entry in found]
    assert [len(one) for one in repeated] == [0, 0, 1, 1]
    assert [(one.params["first"], one.params["name"], one.fixable, one.line) for (one,) in repeated[2:]] == [
        (1, P.format(1), True, 3), (1, P.format(1), False, 4),
    ]  # fmt: skip


def test_a_picture_that_is_not_there_is_repeated_too(tmp_path: Path) -> None:
    laid = tree(tmp_path / "d", *pairs(1))
    found = entries(laid, line(P.format(9), L.format(1)), line(P.format(9), L.format(1)), "?", "?")
    assert [[one.rule for one in entry.findings] for entry in found] == [
        [MISSING],
        [MISSING, TWICE],
        [FORMAT],
        [FORMAT],
    ]


def test_a_suffix_that_no_picture_may_have_is_told_of_the_picture(tmp_path: Path) -> None:
    laid = tree(tmp_path / "d", "train_images/1.tiff", L.format(1))
    (entry,) = entries(laid, line("train_images/1.tiff", L.format(1)))
    (found,) = entry.findings
    assert (found.rule, found.file, found.line, found.params["suffix"]) == ("image.suffix", "train_images/1.tiff", None, ".tiff")  # fmt: skip


def test_what_lies_outside_is_told_once_and_nothing_else_of_it(tmp_path: Path) -> None:
    (tmp_path / "out.tiff").write_text("x")
    root = tmp_path / "d"
    tree(root, *pairs(1))
    (root / "train_images" / "2.tiff").symlink_to(tmp_path / "out.tiff")
    (entry,) = entries(read_tree(root), line("train_images/2.tiff", L.format(1)))
    assert [(one.rule, one.fixable) for one in entry.findings] == [(ESCAPES, False)]


def test_nothing_is_missing_where_there_is_no_folder(tmp_path: Path) -> None:
    laid = tree(tmp_path / "d", L.format(1), "train_list.txt")
    (entry,) = entries(laid, line(P.format(1), L.format(1)))
    assert (entry.image, entry.label, entry.findings) == (None, L.format(1), ())


def folders(laid: Tree, *listed: int, usable: bool = True) -> list[tuple[str, str]]:
    lines = [line(P.format(number), L.format(number)) for number in listed]
    return [(one.rule, one.file) for one in check_folders(laid, "train", entries(laid, *lines), list_usable=usable)]


def test_pictures_labels_and_list_are_held_against_each_other_both_ways(tmp_path: Path) -> None:
    laid = tree(tmp_path / "d", *pairs(1, 2), P.format(3), L.format(4), "train_gts/gt_5.txt", P.format(5), "train_gts/notes.md")  # fmt: skip
    unlisted = [("list.unlisted", P.format(2)), ("list.unlisted", P.format(5))]
    rest = [("pair.image-without-label", P.format(3)), ("pair.label-without-image", L.format(4))]
    assert folders(laid, 1) == [*unlisted, *rest]
    assert folders(laid, 1, usable=False) == rest
    assert folders(laid, 1, 2, 5) == [("list.unlisted", P.format(5))][:0] + rest
    (alone,) = [one for one in check_folders(laid, "train", [], list_usable=False) if one.rule == "pair.image-without-label"]  # fmt: skip
    assert alone.params == {"name": P.format(3), "label": L.format(3)}


def test_a_label_that_a_line_pairs_with_another_picture_is_not_alone(tmp_path: Path) -> None:
    laid = tree(tmp_path / "d", P.format(1), L.format(7))
    given = entries(laid, line(P.format(1), L.format(7)))
    assert list(check_folders(laid, "train", given, list_usable=True)) == []


@pytest.mark.parametrize("names", [pairs(1)[:1], pairs(1)[1:], []])
def test_without_both_folders_there_is_nothing_to_be_held_against_each_other(names: list[str], tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    assert list(check_folders(tree(tmp_path / "d", *names), "train", [], list_usable=True)) == []


def test_what_a_list_would_say_if_it_were_written_from_the_folders(tmp_path: Path) -> None:
    laid = tree(tmp_path / "d", *pairs(1), P.format(2), "train_gts/gt_3.txt", P.format(3), "train_images/x.pdf")
    found = pair_by_name(laid, "train")
    assert [(one.image, one.label, one.line, one.raw) for one in found] == [(P.format(1), L.format(1), None, ""), (P.format(3), "train_gts/gt_3.txt", None, "")]  # fmt: skip
    assert [(one.rule, one.file) for one in found[1].findings] == [("pair.name-mismatch", "train_gts/gt_3.txt")]
    assert pictures_of(laid, "train") == [P.format(number) for number in (1, 2, 3)]


@pytest.mark.parametrize(
    ("names", "split", "rule", "lines", "exists"),
    [
        (pairs(1), "train", "list.missing", 0, True), (pairs(1)[:1], "train", "list.missing", 0, False), ([], "test", "list.missing", 0, True),
        ([*pairs(1), "train_list.txt~"], "train", "list.missing", 0, True), ([*pairs(1), "train_list.txt~", "train_list.bak"], "train", "list.missing", 0, False),
        ([*pairs(1), "train_list.txt"], "train", "list.empty", 0, True), (["train_list.txt"], "train", "list.empty", 0, False),
        ([], "test", "layout.missing", 0, True), ([], "test", "layout.missing", 1, False), ([], "train", "layout.missing", 0, False),
    ],
)  # fmt: skip
def test_a_missing_name_can_be_made_where_nothing_is_invented(
    names: list[str], split: Any, rule: str, lines: int, exists: bool, tmp_path: Path
) -> None:
    from ocrweb.data.checks.finding import finding

    (tmp_path / "d").mkdir()
    laid = tree(tmp_path / "d", *names)
    place = f"{split}_images" if rule == "layout.missing" else f"{split}_list.txt"
    found = finding(rule, name=place).at(place)
    assert layout_repair_exists(laid, split, found, lines) is exists


def test_a_list_is_no_folder_to_be_made_and_other_findings_say_themselves(tmp_path: Path) -> None:
    from ocrweb.data.checks.finding import finding

    (tmp_path / "d").mkdir()
    laid = tree(tmp_path / "d")
    assert not layout_repair_exists(laid, "test", finding("layout.missing", name="x").at("test_list.txt"), 0)
    for fixable in (True, False):
        other = finding("layout.wrong-name", name="a", wanted="b", fixable=fixable)
        assert layout_repair_exists(laid, "test", other, 0) is fixable
