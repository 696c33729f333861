"""Which suspects still hold, of labels that somebody may have changed since a model looked."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from ocrweb.services.labels.entries import LabelledSet
from ocrweb.services.labels.facts import label_version
from ocrweb.services.labels.known_suspects import (
    NAME,
    KnownSuspects,
    keep_suspects,
    known_suspects,
    living_suspects,
    suspicions,
)

ONE, TWO, THREE = (f"train_images/{number}.png" for number in (1, 2, 3))
WORD = [10, 10, 60, 10, 60, 30, 10, 30]


def suspect(kind: str = "extra", box: list[float] | None = None, picture: str = TWO, **more: Any) -> dict[str, Any]:
    return {"picture": picture, "kind": kind, "score": 0.5, "box": box, "label_line": 1, **more}


def kept(labelled: LabelledSet, *suspects: dict[str, Any]) -> None:
    """What a model found in the labels as they are now."""
    versions = {picture: label_version(place) for picture, place in labelled.places.items()}
    keep_suspects(labelled.root, KnownSuspects(suspects, 4, 4, "m", versions))


def relabelled(labelled: LabelledSet, *boxes: tuple[int, int, int, int], picture: str = TWO) -> None:
    """The labels of a picture as somebody wrote them since: left, top, right, bottom."""
    lines = (f"{x},{y},{right},{y},{right},{bottom},{x},{bottom},a\n" for x, y, right, bottom in boxes)
    (labelled.root / picture.replace("images", "gts").replace("png", "txt")).write_text("".join(lines))


@pytest.mark.parametrize(
    ("drawn", "line"),
    [
        ([(10, 10, 60, 30)], 1),
        ([(100, 60, 180, 90), (11, 10, 60, 30)], 2),
        ([(10, 10, 50, 30)], None),
        ([(10, 10, 80, 40)], None),
        ([], None),
    ],
    ids=["the same", "the second, by a hair another", "smaller", "larger", "gone"],
)
def test_a_box_that_the_model_spoke_against_is_found_again_by_its_place(
    labelled: LabelledSet, drawn: list[tuple[int, int, int, int]], line: int | None
) -> None:
    kept(labelled, suspect(box=WORD))
    relabelled(labelled, *drawn)
    assert [entry["label_line"] for entry in living_suspects(labelled)] == ([] if line is None else [line])


@pytest.mark.parametrize(
    ("drawn", "holds"),
    [
        ([], True),
        ([(10, 10, 30, 30)], True),
        ([(10, 10, 35, 30)], False),
        ([(10, 10, 25, 30), (40, 10, 55, 30)], False),
        ([(0, 0, 190, 110)], False),
    ],
    ids=["nothing drawn", "under half", "half", "two that are half together", "one around it"],
)
def test_missing_text_is_missing_until_half_of_it_is_covered(
    labelled: LabelledSet, drawn: list[tuple[int, int, int, int]], holds: bool
) -> None:
    kept(labelled, suspect("missing", WORD, label_line=None))
    relabelled(labelled, *drawn)
    assert [entry["label_line"] for entry in living_suspects(labelled)] == ([None] if holds else [])


@pytest.mark.parametrize(
    ("drawn", "line"),
    [
        ([(100, 60, 180, 90), (12, 10, 30, 30), (32, 10, 58, 30)], 2),
        ([(100, 60, 180, 90), (12, 10, 58, 30)], None),
        ([(12, 10, 30, 30), (32, 10, 90, 30)], None),
    ],
    ids=["two parts", "joined", "one reaches out of it"],
)
def test_a_cut_line_is_cut_while_several_of_its_parts_lie_inside(
    labelled: LabelledSet, drawn: list[tuple[int, int, int, int]], line: int | None
) -> None:
    kept(labelled, suspect("cut", WORD))
    relabelled(labelled, *drawn)
    assert [entry["label_line"] for entry in living_suspects(labelled)] == ([] if line is None else [line])


def test_what_is_about_a_whole_picture_holds_whatever_its_labels_are(labelled: LabelledSet) -> None:
    kept(labelled, suspect("duplicate", of=ONE), suspect(picture="train_images/gone.png", box=WORD))
    relabelled(labelled, (0, 0, 9, 9))
    (entry,) = living_suspects(labelled)
    assert (entry["kind"], entry["of"], entry["label_line"]) == ("duplicate", ONE, None)


def test_one_picture_alone_can_be_asked_about(labelled: LabelledSet) -> None:
    kept(labelled, suspect(box=WORD), suspect("missing", WORD, THREE, score=0.7), suspect("missing", WORD, THREE))
    assert [entry["picture"] for entry in living_suspects(labelled, THREE)] == [THREE, THREE]
    assert suspicions(labelled, THREE) == {THREE: 0.7}
    assert suspicions(labelled, ONE) == {ONE: 0.0}
    assert suspicions(labelled, "train_images/gone.png") == {}
    assert suspicions(labelled) == {ONE: 0.0, TWO: 0.5, THREE: 0.7, "test_images/1.png": 0.0}


def test_before_a_model_has_looked_nothing_is_known(labelled: LabelledSet) -> None:
    assert known_suspects(labelled.root) is None
    assert living_suspects(labelled) == []
    assert suspicions(labelled) == {}


@pytest.mark.parametrize(
    "damage",
    [
        {"picture": 1},
        {"kind": None},
        {"score": "high"},
        {"box": [1, 2, 3, 4]},
        {"box": "10101010"},
        {"box": [*WORD[:7], "a"]},
    ],
    ids=str,
)
def test_an_entry_that_is_none_is_passed_over_and_the_others_stay(
    labelled: LabelledSet, damage: dict[str, Any]
) -> None:
    kept(labelled, suspect(box=WORD) | damage, suspect(box=WORD, score=0.9))
    known = known_suspects(labelled.root)
    assert known is not None
    assert [entry["score"] for entry in known.suspects] == [0.9]


@pytest.mark.parametrize(
    "damage", [{"suspects": {}}, {"pictures": "4"}, {"model": None}, {"versions": []}, {"boxes": ...}], ids=str
)
def test_a_list_of_another_make_is_none(labelled: LabelledSet, damage: dict[str, Any]) -> None:
    kept(labelled, suspect(box=WORD))
    document = json.loads((labelled.root / NAME).read_text()) | damage
    document = {name: value for name, value in document.items() if value is not ...}
    (labelled.root / NAME).write_text(json.dumps(document))
    os.utime(labelled.root / NAME, (1, 1))  # another one than was read before
    assert known_suspects(labelled.root) is None
