from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrweb.config.detection import DecodeOptions
from ocrweb.data.sample import LabelledBox
from ocrweb.evaluation.gallery import BLUE, GREEN, RED, draw_judgement, judge, worst_first, write_gallery
from ocrweb.evaluation.metric import DetectionMetric
from ocrweb.evaluation.sweep import BLOCKS, FINE, USUAL, Grid, GridCounts, JudgedMap, choose, hmeans
from tests.evaluation.drawn_maps import HEIGHT, WIDTH, box, judged

GRID = Grid((0.2, 0.3), (1.5, 1.8), (0.3, 0.4, 0.5, 0.6))


def counted(pages: list[JudgedMap], grid: Grid) -> GridCounts:
    counts = GridCounts(grid)
    for index, page in enumerate(pages):
        counts.add(index, page)
    return counts


def invented(grid: Grid, pages: list[list[int]]) -> GridCounts:
    """pages: of each page what is matched, of 100 labels and 100 detections, at each box threshold."""
    counts = GridCounts(grid)
    for index, matched in enumerate(pages):
        counts.parts[index, ..., 0] = matched
        counts.parts[index, ..., 1:3] = 100
        counts.parts[index, ..., 3] = 1
    return counts


@pytest.fixture
def pages() -> list[JudgedMap]:
    return [
        judged([(box(20, 20), 0.8), (box(20, 80), 0.55)], [(box(180, 150), 0.42)]),
        judged([(box(40, 30), 0.52), (box(40, 120), 0.9)], [(box(180, 60), 0.44)]),
    ]


def test_every_combination_counts_what_a_plain_evaluation_counts(pages: list[JudgedMap]) -> None:
    counts = counted(pages, GRID).total
    for row, threshold in enumerate(GRID.thresholds):
        for column, ratio in enumerate(GRID.unclip_ratios):
            for layer, box_threshold in enumerate(GRID.box_thresholds):
                options = DecodeOptions(threshold=threshold, box_threshold=box_threshold, unclip_ratio=ratio)
                metric = DetectionMetric()
                for page in pages:
                    metric.add(page.match(options))
                assert tuple(counts[row, column, layer]) == metric.counts


def test_the_chosen_box_threshold_lies_between_weak_text_and_false_alarms(pages: list[JudgedMap]) -> None:
    choice = choose(counted(pages, FINE))
    assert 0.44 <= choice.box_threshold <= 0.52
    assert choice.score.hmean == pytest.approx(1.0)
    assert choice.options.effective_box_threshold == choice.box_threshold


def test_counts_of_parts_add_up(pages: list[JudgedMap]) -> None:
    both, second = counted(pages, GRID), GridCounts(GRID)
    second.add(1, pages[1])
    np.testing.assert_array_equal(both.parts, counted(pages[:1], GRID).parts + second.parts)
    np.testing.assert_array_equal(both.total, both.parts.sum(axis=0))


def test_the_parts_take_the_pictures_in_turn(pages: list[JudgedMap]) -> None:
    counts = GridCounts(GRID)
    for index in (0, 1, 2, BLOCKS, BLOCKS + 2):
        counts.add(index, pages[0])
    assert counts.parts[:, 0, 0, 0, 3].tolist() == [2, 1, 2] + [0] * (BLOCKS - 3)


SEVEN = Grid((0.3,), (1.5,), (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9))


def test_a_lucky_peak_loses_to_a_plateau() -> None:
    assert choose(invented(SEVEN, [[50, 93, 50, 50, 91, 91, 91]] * 3)).box_threshold == 0.8


PAIRS = Grid((0.3,), (1.5, 1.7, 1.9), (0.6,))


def by_unclip(pages: list[list[int]]) -> GridCounts:
    """pages: of each page what is matched at each unclip ratio of `PAIRS`."""
    counts = invented(PAIRS, [[0]] * len(pages))
    counts.parts[: len(pages), 0, :, 0, 0] = pages
    return counts


def test_a_gain_that_one_picture_alone_brings_moves_no_outline() -> None:
    assert choose(by_unclip([[90, 90, 90]] * 5 + [[70, 70, 100]])).unclip_ratio == 1.5
    assert choose(by_unclip([[90, 90, 95]] * 6)).unclip_ratio == 1.9


def test_an_outline_moves_no_further_than_the_pictures_agree() -> None:
    assert choose(by_unclip([[80, 94, 95 + luck] for luck in (5, -5, 4, -4)])).unclip_ratio == 1.7


def test_among_equals_the_usual_settings_win() -> None:
    counts = invented(FINE, [[5] * len(FINE.box_thresholds)] * 2)
    choice = choose(counts)
    assert (choice.threshold, choice.box_threshold, choice.unclip_ratio) == (0.3, 0.6, 1.5)


def test_no_picture_at_all_leaves_the_usual_settings() -> None:
    assert choose(GridCounts(FINE)).thresholds() == {"threshold": 0.3, "box_threshold": 0.6, "unclip_ratio": 1.5}


def test_a_detection_at_the_box_threshold_itself_is_kept() -> None:
    page = judged([(box(20, 20), 0.5)], [])
    (score,) = page.regions(DecodeOptions(threshold=0.3, box_threshold=0.3))[1].tolist()
    grid = Grid((0.3,), (1.5,), (score, math.nextafter(score, 1)))
    assert counted([page], grid).total[0, 0, :, 0].tolist() == [1, 0]


def test_two_parts_of_the_pictures_are_enough_for_an_error() -> None:
    """One gains all and one nothing: with an error of its own size the gain moves nothing."""
    assert choose(by_unclip([[90, 90, 90], [70, 70, 100]])).unclip_ratio == 1.5
    assert choose(by_unclip([[70, 70, 100]])).unclip_ratio == 1.9  # one part alone says nothing about luck


def test_a_model_that_is_best_at_the_end_of_the_grid_is_taken_there() -> None:
    assert choose(invented(SEVEN, [[50, 50, 50, 50, 50, 60, 90]] * 3)).box_threshold == 0.9
    assert choose(invented(SEVEN, [[90, 60, 50, 50, 50, 50, 50]] * 3)).box_threshold == 0.3


def test_nothing_to_find_and_nothing_found_scores_zero() -> None:
    assert hmeans(np.zeros((1, 1, 1, 4), dtype=np.int64)).item() == 0


def test_the_worst_picture_comes_first_and_good_ones_not_at_all(pages: list[JudgedMap]) -> None:
    options = DecodeOptions(threshold=0.3, box_threshold=0.6)
    good = judge(judged([(box(20, 20), 0.9)], [], "good.png"), options)
    bad = judge(judged([(box(20, 20), 0.1), (box(20, 80), 0.1)], [(box(180, 60), 0.9)], "bad.png"), options)
    middling = judge(pages[0], options)
    assert (bad.missed, bad.false_alarms) == (2, 1)
    missing = judge(judged([(box(20, 20), 0.1), (box(20, 80), 0.1)], [], "missing.png"), options)
    assert (middling.missed + middling.false_alarms, missing.missed + missing.false_alarms) == (1, 2)
    assert worst_first([good, middling, missing, bad]) == [bad, missing, middling]
    alarmed = judge(judged([], [(box(20, 20), 0.9), (box(20, 80), 0.9), (box(180, 60), 0.9)], "alarmed.png"), options)
    assert worst_first([missing, alarmed]) == [alarmed, missing]


def test_a_gallery_shows_found_missed_and_made_up(tmp_path: Path) -> None:
    name = tmp_path / "page.png"
    cv2.imwrite(str(name), np.full((HEIGHT, WIDTH, 3), 255, np.uint8))
    page = judged([(box(20, 20), 0.9), (box(20, 80), 0.1)], [(box(180, 60), 0.9)], str(name))
    judgement = judge(page, DecodeOptions(threshold=0.3, box_threshold=0.6))
    shown = draw_judgement(np.full((HEIGHT, WIDTH, 3), 255, np.uint8), judgement)
    for colour, (x, y) in ((GREEN, (60, 20)), (RED, (60, 80)), (BLUE, (230, 60))):
        strip = shown[y - 4 : y + 5, x].astype(int)
        assert np.abs(strip - colour).sum(axis=1).min() < 150, colour  # a smoothed line
    assert [path.name for path in write_gallery([judgement], tmp_path / "gallery", 5)] == ["001_page.jpg"]
    assert (tmp_path / "gallery" / "001_page.jpg").stat().st_size > 0


def test_polygons_are_judged_by_the_labels_own_outlines() -> None:
    """A label with a bent outline: its quad holds more than the text."""
    page = judged([(box(20, 20), 0.9)], [])
    bent = np.array([[20, 20], [120, 20], [120, 44], [20, 44], [20, 100], [0, 100], [0, 20]], np.float32)
    labelled = LabelledBox(box(20, 20), "text", False, bent)
    page = dataclasses.replace(page, sample=dataclasses.replace(page.sample, boxes=(labelled,)))
    found = {shape: page.match(USUAL.model_copy(update={"shape": shape})) for shape in ("quad", "polygon")}
    assert {shape: (len(each.pairs), each.missed) for shape, each in found.items()} == {
        "quad": (1, ()),
        "polygon": (0, (0,)),
    }
