"""The shapes of a picture → boxes of a dataset, each counted: what was changed about it, why it is ignored or left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ocrweb.data.formats.annotated import LabelledPicture, Shape
from ocrweb.data.formats.options import ImportOptions
from ocrweb.data.formats.quads import fit_quads
from ocrweb.data.outlines import usable_outline
from ocrweb.data.sample import LabelledBox

CHANGES = ("reduced", "reordered", "clipped")


@dataclass
class MadeBoxes:
    """boxes: in their order. ignored_because: how many are ignored for which mark. left_out: (kind, which shape and where),
    one a shape. adjusted: counts of `plan.ADJUSTMENTS`."""

    boxes: list[LabelledBox] = field(default_factory=list)
    ignored_because: Counter[str] = field(default_factory=Counter)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    adjusted: Counter[str] = field(default_factory=Counter)


def make_boxes(
    item: LabelledPicture,
    move: Callable[[np.ndarray], np.ndarray],
    size: tuple[int, int],
    options: ImportOptions,
) -> MadeBoxes:
    """Boxes with four points inside the picture; outlines of more keep theirs too.

    move: an outline as labelled → in pixels of the picture. size: (width, height) of it. Of two shapes with the same box
    the one that counts as text stays, else the first.
    """
    made = MadeBoxes()
    kept: dict[bytes, tuple[LabelledBox, str]] = {}
    outlines = [move(shape.points) for shape in item.shapes]
    for number, (shape, points, fitted) in enumerate(
        zip(item.shapes, outlines, fit_quads(outlines, size), strict=True), start=1
    ):
        if fitted.quad is None:
            kind = "bad-shape" if fitted.dropped == "points" else fitted.dropped
            made.left_out.append((kind, f"{number}: {_short(points)}"))
            continue
        mark = _mark(shape, options)
        polygon = points if fitted.reduced else None if shape.polygon is None else move(shape.polygon)
        box = _as_box(shape, fitted.quad, mark, options.ignored_as_text, _inside(polygon, size))
        for change in CHANGES:
            made.adjusted[change] += getattr(fitted, change)
        key = fitted.quad.tobytes()
        earlier = kept.get(key)
        if earlier is not None:
            made.adjusted["duplicates"] += 1
            made.left_out.append(("duplicates", ""))
        if earlier is None or (earlier[0].ignore and not box.ignore):
            kept[key] = box, mark if box.ignore else ""
    made.boxes = [box for box, _ in kept.values()]
    made.ignored_because.update(mark for _, mark in kept.values() if mark)
    made.adjusted["outlines"] = sum(box.polygon is not None for box in made.boxes)
    return made


def _inside(polygon: np.ndarray | None, size: tuple[int, int]) -> np.ndarray | None:
    return None if polygon is None else usable_outline(np.round(np.clip(polygon, 0, size), 2))


def _mark(shape: Shape, options: ImportOptions) -> str:
    """Why a box is ignored, by what the person said about marks and words."""
    word = shape.text.strip().lower()
    if word and word in (given.strip().lower() for given in options.ignore_words):
        return word
    return "" if shape.mark in options.not_marks else shape.mark


def _as_box(
    shape: Shape, quad: np.ndarray, mark: str, ignored_as_text: bool, polygon: np.ndarray | None
) -> LabelledBox:
    ignore = bool(mark) and not ignored_as_text
    text = "" if mark else shape.text  # the writer puts the mark, or a placeholder, in its place
    return LabelledBox(quad, text, ignore, polygon)


def _short(points: np.ndarray) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points[:4])
