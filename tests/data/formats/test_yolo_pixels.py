"""YOLO's lines in pixels: taken where the ends of the pictures prove what the numbers are, refused everywhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.data.formats.content import kind_of
from ocrweb.data.formats.yolo_pixels import is_pixel_file, pixels_in
from ocrweb.errors import OcrwebError
from tests.data.formats.sources import QUAD, TILTED, corners, planned, put

FOUR, EIGHT, AS_TEXT = "0 50 30 80 20", "0 10 20 90 20 90 40 10 40", "10 20 90 20 90 40 10 40 7"
RIGHT = [[110, 60], [190, 60], [190, 80], [110, 80]]
CENTRE, CORNERS, SIZES = (
    "0 50 30 80 20\n0 150 70 80 20\n",
    "0 10 20 90 40\n0 110 60 190 80\n",
    "0 10 20 80 20\n0 110 60 80 20\n",
)


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("0 50 30 80 20", 4), ("0 50 30 80 20 0.9", 4), ("0 50 30 80 20 1", 4), ("0 50 30 80 20 1.1", None), ("0 50 30 80 20 -0.1", None),
        ("0 1.05 1 1 1", None), ("0 1.06 1 1 1", 4), ("999 1 2 3 4", 4), ("1000 1 2 3 4", None), ("0 1 2 3", None), ("0 1 2 3 4 5 6", None),
        ("0 1 2 3 4 5 6 7 8", 8), ("0 1 2 3 4 5 6 7 8 9 10", 10), ("a 1 2 3 4", None), ("0 1 2 3 4 text", None),
    ],
)  # fmt: skip
def test_a_line_is_a_class_and_pairs_of_numbers_that_are_no_shares(line: str, numbers: int | None) -> None:
    found = pixels_in(line)
    assert (found and len(found[1])) == numbers


@pytest.mark.parametrize(
    ("lines", "fits"),
    [([FOUR], True), ([FOUR, "a word", ""], False), ([FOUR, FOUR, "a word", " "], True), ([], False), (["a word"], False), ([EIGHT], True), ([AS_TEXT], False),
     ([EIGHT, AS_TEXT], False)],
)  # fmt: skip
def test_a_file_is_in_pixels_of_which_more_than_half_the_lines_are(lines: list[str], fits: bool) -> None:
    assert is_pixel_file(lines) is fits


def flat(quad: list[list[int]], first: str = "0", score: str = "") -> str:
    return f"{first} {' '.join(str(value) for point in quad for value in point)}{score}\n"


def on(folder: Path, content: str, name: str = "1") -> dict[str, list[object]]:
    put(folder, f"{name}.jpg")
    (folder / f"{name}.txt").write_text(content, encoding="utf-8")
    plan = planned(folder)
    assert plan.format == "yolo"
    return corners(plan)


@pytest.mark.parametrize(
    ("content", "more"),
    [(CENTRE, ""), (CENTRE.replace("\n", " 0.93\n"), ""), (CORNERS, "0 100 20 150 110\n"), (SIZES, "0 5 2 90 20\n")],
    ids=["centre and size", "with scores", "two corners", "corner and size"],
)  # fmt: skip
def test_four_numbers_are_what_alone_keeps_boxes_in_their_pictures(tmp_path: Path, content: str, more: str) -> None:
    assert on(tmp_path, content + more)["1.jpg"][:2] == [QUAD, RIGHT]


def test_the_pictures_of_a_source_prove_it_for_each_other_and_classes_keep_their_names(tmp_path: Path) -> None:
    (tmp_path / "classes.txt").write_text("text\nignore\n")
    put(tmp_path, "一.jpg")
    (tmp_path / "一.txt").write_text("1 50 30 80 20\n")
    assert on(tmp_path, CENTRE) == {"1.jpg": [QUAD, RIGHT], "一.jpg": [QUAD]}
    plan = planned(tmp_path)
    assert [box.ignore for picture in plan.pictures for box in picture.boxes] == [False, False, True]


@pytest.mark.parametrize("score", ["", " 0.93"])
def test_four_corners_are_known_by_those_that_are_none_without_their_class(tmp_path: Path, score: str) -> None:
    assert on(tmp_path, flat(QUAD, score=score) + flat(TILTED, score=score)) == {"1.jpg": [QUAD, TILTED]}


def test_outlines_in_pixels_are_taken(tmp_path: Path) -> None:
    assert on(tmp_path, flat([[10, 20], [50, 18], [90, 20], [90, 50], [10, 50]])) == {"1.jpg": [[[10, 18], [90, 18], [90, 50], [10, 50]]]}  # fmt: skip


@pytest.mark.parametrize(
    "content",
    ["0 50 30 60 20\n", "0 10 20 30 40\n", "1 150 100 30 20\n", CENTRE + CORNERS, flat([[20, 60], [100, 80], [95, 100], [15, 80]])],
    ids=["centre or corner", "anything", "at the edge", "two kinds", "four corners or a text"],
)  # fmt: skip
def test_what_is_not_sure_is_refused_with_what_to_do(tmp_path: Path, content: str) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / "1.txt").write_text(content)
    with pytest.raises(OcrwebError, match=r"formats\.no-pictures") as refused:
        planned(tmp_path)
    assert "write shares of the picture" in refused.value.message("en")
    assert "请改写为 YOLO 的比例坐标" in refused.value.message("zh")


def test_boxes_that_are_not_sure_are_counted_beside_shares(tmp_path: Path) -> None:
    put(tmp_path, "2.jpg")
    (tmp_path / "2.txt").write_text("0 0.25 0.25 0.4 0.16666667\n")
    assert on(tmp_path, "0 50 30 60 20\n0 50 30 60 20\n") == {"2.jpg": [QUAD]}
    assert planned(tmp_path).account.left_out["maybe-pixels"] == 2


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "odd", ["0 nan 30 80 20", "0 1e400 30 80 20", "0 50 30 80", "类 50 30 80 20", "0 50 30 80 20 7", "9999 50 30 80 20"]
)
def test_a_damaged_line_costs_itself_alone(tmp_path: Path, odd: str) -> None:
    assert on(tmp_path, f"{CENTRE}{odd}\n") == {"1.jpg": [QUAD, RIGHT]}
    assert planned(tmp_path).account.left_out["broken"] == 1


def test_numbers_beside_pictures_that_are_called_as_none_are_no_labels(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / "calibration.txt").write_text("0 50 30 80 20\n")
    with pytest.raises(OcrwebError, match=r"formats\.unknown"):
        planned(tmp_path)


@pytest.mark.parametrize(
    "content",
    [flat(QUAD, "").strip() + " 40\n", "120 60 200 80 195 100 115 80 12\n", "10 20 90 40\n", '10 20 90 40 "12"\n', "10,20,90,40,12\n"],
    ids=["corners and a number", "turned corners and a number", "two corners", "a text", "commas"],
)  # fmt: skip
def test_labels_of_icdar_are_no_pixels_of_yolo(content: str) -> None:
    assert kind_of(content.encode()) in ("icdar", None)
