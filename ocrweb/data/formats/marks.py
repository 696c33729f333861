"""What says "do not learn this" in each format: one table, for readers, reports and docs alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_WORDS = (
    "###",
    "*",
    "ignore",
    "ignored",
    "illegible",
    "difficult",
    "unreadable",
    "unsure",
    "don't care",
    "do not care",
    "ignore region",
    "忽略",
    "难辨",
)
_APART = re.compile(r"[\s_'’-]+")  # "dont_care", "dontcare" and "don't care" are one word
_TRUE = (True, 1, "1", "true", "yes")
_FALSE = (False, 0, "0", "false", "no")


@dataclass(frozen=True, slots=True)
class Marks:
    """words: transcriptions, labels or values of fields, in lower case. fields: those whose truth ignores. unless: those
    whose falsehood does (``legible``). apart: the words without what may stand within them."""

    words: tuple[str, ...]
    fields: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    apart: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "apart", frozenset(_APART.sub("", word) for word in self.words))

    def word_in(self, said: Any) -> str:
        """The word that ignores, as it was written in lower case; "" for any other value."""
        word = said.strip().lower() if isinstance(said, str) else ""
        return word if word and (word in self.words or _APART.sub("", word) in self.apart) else ""


_FLAGS = ("ignore", "ignored", "illegible", "difficult")
_LEGIBLE = ("legible", "readable")
MARKS: dict[str, Marks] = {
    "icdar": Marks(("###", "*"), ("difficulty",)),
    "ppocrlabel": Marks(_WORDS, ("difficult",)),
    "labelbox": Marks(_WORDS, _FLAGS, _LEGIBLE),
    "labelme": Marks(_WORDS, _FLAGS, _LEGIBLE),
    "coco": Marks(_WORDS, ("iscrowd", *_FLAGS), _LEGIBLE),
    "textocr": Marks((*_WORDS, "."), ("iscrowd", *_FLAGS), _LEGIBLE),
    "label-studio": Marks(_WORDS),
    "mmocr": Marks(_WORDS, ("ignore",)),
    "voc": Marks(_WORDS, _FLAGS, _LEGIBLE),
    "cvat": Marks(_WORDS, _FLAGS, _LEGIBLE),
    "via": Marks(_WORDS, _FLAGS, _LEGIBLE),
    "total-text": Marks((*_WORDS, "#"), ()),
    "msra": Marks((), ("difficult",)),
    "art": Marks(_WORDS, ("illegibility", *_FLAGS)),
    "rects": Marks(_WORDS, ("ignore",)),
    "hiertext": Marks(_WORDS, (), ("legible",)),
    "datumaro": Marks(_WORDS, ("is_crowd", *_FLAGS), _LEGIBLE),
    "funsd": Marks(_WORDS),
    "xfund": Marks(_WORDS),
    "cord": Marks(_WORDS),
    "supervisely": Marks(_WORDS, _FLAGS, _LEGIBLE),
    "vott": Marks(_WORDS),
    "page": Marks(_WORDS),
    "alto": Marks(_WORDS),
    "svt": Marks(_WORDS),
    **dict.fromkeys(("hocr", "tesseract", "textract", "rekognition", "google-vision", "document-ai"), Marks(_WORDS)),
    **dict.fromkeys(("azure", "tencent", "baidu", "aliyun", "huawei"), Marks(_WORDS)),
    "csv": Marks(_WORDS, _FLAGS, _LEGIBLE),
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
    given = {str(name).lower(): value for name, value in (fields or {}).items()}
    for said in (*texts, *given.values()):
        if word := marks.word_in(said):
            return word
    for name in marks.fields:
        if _is(given.get(name), _TRUE):
            return name
    return next((f"{name}=false" for name in marks.unless if _is(given.get(name), _FALSE)), "")


def _is(value: Any, wanted: tuple[Any, ...]) -> bool:
    if isinstance(value, str):
        value = value.strip().lower()
    return isinstance(value, bool | int | str) and value in wanted
