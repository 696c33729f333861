"""YOLO's lines with numbers in pixels in place of shares, as scripts leave them.

Four numbers may be a centre and a size, two corners, or a corner and a size; nine may be a class and four corners, or four
corners and a number that stands there. Which they are is taken from where the pictures end, and from nothing else.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np

from ocrweb.data.checks import label_box
from ocrweb.data.checks.label_line import NUMBER
from ocrweb.data.checks.names import known_label_stems, stem_of
from ocrweb.data.formats.annotated import Items, LabelledPicture, Shape, Trouble, numbers_of
from ocrweb.data.formats.class_names import Names, nearest_names
from ocrweb.data.formats.marks import mark_of
from ocrweb.data.formats.tree import SourceTree, composed, lines_of
from ocrweb.data.sample import Split

YOLO_PIXELS = "yolo-pixels"  # beside its `Format`
MAYBE_PIXELS = "maybe-pixels"
_LINE = re.compile(rf"\s*(\d{{1,3}})((?:\s+{NUMBER}){{4,}})\s*")
_SHARE = 1.05  # no share of a picture is larger
_OVER = 2.0  # pixels by which a box may stick out
_FEW = 100  # one in so many lines may be odd
_CLASSES = 80  # the most that a set for detection has; a first number above is likely a coordinate
_TO_BOX: dict[str, Callable[[np.ndarray], np.ndarray]] = {  # (4,) → two corners
    "centre and size": lambda box: np.stack([box[:2] - box[2:] / 2, box[:2] + box[2:] / 2]),
    "two corners": lambda box: box.reshape(2, 2),
    "corner and size": lambda box: np.stack([box[:2], box[:2] + box[2:]]),
}


def is_pixel_file(lines: list[str]) -> bool:
    """Whether most lines are a class and numbers in pixels, so far as a file alone can tell."""
    read = [pixels_in(line) for line in lines if line.strip()]
    found = [one for one in read if one is not None]
    quads = [one for one in found if len(one[1]) == 8]
    as_text = sum(_is_quad(_without_class(one)) and (one[0] > _CLASSES or not _is_quad(one[1])) for one in quads)
    neither = sum(not _is_quad(one[1]) for one in quads)
    return 2 * len(found) > len(read) and not as_text and 2 * neither <= len(quads)


def pixels_in(line: str) -> tuple[int, np.ndarray] | None:
    """The class and the coordinates of a line; a detector's score behind them is left away. None for any other line."""
    said = _LINE.fullmatch(line)
    values = numbers_of(said[2].split()) if said else None
    if said is None or values is None or values.max() <= _SHARE:
        return None
    if len(values) % 2:
        if not 0 <= values[-1] <= 1:
            return None
        values = values[:-1]
    return (int(said[1]), values) if len(values) in (4, 8) or len(values) >= 10 else None


def believed_layout(tree: SourceTree, files: tuple[str, ...]) -> str:
    """What four numbers are in these files: the one of `_TO_BOX` with which all boxes lie in their pictures, where they do not
    with the others; "" where nobody can tell. Four corners are known by those that make no corners as texts."""
    broken: Counter[str] = Counter()
    boxes = quads = sure = 0
    for size, values in _placed(tree, files):
        if len(values[1]) == 4:
            boxes += 1
            broken.update(name for name, to_box in _TO_BOX.items() if not _fits(to_box(values[1]), size))
        elif len(values[1]) == 8:
            quads += 1
            sure += not _is_quad(_without_class(values))
    if quads and not sure:
        return ""
    allowed = boxes // _FEW
    fitting = [name for name in _TO_BOX if broken[name] <= allowed]
    told = len(fitting) == 1 and all(broken[name] > 3 * allowed for name in _TO_BOX if name != fitting[0])
    return fitting[0] if told else "" if boxes else "two corners"


def read_pixels(
    layout: str, names: dict[str, Names], tree: SourceTree, picture: str, file: str, split: Split | None
) -> Items:
    """A file of such lines. layout: of `believed_layout`; with "" the boxes are left out. names: of classes, by folder."""
    lines = [(number, line) for number, line in enumerate(lines_of(tree.text(file)), 1) if line.strip()]
    if not layout:
        yield Trouble(MAYBE_PIXELS, file, lines[0][1].strip()[:60] if lines else "", len(lines))
        return
    known = nearest_names(names, file)
    shapes = []
    for number, line in lines:
        if (found := pixels_in(line)) is None:
            yield Trouble("broken", f"{file}:{number}", line[:60], 1)
            continue
        points = _TO_BOX[layout](found[1]) if len(found[1]) == 4 else found[1].reshape(-1, 2)
        shapes.append(Shape(points, mark=mark_of("yolo", known.get(str(found[0]), ""))))
    if shapes or not lines:  # a picture whose labels cannot be read is not one without text
        yield LabelledPicture((picture,), tuple(shapes), file, "", split=split)


def without_picture(tree: SourceTree, files: list[str]) -> list[str]:
    """Files of numbers that are called as no picture here, and so are likely no labels."""
    stems = (stem for name in tree.pictures for stem in (stem_of(name), *known_label_stems(name)))
    known = {composed(stem).casefold() for stem in stems}
    return [file for file in files if composed(stem_of(file)).casefold() not in known]


def _placed(
    tree: SourceTree, files: tuple[str, ...]
) -> Iterator[tuple[tuple[int, int] | None, tuple[int, np.ndarray]]]:
    """Each line with the size of its picture, None where there is none."""
    for file in files:
        size = tree.size_of((f"{stem_of(file)}.jpg",), posixpath.dirname(file))
        found = (pixels_in(line) for line in lines_of(tree.text(file)))
        yield from ((size, values) for values in found if values is not None)


def _fits(box: np.ndarray, size: tuple[int, int] | None) -> bool:
    inside = size is None or bool((box[0] >= -_OVER).all() and (box[1] <= np.array(size) + _OVER).all())
    return inside and bool((box[1] > box[0]).all())


def _without_class(values: tuple[int, np.ndarray]) -> np.ndarray:
    """Eight numbers as they are where what looks like a class is the first of them, and the last one a text."""
    return np.concatenate([[values[0]], values[1][:7]])


def _is_quad(eight: np.ndarray) -> bool:
    """Whether four corners follow each other around an area."""
    points = eight.reshape(4, 2)
    sides = np.roll(points, -1, axis=0) - points
    after = np.roll(sides, -1, axis=0)
    turns = sides[:, 0] * after[:, 1] - sides[:, 1] * after[:, 0]
    return bool(((turns > 0).all() or (turns < 0).all()) and not label_box.is_degenerate(points[None])[0])
