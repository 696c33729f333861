"""The regions of a Label Studio task: found in its annotations, put together, and brought into pixels.

Values are percentages of the picture. A rectangle is given by the corner that was its top left before it was turned,
and turned clockwise about that very corner; only in pixels is that turn a turn.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ocrweb.data.checks.names import is_picture_name
from ocrweb.data.formats.annotated import Shape, numbers_of, points_of, records, size_in, text_in
from ocrweb.data.formats.marks import mark_of

_LABEL_KEYS = ("rectanglelabels", "polygonlabels", "labels", "brushlabels", "choices")
TEXT_KEYS = ("transcription", "text", "caption", "ocr_text")
_NO_SHAPES = ("relation", None)  # results without a value
Size = tuple[int, int]


def regions_of(task: dict[str, Any], predictions: bool) -> list[dict[str, Any]] | None:
    """All regions of a task as flat objects; None when nobody annotated it."""
    if not any(key in task for key in ("annotations", "completions", "predictions", "result")):
        return _minimal_regions(task)
    if isinstance(task.get("result"), list):
        return _joined(records(task["result"]))
    valid = annotations_of(task)
    if not valid and predictions:
        valid = records(task.get("predictions"))
    if not valid:
        return None
    best = max(valid, key=lambda entry: (bool(entry.get("ground_truth")), text_in(entry.get("updated_at"))))
    return _joined(records(best.get("result")))


def annotations_of(task: dict[str, Any]) -> list[dict[str, Any]]:
    """What people annotated, without what they gave up."""
    given = records(task.get("annotations") or task.get("completions"))
    return [entry for entry in given if not entry.get("was_cancelled")]


def _joined(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Results that share an id are one region: its outline, its label and its text come apart."""
    joined: dict[str, dict[str, Any]] = {}
    for number, result in enumerate(results):
        value = result.get("value")
        if value is None and result.get("type") in _NO_SHAPES:
            continue
        value = value if isinstance(value, dict) else {"x": None, "y": None}
        region = joined.setdefault(str(result.get("id", f"#{number}")), {})
        region.update(value)
        for key in ("original_width", "original_height", "image_rotation", "type", "to_name", "item_index"):
            if key in result and (key != "type" or "type" not in region):
                region[key] = result[key]
    return [region for region in joined.values() if _has_outline(region) or _has_other_shape(region)]


def _minimal_regions(task: dict[str, Any]) -> list[dict[str, Any]]:
    """JSON-MIN: lists of flat regions under the names of the controls; the same region may stand under several."""
    regions: dict[tuple[Any, ...], dict[str, Any]] = {}
    texts: list[str] = []
    for value in task.values():
        listed = records(value)
        for region in listed:
            if _has_outline(region):
                key = tuple(str(region.get(name)) for name in ("x", "y", "width", "height", "rotation", "points"))
                regions[key] = {**regions.get(key, {}), **region}
        if isinstance(value, list) and value and not listed:
            texts = [text_in(entry) for entry in value]
    found = list(regions.values())
    if len(found) == 1 and not texts:  # a list of one transcription is written without its list
        said = [task[key] for key in TEXT_KEYS if isinstance(task.get(key), str) and not is_picture_name(task[key])]
        texts = [text_in(text) for text in said[:1]]
    if len(texts) == len(found):
        found = [{"text": text, **region} for text, region in zip(texts, found, strict=True)]
    return found


def _has_outline(region: dict[str, Any]) -> bool:
    return "points" in region or {"x", "y", "width", "height"} <= region.keys()


def _has_other_shape(region: dict[str, Any]) -> bool:
    """A brush, an ellipse or a key point: drawn by somebody, and no outline of a text."""
    return "rle" in region or {"x", "y"} <= region.keys()


def declared_size(region: dict[str, Any]) -> Size | None:
    return size_in(region.get("original_width"), region.get("original_height"))


def region_shape(region: dict[str, Any], size: Size) -> Shape | str:
    """One region in pixels of a picture of ``size``, or why it is none."""
    scale = np.array(size, np.float64) / 100
    if "points" in region:
        outline = points_of(region["points"])
        if outline is None or len(outline) < 3:
            return "points"
        points = outline * scale
    else:
        box = numbers_of([region.get(name) for name in ("x", "y", "width", "height")])  # none of an ellipse or a brush
        turn = numbers_of(region.get("rotation") or 0)
        if box is None or turn is None:
            return str(region.get("type") or "points")
        points = turned_rectangle(box[:2] * scale, box[2:] * scale, float(turn[0]))
    labels = [text_in(label) for key in _LABEL_KEYS for label in _as_list(region.get(key))]
    text = text_in(region.get("text"))
    return Shape(points, text, mark_of("label-studio", text, *labels))


def turned_rectangle(corner: np.ndarray, sides: np.ndarray, degrees: float) -> np.ndarray:
    """(4, 2) corners, clockwise from the text's own top left. corner: (x, y) of that one, pixels. sides: (width, height),
    pixels. degrees: clockwise on the screen, about the corner."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    along, down = np.array([cosine, sine]) * sides[0], np.array([-sine, cosine]) * sides[1]
    return np.stack([corner, corner + along, corner + along + down, corner + down])


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
