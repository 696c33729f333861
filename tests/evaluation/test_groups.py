from __future__ import annotations

from pathlib import Path

import numpy as np

from ocrweb.data.sample import LabelledBox, Sample
from ocrweb.evaluation.gallery import Judgement
from ocrweb.evaluation.groups import GroupScores
from ocrweb.evaluation.looks import Look
from ocrweb.evaluation.matching import match


def box(left: float, top: float, width: float = 100, height: float = 20) -> np.ndarray:
    right, bottom = left + width, top + height
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)


def judgement(name: str, labels: list[tuple[np.ndarray, str]], detections: list[np.ndarray]) -> Judgement:
    boxes = tuple(LabelledBox(points, text, text == "###") for points, text in labels)
    found = match([item.points for item in boxes], [item.ignore for item in boxes], detections)
    return Judgement(Sample(Path(name), None, boxes), tuple(detections), found)


PAGE = judgement(
    "page.jpg",
    [(box(0, 0), "Total"), (box(0, 100, height=10), "12.50"), (box(0, 200, height=60), "A"), (box(0, 400), "###")],
    [box(0, 0), box(300, 0, height=60), box(300, 200, height=60), box(0, 400)],
)


def scores(look: Look, *judgements: Judgement, scale: float = 1.0, grey: int = 255) -> dict[str, tuple[object, ...]]:
    groups = GroupScores(look)
    for item in judgements:
        groups.add(item, scale, lambda: np.full((500, 500, 3), grey, np.uint8))
    return {group.name: (group.matched, group.labels, group.detections) for group in groups.table()}


def test_mistakes_count_where_the_text_belongs_and_ignored_text_nowhere() -> None:
    assert scores("height", PAGE) == {"0-12": (0, 1, 0), "12-24": (1, 1, 1), "24-48": (0, 0, 0), "48-": (0, 1, 2)}
    assert sum(labels for _, labels, _ in scores("height", PAGE).values()) == PAGE.found.labels  # type: ignore[misc]


def test_heights_are_those_that_the_network_sees() -> None:
    assert scores("height", PAGE, scale=0.5)["0-12"] == (1, 2, 1)


def test_what_is_written_is_known_of_labels_alone() -> None:
    assert scores("script", PAGE) == {"latin": (1, 2, None), "digits": (0, 1, None)}
    assert scores("length", PAGE) == {"0-2": (0, 1, None), "2-4": (0, 0, None), "4-9": (1, 2, None), "9-": (0, 0, None)}


def test_darkness_reads_the_picture_and_the_other_looks_do_not() -> None:
    assert scores("darkness", PAGE, grey=10) == {"0-85": (1, 3, 3), "85-170": (0, 0, 0), "170-": (0, 0, 0)}
    groups = GroupScores("crowding")
    groups.add(PAGE, 1.0, lambda: 1 / 0)  # type: ignore[arg-type,return-value]


def test_a_group_names_the_three_pictures_that_it_fails_in_most() -> None:
    groups = GroupScores("angle")
    for name, missing in (("a", 1), ("b", 3), ("c", 2), ("d", 1), ("good", 0)):
        labels = [(box(0, 50 * line), "x") for line in range(4)]
        found = [points for points, _ in labels[missing:]]
        groups.add(judgement(name, labels, found), 1.0, lambda: np.zeros((1, 1, 3), np.uint8))
    level = groups.table()[0]
    assert [path.name for path in level.worst] == ["b", "c", "a"]
    assert (level.precision, level.recall, level.name) == (1.0, 13 / 20, "0-5")
    assert level.hmean == 2 * (13 / 20) / (1 + 13 / 20)
    empty = groups.table()[1]
    assert (empty.precision, empty.recall, empty.hmean, empty.worst) == (None, None, None, ())
    assert level.to_dict()["worst"] == ["b", "c", "a"]
