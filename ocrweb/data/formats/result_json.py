"""Boxes of one picture in a JSON file: what PaddleOCR 3, RapidOCR, EasyOCR and this program answer, and a line of ``Label.txt``
kept alone."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ocrweb.data.formats.annotated import Items, LabelledPicture, Shape, points_of, split_in, text_in
from ocrweb.data.formats.marks import mark_of

LEAST_POINTS = 3


@dataclass(frozen=True, slots=True)
class Result:
    """path: of the picture, "" where only the file's name tells it. shapes: None for an outline that cannot be read.
    guessed: a model's answer, which nobody has confirmed."""

    path: str
    shapes: tuple[Shape | None, ...]
    guessed: bool


def result_in(document: Any) -> Result | None:
    """What a document says of one picture; None when it is no such document."""
    if isinstance(document, dict):
        inner = document.get("res")
        return _answer(inner if isinstance(inner, dict) else document)
    while isinstance(document, list) and len(document) == 1 and _is_list_of_pairs(document[0]):
        document = document[0]  # PaddleOCR 2 answers a list of pictures
    if not isinstance(document, list) or not document:
        return None
    if all(
        isinstance(entry, dict) and "points" in entry and "box" not in entry for entry in document
    ):  # not our outlines
        return Result("", tuple(_labelled(entry) for entry in document), guessed=False)
    if _is_list_of_pairs(document):
        return Result("", tuple(_shape(entry[0], _text_of(entry[1])) for entry in document), guessed=True)
    return None


def read_result(document: Any, file: str) -> Items:
    """The picture of one file, called as the file is where it names none."""
    found = result_in(document)
    if found is None:
        return
    kept = tuple(shape for shape in found.shapes if shape is not None)
    bad = ("points",) * (len(found.shapes) - len(kept))
    name = found.path or posixpath.basename(file)
    yield LabelledPicture((name,), kept, file, posixpath.dirname(file), bad=bad, split=split_in(file))


def _answer(document: dict[str, Any]) -> Result | None:
    path = document.get("input_path") or document.get("image_path") or ""
    for outlines, texts in (("rec_polys", "rec_texts"), ("dt_polys", ""), ("boxes", "texts")):
        found = document.get(outlines)
        if isinstance(found, list) and found and all(_points(entry) is not None for entry in found):
            said = document.get(texts)
            words = said if isinstance(said, list) and len(said) == len(found) else [""] * len(found)
            shapes = tuple(_shape(entry, text_in(word)) for entry, word in zip(found, words, strict=True))
            return Result(path if isinstance(path, str) else "", shapes, guessed=True) if _is_own(document) else None
    return None


def _is_own(document: dict[str, Any]) -> bool:
    """Whether the other keys are those of an answer: ``boxes`` alone may be anything."""
    return "dt_polys" in document or "rec_polys" in document or ("image_path" in document and "scores" in document)


def _labelled(entry: dict[str, Any]) -> Shape | None:
    text = text_in(entry.get("transcription", entry.get("text", entry.get("label"))))
    shape = _shape(entry.get("points"), text)
    fields = {name: entry.get(name) for name in ("difficult", "ignore")}
    return shape and Shape(shape.points, text, mark_of("ppocrlabel", text, fields=fields))


def _shape(outline: Any, text: str) -> Shape | None:
    points = _points(outline)
    return None if points is None else Shape(points, text, mark_of("det-results", text))


def _points(outline: Any) -> Any:
    points = points_of(outline)
    return points if points is not None and len(points) >= LEAST_POINTS else None


def _text_of(said: Any) -> str:
    """A text, or a text with its score."""
    return text_in(said[0] if isinstance(said, Sequence) and not isinstance(said, str) and said else said)


def _is_list_of_pairs(document: Any) -> bool:
    """Outline, then a text or a text with its score, then whatever."""
    return (
        isinstance(document, list)
        and bool(document)
        and all(isinstance(entry, list) and len(entry) >= 2 and _points(entry[0]) is not None for entry in document)
        and all(
            isinstance(entry[1], str) or (isinstance(entry[1], list) and entry[1] and isinstance(entry[1][0], str))
            for entry in document
        )
    )
