"""What a label file of any tool says about a picture, before it is held against the picture itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ocrweb.data.labelling.state import STATES, PictureState
from ocrweb.data.sample import Split

MAYBE_SIZE = "maybe-size"  # of `LabelledPicture.bad`: two corners, or a corner and a size
LARGEST = 1e6  # pixels; no picture is that large
_TRAIN = re.compile(r"(?<![a-z])train")
_TEST = re.compile(r"(?<![a-z])(test|val|eval)")


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """One outline. points: (P, 2) float64, x then y, in pixels of ``LabelledPicture.size``; two points are the corners of
    an upright rectangle. text: what stands there, "" when nobody said. mark: why it is neither text nor background, "" when
    it is text. polygon: an outline of more than four points, (P, 2), that the source gives beside ``points``."""

    points: np.ndarray
    text: str = ""
    mark: str = ""
    polygon: np.ndarray | None = None

    @property
    def ignore(self) -> bool:
        return bool(self.mark)


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """names: what the label file calls the picture, tried in order. where: place in the label file, for people.

    folder: of the label file, relative to the source. size: (width, height) the points are meant for, None: the
    picture's own. bad: shapes that could not be read, and why: "points", "kind" or `MAYBE_SIZE`. split: said by the source itself.
    embedded: the label file (relative) holds the picture too. shown_upright: the tool shows pictures upright, whatever
    size it states. state: how far somebody has looked at its labels, "" where the source says nothing of it.
    """

    names: tuple[str, ...]
    shapes: tuple[Shape, ...]
    where: str
    folder: str = ""
    size: tuple[int, int] | None = None
    bad: tuple[str, ...] = ()
    split: Split | None = None
    embedded: str = ""
    shown_upright: bool = False
    state: PictureState | Literal[""] = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A part of a label file that cannot be used. kind: of `report.Problem`. where: file, and line or number in it. boxes:
    how many fall with it."""

    kind: str
    where: str
    detail: str = ""
    boxes: int = 0


Items = Iterator[LabelledPicture | Trouble]


def numbers_of(value: Any) -> np.ndarray | None:
    """Numbers, or texts of them, in any nesting → (N,) float64, N > 0; None where one is none, as null is and what no picture
    is as large as."""
    try:
        flat = np.asarray(value, dtype=np.float64).reshape(-1)
    except (TypeError, ValueError, OverflowError):
        return None
    return flat if len(flat) and np.abs(flat).max() <= LARGEST else None  # false for what is not a number too


def points_of(value: Any) -> np.ndarray | None:
    """Coordinates in any nesting → (P, 2) float64; None when they are none."""
    flat = numbers_of(value)
    return flat.reshape(-1, 2) if flat is not None and len(flat) % 2 == 0 else None


def box_of(value: Any) -> np.ndarray | None:
    """``[x, y, width, height]`` → its two corners, (2, 2); None when it is none."""
    points = points_of(value)
    if points is None or len(points) != 2:
        return None
    return np.stack([points[0], points[0] + points[1]])


def size_in(width: Any, height: Any) -> tuple[int, int] | None:
    """A picture size that a label file states; None when it does not."""
    try:
        size = round(float(width)), round(float(height))
    except (TypeError, ValueError, OverflowError):
        return None
    return size if min(size) > 0 else None


def text_in(value: Any) -> str:
    """A transcription of any JSON type as one line; lone halves of surrogate pairs become "?"."""
    if isinstance(value, list):
        value = " ".join(text_in(part) for part in value)
    text = "" if value is None else str(value)
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").split())


def records(value: Any) -> list[dict[str, Any]]:
    """The objects of a JSON list, or the values of a JSON object of objects (COCO-Text)."""
    if isinstance(value, dict):
        value = list(value.values())
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def parts_of(value: Any) -> list[Any]:
    """The entries of a JSON list or the values of an object, whatever they are, so that none is lost uncounted."""
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []


def state_in(value: Any) -> PictureState | Literal[""]:
    """How far somebody has looked at a picture, where a source says so as exports do."""
    return next((state for state in STATES if state == value), "")


def split_in(path: str) -> Split | None:
    """The split that a path speaks of, its last part first: ``ch4_training_images/img_1.jpg`` → train."""
    for part in reversed(path.lower().split("/")):
        train, test = _TRAIN.search(part), _TEST.search(part)
        if bool(train) != bool(test):
            return "train" if train else "test"
    return None
