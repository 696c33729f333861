"""VIA 3's project: regions in ``metadata``, each of a view of files, with its shape's number before its coordinates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from ocrweb.data.formats.annotated import box_of, points_of, records, text_in

XY = "xy"
_RECT, _POLYGON, _EXTREME_RECT = 2, 7, 8  # of what may hold text: no points, circles, ellipses, lines


def is_project(document: dict[str, Any]) -> bool:
    return all(isinstance(document.get(name), dict) for name in ("metadata", "file", "attribute", "view"))


def pictures(document: dict[str, Any]) -> Iterator[tuple[str, list[Any], None]]:
    """Each file with its regions, whose attributes have the names and choices that people gave them. A region of a view of
    several files is of none."""
    views = {number: view.get("fid_list") for number, view in document["view"].items() if isinstance(view, dict)}
    regions: dict[str, list[Any]] = defaultdict(list)
    for region in records(document["metadata"]):
        if region.get(XY) == []:  # says something of the whole file
            continue
        view = text_in(region.get("vid"))
        files = views.get(view)
        file = text_in(files[0]) if isinstance(files, list) and len(files) == 1 else f"view {view}"
        regions[file].append({XY: region.get(XY), "attributes": _said(document["attribute"], region.get("av"))})
    for number, file in document["file"].items():
        if isinstance(file, dict):
            yield text_in(file.get("fname")) or text_in(file.get("src")), regions.pop(number, []), None
    for name, left in regions.items():
        yield name, left, None


def outline(xy: Any) -> np.ndarray | None:
    """(P, 2) of a rectangle (two corners) or a polygon; None for any other shape."""
    if not isinstance(xy, list) or not xy:
        return None
    points = points_of(xy[1:])
    if xy[0] == _RECT:
        return box_of(xy[1:])
    if xy[0] == _EXTREME_RECT and points is not None:
        return np.stack([points.min(axis=0), points.max(axis=0)])
    return points if xy[0] == _POLYGON and points is not None and len(points) > 2 else None


def _said(attributes: dict[str, Any], values: Any) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for number, value in values.items() if isinstance(values, dict) else ():
        attribute = attributes.get(number)
        if isinstance(attribute, dict):
            choices = attribute.get("options")
            chosen = choices.get(value) if isinstance(choices, dict) and isinstance(value, str) else None
            said[text_in(attribute.get("aname"))] = value if chosen is None else chosen
    return said
