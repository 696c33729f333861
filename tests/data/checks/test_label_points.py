"""Where the points of a label line end: told by geometry, else by most lines of the file, else said."""

from __future__ import annotations

import numpy as np
import pytest

from ocrweb.data.checks.label_file import scan_label_bytes
from ocrweb.data.checks.label_line import scan_label_lines
from ocrweb.data.repair.mend_label import mend_labels

FIVE = "10,20,50,15,90,20,90,40,10,40"
BOX = "10,220,90,220,90,240,10,240"
CURVE = "10,40,15,25,30,20,50,18,70,20,85,25,90,40,80,50,70,40,50,36,30,40,20,50"


def read(*lines: str) -> list[tuple[int, str, tuple[str, ...]]]:
    """Points, text and rules of each line."""
    scanned = [line for line in scan_label_lines(lines) if line is not None]
    return [(len(line.outline) // 2 or 4, line.text, tuple(f.rule for f in line.findings)) for line in scanned]


MORE = ("label.more-points",)
MAYBE = ("label.maybe-points",)
LINES = [
    ("five points and a text", f"{FIVE},HELLO", 5, "HELLO", MORE),
    ("five points, text with commas", f"{FIVE},a, b,,c", 5, "a, b,,c", MORE),
    ("five points, text is a number", f"{FIVE},2019", 5, "2019", MORE),
    ("five points and no text", FIVE, 5, "text", MORE),
    ("five points, comma, no text", f"{FIVE},", 5, "text", MORE),
    ("five points to ignore", f"{FIVE},###", 5, "###", MORE),
    ("five points with fractions", "10.5,20,50,15.25,90,20,90,40,10.5,40,x", 5, "x", MORE),
    ("five points with blanks", f"{FIVE.replace(',', ', ')}, HELLO", 5, "HELLO", ("label.whitespace", *MORE)),
    ("six points", "10,10,25,5,40,10,40,20,25,22,10,20,curved", 6, "curved", MORE),
    ("a ring that ends where it began", "10,20,90,20,90,40,10,40,10,20,x", 5, "x", MORE),
    ("twelve points and no text", CURVE, 12, "text", MORE),
    ("twelve points, text is a number", f"{CURVE},7", 12, "7", MORE),
    ("twelve points, text is CTW1500's", f"{CURVE},####A,B", 12, "A,B", MORE),
    ("CTW1500's older offsets", "10,18,90,50,0,22,5,7,20,2,40,0,60,2,75,7,80,22,78,27,70,32,60,22,40,18,20,22,10,32,2,28", 14, "text", MORE),
    ("text is a number", f"{BOX},2019", 4, "2019", ()),
    ("text is a number far away", "500,300,600,300,600,320,500,320,12,34", 4, "12,34", ()),
    ("text is a grouped number", f"{BOX},1,234", 4, "1,234", MAYBE),
    ("text is a large grouped number", "500,300,600,300,600,320,500,320,1,234,567.50", 4, "1,234,567.50", ()),
    ("text begins with a number", f"{BOX},12 apples, 3 pears", 4, "12 apples, 3 pears", ()),
    ("text is numbers and words", "10,10,30,10,30,20,10,20,10,5,each", 4, "10,5,each", ()),
    ("text is a list of numbers far away", "500,300,600,300,600,320,500,320,1,2,3,4,x", 4, "1,2,3,4,x", ()),
    ("text is a date", f"{BOX},2019-05-01", 4, "2019-05-01", ()),
]  # fmt: skip


@pytest.mark.filterwarnings("error")
def test_points_behind_a_number_without_end_are_text_and_are_not_reckoned_with() -> None:
    assert read("10,20,90,20,1e999,40,10,40,10,30,x")[0][:2] == (4, "10,30,x")


@pytest.mark.parametrize(("line", "points", "text", "rules"), [row[1:] for row in LINES], ids=[row[0] for row in LINES])
def test_one_line(line: str, points: int, text: str, rules: tuple[str, ...]) -> None:
    assert read(line) == [(points, text, rules)]


def test_most_lines_of_the_file_tell_what_one_leaves_open() -> None:
    assert read(f"{BOX},1,234", f"{BOX},a") == [(4, "1,234", ()), (4, "a", ())]
    assert read(f"{BOX},1,234", f"{FIVE},a") == [(5, "text", MORE), (5, "a", MORE)]
    apart = "10,20,50,15,90,20,90,40,0,60,HELLO"  # the fifth point lies outside of the first four
    assert read(apart) == [(5, "HELLO", MORE)]
    assert read(apart, f"{BOX},a", f"{BOX},b") == [(4, "0,60,HELLO", MAYBE), (4, "a", ()), (4, "b", ())]


def test_the_repair_writes_what_the_reader_reads_and_then_nothing() -> None:
    data = f"{FIVE},HELLO\n{BOX},a\n".encode()
    before = scan_label_bytes(data)
    mended = mend_labels(data, None)
    assert mended is not None
    after = scan_label_bytes(mended.content)
    assert np.array_equal(before.quads, after.quads)
    assert (before.texts, [found.rule for found in after.findings]) == (after.texts, [])
    assert before.quads[0].min(axis=0).tolist() == [10, 15]
    assert before.quads[0].max(axis=0).tolist() == [90, 40]
    assert mend_labels(mended.content, None) is None


def test_a_ring_that_ends_where_it_began_is_its_own_four_corners() -> None:
    labels = scan_label_bytes(b"20,60,100,70,98,88,18,78,20,60,x\n")
    assert labels.quads.tolist() == [[[20, 60], [100, 70], [98, 88], [18, 78]]]


def test_the_older_labels_of_ctw1500_are_offsets_from_the_corner_of_their_bounds() -> None:
    labels = scan_label_bytes(
        b"10,18,90,50,0,22,5,7,20,2,40,0,60,2,75,7,80,22,78,27,70,32,60,22,40,18,20,22,10,32,2,28\n"
    )
    (outline,) = labels.outlines
    assert outline is not None
    assert (outline.min(axis=0).tolist(), outline.max(axis=0).tolist()) == ([10, 18], [90, 50])
    assert outline[0].tolist() == [10, 40]
