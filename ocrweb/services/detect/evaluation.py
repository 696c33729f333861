"""Judge a model on a labelled dataset: scores at stated thresholds, a threshold sweep, the worst pictures."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.config.detection import DecodeOptions, ResizeOptions
from ocrweb.config.training import dataset_folder
from ocrweb.data.icdar import read_split
from ocrweb.data.sample import Sample, Split
from ocrweb.errors import OcrwebError
from ocrweb.evaluation.gallery import Judgement, judge, worst_first, write_gallery
from ocrweb.evaluation.metric import DetectionMetric, Score
from ocrweb.evaluation.sweep import FINE, Choice, GridCounts, JudgedMap, choose, hmeans, labels_of, score_of
from ocrweb.runtime.detector import Detector, default_decode, default_resize
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.files.table import Table

WORST = 20
BY_SIZE = (12, 24, 48)


@dataclass(frozen=True, slots=True)
class EvaluationRequest:
    """What to judge and how.

    detect: model, engine, decode settings and resize rule. sweep: also try all thresholds (of value on validation
    pictures; thresholds chosen on a test split make its score meaningless). out: folder of the gallery and tables, or
    None. worst: pictures in the gallery at most.
    """

    detect: DetectRequest
    dataset: str
    split: Split = "test"
    sweep: bool = False
    out: Path | None = None
    worst: int = WORST


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """score: at the request's thresholds. pictures: one judgement each, in the list's order; worst: the wrong ones,
    worst first. best: the sweep's choice. by_height: recall of labels by their height in pixels of the network input,
    as (from, to, labels, found). files: what was written.
    """

    model: str
    device: str
    decode: DecodeOptions
    resize: ResizeOptions
    score: Score
    pictures: tuple[Judgement, ...]
    by_height: tuple[tuple[int, int | None, int, int], ...]
    best: Choice | None = None
    files: tuple[Path, ...] = field(default=())

    @property
    def worst(self) -> list[Judgement]:
        return worst_first(self.pictures)

    def to_dict(self) -> dict[str, Any]:
        """The JSON document of ``ocrweb eval``."""
        document: dict[str, Any] = {
            "precision": round(self.score.precision, 6),
            "recall": round(self.score.recall, 6),
            "hmean": round(self.score.hmean, 6),
            "pictures": self.score.pictures,
            "thresholds": thresholds_of(self.decode),
            "model": self.model,
            "device": self.device,
            "shape": self.decode.shape,
            "resize": self.resize.model_dump(),
            "counts": {name: getattr(self.score, name) for name in ("matched", "labels", "detections")},
            "by_height": [
                {"from": low, "to": high, "labels": labels, "found": found}
                for low, high, labels, found in self.by_height
            ],
            "worst": [
                {"image": str(item.sample.image), "missed": item.missed, "false_alarms": item.false_alarms}
                for item in self.worst[:WORST]
            ],
            "files": [str(path) for path in self.files],
        }
        if self.best is not None:
            document["best"] = {**self.best.thresholds(), **_ratios(self.best.score)}
        return document


def evaluate_model(
    request: EvaluationRequest, on_picture: Callable[[int, int], None] = lambda done, total: None
) -> EvaluationReport:
    """Run a model over a split of a dataset.

    on_picture: hears how many pictures are done, of how many. Raises what reading the dataset, a picture or the model
    raises, and ``evaluation.no-pictures`` for an empty split,
    ``evaluation.nothing-labelled`` for one in which no box counts.
    """
    samples = read_split(dataset_folder(request.dataset), request.split)
    if not samples:
        raise OcrwebError("evaluation.no-pictures", split=request.split, dataset=request.dataset)
    if all(box.ignore for sample in samples for box in sample.boxes):
        raise OcrwebError("evaluation.nothing-labelled", split=request.split, pictures=len(samples))
    detector = request.detect.detector()
    decode = request.detect.decode or default_decode(detector.card)
    metric, judgements = DetectionMetric(), []
    counts = GridCounts(FINE)
    heights: list[tuple[float, bool]] = []
    for index, sample in enumerate(samples):
        judged = _judged(detector, sample, request.detect.resize)
        judgement = judge(judged, decode)
        metric.add(judgement.found)
        judgements.append(judgement)
        heights += _heights(judged, judgement)
        if request.sweep:
            counts.add(index, judged)
        on_picture(index + 1, len(samples))
    files = _write(request, judgements, counts if request.sweep else None)
    return EvaluationReport(
        model=detector.model,
        device=detector.device,
        decode=decode,
        resize=request.detect.resize or default_resize(detector.card),
        score=metric.summary(),
        pictures=tuple(judgements),
        by_height=_by_height(heights),
        best=choose(counts) if request.sweep else None,
        files=tuple(files),
    )


def thresholds_of(decode: DecodeOptions) -> dict[str, float]:
    """The decode settings in force, under the names that cards and reports use."""
    return {
        "threshold": decode.threshold,
        "box_threshold": decode.effective_box_threshold,
        "unclip_ratio": decode.unclip_ratio,
    }


def _judged(detector: Detector, sample: Sample, resize: ResizeOptions | None) -> JudgedMap:
    page = detector.probability(sample.image, resize)
    return JudgedMap(sample, page.map, page.page, page.tiles)


def _heights(judged: JudgedMap, judgement: Judgement) -> list[tuple[float, bool]]:
    """For every label that counts its shorter side in pixels of the network input, and whether it was found."""
    rows = [(label, True) for label, _ in judgement.found.pairs] + [(label, False) for label in judgement.found.missed]
    scale = judged.page.scale_y
    outlines = labels_of(judgement.sample, judgement.shape)
    return [(_shorter_side(outlines[label]) * scale, found) for label, found in rows]


def _shorter_side(points: np.ndarray) -> float:
    sides = np.linalg.norm(points - np.roll(points, -1, axis=0), axis=1)
    if len(points) == 4:
        return float(min(sides[0] + sides[2], sides[1] + sides[3]) / 2)
    return float(np.ptp(points, axis=0).min())


def _by_height(rows: list[tuple[float, bool]]) -> tuple[tuple[int, int | None, int, int], ...]:
    bounds = [0, *BY_SIZE, None]
    table = []
    for low, high in itertools.pairwise(bounds):
        inside = [found for height, found in rows if height >= (low or 0) and (high is None or height < high)]
        table.append((low or 0, high, len(inside), sum(inside)))
    return tuple(table)


def _write(request: EvaluationRequest, judgements: list[Judgement], counts: GridCounts | None) -> list[Path]:
    if request.out is None:
        return []
    try:
        request.out.mkdir(parents=True, exist_ok=True)
        files = [_write_pictures(judgements, request.out / "pictures.csv")]
        if counts is not None:
            files.append(_write_sweep(counts, request.out / "sweep.csv"))
    except OSError as error:
        reason = error.strerror or str(error)
        raise OcrwebError("usage.not-writable", path=str(request.out), reason=reason) from error
    return files + write_gallery(judgements, request.out / "worst", request.worst)


def _write_pictures(judgements: list[Judgement], path: Path) -> Path:
    """One row a picture, worst first."""
    order = worst_first(judgements)
    rows = [*order, *(item for item in judgements if item not in order)]
    with path.open("w", newline="", encoding="utf-8") as file:
        table = Table(file, ("image", "labels", "found", "missed", "false_alarms"), line_end="\n")
        for item in rows:
            table.add((item.sample.image, item.found.labels, len(item.found.pairs), item.missed, item.false_alarms))
    return path


def _write_sweep(counts: GridCounts, path: Path) -> Path:
    """One row a combination of thresholds, the best hmean first."""
    grid, total = counts.grid, counts.total
    order = np.argsort(-hmeans(total), axis=None, kind="stable")
    with path.open("w", newline="", encoding="utf-8") as file:
        columns = ("threshold", "box_threshold", "unclip_ratio", "hmean", "precision", "recall")
        table = Table(file, columns, line_end="\n")
        for place in order:
            row, column, layer = np.unravel_index(place, grid.shape)
            score = _ratios(score_of(total[row, column, layer]))
            settings = (grid.thresholds[row], grid.box_thresholds[layer], grid.unclip_ratios[column])
            table.add((*settings, score["hmean"], score["precision"], score["recall"]))
    return path


def _ratios(score: Score) -> dict[str, float]:
    return {name: round(getattr(score, name), 6) for name in ("hmean", "precision", "recall")}
