"""The pictures a model does worst on, with what it missed and what it made up drawn on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ocrweb.config.detection import DecodeOptions
from ocrweb.data.sample import Sample
from ocrweb.evaluation.matching import Match, match
from ocrweb.evaluation.sweep import JudgedMap, Shape, labels_of
from ocrweb.imaging.draw import draw_polygons
from ocrweb.imaging.encode import write_picture
from ocrweb.imaging.picture import read_picture

GREEN, RED, BLUE, GREY = (60, 170, 40), (40, 40, 230), (230, 120, 30), (150, 150, 150)


@dataclass(frozen=True, slots=True)
class Judgement:
    """One picture's outcome. detections: outlines in picture pixels, as the match numbers them. shape: of the labels that
    they were held against."""

    sample: Sample
    detections: tuple[np.ndarray, ...]
    found: Match
    shape: Shape = "quad"

    @property
    def missed(self) -> int:
        return len(self.found.missed)

    @property
    def false_alarms(self) -> int:
        return len(self.found.false_alarms)


def judge(judged: JudgedMap, options: DecodeOptions) -> Judgement:
    return judge_outlines(judged.sample, judged.regions(options)[0], options.shape)


def judge_outlines(sample: Sample, outlines: Sequence[np.ndarray], shape: Shape) -> Judgement:
    """outlines: (P, 2) whole picture pixels each, as a result tells them."""
    found = match(labels_of(sample, shape), [box.ignore for box in sample.boxes], outlines)
    return Judgement(sample, tuple(outlines), found, shape)


def worst_first(judgements: Sequence[Judgement]) -> list[Judgement]:
    """By misses and false alarms together, then by misses; pictures without a mistake are left out."""
    wrong = [item for item in judgements if item.missed or item.false_alarms]
    return sorted(wrong, key=lambda item: (-(item.missed + item.false_alarms), -item.missed, item.sample.image.name))


def draw_judgement(pixels: np.ndarray, judgement: Judgement) -> np.ndarray:
    """A copy of the picture: labels that were found green, missed ones red, false alarms blue, ignored labels grey."""
    boxes = labels_of(judgement.sample, judgement.shape)
    found = [boxes[label] for label, _ in judgement.found.pairs]
    missed = [boxes[label] for label in judgement.found.missed]
    ignored = [outline for outline, box in zip(boxes, judgement.sample.boxes, strict=True) if box.ignore]
    alarms = [judgement.detections[index] for index in judgement.found.false_alarms]
    for polygons, colour in ((ignored, GREY), (found, GREEN), (alarms, BLUE), (missed, RED)):
        pixels = draw_polygons(pixels, polygons, colour, numbers=False)
    return pixels


def write_gallery(judgements: Sequence[Judgement], folder: Path, limit: int) -> list[Path]:
    """Draw the worst pictures into a folder as ``001_<name>.jpg``, worst first; the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for place, judgement in enumerate(worst_first(judgements)[:limit], start=1):
        path = folder / f"{place:03d}_{judgement.sample.image.stem}.jpg"
        write_picture(path, draw_judgement(read_picture(judgement.sample.image).pixels, judgement))
        written.append(path)
    return written
