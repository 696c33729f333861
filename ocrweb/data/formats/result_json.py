"""Boxes in a JSON file of one picture, or of many by their names: what PaddleOCR 3, RapidOCR, EasyOCR and this program answer,
and a line of ``Label.txt`` kept alone."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ocrweb.config.documents import parse_json
from ocrweb.data.checks.names import is_picture_name
from ocrweb.data.formats.annotated import Items, LabelledPicture, Shape, points_of, split_in, text_in
from ocrweb.data.formats.marks import mark_of

LEAST_POINTS = 3
_OUTLINES = ("boxes", "box", "bbox", "points", "polygon", "poly", "quad")  # EasyOCR's, then those of scripts
_SCORES = {"score", "scores", "confidence", "confident", "conf", "prob"}
_TEXTS = ("text", "transcription", "rec_txt", "txt")


@dataclass(frozen=True, slots=True)
class Result:
    """path: of the picture, "" where only the file's name tells it. shapes: None for an outline that cannot be read.
    guessed: a model's answer, which nobody has confirmed."""

    path: str
    shapes: tuple[Shape | None, ...]
    guessed: bool


def results_in(document: Any) -> list[Result]:
    """What a document says of its pictures; empty when it is no such document. Where nothing was read on a picture, it has no
    shapes; what is no list says nothing of it."""
    several = [(name, _alone(found)) for name, found in _by_picture(document)]
    if any(found and _read(found[0]) is not None for _, found in several):
        by_hand = all(_is_drawn(entry) for _, found in several for entry in found)
        read = _labelled if by_hand else _read
        return [Result(name, tuple(map(read, found)), guessed=not by_hand) for name, found in several]
    alone = result_in(document)
    return [] if alone is None else [alone]


def _alone(found: list[Any]) -> list[Any]:
    """The list of a picture, without the list of pictures that PaddleOCR 2 puts around it."""
    if found == [None]:
        return []
    return found[0] if len(found) == 1 and _is_list_of_pairs(found[0]) else found


def _is_drawn(entry: Any) -> bool:
    """Whether it is a box as people draw them: programs have scores, or other names for an outline."""
    return isinstance(entry, dict) and "points" in entry and "box" not in entry and not _SCORES & entry.keys()


def _by_picture(document: Any) -> Iterator[tuple[str, list[Any]]]:
    """``{"1.jpg": […]}``, or ``[{"image": "1.jpg", "result": […]}]``"""
    if (
        isinstance(document, dict)
        and document
        and all(isinstance(key, str) and is_picture_name(key) for key in document)
    ):
        yield from ((name, found) for name, found in document.items() if isinstance(found, list))
    for entry in document if isinstance(document, list) else ():
        values = list(entry.values()) if isinstance(entry, dict) else []
        names = [value for value in values if isinstance(value, str) and is_picture_name(value)]
        lists = [value for value in values if isinstance(value, list)]
        if names and len(lists) == 1 and not (isinstance(entry, dict) and _outline_of(entry)):
            yield names[0], lists[0]


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
    if all(isinstance(entry, str | dict) and _read(entry) is not None for entry in document):
        return Result("", tuple(map(_read, document)), guessed=True)  # EasyOCR's "dict" and "json"
    if _is_list_of_pairs(document):
        return Result("", tuple(_shape(entry[0], _text_of(entry[1])) for entry in document), guessed=True)
    return None


def read_result(document: Any, file: str) -> Items:
    """The pictures of one file, a single one called as the file is where it names none."""
    for found in results_in(document):
        kept = tuple(shape for shape in found.shapes if shape is not None)
        bad = ("points",) * (len(found.shapes) - len(kept))
        name = found.path or posixpath.basename(file)
        split = split_in(file) or split_in(name)
        yield LabelledPicture((name,), kept, file, posixpath.dirname(file), bad=bad, split=split)


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


def _read(entry: Any) -> Shape | None:
    """A box that a program read: an outline with a text and a score, an object of them, or such an object as a text."""
    if isinstance(entry, str):
        try:
            entry = parse_json(entry)
        except (ValueError, RecursionError):
            return None
    if isinstance(entry, dict):
        if {"points", "box"} <= entry.keys():  # an outline of a dataset of ours, beside its labels
            return None
        return _shape(_outline_of(entry), text_in(next((entry[key] for key in _TEXTS if key in entry), "")))
    if not isinstance(entry, list) or len(entry) < 2 or not isinstance(entry[1], str | list):
        return None
    return _shape(entry[0], _text_of(entry[1]))


def _outline_of(entry: dict[str, Any]) -> Any:
    """Four flat numbers may be corners or sizes, and are none."""
    return next((entry[key] for key in _OUTLINES if _points(entry.get(key)) is not None), None)


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
