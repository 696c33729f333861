"""Whatever is wrong inside a label file, the import ends with a plan or with a coded error."""

from __future__ import annotations

import contextlib
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocrweb.data.formats.plan import ImportOptions, plan_import
from ocrweb.data.formats.write import report_of
from ocrweb.errors import OcrwebError
from tests.data.formats.kinds import KINDS, document_ai, labelbox_box, labelbox_row
from tests.data.formats.service_kinds import EXPENSE, straightened
from tests.data.formats.sources import HEIGHT, QUAD, WIDTH, entry, put

FLAT = [value for point in QUAD for value in point]
BOX = {"x": 5.0, "y": 10.0, "width": 40.0, "height": 20.0, "rotation": 5, "labels": ["Text"]}
SIZE = {"original_width": WIDTH, "original_height": HEIGHT}
SHAPE = {"label": "text", "points": QUAD, "shape_type": "polygon", "description": "x"}
GOOD: dict[str, Any] = {
    "labelme": {"shapes": [SHAPE, SHAPE], "imagePath": "1.jpg", "imageData": "aGVsbG8=", "imageWidth": WIDTH, "imageHeight": HEIGHT},
    "coco": {
        "images": [{"id": 1, "file_name": "1.jpg", "width": WIDTH, "height": HEIGHT}],
        "annotations": [{"image_id": 1, "bbox": [1, 2, 30, 40], "segmentation": [FLAT], "iscrowd": 0, "text": "a"}],
    },
    "mmocr": {
        "metainfo": {},
        "data_list": [{"img_path": "1.jpg", "width": WIDTH, "height": HEIGHT, "instances": [{"polygon": FLAT, "bbox": [1, 2, 30, 40], "ignore": False}]}],
    },
    "label-studio": [
        {
            "data": {"ocr": "/data/upload/1/0a1b2c3d-1.jpg"},
            "annotations": [{"result": [{"id": "a", "type": "labels", "value": BOX, **SIZE}], "updated_at": "2026"}],
        },
        {"data": {"ocr": "1.jpg"}, "annotations": [{"result": [{"id": "b", "value": {"points": QUAD}, **SIZE}]}]},
    ],
    **{name: json.loads(KINDS[name][1]) for name in ("textract", "rekognition", "google-vision", "document-ai", "azure", "tencent", "baidu", "aliyun", "huawei")},
    "labelbox": [labelbox_row(labelbox_box(QUAD, classifications=[{"name": "text", "text_answer": {"content": "a"}}]))],
    "easyocr": {"1.jpg": [[QUAD, "a", 0.9], {"boxes": QUAD, "text": "b", "confident": 0.9}]},
    "expense": EXPENSE,
    "put straight": straightened(document_ai([(QUAD, "a")])),
    "by picture": {"1.jpg": json.loads(KINDS["rekognition"][1])},
    "ppocrlabel": [entry(), entry(text="###", difficult=True)],
}  # fmt: skip
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**400), 10**400)
    | st.floats()
    | st.text(max_size=6)
    | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all values in a document."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path] * bool(path) + [place for key, child in children for place in places(child, (*path, key))]


def replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    copy = json.loads(json.dumps(document))
    node = copy
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return copy


@pytest.mark.parametrize("kind", GOOD)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_value_may_be_wrong(kind: str, data: st.DataObject) -> None:
    document = GOOD[kind]
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from(places(document)))
        document = replaced(document, path, data.draw(JUNK))
    with tempfile.TemporaryDirectory() as folder:
        root = put(Path(folder), "1.jpg")
        text = json.dumps(document)
        (root / "labels.json").write_text(f"1.jpg\t{text}\n" if kind == "ppocrlabel" else text, encoding="utf-8")
        boxes, hint = [], "-"
        try:
            plan = plan_import(root, ImportOptions(val_ratio=0))
            boxes = [box for picture in plan.pictures for box in picture.boxes]
            assert report_of(plan).accounted
        except OcrwebError as error:
            hint = error.hint("zh")
        assert hint
        assert all(box.points.shape == (4, 2) and np.isfinite(box.points).all() for box in boxes)


@pytest.mark.parametrize("content", ["[" * 100_000, '{"shapes":' + "[" * 100_000, "1.jpg\t" + "[" * 100_000])
def test_nesting_without_end_is_no_crash(tmp_path: Path, content: str) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / "deep.json").write_text(content)
    with pytest.raises(OcrwebError, match=r"formats\."):
        plan_import(tmp_path)


@given(st.binary(max_size=300))
@settings(max_examples=80, deadline=None)
def test_any_bytes_may_lie_beside_pictures(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = put(Path(folder), "1.jpg")
        (root / "1.txt").write_bytes(content)
        (root / "Label.txt").write_bytes(content)
        with contextlib.suppress(OcrwebError):
            assert report_of(plan_import(root)).accounted
