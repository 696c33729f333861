"""Outlines of more than four points, beside the label file that holds their boxes: ``1.txt`` and ``1.polygons.json``.

The file is a list as PaddleOCR's ``Label.txt`` has it, with the box that each outline belongs to:
``[{"transcription": "text", "points": [[x, y], …], "box": [x1, y1, …, x4, y4]}]``. Whoever reads label files alone
gets the boxes; a box that was changed since has lost its outline, and counts alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import shapely

from ocrweb.config.documents import parse_json
from ocrweb.data.sample import LabelledBox
from ocrweb.geometry.polygon import clockwise

SUFFIX = ".polygons.json"
MOST_POINTS = 1000
Key = tuple[float, ...]


def outlines_name(label: str) -> str:
    """``train_gts/1.txt`` → ``train_gts/1.polygons.json``"""
    return label.removesuffix(".txt") + SUFFIX


def usable_outline(points: np.ndarray) -> np.ndarray | None:
    """(P, 2) float32, clockwise, each point unlike the one before; None when it has not more than four, crosses itself or
    has no area."""
    points = np.asarray(points, np.float64).reshape(-1, 2)
    if not np.isfinite(points).all() or np.abs(points).max(initial=0) > 1e6:
        return None
    points = points[(points != np.roll(points, 1, axis=0)).any(axis=1)]
    if not 4 < len(points) <= MOST_POINTS:
        return None
    shape = shapely.Polygon(points)
    return clockwise(points).astype(np.float32) if shape.is_valid and shape.area >= 1 else None


def outlines_bytes(boxes: Iterable[LabelledBox]) -> bytes | None:
    """The file for the boxes that have an outline; None when none has."""
    entries = [
        {
            "transcription": box.text,
            "points": _short(box.polygon),
            "box": [value for point in _short(box.points) for value in point],
        }
        for box in boxes
        if box.polygon is not None
    ]
    return f"{json.dumps(entries, ensure_ascii=False)}\n".encode() if entries else None


def read_outlines(data: bytes) -> dict[Key, np.ndarray]:
    """Outlines by `key_of` their box. What cannot be read is left out; `count_of` tells how many there should be."""
    found: dict[Key, np.ndarray] = {}
    for entry in _entries(data):
        try:
            box = np.asarray(entry["box"], np.float64).reshape(4, 2)
            outline = usable_outline(np.asarray(entry["points"], np.float64))
        except (ValueError, KeyError, TypeError, OverflowError):
            continue
        if outline is not None and np.isfinite(box).all():
            found[key_of(box)] = outline
    return found


def count_of(data: bytes) -> int:
    return max(len(_entries(data)), 1)


def key_of(quad: np.ndarray) -> Key:
    """Equal for the same four corners in any order, to a tenth of a pixel."""
    rounded = np.rint(np.asarray(quad, np.float64).reshape(-1, 2) * 10) + 0.0
    return tuple(value for point in sorted(rounded.tolist()) for value in point)


def with_outlines(boxes: Iterable[LabelledBox], outlines: Mapping[Key, np.ndarray]) -> tuple[LabelledBox, ...]:
    """The boxes with the outlines that belong to them."""
    if not outlines:
        return tuple(boxes)
    return tuple(
        replace(box, polygon=outlines.get(key_of(box.points))) if box.polygon is None else box for box in boxes
    )


def _entries(data: bytes) -> list[dict[str, object]]:
    try:
        document = parse_json(data)
    except (ValueError, RecursionError):
        return []
    return [entry for entry in document if isinstance(entry, dict)] if isinstance(document, list) else []


def _short(points: np.ndarray) -> list[list[float]]:
    """Two digits at most, whole numbers without a point."""
    rounded = np.round(points.astype(np.float64), 2).tolist()
    return [[int(value) if value == int(value) else value for value in point] for point in rounded]
