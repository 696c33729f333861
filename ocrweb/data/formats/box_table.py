"""Tables of boxes with a heading: a row a box, in columns that people and tools name in a few ways."""

from __future__ import annotations

import csv
import posixpath
import re
from dataclasses import dataclass

import numpy as np

from ocrweb.data.checks.names import is_picture_name, stem_of
from ocrweb.data.formats.annotated import (
    MAYBE_SIZE,
    Items,
    LabelledPicture,
    Shape,
    Trouble,
    numbers_of,
    size_in,
    split_in,
    text_in,
)
from ocrweb.data.formats.marks import mark_of
from ocrweb.data.formats.tree import SourceTree, lines_of

_APART = re.compile(r"[\W_]+")  # "x_min", "X Min" and "xmin" are one name
_NUMBER = re.compile(r"-?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?")
_PICTURES = (
    "filename", "file", "image", "imagename", "imagefile", "imagefilename", "imagepath", "filepath", "path", "img",
    "imgname", "imgpath", "imageid", "picture", "图片", "图片名", "图片名称", "图片路径", "图像", "文件", "文件名",
)  # fmt: skip
_TEXTS = (
    "text", "transcription", "utf8string", "content", "caption", "ocrtext", "文字", "文本", "内容",
    "label", "labelname", "class", "classname", "category", "标签", "类别",
)  # fmt: skip
_SIZES = (("imagewidth", "imageheight"), ("imgwidth", "imgheight"), ("imgw", "imgh"), ("width", "height"))
_LAYOUTS: dict[str, list[tuple[str, ...]]] = {  # of a box, the most exact first
    "outline": [
        ("x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4"), ("x0", "y0", "x1", "y1", "x2", "y2", "x3", "y3"),
        ("points",), ("polygon",), ("poly",), ("quad",), ("segmentation",), ("coordinates",),
    ],
    "corners": [
        ("xmin", "ymin", "xmax", "ymax"), ("x1", "y1", "x2", "y2"), ("x0", "y0", "x1", "y1"),
        ("left", "top", "right", "bottom"), ("minx", "miny", "maxx", "maxy"), ("xtl", "ytl", "xbr", "ybr"),
        ("左", "上", "右", "下"), ("左上x", "左上y", "右下x", "右下y"),
    ],
    "sides": [
        ("x", "y", "w", "h"), ("x", "y", "width", "height"), ("left", "top", "width", "height"), ("left", "top", "w", "h"),
        ("xmin", "ymin", "width", "height"), ("xmin", "ymin", "w", "h"), ("bboxx", "bboxy", "bboxwidth", "bboxheight"),
        ("左", "上", "宽", "高"), ("左上x", "左上y", "宽", "高"), ("x", "y", "宽", "高"), ("左", "上", "宽度", "高度"),
    ],
    "centre": [("xcenter", "ycenter", "width", "height"), ("xcenter", "ycenter", "w", "h"), ("cx", "cy", "w", "h")],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Heading:
    """names: of the columns, each written in one way. mark: between cells. layout: one of `_LAYOUTS`. box: its columns.
    picture, text: theirs, "" without one. size: those of the picture's size, none without them. bare: the
    table has no heading, and its first row is a box."""

    names: tuple[str, ...]
    mark: str
    layout: str
    box: tuple[str, ...]
    picture: str
    text: str
    size: tuple[str, ...]
    bare: bool = False


def is_box_table(start: str, name: str) -> bool:
    """Whether a file begins with a heading that names pictures and boxes, or boxes alone in what is a table by its name."""
    heading = _heading_of(start)
    return heading is not None and bool(heading.picture or name.lower().endswith((".csv", ".tsv")))


def read_box_table(tree: SourceTree, file: str) -> Items:
    """The pictures of one table, without a column for them the one that is called as the table. Numbers of 0 to 1 alone are
    shares of the picture. A row that names a picture and no number says that it has no text."""
    try:
        text = tree.text(file)
        heading = _heading_of(text)
        if heading is None:
            raise ValueError("no heading")
        rows = list(csv.reader(lines_of(text)[not heading.bare :], delimiter=heading.mark, skipinitialspace=True))
    except (ValueError, csv.Error) as failure:
        yield Trouble("broken", file, str(failure))
        return
    pictures: dict[str, list[dict[str, str]]] = {}
    for number, cells in enumerate(rows, start=1 if heading.bare else 2):
        row = dict(zip(heading.names, (cell.strip() for cell in cells), strict=False))
        name = row.get(heading.picture, "") if heading.picture else f"{stem_of(file)}.jpg"
        if name:
            pictures.setdefault(name, []).append(row)
        elif any(row.values()):
            yield Trouble("broken", f"{file}:{number}", heading.mark.join(cells)[:60], 1)
    folder = posixpath.dirname(file)
    shares = _are_shares(heading, pictures)
    unsure = heading.bare and not _are_corners(heading, pictures)
    for number, (name, found) in enumerate(pictures.items(), start=1):
        stated = _stated(heading, found)
        scale = (stated or tree.size_of((name,), folder) or (1, 1)) if shares else (1, 1)
        read = [_shape(heading, row, scale) for row in found if any(row.get(column) for column in heading.box)]
        shapes = tuple(shape for shape in read if shape is not None and not unsure)
        bad = (MAYBE_SIZE if unsure else "points",) * (len(read) - len(shapes))
        split = split_in(file) or split_in(name)
        yield LabelledPicture((name,), shapes, f"{file}#{number}", folder, stated, bad, split)


def _heading_of(text: str) -> _Heading | None:
    first = lines_of(text)[0]
    mark = max(",;\t", key=first.count)
    names = tuple(_APART.sub("", name).lower() for name in first.split(mark))
    found = ((layout, box) for layout, boxes in _LAYOUTS.items() for box in boxes if set(box) <= set(names))
    layout, box = next(found, ("", ()))
    if not layout:
        return _bare_heading(first, mark)
    picture = next((name for name in _PICTURES if name in names), "")
    said = next((name for name in _TEXTS if name in names), "")
    size = next((pair for pair in _SIZES if set(pair) <= set(names) - set(box)), ())
    return _Heading(names, mark, layout, box, picture, said, size)


def _bare_heading(first: str, mark: str) -> _Heading | None:
    """Of a table without one: a picture, then two corners or four, then a text or class, if any."""
    cells = next(csv.reader([first], delimiter=mark, skipinitialspace=True), [])
    if len(cells) < 5 or not is_picture_name(cells[0].strip()):
        return None
    numbers = next((at for at, cell in enumerate(cells[1:]) if not _NUMBER.fullmatch(cell.strip())), len(cells) - 1)
    if numbers not in (4, 8):
        return None
    box = _LAYOUTS["corners" if numbers == 4 else "outline"][0]
    names = ("filename", *box, "text", *(f"column{at}" for at in range(len(cells) - numbers - 2)))[: len(cells)]
    text = "text" if "text" in names else ""
    return _Heading(names, mark, "corners" if numbers == 4 else "outline", box, "filename", text, (), bare=True)


def _are_corners(heading: _Heading, pictures: dict[str, list[dict[str, str]]]) -> bool:
    """Whether the second of two points lies behind the first in each row: else it may be a size."""
    read = [_numbers(heading, row) for rows in pictures.values() for row in rows]
    return heading.layout != "corners" or all(box is None or len(box) != 4 or (box[2:] > box[:2]).all() for box in read)


def _numbers(heading: _Heading, row: dict[str, str]) -> np.ndarray | None:
    """Those of a row's box; an outline may stand in one cell, with whatever between its numbers."""
    if len(heading.box) == 1:
        return numbers_of(_NUMBER.findall(row.get(heading.box[0], "")))
    return numbers_of([row.get(column) for column in heading.box])


def _stated(heading: _Heading, rows: list[dict[str, str]]) -> tuple[int, int] | None:
    sizes = (size_in(*(row.get(side) for side in heading.size)) for row in rows if heading.size)
    return next(filter(None, sizes), None)


def _are_shares(heading: _Heading, pictures: dict[str, list[dict[str, str]]]) -> bool:
    values = [numbers for rows in pictures.values() for row in rows if (numbers := _numbers(heading, row)) is not None]
    return bool(values) and all(numbers.min() >= 0 and numbers.max() <= 1 for numbers in values)


def _shape(heading: _Heading, row: dict[str, str], scale: tuple[int, int]) -> Shape | None:
    """None for a row without all its cells, too: its last number may have been cut."""
    points = _points(heading, row)
    if points is None or len(row) < len(set(heading.names)):
        return None
    text = text_in(row.get(heading.text))
    return Shape(points * np.array(scale, np.float64), text, mark_of("csv", text, fields=row))


def _points(heading: _Heading, row: dict[str, str]) -> np.ndarray | None:
    numbers = _numbers(heading, row)
    if numbers is None or len(numbers) % 2:
        return None
    if heading.layout == "outline":
        return numbers.reshape(-1, 2) if len(numbers) >= 6 else None
    first, second = numbers[:2], numbers[2:]
    return {
        "corners": np.stack([first, second]),
        "sides": np.stack([first, first + second]),
        "centre": np.stack([first - second / 2, first + second / 2]),
    }[heading.layout]
