"""What the boxes of a split amount to: counted once each, measured as training sees them, told from a border on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ocrweb.data.checks.label_file import ScannedLabels, scan_label_bytes
from ocrweb.data.checks.statistics import (  # fmt: skip
    HEIGHT_BINS,
    SplitStatistics,
    check_amount,
    check_reach,
    check_text_size,
    check_usable,
    text_heights,
)


def labels(*heights: float, ignored: int = 0, broken: bool = False) -> ScannedLabels:
    """Boxes of 100 pixels' width and these heights; the first ones are ignored."""
    lines = [f"0,{200 * n},100,{200 * n},100,{200 * n + h},0,{200 * n + h},{'###' if n < ignored else 'a'}" for n, h in enumerate(heights)]  # fmt: skip
    return scan_label_bytes("\n".join([*lines, *(["1,2,x"] if broken else [])]).encode())


def counted(*given: ScannedLabels, split: Any = "train", pictures: int = 0) -> SplitStatistics:
    stats = SplitStatistics(split, 640, pictures=pictures)
    for one in given:
        stats.add_labels(one)
    return stats


def test_files_boxes_and_ignored_ones_are_added_up() -> None:
    stats = counted(labels(10, 20, 30, ignored=2), labels(5), labels())
    assert (stats.labels, stats.boxes, stats.ignored, stats.broken_lines) == (3, 4, 2, False)
    assert counted(labels(5, broken=True), labels(5)).broken_lines


def test_heights_are_the_shorter_of_the_mean_sides() -> None:
    quads = np.array([
        [[0, 0], [40, 0], [40, 10], [0, 10]], [[0, 0], [10, 0], [10, 40], [0, 40]], [[0, 0], [30, 0], [40, 12], [0, 4]], [[0, 0], [3, 4], [-1, 7], [-4, 3]],
    ], float)  # fmt: skip
    third = (np.hypot(10, 12) + 4) / 2
    np.testing.assert_allclose(text_heights(quads), [10, 10, third, 5])
    assert text_heights(np.zeros((0, 4, 2))).shape == (0,)


@pytest.mark.parametrize(
    ("size", "measured"), [((640, 300), [4, 3.9, 8, 128, 500]), ((300, 1280), [2, 1.95, 4, 64, 250]), ((100, 100), [4, 3.9, 8, 128, 500])]
)  # fmt: skip
def test_boxes_are_measured_as_large_as_training_sees_them_and_never_larger(
    size: tuple[int, int], measured: list[float]
) -> None:
    stats = SplitStatistics("train", 640)
    stats.add_heights("a.jpg", labels(50, 4, 3.9, 8, 128, 500, ignored=1), size)
    assert stats.measured == 5
    assert stats.tiny == sum(height < 4 for height in measured)
    expected = np.zeros(len(HEIGHT_BINS), int)
    for height in (min(one, 100 * min(1, 640 / max(size))) for one in measured):
        expected[max(place for place, low in enumerate(HEIGHT_BINS) if low <= height)] += 1
    assert stats.histogram.tolist() == expected.tolist()
    assert stats.to_dict()["text_height"] == {"from": list(HEIGHT_BINS), "boxes": expected.tolist(), "train_side": 640}


def test_the_picture_with_most_tiny_text_is_named_the_first_of_equals() -> None:
    stats = SplitStatistics("train", 640)
    for name, heights in (("a", (9, 9)), ("b", (2, 9)), ("c", (2, 3, 9)), ("d", (1, 1)), ("e", (3,))):
        stats.add_heights(name, labels(*heights), (100, 100))
    assert (stats.tiniest, stats.tiny, stats.measured) == ("c", 6, 10)


@pytest.mark.parametrize(("tiny", "told"), [(5, False), (6, True), (10, True)])
def test_text_is_too_small_where_most_of_it_is(tiny: int, told: bool) -> None:
    stats = SplitStatistics("test", 640)
    stats.add_heights("b.jpg", labels(*[3] * tiny, *[20] * (10 - tiny)), (100, 100))
    found = check_text_size(stats)
    assert bool(found) is told
    if told:
        assert (found[0].rule, found[0].file) == ("stats.tiny-text", "test_images")
        assert found[0].params == {"percent": 10 * tiny, "pixels": 4, "side": 640, "picture": "b.jpg"}
    assert check_text_size(SplitStatistics("train", 640)) == []


@pytest.mark.parametrize(
    ("given", "split", "told"),
    [
        ([labels(9, ignored=1)], "train", True), ([labels(9, ignored=1)], "test", False), ([labels(9, 9, ignored=1)], "train", False), ([], "train", False),
        ([labels()], "train", True), ([labels(9, ignored=1, broken=True)], "train", False), ([labels(9, ignored=1), labels(9)], "train", False),
    ],
)  # fmt: skip
def test_a_training_split_needs_one_box_that_counts(given: list[ScannedLabels], split: Any, told: bool) -> None:
    stats = counted(*given, split=split)
    found = check_usable(stats)
    assert bool(found) is told
    if told:
        assert (found[0].rule, found[0].file) == ("stats.all-ignored", "train_list.txt")
        assert found[0].params == {"boxes": stats.boxes, "pictures": stats.labels}


@pytest.mark.parametrize(
    ("pictures", "side", "told"), [(10, 100 / 0.6, True), (10, 166, False), (9, 1000, False), (30, 1000, True)]
)
@pytest.mark.parametrize("wide", [True, False])
def test_boxes_that_end_early_in_all_of_many_pictures_are_told(
    pictures: int, side: float, told: bool, wide: bool
) -> None:
    stats = SplitStatistics("test", 640)
    box = scan_label_bytes(b"0,0,100,0,100,9,0,9,a\n") if wide else scan_label_bytes(b"0,0,9,0,9,100,0,100,###\n")
    for number in range(pictures):
        size = (side, 1000) if wide else (1000, side)
        stats.add_heights(f"{number}.jpg", box if number != 5 else labels(), size if number == 4 else (2000, 2000))  # type: ignore[arg-type]
    if pictures > 9:
        stats.add_heights("last.jpg", box, (2000, 2000))
    found = check_reach(stats)
    assert [(one.rule, one.file) for one in found] == ([("stats.in-corner", "test_gts")] if told else [])
    if told:
        assert found[0].params == {"pictures": pictures, "percent": 60 if side < 1000 else 10}


@pytest.mark.parametrize(("split", "pictures", "told"), [("train", 9, True), ("train", 10, False), ("train", 1, True), ("train", 0, False), ("test", 1, False)])  # fmt: skip
def test_few_pictures_to_train_on_are_told(split: Any, pictures: int, told: bool) -> None:
    found = check_amount(counted(split=split, pictures=pictures))
    assert [(one.rule, one.file, dict(one.params)) for one in found] == (
        [("stats.few-pictures", "train_list.txt", {"count": pictures, "least": 10})] if told else []
    )
