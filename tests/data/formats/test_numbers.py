"""A coordinate that is no number costs its box and nothing else, in every format."""

from __future__ import annotations

import copy
import json
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocrweb.data.formats.annotated import box_of, numbers_of, points_of
from ocrweb.data.formats.plan import ImportOptions, plan_import
from ocrweb.data.formats.write import report_of
from ocrweb.errors import OcrwebError
from tests.data.formats.kinds import KINDS, LOW
from tests.data.formats.sources import QUAD, put
from tests.data.formats.test_damaged import places

NO_NUMBERS = [None, float("nan"), float("inf"), 1e308, 10**400, "x", {}]
JSON = {name: content for name, (_, content, _) in KINDS.items() if content[:1] in "[{"}


@pytest.mark.parametrize("one", NO_NUMBERS, ids=lambda one: str(one)[:6])
def test_what_is_no_number_makes_no_points(one: Any) -> None:
    assert numbers_of(one) is None
    assert points_of([one, 1, 2, 3]) is None
    assert points_of([[1, 2], [3, one]]) is None
    assert box_of([1, 2, one, 4]) is None


def test_numbers_may_be_written_as_texts() -> None:
    points = points_of([["12.5", 1], [" 3 ", "1e2"]])
    assert points is not None
    assert points.tolist() == [[12.5, 1], [3, 100]]
    assert points_of([]) is None
    assert points_of([1, 2, 3]) is None
    assert numbers_of([1, 2, 3]) is not None


def _replaced(document: Any, place: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(document)
    node = changed
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = value
    return changed


def _numbers(document: Any) -> list[tuple[Any, ...]]:
    """The places of all numbers in a document."""
    return [place for place in places(document) if type(_at(document, place)) in (int, float)]


def _at(document: Any, place: tuple[Any, ...]) -> Any:
    for key in place:
        document = document[key]
    return document


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", JSON)
def test_no_number_of_a_label_file_can_end_an_import(tmp_path: Path, name: str) -> None:
    document = json.loads(JSON[name])
    put(tmp_path, "1.jpg")
    for place, one in zip(_numbers(document), cycle([float("nan"), 1e308, "", True]), strict=False):
        (tmp_path / KINDS[name][0]).write_text(json.dumps(_replaced(document, place, one)))
        try:
            plan = plan_import(tmp_path, ImportOptions(val_ratio=0))
        except OcrwebError:
            continue
        assert report_of(plan).accounted
        assert all(np.isfinite(box.points).all() for picture in plan.pictures for box in picture.boxes)


@pytest.mark.parametrize("name", JSON)
def test_a_coordinate_that_is_missing_costs_its_box_alone(tmp_path: Path, name: str) -> None:
    document = json.loads(JSON[name])
    put(tmp_path, "1.jpg")
    kept = []
    for place in _numbers(document):
        (tmp_path / KINDS[name][0]).write_text(json.dumps(_replaced(document, place, None)))
        plan = plan_import(tmp_path, ImportOptions(val_ratio=0))
        left = [box.points.tolist() for picture in plan.pictures for box in picture.boxes]
        assert all(box in (QUAD, LOW) for box in left)
        if len(left) == 1:
            assert report_of(plan).account.left_out.total() == 1
            kept += left
    assert QUAD in kept
    assert LOW in kept
