"""What speaks for and against each label and each unlabelled detection: numbers without a verdict."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import cv2
import numpy as np
import shapely

from ocrweb.config.detection import DecodeOptions
from ocrweb.evaluation.suspects.frame import Frame
from ocrweb.evaluation.sweep import JudgedMap

SuspectKind = Literal["missing", "extra", "joined", "cut", "shifted", "ignored", "readable", "duplicate"]
LOOK = DecodeOptions(threshold=0.3, box_threshold=0.4, unclip_ratio=1.5)
ORDINARY_HEIGHT = 20.0  # pixels; sizes are told as the logarithm of their ratio to it
INSIDE = 0.6  # of a smaller box, to be a part of a larger one
UNSEEN = 0.3  # of a label, covered by detections: less, and the model has not seen it
UNLABELLED = 0.4  # of a detection, covered by labels: less, and nobody has labelled it
FAR = 5.0  # heights; distances beyond tell nothing more


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One thing that may be wrong. kind: which, as in `Suspect`. box: (P, 2) picture pixels. labels: indices of the
    picture's boxes that it is about, none for a missing one. evidence: name → number; the names are the kind's own."""

    kind: SuspectKind
    box: np.ndarray
    labels: tuple[int, ...]
    evidence: Mapping[str, float]


@dataclass(eq=False)
class Look:
    """One picture with everything that is measured once: the boxes in their frames and how they overlap.

    inside_label[l, d]: share of the detection d that lies in the label l. inside_found[l, d]: share of l that lies in d.
    """

    judged: JudgedMap
    gray: np.ndarray
    options: DecodeOptions = LOOK
    labels: list[Frame] = field(init=False)
    found: list[Frame] = field(init=False)
    scores: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        outlines, self.scores = self.judged.regions(self.options)
        self.labels = [Frame.around(points) for points in self.judged.labels]
        self.found = [Frame.around(outline) for outline in outlines]
        shared = _shared([box.shape for box in self.labels], [box.shape for box in self.found])
        labelled = np.array([max(box.shape.area, 1e-6) for box in self.labels])
        found = np.array([max(box.shape.area, 1e-6) for box in self.found])
        self.inside_label = shared / found.reshape(1, -1)
        self.inside_found = shared / labelled.reshape(-1, 1)
        self.iou = shared / np.maximum(labelled.reshape(-1, 1) + found.reshape(1, -1) - shared, 1e-6)
        counted = [box.height for box, ignored in zip(self.labels, self.judged.ignored, strict=True) if not ignored]
        self.usual_height = float(np.median(counted)) if counted else ORDINARY_HEIGHT

    def contrast(self, box: Frame) -> float:
        """Between the ink and its ground, 0..1."""
        low, high = np.percentile(box.straightened(self.gray), (5, 95))
        return float(high - low) / 255

    def seen(self, box: Frame) -> tuple[float, float]:
        """The highest probability in a box, and the mean along its middle."""
        page = self.judged.page
        shown = box.straightened(self.judged.map.astype(np.float32, copy=False), (page.scale_x, page.scale_y))
        rim = len(shown) // 4
        middle = shown[rim : len(shown) - rim] if len(shown) >= 8 else shown
        return float(shown.max()), float(middle.max(axis=0).mean())

    def form(self, box: Frame) -> dict[str, float]:
        """Its size and shape, and whether there is any ink."""
        return {
            "length": _log(box.length / box.height),
            "height": _log(box.height / self.usual_height),
            "pixels": _log(box.height / ORDINARY_HEIGHT),
            "contrast": self.contrast(box),
        }


def candidates(look: Look) -> Iterator[Candidate]:
    """Every label as what it most resembles, every detection that no label covers."""
    ignored = look.judged.ignored
    forms: dict[int, dict[str, float]] = {}
    for index, (box, is_ignored) in enumerate(zip(look.labels, ignored, strict=True)):
        highest, middle = look.seen(box)
        covered = float(look.inside_found[index].sum())
        forms[index] = {**look.form(box), "highest": highest, "middle": middle, "covered": min(covered, 2.0)}
        if is_ignored:
            yield Candidate("ignored", box.quad, (index,), forms[index])
        else:
            yield from _about_label(look, index, forms[index])
    yield from _cut(look, forms)
    yield from _missing(look)


def _about_label(look: Look, index: int, form: dict[str, float]) -> Iterator[Candidate]:
    box, about = look.labels[index], (index,)
    yield Candidate("readable", box.quad, about, form)
    if form["covered"] < UNSEEN:
        yield Candidate("extra", box.quad, about, form)
        return
    parts = np.flatnonzero(look.inside_label[index] > INSIDE)
    if len(parts) > 1:
        yield Candidate("joined", box.quad, about, {**form, **_division(box, [look.found[part] for part in parts])})
        return
    nearest = int(look.iou[index].argmax())
    if look.iou[index, nearest] > 0.05:
        yield Candidate("shifted", box.quad, about, {**form, **_displacement(look, index, nearest)})


def _division(box: Frame, parts: list[Frame]) -> dict[str, float]:
    """How clearly the parts of a box stand apart: the widest gap along it in heights, and whether they lie in rows."""
    height = float(np.median([part.height for part in parts]))
    spans = sorted(box.span(part) for part in parts)
    ends = itertools.accumulate((span[1] for span in spans), max)
    gap = max((after[0] - end) / height for end, after in zip(ends, spans[1:], strict=False))
    rows = max(1 - np.clip(_common_height(one, other), 0, 1) for one, other in itertools.combinations(spans, 2))
    return {
        "gap": float(np.clip(gap, -FAR, FAR)),
        "gap_root": math.sqrt(np.clip(gap, 0, FAR)),
        "rows": float(rows),
        "thicker": _log(box.height / height),
        "parts": float(min(len(parts), 10)),
    }


def _displacement(look: Look, index: int, nearest: int) -> dict[str, float]:
    """How far both ends of a label lie off the detection's in the same direction, and how far they differ."""
    box = look.labels[index]
    left, right, top, bottom = (a - b for a, b in zip(box.span(box), box.span(look.found[nearest]), strict=True))
    others = np.delete(look.inside_label[:, nearest], index)
    along, across = _common(left, right), _common(top, bottom)
    return {
        "along": along / box.length,
        "across": across / box.height,
        "along_heights": min(along / box.height, FAR),
        "stretched": min(abs(left - right) / box.length, FAR),
        "loose": min(abs(top - bottom) / box.height, FAR),
        "iou": float(look.iou[index, nearest]),
        "within": float(look.inside_label[index, nearest]),
        "shared": float(others.max(initial=0.0)),
    }


def _cut(look: Look, forms: Mapping[int, dict[str, float]]) -> Iterator[Candidate]:
    """Neighbouring labels that the model sees as one."""
    for number, found in enumerate(look.found):
        parts = [
            index for index in np.flatnonzero(look.inside_found[:, number] > INSIDE).tolist()
            if not look.judged.ignored[index]
        ]  # fmt: skip
        parts.sort(key=lambda index: found.span(look.labels[index])[0])
        for one, other in itertools.pairwise(parts):
            first, second = look.labels[one], look.labels[other]
            before, after = found.span(first), found.span(second)
            height = min(first.height, second.height)
            outline = np.concatenate([first.quad, second.quad])
            evidence = {
                "gap": float(np.clip((after[0] - before[1]) / height, -FAR, FAR)),
                "level": float(np.clip(_common_height(before, after), 0, 1)),
                "alike": -abs(_log(first.height / second.height)),
                "length": _log(min(first.length, second.length) / height),
                "height": forms[one]["height"],
                "pixels": forms[one]["pixels"],
                "between": _between(look, first, second),
            }
            yield Candidate("cut", Frame.around(outline[_hull(outline)]).quad, (one, other), evidence)


def _missing(look: Look) -> Iterator[Candidate]:
    ignored = [box.shape for box, given in zip(look.labels, look.judged.ignored, strict=True) if given]
    everything = shapely.union_all(ignored) if ignored else shapely.Polygon()
    height, width = look.judged.page.height, look.judged.page.width
    for number, (box, score) in enumerate(zip(look.found, look.scores.tolist(), strict=True)):
        covered = float(look.inside_label[:, number].sum())
        left_out = shapely.intersection(everything, box.shape).area / max(box.shape.area, 1e-6)
        if covered >= UNLABELLED or left_out >= UNSEEN:
            continue
        low, high = box.quad.min(axis=0), box.quad.max(axis=0)
        near = min((shapely.distance(box.shape, label.shape) for label in look.labels), default=math.inf)
        beside = min((abs(float((label.centre - box.centre) @ box.across)) for label in look.labels), default=math.inf)
        evidence = {
            **look.form(box),
            "score": score,
            "covered": covered,
            "far": min(near / box.height, FAR),
            "off_line": min(beside / box.height, 3.0),
            "at_edge": float(min(*low, width - high[0], height - high[1]) < 3),
        }
        yield Candidate("missing", box.quad, (), evidence)


def _between(look: Look, first: Frame, second: Frame) -> float:
    """The lowest probability on the way from the middle of one box to the middle of the other."""
    page = look.judged.page
    across, down = (np.linspace(first.centre, second.centre, 24) * (page.scale_x, page.scale_y)).T.astype(np.float32)
    seen = look.judged.map.astype(np.float32, copy=False)
    values = cv2.remap(seen, across[None], down[None], cv2.INTER_LINEAR)
    return float(values.min())


def _shared(labels: list[shapely.Geometry], found: list[shapely.Geometry]) -> np.ndarray:
    """(labels, found) areas that they have in common."""
    areas = np.zeros((len(labels), len(found)))
    if areas.size:
        rows, columns = shapely.STRtree(found).query(labels, predicate="intersects")
        areas[rows, columns] = shapely.area(shapely.intersection(np.array(labels)[rows], np.array(found)[columns]))
    return areas


def _hull(points: np.ndarray) -> np.ndarray:
    return cv2.convexHull(points.astype(np.float32), returnPoints=False).reshape(-1)


def _common_height(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """How much of the thinner one's extent across they share; negative when they lie apart."""
    shared = min(one[3], other[3]) - max(one[2], other[2])
    return shared / max(min(one[3] - one[2], other[3] - other[2]), 1e-6)


def _common(one: float, other: float) -> float:
    """What two displacements have in common: 0 when they point different ways."""
    return min(abs(one), abs(other)) if one * other > 0 else 0.0


def _log(ratio: float) -> float:
    return math.log(min(max(ratio, 1e-3), 1e3))
