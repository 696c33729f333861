"""What Label Studio wrote of a task: which regions are one, whose answer counts, which picture each belongs to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocrweb.data.formats import label_studio as studio
from ocrweb.data.formats import label_studio_regions
from ocrweb.data.formats.annotated import LabelledPicture, Shape, Trouble
from ocrweb.data.formats.label_studio import has_annotations, read_label_studio
from ocrweb.data.formats.label_studio_regions import region_shape
from ocrweb.data.formats.tree import read_source
from tests.data.formats.sources import HEIGHT, WIDTH, put, write_json

BOX = {"x": 10, "y": 20, "width": 30, "height": 10, "rotation": 0}
LOW = {"x": 10, "y": 60, "width": 30, "height": 10}


def read(
    folder: Path, document: Any, *, predictions: bool = False, pictures: tuple[str, ...] = ("1.jpg",)
) -> list[Any]:
    put(folder, *pictures)
    write_json(folder / "p.json", document)
    return list(read_label_studio(read_source(folder), "p.json", predictions=predictions))


def answer(*values: Any, **more: Any) -> dict[str, Any]:
    """One annotation; each value a region of its own."""
    return {"result": [{"id": str(number), "type": "rectangle", "value": value} for number, value in enumerate(values)], **more}  # fmt: skip


def lefts(items: list[Any]) -> list[list[float]]:
    """Of each picture the left ends of its shapes, in percent."""
    return [[round(float(shape.points[0, 0]) * 100 / WIDTH, 3) for shape in item.shapes] for item in items if isinstance(item, LabelledPicture)]  # fmt: skip


@pytest.mark.parametrize(
    ("task", "taken"),
    [
        ({"annotations": [answer(BOX)]}, [[10]]), ({"completions": [answer(BOX)]}, [[10]]), (answer(BOX), [[10]]), ({"annotations": []}, None),
        ({"annotations": [answer(BOX, was_cancelled=True)]}, None), ({"annotations": [answer()]}, [[]]), ({"predictions": [answer(BOX)]}, None),
        ({"annotations": [answer(BOX, updated_at="2026-01"), answer({**BOX, "x": 50}, updated_at="2026-02")]}, [[50]]),
        ({"annotations": [answer(BOX, updated_at="2026-01", ground_truth=True), answer({**BOX, "x": 50}, updated_at="2026-02")]}, [[10]]),
        ({"annotations": [answer(BOX, was_cancelled=True), answer({**BOX, "x": 40})]}, [[40]]),
    ],
    ids=str,
)  # fmt: skip
def test_whose_answer_counts(task: dict[str, Any], taken: Any, tmp_path: Path) -> None:
    found = read(tmp_path, [{"data": {"ocr": "1.jpg"}, **task}])
    if taken is None:
        (trouble,) = found
        assert (trouble.kind, trouble.where) == ("unlabelled", "1.jpg")
    else:
        assert lefts(found) == taken
    others = [item.detail for item in found if isinstance(item, Trouble) and item.kind == "other-annotator"]
    count = len([one for one in task.get("annotations", []) if not one.get("was_cancelled")])
    assert others == ([str(count - 1)] if count > 1 else [])


@pytest.mark.parametrize(
    ("task", "taken"),
    [
        ({"predictions": [answer(BOX)]}, [[10]]), ({"annotations": [], "predictions": [answer(BOX)]}, [[10]]),
        ({"annotations": [answer({**BOX, "x": 70})], "predictions": [answer(BOX)]}, [[70]]),
    ],
)  # fmt: skip
def test_what_a_model_proposed_counts_where_it_is_asked_for_and_nobody_answered(task: Any, taken: Any, tmp_path: Path) -> None:  # fmt: skip
    document = [{"data": {"ocr": "1.jpg"}, **task}]
    assert lefts(read(tmp_path, document, predictions=True)) == taken
    assert has_annotations(read_source(tmp_path), "p.json") is bool(task.get("annotations"))


def test_a_file_that_is_no_document_has_no_annotations_and_says_what_is_wrong(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / "p.json").write_text("[{")
    tree = read_source(tmp_path)
    assert not has_annotations(tree, "p.json")
    (trouble,) = read_label_studio(tree, "p.json", predictions=False)
    assert (trouble.kind, trouble.where) == ("broken", "p.json")
    found = read(
        tmp_path, [{"data": {"ocr": "1.jpg"}, **answer(BOX)}, {"data": {"note": "x"}, **answer(BOX)}, 5, {"data": {}}]
    )
    assert [(item.kind, item.where, item.detail) for item in found if isinstance(item, Trouble)] == [
        ("broken", "p.json#2", "no picture"), ("broken", "p.json#3", "no picture"),
    ]  # fmt: skip


def test_one_task_may_stand_alone(tmp_path: Path) -> None:
    task = {"data": {"ocr": "1.jpg"}, **answer(BOX, LOW)}
    (item,) = read(tmp_path, task)
    assert (len(item.shapes), item.where) == (2, "p.json#1")
    assert has_annotations(read_source(tmp_path), "p.json")


def test_results_of_one_id_are_one_region_and_those_without_a_value_none() -> None:
    results = [
        {"id": "a", "type": "rectangle", "value": BOX, "original_width": 100, "original_height": 50}, {"id": "a", "type": "labels", "value": {**BOX, "labels": ["Text"]}},
        {"id": "a", "type": "textarea", "value": {"text": ["x"]}, "to_name": "image"}, {"type": "rectangle", "value": LOW}, {"type": "rectangle", "value": LOW},
        {"type": "relation", "from_id": "a"}, {"id": "c", "type": "choices", "value": {"choices": ["no"]}}, {"id": "d", "type": "rectangle"}, {"value": None},
        {"id": "e", "type": "brushlabels", "value": {"rle": [1]}},
    ]  # fmt: skip
    found = label_studio_regions._joined(results)
    assert len(found) == 5
    assert (found[0]["text"], found[0]["labels"], found[0]["type"], found[0]["original_width"], found[0]["to_name"]) == (["x"], ["Text"], "rectangle", 100, "image")  # fmt: skip
    assert [region.get("x") for region in found] == [10, 10, 10, None, None]
    assert isinstance(region_shape(found[3], (100, 100)), str)


@pytest.mark.parametrize(
    ("task", "texts"),
    [
        ({"label": [{**BOX}]}, [""]), ({"label": [BOX], "transcription": "one"}, ["one"]), ({"label": [BOX], "text": "1.jpg"}, [""]), ({"label": [BOX, LOW], "text": "one"}, ["", ""]),
        ({"label": [BOX, LOW], "transcription": ["one", "two"]}, ["one", "two"]), ({"label": [BOX, LOW], "transcription": ["one"]}, ["", ""]), ({"label": [BOX], "caption": "c", "text": "t"}, ["t"]),
        ({"bbox": [BOX], "label": [{**BOX, "text": "own"}], "transcription": ["other"]}, ["own"]), ({"label": [BOX], "note": ["n"]}, ["n"]), ({"label": [{"text": "no outline"}]}, []),
    ],
    ids=str,
)  # fmt: skip
def test_the_small_form_has_its_texts_in_a_list_beside_its_regions(task: dict[str, Any], texts: list[str], tmp_path: Path) -> None:  # fmt: skip
    (item,) = read(tmp_path, [{"image": "1.jpg", "id": 1, **task}])
    assert [shape.text for shape in item.shapes] == texts


def test_regions_of_several_pictures_go_to_theirs_and_those_of_none_are_told(tmp_path: Path) -> None:
    def region(left: float, **place: Any) -> dict[str, Any]:
        return {"type": "rectangle", "value": {**BOX, "x": left}, **place}

    result = [region(1, to_name="a"), region(2, to_name="b"), region(3, to_name="b"), region(4, to_name="c"), region(5)]
    found = read(tmp_path, [{"data": {"a": "1.jpg", "b": "2.jpg"}, "annotations": [{"result": result}]}], pictures=("1.jpg", "2.jpg"))  # fmt: skip
    assert lefts(found) == [[1], [2, 3]]
    assert [(one.kind, one.where, one.detail, one.boxes) for one in found if isinstance(one, Trouble)] == [
        ("which-picture", "p.json#1", "c 0", 1), ("which-picture", "p.json#1", "? 0", 1),
    ]  # fmt: skip
    pages = [region(6, item_index=1), region(7, item_index=0, to_name="x"), region(8), region(9, item_index=2)]
    found = read(tmp_path, [{"data": {"pdf": ["1.jpg", "2.jpg"]}, "annotations": [{"result": pages}]}], pictures=("1.jpg", "2.jpg"))  # fmt: skip
    assert lefts(found) == [[7, 8], [6]]
    assert [one.detail for one in found if isinstance(one, Trouble)] == ["? 2"]


def test_two_names_of_one_picture_are_one_picture(tmp_path: Path) -> None:
    (item,) = read(tmp_path, [{"data": {"a": "/data/upload/1.jpg?x=1", "b": "s3://else/1.jpg"}, **answer(BOX)}])
    assert item.names == ("/data/upload/1.jpg?x=1", "s3://else/1.jpg")


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("0a1b2c3d-1.jpg", ["0a1b2c3d-1.jpg", "1.jpg"]), ("/u/0a1b2c3d-1.jpg", ["/u/0a1b2c3d-1.jpg", "1.jpg"]), ("0a1b2c3-1.jpg", ["0a1b2c3-1.jpg"]), ("u\\0a1b2c3d-x.png", ["u\\0a1b2c3d-x.png", "x.png"]),
        ("/u/0a1b2c3d-1.jpg?t=5", ["/u/0a1b2c3d-1.jpg?t=5", "1.jpg"]), ("/local?d=deep/0a1b2c3d-1.jpg", ["/local?d=deep/0a1b2c3d-1.jpg", "1.jpg"]), ("0A1B2C3D-1.jpg", ["0A1B2C3D-1.jpg"]),
    ],
)  # fmt: skip
def test_what_an_upload_put_before_a_name_is_taken_off_too(value: str, names: list[str]) -> None:
    assert list(studio._names_of(value)) == names


@pytest.mark.parametrize(
    ("turn", "stated", "points"),
    [
        (0, (WIDTH, HEIGHT), [[20, 24], [80, 36]]), (90, (HEIGHT, WIDTH), [[40, 72], [60, 108]]), (270, (HEIGHT, WIDTH), [[140, 12], [160, 48]]), (-90, (HEIGHT, WIDTH), [[140, 12], [160, 48]]),
        (180, (WIDTH, HEIGHT), [[20, 24], [80, 36]]), (90, (WIDTH, HEIGHT), [[20, 24], [80, 36]]), (45, (HEIGHT, WIDTH), [[12, 40], [48, 60]]),
    ],
)  # fmt: skip
def test_labels_on_the_turned_picture_are_turned_back_with_it(turn: int, stated: Any, points: Any, tmp_path: Path) -> None:  # fmt: skip
    region = {
        "type": "rectangle",
        "image_rotation": turn,
        "original_width": stated[0],
        "original_height": stated[1],
        "value": BOX,
    }
    (item,) = read(tmp_path, [{"data": {"ocr": "1.jpg"}, "annotations": [{"result": [region]}]}])
    (shape,) = item.shapes
    low, high = shape.points.min(axis=0), shape.points.max(axis=0)
    np.testing.assert_allclose([low, high], points, atol=1e-6)
    assert item.size == ((WIDTH, HEIGHT) if turn % 360 in (90, 270) else stated)


@pytest.mark.parametrize(
    ("data", "annotated", "state"),
    [({"ocrweb_state": "checked"}, True, "checked"), ({"ocrweb_state": "auto"}, True, ""), ({"ocrweb_state": "check"}, True, ""), ({"ocrweb_state": "auto"}, False, "auto"), ({"ocrweb_state": "odd"}, True, ""), ({}, True, "")],
)  # fmt: skip
def test_how_far_somebody_has_looked_comes_back(data: Any, annotated: bool, state: str, tmp_path: Path) -> None:
    task = {"annotations": [answer(BOX)]} if annotated else {"predictions": [answer(BOX)]}
    (item,) = read(tmp_path, [{"data": {"ocr": "1.jpg", **data}, **task}], predictions=True)
    assert item.state == state


@pytest.mark.parametrize(
    ("region", "found"),
    [
        ({"points": [[0, 0], [50, 0], [50, 10]]}, [[0, 0], [100, 0], [100, 5]]), ({"points": [[0, 0], [50, 0]]}, "points"), ({"points": "x"}, "points"), ({"type": "ellipse", "x": 1, "y": 1}, "ellipse"),
        ({"x": 1, "y": 1}, "points"), ({**BOX, "rotation": "x"}, "points"), ({**BOX, "rotation": None}, [[20, 10], [80, 10], [80, 15], [20, 15]]),
    ],
)  # fmt: skip
def test_a_region_is_an_outline_in_pixels_or_the_reason_why_not(region: dict[str, Any], found: Any) -> None:
    shape = region_shape(region, (200, 50))
    if isinstance(found, str):
        assert shape == found
    else:
        assert isinstance(shape, Shape)
        np.testing.assert_allclose(shape.points, found)
