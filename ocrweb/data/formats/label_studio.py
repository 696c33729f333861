"""Label Studio: JSON, JSON-MIN and CSV exports of OCR projects, and task files with predictions.

``image_rotation`` says how somebody turned the picture on the screen: values and stated size are of the picture itself,
unless the size proves otherwise.
"""

from __future__ import annotations

import csv
import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

from ocrweb.data.checks.names import is_picture_name
from ocrweb.data.formats.annotated import (
    Items,
    LabelledPicture,
    Shape,
    Trouble,
    numbers_of,
    records,
    split_in,
    state_in,
    text_in,
)
from ocrweb.data.formats.label_studio_csv import tasks_in_table
from ocrweb.data.formats.label_studio_regions import Size, annotations_of, declared_size, region_shape, regions_of
from ocrweb.data.formats.quads import from_stored
from ocrweb.data.formats.tree import SourceTree
from ocrweb.data.labelling.state import PictureState

_UPLOADED = re.compile(r"^[0-9a-f]{8}-(?=.)")  # put before a file's name by Label Studio's upload
STATE = "ocrweb_state"  # of a task's data: how far somebody had looked at its labels


def read_label_studio(tree: SourceTree, file: str, *, predictions: bool) -> Items:
    """The pictures of one file. predictions: take what a model proposed where nobody has annotated."""
    try:
        tasks = _tasks(tree, file)
    except (ValueError, csv.Error) as failure:
        yield Trouble("broken", file, str(failure))
        return
    for number, task in enumerate(tasks, start=1):
        where = f"{file}#{number}"
        if isinstance(task, str):
            yield Trouble("broken", where, task)
            continue
        names = tuple(_picture_names(task))
        if not names:
            yield Trouble("broken", where, "no picture")
            continue
        regions = regions_of(task, predictions)
        if regions is None:
            yield Trouble("unlabelled", names[0])
            continue
        if (others := len(annotations_of(task)) - 1) > 0:
            yield Trouble("other-annotator", names[0], str(others))
        pages = _pages(task)
        if len(pages) > 1:
            yield from _several_pictures(tree, file, where, pages, regions)
            continue
        picture = _picture_of(tree, file, where, names, regions)
        yield replace(picture, state=_state_of(task))


def _tasks(tree: SourceTree, file: str) -> list[dict[str, Any] | str]:
    """The tasks of a file, or why one cannot be read. Raises ValueError, csv.Error."""
    text = tree.text(file)
    if text.lstrip("\ufeff \t\r\n")[:1] not in ("[", "{"):
        return list(tasks_in_table(text))
    document = tree.json(file)
    return [document] if isinstance(document, dict) else [*records(document)]


def _picture_of(
    tree: SourceTree, file: str, where: str, names: tuple[str, ...], regions: list[dict[str, Any]]
) -> LabelledPicture:
    """A picture with its regions, in pixels of the size that they state, else of its own."""
    folder = posixpath.dirname(file)
    declared = next((size for region in regions if (size := declared_size(region))), None)
    size = declared or tree.size_of(names, folder)
    read = [region_shape(region, size) if size else "size" for region in regions]
    if size and (turn := _turn_of(regions)) and tree.size_of(names, folder) == size[::-1] != size:
        read = [_turned_back(shape, turn, size) for shape in read]
        size = size[::-1]
    shapes = tuple(shape for shape in read if isinstance(shape, Shape))
    bad = tuple(shape for shape in read if isinstance(shape, str))
    return LabelledPicture(names, shapes, where, folder, size, bad, split_in(file) or split_in(names[0]))


def _turn_of(regions: list[dict[str, Any]]) -> int:
    """By how many degrees clockwise the picture was turned on its side when it was labelled: 90, 270, or 0 for neither."""
    said = numbers_of(next((region["image_rotation"] for region in regions if "image_rotation" in region), 0))
    turn = said[0] % 360 if said is not None else 0
    return int(turn) if turn in (90, 270) else 0


def _turned_back(shape: Shape | str, turn: int, size: Size) -> Shape | str:
    """A shape on the turned picture → on the picture itself. size: (width, height) of the turned one."""
    return (
        shape
        if isinstance(shape, str)
        else Shape(from_stored(shape.points, 8 if turn == 90 else 6, size), shape.text, shape.mark)
    )


def _state_of(task: dict[str, Any]) -> PictureState | Literal[""]:
    """A person who annotated has looked at what a model proposed."""
    data = task.get("data")
    state = state_in((data if isinstance(data, dict) else task).get(STATE))
    return "" if state in ("auto", "check") and annotations_of(task) else state


def _several_pictures(
    tree: SourceTree, file: str, where: str, pages: dict[tuple[str, int], str], regions: list[dict[str, Any]]
) -> Items:
    """A picture for each of a task's: regions name theirs by ``to_name``, and its page by ``item_index``."""
    keys = {key for key, _ in pages}
    own: dict[tuple[str, int], list[dict[str, Any]]] = {place: [] for place in pages}
    for region in regions:
        name, said = text_in(region.get("to_name")), region.get("item_index") or 0
        key = name if name in keys else next(iter(keys)) if len(keys) == 1 else ""
        index = numbers_of(said)
        place = key, -1 if index is None else int(index[0])
        if place in own:
            own[place].append(region)
        else:
            yield Trouble("which-picture", where, f"{name or '?'} {text_in(said)}", 1)
    for place, name in pages.items():
        names = tuple(_names_of(name))
        yield _picture_of(tree, file, where, names, own[place])


def _pages(task: dict[str, Any]) -> dict[tuple[str, int], str]:
    """Pictures of a task by the name of their control and the number of their page; those of one name count once."""
    data = task.get("data") if isinstance(task.get("data"), dict) else task
    assert isinstance(data, dict)
    pages: dict[tuple[str, int], str] = {}
    for key, value in data.items():
        for index, name in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(name, str) and (is_picture_name(name) or is_picture_name(name.split("?", 1)[0])):
                pages[str(key), index] = name
    stems = {posixpath.basename(name.split("?", 1)[0]) for name in pages.values()}
    return pages if len(stems) > 1 else {}


def has_annotations(tree: SourceTree, file: str) -> bool:
    """Whether somebody annotated anything in a file, so that its predictions do not count."""
    try:
        tasks = _tasks(tree, file)
    except (ValueError, csv.Error):
        return False
    return any(regions_of(task, predictions=False) is not None for task in tasks if isinstance(task, dict))


def _picture_names(task: dict[str, Any]) -> Iterator[str]:
    """What a task calls its picture: the value of its data that is a picture's name, without the upload's prefix too."""
    data = task.get("data") if isinstance(task.get("data"), dict) else task
    assert isinstance(data, dict)
    values = [value for value in (*_flat(data.values()), task.get("file_upload")) if isinstance(value, str)]
    for value in values:
        path = value.split("?", 1)[0]
        if is_picture_name(path) or is_picture_name(value):
            yield from _names_of(value)


def _names_of(value: str) -> Iterator[str]:
    """A picture's name as written, and without the upload's prefix."""
    yield value
    path = value if is_picture_name(value) else value.split("?", 1)[0]
    base = posixpath.basename(path.replace("\\", "/"))
    if _UPLOADED.match(base):
        yield _UPLOADED.sub("", base)


def _flat(values: Any) -> Iterator[Any]:
    for value in values:
        yield from value if isinstance(value, list) else (value,)
