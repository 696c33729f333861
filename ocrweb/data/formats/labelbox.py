"""Labelbox: rows of its export (v2), a line of JSON each, or a list of them.

A row has the labels of people by project; outlines are in pixels. What people answered about an outline stands with it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from ocrweb.config.documents import parse_json
from ocrweb.data.formats.annotated import (
    Items,
    LabelledPicture,
    Shape,
    Trouble,
    box_of,
    parts_of,
    points_of,
    records,
    size_in,
    split_in,
    text_in,
)
from ocrweb.data.formats.marks import mark_of
from ocrweb.data.formats.tree import SourceTree, lines_of

_NAMES = ("external_id", "global_key", "row_data", "id")  # of a row's picture: a file, a key, an address, a number
_TEXT_NAMES = ("text", "transcription", "content", "ocr", "文字", "文本", "内容")


def read_labelbox(tree: SourceTree, file: str) -> Items:
    """The pictures of one file; a line that cannot be read costs itself alone."""
    try:
        rows = list(_rows(tree.text(file)))
    except (ValueError, RecursionError) as failure:
        yield Trouble("broken", file, str(failure))
        return
    for number, row in rows:
        where = f"{file}:{number}"
        if isinstance(row, str):
            yield Trouble("broken", where, row)
            continue
        about = row.get("data_row")
        names = tuple(name for key in _NAMES if (name := text_in(about.get(key)))) if isinstance(about, dict) else ()
        if not names:
            yield Trouble("broken", where, "no picture")
            continue
        labels = [label for project in records(row.get("projects")) for label in records(project.get("labels"))]
        if not labels:
            yield Trouble("unlabelled", tree.find(names, posixpath.dirname(file)).path or names[0])
            continue
        if len(labels) > 1:
            yield Trouble("other-annotator", names[0], str(len(labels) - 1))
        yield _picture(row, max(labels, key=_worth), names, where, file)


def _rows(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Each row with its number, or why it cannot be read. Raises ValueError where the first one cannot."""
    try:
        document = parse_json(text)
    except ValueError:
        lines = [(number, line) for number, line in enumerate(lines_of(text), start=1) if line.strip()]
        parse_json(lines[0][1] if lines else text)
        yield from ((number, _row(line)) for number, line in lines)
        return
    listed = document if isinstance(document, list) else [document]
    yield from ((number, row if isinstance(row, dict) else "no object") for number, row in enumerate(listed, start=1))


def _row(line: str) -> dict[str, Any] | str:
    try:
        row = parse_json(line)
    except (ValueError, RecursionError) as failure:
        return str(failure)
    return row if isinstance(row, dict) else "no object"


def _worth(label: dict[str, Any]) -> tuple[bool, str]:
    """Of the labels of a row: what the others are measured by, else the last."""
    details, measured = label.get("label_details"), label.get("performance_details")
    benchmark = isinstance(measured, dict) and measured.get("is_benchmark_reference") is True
    said = details if isinstance(details, dict) else {}
    return benchmark, text_in(said.get("updated_at") or said.get("created_at"))


def _picture(
    row: dict[str, Any], label: dict[str, Any], names: tuple[str, ...], where: str, file: str
) -> LabelledPicture:
    said, media = label.get("annotations"), row.get("media_attributes")
    drawn = parts_of(said.get("objects")) if isinstance(said, dict) else []
    frames = records(said.get("frames")) if isinstance(said, dict) else []  # of a video, which is no picture
    read = [_shape(one) for one in drawn]
    read += ["frame" for frame in frames for _ in parts_of(frame.get("objects"))]
    shapes = tuple(shape for shape in read if isinstance(shape, Shape))
    bad = tuple(shape for shape in read if isinstance(shape, str))
    size = size_in(media.get("width"), media.get("height")) if isinstance(media, dict) else None
    split = split_in(file) or split_in(names[0])
    return LabelledPicture(names, shapes, where, posixpath.dirname(file), size, bad, split)


def _shape(one: Any) -> Shape | str:
    """An outline, or the kind of what is none of a text on a picture."""
    if not isinstance(one, dict):
        return "points"
    kind = text_in(one.get("annotation_kind")) or "points"
    box, corners = one.get("bounding_box"), one.get("polygon")
    if "page_number" in one:  # of a PDF, whose pages have units of their own
        return kind
    if isinstance(box, dict):
        points = box_of([box.get(name) for name in ("left", "top", "width", "height")])
    elif isinstance(corners, list) and all(isinstance(corner, dict) for corner in corners):
        points = points_of([[corner.get("x"), corner.get("y")] for corner in corners])
    else:
        return kind
    if points is None:
        return kind
    label, answers = text_in(one.get("name")), list(_answers(one.get("classifications")))
    texts = [text for name, text, _ in answers if text]
    text = next((text for name, text, _ in answers if text and name.lower() in _TEXT_NAMES), texts[0] if texts else "")
    chosen = [choice for _, _, choice in answers if choice]
    fields = {name: choice for name, _, choice in answers} | dict.fromkeys(chosen, True)
    return Shape(points, text or label, mark_of("labelbox", text, label, *chosen, fields=fields))


def _answers(given: Any) -> Iterator[tuple[str, str, str]]:
    """(question, what was written, what was chosen) of what people answered about an outline, whatever it leads on to."""
    for question in records(given):
        name, written = text_in(question.get("name")), question.get("text_answer")
        if isinstance(written, dict):
            yield name, text_in(written.get("content")), ""
        for choice in (question.get("radio_answer"), *records(question.get("checklist_answers"))):
            if isinstance(choice, dict):
                yield name, "", text_in(choice.get("name"))
                yield from _answers(choice.get("classifications"))
