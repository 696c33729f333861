"""What became of the boxes of a picture between two states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocrweb.data.labelling.drawn import DrawnBox
from ocrweb.geometry.iou import intersection_area
from ocrweb.geometry.polygon import area

SAME_TEXT = 0.3  # IoU, from which two boxes are about one text


@dataclass(frozen=True, slots=True)
class Difference:
    """added, removed: boxes that only one state has. moved: about one text, with other corners. retold: in the same place with
    another text, or ignored in one state alone."""

    added: int = 0
    removed: int = 0
    moved: int = 0
    retold: int = 0

    def __bool__(self) -> bool:
        return any((self.added, self.removed, self.moved, self.retold))

    def __add__(self, other: Difference) -> Difference:
        return Difference(
            self.added + other.added,
            self.removed + other.removed,
            self.moved + other.moved,
            self.retold + other.retold,
        )

    def to_dict(self) -> dict[str, int]:
        return {"added": self.added, "removed": self.removed, "moved": self.moved, "retold": self.retold}


def difference(before: Sequence[DrawnBox], after: Sequence[DrawnBox]) -> Difference:
    """Equal boxes belong together first, then those with equal corners, then those that overlap most."""
    old, new = list(before), list(after)
    retold = 0
    for box in before:
        if box in new:
            old.remove(box)
            new.remove(box)
    for box in list(old):
        match = next((other for other in new if other.points == box.points), None)
        if match is not None:
            retold += 1
            old.remove(box)
            new.remove(match)
    overlap = _overlap(old, new)
    moved = 0
    while overlap.size and overlap.max() > SAME_TEXT:
        one, other = np.unravel_index(int(overlap.argmax()), overlap.shape)
        overlap[one, :] = 0
        overlap[:, other] = 0
        moved += 1
    return Difference(len(new) - moved, len(old) - moved, moved, retold)


def _overlap(old: Sequence[DrawnBox], new: Sequence[DrawnBox]) -> np.ndarray:
    """(old, new) IoU."""
    found = np.zeros((len(old), len(new)))
    for row, one in enumerate(old):
        for column, other in enumerate(new):
            a, b = np.array(one.points), np.array(other.points)
            shared = intersection_area(a, b)
            found[row, column] = shared / max(area(a) + area(b) - shared, 1e-6) if shared else 0.0
    return found
