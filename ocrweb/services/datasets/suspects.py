"""The labels of a dataset that are probably wrong, found by a model that has not learnt from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocrweb.data.checks.finding import DatasetError
from ocrweb.data.checks.label_file import scan_label_bytes
from ocrweb.data.checks.names import list_name
from ocrweb.data.icdar import read_split
from ocrweb.data.labelling.dismissed import DismissedSet, read_dismissed
from ocrweb.data.sample import SPLITS, Sample, Split
from ocrweb.disk.ordinary import read_ordinary
from ocrweb.errors import OcrwebError
from ocrweb.evaluation.suspects.candidates import Look, SuspectKind
from ocrweb.evaluation.suspects.duplicates import alike, thumbnail
from ocrweb.evaluation.suspects.suspects import LEAST, Suspect, suspects
from ocrweb.evaluation.sweep import JudgedMap
from ocrweb.runtime.detector import Detector
from ocrweb.services.detect.request import DetectRequest


@dataclass(frozen=True, slots=True)
class SuspectsRequest:
    """folder: a dataset that `validate` lets pass. detect: a model that has not been trained on it: what it has learnt
    from a wrong label it no longer doubts. splits: parts that have pictures. least: suspects under this chance are left
    out, 0..1."""

    folder: Path
    detect: DetectRequest = field(default_factory=DetectRequest)
    splits: tuple[Split, ...] = SPLITS
    least: float = LEAST


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """picture: its name in the dataset, ``train_images/1.jpg``. label_line: from 1, of the first box it is about; None
    for a missing box and for a picture. of: the other picture of a duplicate."""

    picture: str
    kind: SuspectKind
    score: float
    box: np.ndarray | None
    label_line: int | None
    of: str | None = None

    def to_dict(self) -> dict[str, Any]:
        box = None if self.box is None else [round(float(value)) for value in self.box.reshape(-1)]
        document = {"picture": self.picture, "kind": self.kind, "score": round(self.score, 4), "box": box,
                    "label_line": self.label_line}  # fmt: skip
        return document if self.of is None else {**document, "of": self.of}


@dataclass(frozen=True, slots=True)
class SuspectsReport:
    """entries: highest score first. pictures, boxes: that were looked at."""

    entries: tuple[Entry, ...]
    pictures: int
    boxes: int
    model: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "suspects": [entry.to_dict() for entry in self.entries],
            "pictures": self.pictures,
            "boxes": self.boxes,
            "model": self.model,
        }


def find_suspects(
    request: SuspectsRequest, on_picture: Callable[[int, int], None] = lambda done, total: None
) -> SuspectsReport:
    """Look at every picture once, but at none of a part whose boxes are all ignored. What a person has dismissed is left out.

    on_picture: hears how many are done, of how many. Raises what reading the dataset, a picture or the model raises,
    and ``evaluation.no-pictures`` when there is none.
    """
    samples = [(split, sample) for split in request.splits for sample in _read(request.folder, split)]
    if not samples:
        raise OcrwebError("evaluation.no-pictures", split=request.splits[0], dataset=request.folder.name)
    dismissed = DismissedSet(read_dismissed(request.folder))
    detector = request.detect.detector()
    entries: list[Entry] = []
    seen: dict[Split, list[tuple[str, np.ndarray]]] = {split: [] for split in SPLITS}
    for done, (split, sample) in enumerate(samples, start=1):
        name = sample.image.relative_to(request.folder).as_posix()
        look = _look(detector, sample, request)
        seen[split].append((name, thumbnail(look.gray)))
        entries += _entries(name, sample, suspects(look, request.least))
        on_picture(done, len(samples))
    entries += _duplicates(seen["train"], seen["test"])
    entries = [one for one in entries if not dismissed.holds(one.picture, one.kind, one.box, one.of)]
    entries.sort(key=lambda entry: -entry.score)
    boxes = sum(len(sample.boxes) for _, sample in samples)
    return SuspectsReport(tuple(entries), len(samples), boxes, detector.model)


def _read(folder: Path, split: Split) -> list[Sample]:
    """The pictures of a part; none when its list is empty or not there, and when all of its boxes are ignored: whoever
    ignores everything has said nothing that could be wrong."""
    listed = folder / list_name(split)
    if not listed.is_file() or not listed.stat().st_size:
        return []
    try:
        samples = read_split(folder, split)
    except DatasetError as error:
        if error.found.rule == "stats.all-ignored":
            return []
        raise
    boxes = [box for sample in samples for box in sample.boxes]
    return [] if boxes and all(box.ignore for box in boxes) else samples


def _look(detector: Detector, sample: Sample, request: SuspectsRequest) -> Look:
    seen = detector.probability(sample.image, request.detect.resize)
    gray = cv2.cvtColor(seen.picture, cv2.COLOR_BGR2GRAY)
    return Look(JudgedMap(sample, seen.map, seen.page, seen.tiles), gray)


def _entries(name: str, sample: Sample, found: list[Suspect]) -> list[Entry]:
    lines = scan_label_bytes(read_ordinary(sample.label)).lines if found and sample.label else ()
    return [
        Entry(name, one.kind, one.score, one.box, lines[one.labels[0]] if one.labels and lines else None)
        for one in found
    ]  # fmt: skip


def _duplicates(train: list[tuple[str, np.ndarray]], test: list[tuple[str, np.ndarray]]) -> list[Entry]:
    pairs = alike([shown for _, shown in test], [shown for _, shown in train])
    return [Entry(test[one][0], "duplicate", close, None, None, train[other][0]) for one, other, close in pairs]
