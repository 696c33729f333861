"""How well a model does, as far as it was measured: at the end of its training, and on datasets of this console."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ocrweb.config.documents import is_number
from ocrweb.config.training import dataset_folder
from ocrweb.data.icdar import dataset_hash
from ocrweb.evaluation.outcome import interval
from ocrweb.rundir.status import RunStatus
from ocrweb.runtime.entry import ModelEntry
from ocrweb.services.detect.evaluation import EvaluationRequest, evaluate_model
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.files.remembered import Remembered
from ocrweb.services.registry.digest import digest_of_entry

VALIDATION, TEST = "validation", "test"
_measured = Remembered("model-scores.json", "scores", schema=1, kept=200)


@dataclass(frozen=True, slots=True)
class ModelScore:
    """split: validation or test. hmean: of all pictures together. interval: its middle 95 % when the pictures are drawn
    again with replacement; None where that was not kept. dataset: "" for the one that the model was trained on."""

    split: str
    hmean: float
    interval: tuple[float, float] | None
    pictures: int
    dataset: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def trained_scores(metrics: Mapping[str, Any], status: RunStatus | None) -> list[ModelScore]:
    """What the end of the training measured. metrics: of the card. status: of the run, None when that is not at hand.

    The verdict of a run speaks of the validation pictures, or of the test list when those were learnt from.
    """
    found = [score for split in (VALIDATION, TEST) if (score := _of_card(split, metrics.get(split)))]
    verdict = status.verdict if status else {}
    between = _pair(verdict.get("interval"))
    if between is None:
        return found
    return [
        score if score.interval or not _same(score, verdict) else ModelScore(**{**score.to_dict(), "interval": between})
        for score in found
    ]


def measured_scores(entry: ModelEntry) -> list[ModelScore]:
    """What `measure_score` found for these very weights, the latest of each dataset."""
    known = _measured.get(digest_of_entry(entry)) or {}
    return [score for document in known.values() if (score := _kept(document))]


def measure_score(
    name: str, dataset: str, on_picture: Callable[[int, int], None] = lambda done, total: None
) -> ModelScore:
    """Score a model on the test pictures of a dataset, and keep it with the model's weights.

    Raises what `evaluate_model` raises, usage.disk-full.
    """
    request = EvaluationRequest(DetectRequest(name), dataset)
    report = evaluate_model(request, on_picture)
    counts = [(len(one.found.pairs), one.found.labels, one.found.detections) for one in report.pictures]
    low, high = interval(np.array(counts, np.int64))
    shown = dataset_folder(dataset).name
    score = ModelScore(
        TEST, round(report.score.hmean, 4), (round(low, 4), round(high, 4)), report.score.pictures, shown
    )
    entry = request.detect.detector().entry
    digest = digest_of_entry(entry)
    mark = dataset_hash(dataset_folder(dataset))[:12]
    known = _measured.get(digest) or {}
    _measured.put(digest, {**known, shown: {**score.to_dict(), "mark": mark}})
    return score


def _of_card(split: str, figures: Any) -> ModelScore | None:
    if not isinstance(figures, dict) or not is_number(figures.get("hmean")) or not is_number(figures.get("pictures")):
        return None
    if split == VALIDATION and not figures.get("held_out", True):
        return None  # of pictures that were learnt from
    return ModelScore(split, float(figures["hmean"]), _pair(figures.get("interval")), int(figures["pictures"]))


def _same(score: ModelScore, verdict: Mapping[str, Any]) -> bool:
    """Whether a verdict is of these pictures."""
    return score.pictures == verdict.get("pictures") and abs(score.hmean - float(verdict.get("hmean", -1))) < 5e-4


def _kept(document: Any) -> ModelScore | None:
    try:
        known = {name: document[name] for name in ("split", "hmean", "pictures", "dataset")}
        return ModelScore(**known, interval=_pair(document["interval"]))
    except (KeyError, TypeError):
        return None


def _pair(value: Any) -> tuple[float, float] | None:
    if isinstance(value, list | tuple) and len(value) == 2 and all(map(is_number, value)):
        return float(value[0]), float(value[1])
    return None
