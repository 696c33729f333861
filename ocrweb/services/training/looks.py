"""What a proof tells of a picture, for whoever looks at it closely: labels, misses, false alarms, and what another model found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from ocrweb.config.documents import is_number
from ocrweb.data.sample import Sample
from ocrweb.evaluation.gallery import Judgement
from ocrweb.evaluation.sweep import labels_of
from ocrweb.runtime.region import TextRegion

JudgedKind = Literal["label", "ignored", "detection", "missed", "alarm"]


@dataclass(frozen=True, slots=True)
class JudgedBox:
    """points: x then y, pixels of the picture. score: 0..1, None where none is known."""

    kind: JudgedKind
    points: tuple[tuple[float, float], ...]
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """picture: its name in the dataset. name: of whom the boxes are. other: those of another, with its name."""

    picture: str
    name: str
    boxes: tuple[JudgedBox, ...]
    other: tuple[str, tuple[JudgedBox, ...]] | None = None

    def to_dict(self) -> dict[str, Any]:
        other = None if self.other is None else {"name": self.other[0], "boxes": _listed(self.other[1])}
        return {"picture": self.picture, "name": self.name, "boxes": _listed(self.boxes), "other": other}


def judged_boxes(judgement: Judgement) -> tuple[JudgedBox, ...]:
    """Labels, apart those that were missed and those that are ignored; then detections, apart the false alarms."""
    missed, alarms = set(judgement.found.missed), set(judgement.found.false_alarms)
    boxes = [
        _box("ignored" if box.ignore else "missed" if index in missed else "label", outline)
        for index, (outline, box) in enumerate(
            zip(labels_of(judgement.sample, judgement.shape), judgement.sample.boxes, strict=True)
        )
    ]
    found = [
        _box("alarm" if index in alarms else "detection", outline) for index, outline in enumerate(judgement.detections)
    ]
    return (*boxes, *found)


def found_boxes(regions: Iterable[TextRegion]) -> tuple[JudgedBox, ...]:
    return tuple(_box("detection", region.quad, float(region.score)) for region in regions)


def name_in(dataset: Path, sample: Sample) -> str:
    """A picture's name in its dataset; "" for one that lies elsewhere."""
    image = sample.image
    return image.relative_to(dataset).as_posix() if image.is_relative_to(dataset) else ""


def look_from(document: Any) -> Look | None:
    """One that was kept; None for what is none."""
    try:
        other = document["other"]
        beside = None if other is None else (str(other["name"]), _boxes(other["boxes"]))
        return Look(str(document["picture"]), str(document["name"]), _boxes(document["boxes"]), beside)
    except (KeyError, TypeError, ValueError):
        return None


def _box(kind: JudgedKind, outline: np.ndarray | Sequence[Sequence[float]], score: float | None = None) -> JudgedBox:
    return JudgedBox(kind, tuple((round(float(x), 1), round(float(y), 1)) for x, y in outline), score)


def _listed(boxes: Iterable[JudgedBox]) -> list[list[Any]]:
    return [[box.kind, [list(point) for point in box.points], box.score] for box in boxes]


def _boxes(entries: Any) -> tuple[JudgedBox, ...]:
    """Raises KeyError, TypeError, ValueError."""
    made = []
    for kind, points, score in entries:
        if kind not in get_args(JudgedKind) or not (score is None or is_number(score)):
            raise ValueError(kind)
        made.append(_box(kind, points, score))
    return tuple(made)
