"""A whole label file: which of its lines are boxes, what is said of each, and what of the file."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ocrweb.data.checks import label_file
from ocrweb.data.checks.finding import Finding
from ocrweb.data.checks.label_file import check_in_picture, scan_label_bytes

BOX, LOW, BOW = "10,10,30,10,30,20,10,20", "5,25,50,25,50,40,5,40", "10,10,30,20,30,10,10,20"
FLAT, TURNED = "10,10,30,10,30,10,10,10", "10,10,10,20,30,20,30,10"


def scan(*lines: str) -> Any:
    return scan_label_bytes("".join(f"{line}\n" for line in lines).encode())


def said(found: tuple[Finding, ...] | list[Finding]) -> list[tuple[str, int | None]]:
    return [(one.rule, one.line) for one in found]


def test_lines_that_are_no_boxes_are_left_out_and_the_others_keep_their_numbers() -> None:
    labels = scan(f"{BOX},a", "", "1,2,x", f"{LOW},b，c", f"9e9{BOX},d", f"{LOW}；e")
    assert (labels.texts, labels.lines) == (("a", "b，c", "e"), (1, 4, 6))
    assert labels.raw == (f"{BOX},a", f"{LOW},b，c", f"{LOW}；e")
    assert labels.quads.shape == (3, 4, 2)
    assert labels.quads[0].tolist() == [[10, 10], [30, 10], [30, 20], [10, 20]]
    assert labels.outlines == (None, None, None)
    assert said(labels.findings) == [
        ("label.empty-line", 2), ("label.too-few", 3), ("label.huge-coordinate", 5), ("label.separator", 6), ("label.duplicate-box", 6),
    ]  # fmt: skip


def test_a_line_with_more_points_keeps_them_beside_its_four() -> None:
    labels = scan(f"{BOX},a", "10,10,25,5,40,10,40,20,25,22,10,20,curved")
    assert labels.outlines[0] is None
    assert labels.outlines[1].tolist() == [[10, 10], [25, 5], [40, 10], [40, 20], [25, 22], [10, 20]]


@pytest.mark.parametrize(("text", "ignored"), [("###", True), ("*", True), ("#", False), ("####", False), ("", False)])
def test_which_boxes_are_ignored(text: str, ignored: bool) -> None:
    assert scan(f"{BOX},{text}", f"{LOW},a").ignored.tolist() == [ignored, False]


@pytest.mark.parametrize("value", [65535, 65535.5, -65535, -65536])
def test_a_file_with_a_coordinate_out_of_bounds_loses_that_line_alone(value: float) -> None:
    labels = scan(f"{BOX},a", f"{value},10,30,10,30,20,10,20,b")
    assert labels.texts == (("a", "b") if abs(value) <= 65535 else ("a",))


@pytest.mark.parametrize(
    ("lines", "rules"),
    [
        ((f"{BOW},a", f"{LOW},b"), [("label.self-crossing", 1)]),
        ((f"{LOW},a", f"{FLAT},b"), [("label.degenerate", 2)]),
        ((f"{LOW},a", f"{TURNED},b"), [("label.orientation", 2)]),
        ((f"{FLAT},a", f"{TURNED},b", f"{BOW},c"), [("label.degenerate", 1), ("label.orientation", 2), ("label.self-crossing", 3)]),
        ((f"{BOX},a", f"{LOW},b"), []),
    ],
)  # fmt: skip
def test_a_box_has_one_fault_of_its_shape_at_most_with_its_line(lines: tuple[str, ...], rules: list[Any]) -> None:
    found = scan(*lines).findings
    assert said(found) == rules
    assert [one.quote for one in found] == [lines[line - 1] for _, line in rules]


@pytest.mark.parametrize(
    ("texts", "repeats"),
    [
        (("a", "a"), [(2, 1, True)]), (("a", "b"), [(2, 1, True)]), (("a", "###"), [(2, 1, False)]), (("###", "a"), [(2, 1, False)]),
        (("###", "*"), [(2, 1, True)]), (("a", "b", "###"), [(2, 1, True), (3, 1, False)]),
    ],
)  # fmt: skip
def test_a_repeated_box_names_the_first_and_is_mended_where_both_count_alike(
    texts: tuple[str, ...], repeats: list[Any]
) -> None:
    found = scan(*(f"{BOX},{text}" for text in texts)).findings
    assert [(one.line, one.params["first"], one.fixable) for one in found] == repeats
    assert all(one.rule == "label.duplicate-box" for one in found)


def test_boxes_without_area_do_not_repeat_each_other() -> None:
    assert said(scan(f"{FLAT},a", f"{FLAT},b").findings) == [("label.degenerate", 1), ("label.degenerate", 2)]


@pytest.mark.parametrize(
    ("data", "rules"),
    [
        (b"", ["label.empty-file"]), (b"\n", ["label.empty-line", "label.empty-file"]), (b"1,2,x\n", ["label.too-few"]),
        (b"\0", ["label.unknown-encoding"]), (f"{BOX},a\n".encode(), []),
    ],
)  # fmt: skip
def test_a_file_is_empty_where_nothing_else_is_wrong_with_it(data: bytes, rules: list[str]) -> None:
    assert sorted(one.rule for one in scan_label_bytes(data).findings) == sorted(rules)


def test_a_field_before_the_texts_is_told_once_with_the_set_that_has_it() -> None:
    for lines, field, dataset in (((f"{BOX},Latin,a", f"{LOW},Latin,b"), "Latin", "ICDAR MLT"), ((f'{BOX},0,"a"',), "0", "RCTW")):  # fmt: skip
        (found,) = scan(*lines).findings
        assert (found.rule, found.params["field"], found.params["dialect"]) == ("label.other-field", field, dataset)
        assert found.line is None
        assert found.quote == lines[0]


@pytest.mark.parametrize(
    ("box", "size", "told"),
    [
        ("0,0,60,0,60,48,0,48", (64, 48), None), ("-1,0,30,0,30,20,-1,20", (64, 48), None), ("-1.5,0,30,0,30,20,-1.5,20", (64, 48), ("warning", True, 2)),
        ("50,0,65,0,65,20,50,20", (64, 48), None), ("50,0,66,0,66,20,50,20", (64, 48), ("warning", True, 2)), ("5,30,20,30,20,51,5,51", (64, 48), ("warning", True, 3)),
        ("70,0,80,0,80,20,70,20", (64, 48), ("error", False, 16)), ("-9,0,30,0,30,20,-9,20", None, ("warning", False, 9)), ("900,0,999,0,999,20,900,20", None, None),
        ("-9,0,-1,0,-1,20,-9,20", None, ("error", False, 9)), ("63.6,0,64.4,0,64.4,20,63.6,20", (64, 48), None),
    ],
)  # fmt: skip
def test_a_box_may_stick_out_by_a_pixel_and_no_further(box: str, size: tuple[int, int] | None, told: Any) -> None:
    found = check_in_picture(scan(f"{LOW},a", f"{box},b"), size)
    if told is None:
        assert found == []
        return
    (one,) = found
    severity, fixable, pixels = told
    assert (one.severity, one.fixable, one.params["pixels"]) == (severity, fixable, pixels)
    assert (one.params["width"], one.params["height"]) == (size or ("?", "?"))
    assert (one.line, one.quote) == (2, f"{box},b")


def test_a_box_over_the_whole_picture_is_told_where_others_lie_beside_it() -> None:
    whole, wide, high = ("1,1,64,1,64,48,1,48,a", "0,0,64,0,64,46,0,46,b", "0,0,62,0,62,48,0,48,b")
    for lines, told in (
        ((whole,), []),
        ((whole, f"{LOW},a"), [1]),
        ((wide, high, f"{LOW},a"), []),
        ((wide, whole), [2]),
    ):
        found = check_in_picture(scan(*lines), (64, 48))
        assert [(one.rule, one.severity, one.line) for one in found] == [
            ("label.whole-page", "warning", n) for n in told
        ]
    assert check_in_picture(scan(whole, f"{LOW},a"), None) == []


def test_no_boxes_lie_nowhere() -> None:
    assert check_in_picture(scan_label_bytes(b""), (64, 48)) == []


def test_the_quick_way_gives_what_the_slow_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [
        (f"{BOX},a", f"{LOW},###"), (f"{BOX},1,234", f"{LOW},b"), (f"{BOX},a,b", f"{BOX},c"), (f"{BOW},a",), (f"-{BOX},a", f"{BOX}.5,b"),
        ("10.5,10,30,10,30,20,10,20,Latin,x",),
    ]  # fmt: skip
    quick = [scan(*lines) for lines in files]
    monkeypatch.setattr(label_file, "_scan_plain", lambda lines: None)
    for lines, before in zip(files, quick, strict=True):
        after = scan(*lines)
        np.testing.assert_array_equal(before.quads, after.quads)
        assert (before.texts, before.lines, before.raw, before.findings) == (after.texts, after.lines, after.raw, after.findings)  # fmt: skip
