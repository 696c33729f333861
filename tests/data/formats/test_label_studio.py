"""Label Studio's percentages, turned about the top-left corner in pixels."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrweb.data.export import as_rotated_rectangle
from ocrweb.data.formats.label_studio_regions import region_shape, turned_rectangle
from ocrweb.data.formats.plan import ImportPlan, plan_import
from tests.data.formats.sources import HEIGHT, QUAD, WIDTH, put, write_json

BOX = {"x": 5.0, "y": 100 * 20 / HEIGHT, "width": 40.0, "height": 100 * 20 / HEIGHT, "rotation": 0}
SIZE = {"original_width": WIDTH, "original_height": HEIGHT}


def result(value: dict[str, Any], kind: str = "rectangle", identifier: str = "a", **more: Any) -> dict[str, Any]:
    return {"id": identifier, "from_name": kind, "to_name": "image", "type": kind, "value": value, **SIZE, **more}


def task(*results: dict[str, Any], image: str = "/data/upload/1/0a1b2c3d-1.jpg", **more: Any) -> dict[str, Any]:
    return {"id": 1, "data": {"ocr": image}, "annotations": [{"result": list(results), "was_cancelled": False}], **more}


def planned(tmp_path: Path, document: Any) -> ImportPlan:
    put(tmp_path, "1.jpg")
    write_json(tmp_path / "project-1.json", document)
    plan = plan_import(tmp_path)
    assert plan.format == "label-studio"
    return plan


def only_box(plan: ImportPlan) -> tuple[list[list[float]], str, bool]:
    (box,) = plan.pictures[0].boxes
    return box.points.tolist(), box.text, box.ignore


def test_outline_label_and_text_of_one_id_are_one_region(tmp_path: Path) -> None:
    label = result({**BOX, "labels": ["Text"]}, "labels")
    text = result({**BOX, "text": ["发票", "No. 1"]}, "textarea")
    assert only_box(planned(tmp_path, [task(result(BOX), label, text)])) == (QUAD, "发票 No. 1", False)


def test_the_label_ignore_makes_an_ignored_box(tmp_path: Path) -> None:
    assert only_box(planned(tmp_path, [task(result({**BOX, "rectanglelabels": ["Ignore"]}))])) == (QUAD, "", True)


def test_polygons_are_percentages_too(tmp_path: Path) -> None:
    points = (np.array(QUAD) * 100 / [WIDTH, HEIGHT]).tolist()
    assert only_box(planned(tmp_path, [task(result({"points": points}, "polygonlabels"))]))[0] == QUAD


@pytest.mark.parametrize(
    "image",
    [
        "/data/upload/1/0a1b2c3d-1.jpg",
        "/data/local-files/?d=scans/1.jpg",
        "http://host:8080/data/1.jpg?token=x",
        "s3://bucket/scans/1.jpg",
        "1.jpg",
    ],
)
def test_pictures_are_found_by_what_stands_behind_their_address(tmp_path: Path, image: str) -> None:
    assert [item.file for item in planned(tmp_path, [task(result(BOX), image=image)]).pictures] == ["1.jpg"]


@pytest.mark.parametrize(
    "minimal",
    [
        pytest.param({"image": "1.jpg", "label": [{**BOX, **SIZE, "rectanglelabels": ["Text"]}]}, id="one control"),
        pytest.param(
            {
                "ocr": "1.jpg",
                "bbox": [{**BOX, **SIZE}],
                "label": [{**BOX, **SIZE, "labels": ["Text"]}],
                "transcription": ["hey"],
            },
            id="outline, label and text",
        ),
    ],
)
def test_json_min_is_read_too(tmp_path: Path, minimal: dict[str, Any]) -> None:
    points, text, ignore = only_box(planned(tmp_path, [{**minimal, "id": 1, "annotator": 1}]))
    assert points == QUAD
    assert text == ("hey" if "ocr" in minimal else "")
    assert not ignore


def test_without_a_stated_size_the_picture_itself_gives_it(tmp_path: Path) -> None:
    minimal = {"image": "1.jpg", "label": [{**BOX, "rotation": 0, "rectanglelabels": ["Text"]}]}
    assert only_box(planned(tmp_path, [minimal]))[0] == QUAD


def test_predictions_count_only_where_nobody_annotated_anything(tmp_path: Path) -> None:
    proposed = [{"result": [result(BOX)], "score": 0.5}]
    untouched = {"data": {"ocr": "1.jpg"}, "annotations": [], "predictions": proposed}
    plan = planned(tmp_path, [untouched])
    assert plan.guessed
    assert only_box(plan)[0] == QUAD
    done = task(result({**BOX, "x": 6.0}), predictions=proposed)
    plan = planned(tmp_path, [done, {**untouched, "data": {"ocr": "2.jpg"}}])
    assert not plan.guessed
    assert plan.tally.counts["unlabelled"] == 1


def test_cancelled_annotations_do_not_count_and_the_latest_wins(tmp_path: Path) -> None:
    given_up = {"result": [result({**BOX, "x": 50.0})], "was_cancelled": True, "updated_at": "2026-03-01"}
    older = {"result": [result({**BOX, "x": 20.0})], "updated_at": "2026-01-01"}
    newer = {"result": [result(BOX)], "updated_at": "2026-02-01"}
    document = {"data": {"ocr": "1.jpg"}, "annotations": [given_up, older, newer]}
    assert only_box(planned(tmp_path, [document]))[0] == QUAD


def test_a_turn_of_90_degrees_swings_the_box_left_of_its_corner() -> None:
    turned = region_shape({"x": 50, "y": 25, "width": 10, "height": 10, "rotation": 90}, (200, 120))
    assert not isinstance(turned, str)
    # corner (100, 30); the text, 20 px long and 12 px high, now runs downwards and its underside points to the left
    assert np.allclose(turned.points, [[100, 30], [100, 50], [88, 50], [88, 30]])


@given(
    x=st.floats(0, 100), y=st.floats(0, 100), width=st.floats(1, 100), height=st.floats(1, 100),
    rotation=st.floats(0, 359.99), size=st.tuples(st.integers(20, 4000), st.integers(20, 4000)),
)  # fmt: skip
def test_a_turned_box_keeps_its_corner_its_sides_and_its_right_angles(
    x: float, y: float, width: float, height: float, rotation: float, size: tuple[int, int]
) -> None:
    shape = region_shape({"x": x, "y": y, "width": width, "height": height, "rotation": rotation}, size)
    assert not isinstance(shape, str)
    first, second, third, fourth = shape.points
    assert np.allclose(first, [x * size[0] / 100, y * size[1] / 100])
    assert math.isclose(float(np.hypot(*(second - first))), width * size[0] / 100, rel_tol=1e-9)
    assert math.isclose(float(np.hypot(*(fourth - first))), height * size[1] / 100, rel_tol=1e-9)
    assert abs(float((second - first) @ (fourth - first))) < 1e-6 * max(size) ** 2
    assert np.allclose(third - second, fourth - first)
    angle = math.degrees(math.atan2(*(second - first)[::-1])) % 360
    assert min(abs(angle - rotation), 360 - abs(angle - rotation)) < 1e-6


@given(
    corner=st.tuples(st.floats(0, 2000), st.floats(0, 2000)),
    sides=st.tuples(st.floats(2, 800), st.floats(2, 800)),
    degrees=st.floats(0, 359.9),
)
def test_writing_a_rectangle_undoes_reading_it(
    corner: tuple[float, float], sides: tuple[float, float], degrees: float
) -> None:
    quad = turned_rectangle(np.array(corner), np.array(sides), degrees)
    written = as_rotated_rectangle(quad)
    assert written is not None
    assert np.allclose(turned_rectangle(*written), quad, atol=1e-6)


@pytest.mark.parametrize("damage", [{}, {"x": "left"}, {"points": [[1]]}, {"x": None, "y": 1, "width": 2, "height": 3}])
def test_regions_that_are_no_outline_are_no_error(tmp_path: Path, damage: dict[str, Any]) -> None:
    plan = planned(tmp_path, [task(result(BOX, identifier="good"), result(damage, identifier="bad"))])
    assert len(plan.pictures[0].boxes) == 1


def test_what_is_drawn_with_other_tools_is_left_out_aloud(tmp_path: Path) -> None:
    brush = result({"format": "rle", "rle": [0, 1], "brushlabels": ["Text"]}, "brushlabels", "b")
    ellipse = result({"x": 20, "y": 20, "radiusX": 5, "radiusY": 3}, "ellipselabels", "c")
    page = result({"choices": ["invoice"]}, "choices", "d")
    plan = planned(tmp_path, [task(result(BOX), brush, ellipse, page)])
    assert only_box(plan)[0] == QUAD
    assert plan.tally.counts["bad-shape"] == 2


def test_one_of_several_annotators_counts_and_the_others_are_named(tmp_path: Path) -> None:
    other = {"result": [result({**BOX, "x": 50.0})], "was_cancelled": False}
    given_up = {"result": [], "was_cancelled": True}
    document = task(result(BOX))
    document["annotations"] = [{**document["annotations"][0], "ground_truth": True}, other, given_up]
    plan = planned(tmp_path, [document])
    assert only_box(plan)[0] == QUAD
    assert plan.tally.counts["other-annotator"] == 1
