"""What is wrong with labels is named, what is right is not, on pages whose text lies where the test has put it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocrweb.data.sample import LabelledBox, Sample
from ocrweb.evaluation.suspects.candidates import Look, candidates
from ocrweb.evaluation.suspects.suspects import Suspect, _weights, suspects
from ocrweb.evaluation.sweep import JudgedMap
from ocrweb.runtime.transform import PageTransform

WIDTH, HEIGHT = 800, 600
TEXT_HEIGHT = 24
SURE = 0.5
Box = tuple[int, int, int, int]  # left, top, width, height
LINES: list[Box] = [(60, 40 + 60 * row, 300 + 20 * (row % 3), TEXT_HEIGHT) for row in range(8)]


def quad(box: Box) -> np.ndarray:
    left, top, width, height = box
    return np.array([[left, top], [left + width, top], [left + width, top + height], [left, top + height]], np.float32)


def look(texts: list[Box], labels: list[Box], ignored: tuple[int, ...] = ()) -> Look:
    """A page with ink at `texts`, seen perfectly, and these labels. ignored: indices of labels."""
    gray = np.full((HEIGHT, WIDTH), 255, np.uint8)
    seen = np.zeros((HEIGHT, WIDTH), np.float32)
    for left, top, width, height in texts:
        gray[top + 4 : top + height - 4, left + 2 : left + width - 2 : 3] = 0
        rim = round(0.3 * height)  # grown by DB's usual ratio of 1.5 it is as thick as the text
        seen[top + rim : top + height - rim, left + rim : left + width - rim] = 0.95
    seen = cv2.GaussianBlur(seen, (3, 3), 0)
    boxes = tuple(LabelledBox(quad(box), "text", index in ignored) for index, box in enumerate(labels))
    page = PageTransform(WIDTH, HEIGHT, WIDTH, HEIGHT, WIDTH, HEIGHT, 1.0, 1.0)
    return Look(JudgedMap(Sample(None, None, boxes), seen, page), gray)  # type: ignore[arg-type]


def sure(found: list[Suspect]) -> list[tuple[str, tuple[int, ...]]]:
    return [(one.kind, one.labels) for one in found if one.score > SURE]


def test_nothing_is_said_of_labels_that_lie_on_their_text() -> None:
    assert sure(suspects(look(LINES, LINES))) == []


def test_text_without_a_label_is_missing_where_it_stands() -> None:
    (first, *_) = suspects(look(LINES, LINES[:3] + LINES[4:]))
    assert (first.kind, first.labels) == ("missing", ())
    assert first.box is not None
    assert np.abs(first.box - quad(LINES[3])).max() <= 5


def test_a_label_on_blank_paper_is_on_nothing() -> None:
    nowhere = (500, 100, 200, TEXT_HEIGHT)
    assert sure(suspects(look(LINES, [*LINES, nowhere]))) == [("extra", (len(LINES),))]


@pytest.mark.parametrize(("dx", "dy"), [(1 / 3, 0), (-1 / 3, 0), (0, 1 / 3), (0, -1 / 3)])
def test_a_label_beside_its_text_is_shifted(dx: float, dy: float) -> None:
    left, top, width, height = LINES[2]
    moved = (round(left + dx * width), round(top + dy * height), width, height)
    found = suspects(look(LINES, [*LINES[:2], moved, *LINES[3:]]))
    assert [one.kind for one in found if one.labels == (2,)] == ["shifted"]
    assert found[0].labels in {(2,), ()}  # first it, or the text that it has left bare


def test_one_label_over_two_lines_joins_them() -> None:
    left, top, width, _ = LINES[0]
    both = (left, top, width + 20, 60 + TEXT_HEIGHT)
    assert sure(suspects(look(LINES, [both, *LINES[2:]]))) == [("joined", (0,))]


def test_two_labels_over_one_line_cut_it() -> None:
    left, top, width, height = LINES[5]
    halves = [(left, top, width // 2, height), (left + width // 2, top, width - width // 2, height)]
    found = suspects(look(LINES, [*LINES[:5], *LINES[6:], *halves]))
    assert [one.kind for one in found if {7, 8} & {*one.labels}] == ["cut"]
    (cut,) = [one for one in found if one.kind == "cut"]
    assert cut.labels == (7, 8)
    assert cut.box is not None
    assert np.abs(cut.box - quad(LINES[5])).max() <= 3


def test_clear_text_that_is_ignored_is_listed_before_what_is_right() -> None:
    found = suspects(look(LINES, LINES, ignored=(4,)))
    assert found[0].kind == "ignored"
    assert found[0].labels == (4,)


def test_what_lies_in_an_ignored_box_is_not_missing() -> None:
    around = (40, 20, 400, 100)
    assert not [one for one in suspects(look(LINES, [*LINES[2:], around], ignored=(6,))) if one.kind == "missing"]


def test_a_label_is_named_once_and_the_surest_comes_first() -> None:
    left, top, width, height = LINES[0]
    labels = [(left + width // 3, top, width, height), *LINES[1:4], *LINES[5:], (500, 100, 200, 24)]
    found = suspects(look(LINES, labels), least=0)
    named = [index for one in found for index in one.labels]
    assert len(named) == len(set(named))
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_a_page_without_labels_or_without_text_is_judged_too() -> None:
    assert {one.kind for one in suspects(look(LINES, []))} == {"missing"}
    assert len(suspects(look(LINES, []))) == len(LINES)
    assert {one.kind for one in suspects(look([], LINES), least=0)} <= {"extra", "readable"}
    assert suspects(look([], [])) == []


def test_every_kind_of_evidence_has_its_weight() -> None:
    left, top, width, height = LINES[5]
    labels = [
        *LINES[3:5], (left, top, width // 2, height), (left + width // 2, top, width // 2, height), (500, 100, 200, 24),
        (60, 40, 340, 84), LINES[6],
    ]  # fmt: skip
    seen = {one.kind: {*one.evidence} for one in candidates(look(LINES, labels, ignored=(6,)))}
    assert seen == {kind: {*weights} - {""} for kind, weights in _weights().items()}
