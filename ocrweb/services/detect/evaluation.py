"""Judge a model on a labelled dataset: scores at stated thresholds, a threshold sweep, the worst pictures."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.config.detection import DecodeOptions, ResizeOptions
from ocrweb.config.editor_address import address_of
from ocrweb.config.judgement import POOR_BELOW
from ocrweb.config.training import dataset_folder
from ocrweb.data.icdar import read_split
from ocrweb.data.sample import Sample, Split
from ocrweb.errors import OcrwebError
from ocrweb.evaluation.another_frame import Misplaced, misplaced
from ocrweb.evaluation.gallery import Judgement, judge, worst_first, write_gallery
from ocrweb.evaluation.groups import GroupScore, GroupScores
from ocrweb.evaluation.looks import LOOKS, Look
from ocrweb.evaluation.metric import DetectionMetric, Score
from ocrweb.evaluation.moved import Found
from ocrweb.evaluation.sweep import FINE, Choice, GridCounts, JudgedMap, choose, hmeans, labels_of, score_of
from ocrweb.imaging.picture import read_picture
from ocrweb.imaging.sniff import read_header
from ocrweb.runtime.detector import Detector, default_decode, default_resize
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.files.table import Table

WORST = 20
LOOKED_AT = 12  # pictures, whether their labels lie on their text


@dataclass(frozen=True, slots=True)
class EvaluationRequest:
    """What to judge and how.

    detect: model, engine, decode settings and resize rule. sweep: also try all thresholds (of value on validation
    pictures; thresholds chosen on a test split make its score meaningless). out: folder of the gallery and tables, or
    None. worst: pictures in the gallery at most. by: looks of the text to score apart.
    """

    detect: DetectRequest
    dataset: str
    split: Split = "test"
    sweep: bool = False
    out: Path | None = None
    worst: int = WORST
    by: tuple[Look, ...] = ()


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """score: at the request's thresholds. pictures: one judgement each, in the list's order; worst: the wrong ones,
    worst first. groups: scores by what the text looks like, by height in pixels of the network input always.
    best: the sweep's choice. files: what was written. misplaced: how labels beside their text would lie on it, where the
    score is poor for that.
    """

    model: str
    device: str
    decode: DecodeOptions
    resize: ResizeOptions
    score: Score
    pictures: tuple[Judgement, ...]
    groups: dict[Look, list[GroupScore]]
    best: Choice | None = None
    files: tuple[Path, ...] = field(default=())
    misplaced: Misplaced | None = None

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
            "by_height": [_from_to(group) for group in self.groups["height"]],
            "by": {look: [group.to_dict() for group in groups] for look, groups in self.groups.items()},
            "worst": [
                {
                    "image": str(item.sample.image),
                    "missed": item.missed,
                    "false_alarms": item.false_alarms,
                    "edit": address_of(item.sample.image),
                }
                for item in self.worst[:WORST]
            ],
            "files": [str(path) for path in self.files],
        }
        if self.misplaced is not None:
            document["labels_misplaced"] = self.misplaced.error.to_dict()
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
    samples = labelled_samples(request)
    detector = request.detect.detector()
    decode = request.detect.decode or default_decode(detector.card)
    counts = GridCounts(FINE) if request.sweep else None

    def looked_at() -> Iterator[tuple[Judgement, float]]:
        for index, sample in enumerate(samples):
            judged = _judged(detector, sample, request.detect.resize)
            if counts is not None:
                counts.add(index, judged)
            yield judge(judged, decode), judged.page.scale_y

    resize = request.detect.resize or default_resize(detector.card)
    by = Judge(detector.model, detector.device, decode, resize)
    return summed_up(request, by, looked_at(), len(samples), on_picture, counts)


def labelled_samples(request: EvaluationRequest) -> Sequence[Sample]:
    """The pictures to judge. Raises what reading the dataset raises, `evaluation.no-pictures`, `evaluation.nothing-labelled`."""
    samples = read_split(dataset_folder(request.dataset), request.split)
    if not samples:
        raise OcrwebError("evaluation.no-pictures", split=request.split, dataset=request.dataset)
    if all(box.ignore for sample in samples for box in sample.boxes):
        raise OcrwebError("evaluation.nothing-labelled", split=request.split, pictures=len(samples))
    return samples


@dataclass(frozen=True, slots=True)
class Judge:
    """What a report is of. model, device: in words."""

    model: str
    device: str
    decode: DecodeOptions
    resize: ResizeOptions


def summed_up(
    request: EvaluationRequest,
    by: Judge,
    looked_at: Iterable[tuple[Judgement, float]],
    total: int,
    on_picture: Callable[[int, int], None],
    counts: GridCounts | None = None,
) -> EvaluationReport:
    """The report of judgements as they come, each with the pixels of the network's input for one of the picture's.

    counts: of the sweep, filled while they come.
    """
    metric, judgements = DetectionMetric(), []
    groups = {look: GroupScores(look) for look in ("height", *request.by)}
    for done, (judgement, scale) in enumerate(looked_at, start=1):
        metric.add(judgement.found)
        judgements.append(judgement)
        pixels = functools.cache(lambda image=judgement.sample.image: read_picture(image).pixels)
        for scores in groups.values():
            scores.add(judgement, scale, pixels)
        on_picture(done, total)
    files = _write(request, judgements, counts)
    score = metric.summary()
    return EvaluationReport(
        model=by.model,
        device=by.device,
        decode=by.decode,
        resize=by.resize,
        score=score,
        pictures=tuple(judgements),
        groups={look: scores.table() for look, scores in groups.items()},
        best=choose(counts) if counts is not None else None,
        files=tuple(files),
        misplaced=_misplaced(judgements) if score.hmean < POOR_BELOW else None,
    )


def _misplaced(judgements: Sequence[Judgement]) -> Misplaced | None:
    """All boxes that the judgements are of count."""
    pages = []
    for item in [item for item in judgements if item.found.labels][:LOOKED_AT]:
        labels, ignored = labels_of(item.sample, item.shape), tuple(box.ignore for box in item.sample.boxes)
        size = read_header(item.sample.image).upright_size
        pages.append(Found(tuple(labels), ignored, item.detections, np.ones(len(item.detections)), size))
    return misplaced(pages, 0.0)


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


def looks_named(names: Sequence[str]) -> tuple[Look, ...]:
    """Looks by their names. Raises ``usage.bad-value`` for one that there is not."""
    for name in names:
        if name not in LOOKS:
            raise OcrwebError("usage.bad-value", name="--by", value=name, expected=", ".join(LOOKS))
    return tuple(look for look in LOOKS if look in names)


def _from_to(group: GroupScore) -> dict[str, int | None]:
    low, _, high = group.name.partition("-")
    return {"from": int(low), "to": int(high) if high else None, "labels": group.labels, "found": group.matched}


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
