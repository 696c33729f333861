"""Forms and receipts in JSON: FUNSD (Jaume et al. 2019), XFUND (Xu et al. 2022), CORD (Park et al. 2019)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ocrweb.data.formats.annotated import parts_of, records

_CORNERS = tuple(f"{side}{number}" for number in (1, 2, 3, 4) for side in "xy")  # of CORD's "quad"


def form_of(document: dict[str, Any]) -> str | None:
    """Which of the three a JSON object is."""
    if isinstance(document.get("form"), list):
        return "funsd"
    if isinstance(document.get("valid_line"), list):
        return "cord"
    pages = records(document.get("documents"))
    return "xfund" if pages and "document" in pages[0] and "img" in pages[0] else None


def funsd(document: Any, stem: str) -> Iterator[tuple[str, list[Any], Any]]:
    words = [word for part in parts_of(document["form"]) for word in parts_of(part.get("words") or [part])]
    yield f"{stem}.png", words, None


def xfund(document: Any, stem: str) -> Iterator[tuple[str, list[Any], Any]]:
    """The fields of a page, a line each as a rule; their words are single characters in Chinese and Japanese."""
    for page in records(document["documents"]):
        image = page["img"]
        yield image["fname"], parts_of(page["document"]), (image.get("width"), image.get("height"))


def cord(document: Any, stem: str) -> Iterator[tuple[str, list[Any], Any]]:
    """The words, and as ignored what nobody read ("dontcare") or repeats without end ("repeating_symbol")."""
    boxes = [_cornered(word) for line in parts_of(document["valid_line"]) for word in parts_of(line.get("words"))]
    for group in ("dontcare", "repeating_symbol"):
        boxes += [_unread(outline) for outline in _outlines(document.get(group))]
    size = (document.get("meta") or {}).get("image_size") or {}
    yield f"{stem}.png", boxes, (size.get("width"), size.get("height"))


def _outlines(groups: Any) -> Iterator[Any]:
    """Each is a list of four points or a word like those of a line, alone or in a list of its kind."""
    for entry in parts_of(groups):
        inner = entry.get("words") if isinstance(entry, dict) else entry
        if isinstance(inner, list) and inner and not (isinstance(inner[0], dict) and "x" in inner[0]):
            yield from _outlines(inner)
        else:
            yield entry


def _cornered(word: Any) -> Any:
    """A word with the corners of its "quad" as points."""
    quad = word.get("quad") if isinstance(word, dict) else None
    return {**word, "points": [quad.get(name) for name in _CORNERS]} if isinstance(quad, dict) else word


def _unread(outline: Any) -> Any:
    if isinstance(outline, list):
        return {"points": [[corner.get("x"), corner.get("y")] for corner in records(outline)], "text": "###"}
    return {**_cornered(outline), "text": "###"} if isinstance(outline, dict) else outline
