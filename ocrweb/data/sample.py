"""One labelled picture, as the reader hands it to training and evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

Split = Literal["train", "test"]
SPLITS: tuple[Split, ...] = ("train", "test")


def other_split(split: Split) -> Split:
    return "test" if split == "train" else "train"


@dataclass(frozen=True, slots=True, eq=False)
class LabelledBox:
    """A text box somebody drew.

    points: (P, 2) float32, x then y, in pixels of the picture as a person sees it, clockwise; P is 4 in label files.
    text: what stands there; ``###`` or ``*`` for a box that is ignored.
    ignore: True when the box counts neither as text nor as background.
    polygon: (P, 2) float32 with P > 4, the outline of text that ``points`` only surround; None when they are the outline.
    """

    points: np.ndarray
    text: str
    ignore: bool
    polygon: np.ndarray | None = None

    @property
    def outline(self) -> np.ndarray:
        """The text's own outline: the polygon, else the box."""
        return self.points if self.polygon is None else self.polygon

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LabelledBox):
            return NotImplemented
        same = self.text == other.text and self.ignore == other.ignore
        return same and np.array_equal(self.points, other.points) and np.array_equal(self.outline, other.outline)

    def __hash__(self) -> int:
        return hash((self.text, self.ignore, self.points.tobytes()))


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture and its boxes.

    image: the picture file. label: the label file it was read from, None when it came from elsewhere.
    """

    image: Path
    label: Path | None
    boxes: tuple[LabelledBox, ...]
