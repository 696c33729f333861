"""Suspects that a person has looked at and found to be right: they do not come back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.config.documents import is_number, parse_json
from ocrweb.data.labelling.place import FOLDER
from ocrweb.disk.ordinary import read_ordinary
from ocrweb.errors import OcrwebError
from ocrweb.geometry.iou import intersection_area
from ocrweb.geometry.polygon import area
from ocrweb.imaging.encode import write_whole

NAME = f"{FOLDER}/dismissed.json"
SAME = 0.5  # IoU of two boxes that are about one thing
MOST = 100_000


@dataclass(frozen=True, slots=True)
class Dismissed:
    """picture, kind: of the suspect. box: its eight numbers, None for one about the picture as a whole. of: the other picture
    of a duplicate."""

    picture: str
    kind: str
    box: tuple[float, ...] | None = None
    of: str | None = None

    def is_about(self, picture: str, kind: str, box: np.ndarray | None, of: str | None) -> bool:
        """box: (4, 2). Boxes need not be equal: another model, or another threshold, draws the same text otherwise."""
        if (self.picture, self.kind, self.of) != (picture, kind, of) or (self.box is None) != (box is None):
            return False
        if self.box is None or box is None:
            return True
        mine = np.array(self.box).reshape(4, 2)
        shared = intersection_area(mine, box)
        return shared > SAME * (area(mine) + area(np.asarray(box, np.float64)) - shared)

    def to_dict(self) -> dict[str, Any]:
        return {
            "picture": self.picture,
            "kind": self.kind,
            "box": None if self.box is None else list(self.box),
            "of": self.of,
        }


def read_dismissed(root: Path) -> list[Dismissed]:
    """Empty when nobody has dismissed any, or the file is damaged."""
    try:
        return parse_dismissed(parse_json(read_ordinary(root / NAME)))
    except (OSError, ValueError, OcrwebError):
        return []


def write_dismissed(root: Path, dismissed: Iterable[Dismissed]) -> None:
    """Raises usage.disk-full, usage.not-writable."""
    document = [one.to_dict() for one in dismissed]
    write_whole(root / NAME, json.dumps(document, ensure_ascii=False).encode())


def parse_dismissed(document: Any) -> list[Dismissed]:
    """Suspects as a list of them gives them. Raises labels.bad-suspects with the number of the first that is none, from 1."""
    entries = document.get("suspects") if isinstance(document, dict) else document
    if not isinstance(entries, list) or len(entries) > MOST:
        raise OcrwebError("labels.bad-suspects", number=1)
    return [_parsed(entry, number) for number, entry in enumerate(entries, 1)]


class DismissedSet:
    """All that was dismissed in a dataset, by its picture."""

    def __init__(self, dismissed: Sequence[Dismissed]) -> None:
        self._by_picture: dict[str, list[Dismissed]] = {}
        for one in dismissed:
            self._by_picture.setdefault(one.picture, []).append(one)

    def holds(self, picture: str, kind: str, box: np.ndarray | None, of: str | None = None) -> bool:
        return any(one.is_about(picture, kind, box, of) for one in self._by_picture.get(picture, ()))


def _parsed(entry: Any, number: int) -> Dismissed:
    if not isinstance(entry, dict):
        raise OcrwebError("labels.bad-suspects", number=number)
    picture, kind, box, of = (entry.get(name) for name in ("picture", "kind", "box", "of"))
    texts = isinstance(picture, str) and isinstance(kind, str) and (of is None or isinstance(of, str))
    numbers = box is None or (isinstance(box, list) and len(box) == 8 and all(map(is_number, box)))
    if not texts or not numbers:
        raise OcrwebError("labels.bad-suspects", number=number)
    return Dismissed(str(picture), str(kind), None if box is None else tuple(map(float, box)), of)
