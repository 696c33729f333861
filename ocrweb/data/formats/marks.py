"""What says "do not learn this" in each format: one table, for readers, reports and docs alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_WORDS = (
    "###",
    "*",
    "ignore",
    "ignored",
    "illegible",
    "difficult",
    "unsure",
    "don't care",
    "dont care",
    "dontcare",
    "忽略",
    "难辨",
)
_TRUE = (True, 1, "1", "true", "yes")
_FALSE = (False, 0, "0", "false", "no")


@dataclass(frozen=True, slots=True)
class Marks:
    """words: transcriptions or labels, in lower case. fields: those whose truth ignores. unless: those whose falsehood
    does (``legible``)."""

    words: tuple[str, ...]
    fields: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


_FLAGS = ("ignore", "ignored", "illegible", "difficult")
MARKS: dict[str, Marks] = {
    "icdar": Marks(("###", "*"), ("difficulty",)),
    "ppocrlabel": Marks(_WORDS, ("difficult",)),
    "labelme": Marks(_WORDS, _FLAGS),
    "coco": Marks(_WORDS, ("iscrowd", *_FLAGS)),
    "textocr": Marks((*_WORDS, "."), ("iscrowd", *_FLAGS)),
    "label-studio": Marks(_WORDS),
    "mmocr": Marks(_WORDS, ("ignore",)),
    "voc": Marks(_WORDS, _FLAGS),
    "cvat": Marks(_WORDS, _FLAGS),
    "via": Marks(_WORDS, _FLAGS),
    "total-text": Marks((*_WORDS, "#"), ()),
    "msra": Marks((), ("difficult",)),
    "art": Marks(_WORDS, ("illegibility", *_FLAGS)),
    "rects": Marks(_WORDS, ("ignore",)),
    "hiertext": Marks(_WORDS, (), ("legible",)),
    "datumaro": Marks(_WORDS, ("is_crowd", *_FLAGS)),
    "funsd": Marks(_WORDS),
    "doctr": Marks(_WORDS),
    "dota": Marks(_WORDS, ("difficult",)),
    "yolo": Marks(_WORDS),
    "ctw1500": Marks(_WORDS),
    "det-results": Marks(_WORDS),
    "synthtext": Marks(_WORDS),
}


def mark_of(format: str, *texts: str, fields: Mapping[str, Any] | None = None) -> str:
    """The mark that says to ignore a box, as reports name it: a word, or a field's name; "" when nothing says so."""
    marks = MARKS[format]
    for text in texts:
        if (word := text.strip().lower()) in marks.words:
            return word
    given = {str(name).lower(): value for name, value in (fields or {}).items()}
    if isinstance(said := given.get("legibility"), str) and (word := said.strip().lower()) in marks.words:
        return word
    for name in marks.fields:
        if _is(given.get(name), _TRUE):
            return name
    return next((f"{name}=false" for name in marks.unless if _is(given.get(name), _FALSE)), "")


def _is(value: Any, wanted: tuple[Any, ...]) -> bool:
    if isinstance(value, str):
        value = value.strip().lower()
    return isinstance(value, bool | int | str) and value in wanted
