"""On which text a model fails: its scores by what the regions look like, with the pictures that each group fails in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.evaluation import looks
from ocrweb.evaluation.gallery import Judgement
from ocrweb.evaluation.looks import Look
from ocrweb.evaluation.metric import score
from ocrweb.evaluation.sweep import labels_of

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class GroupScore:
    """detections: of this group, matched ones counted where their label is; None where a detection has no such group.

    worst: the pictures with most mistakes in the group, most first.
    """

    name: str
    matched: int
    labels: int
    detections: int | None
    worst: tuple[Path, ...]

    @property
    def recall(self) -> float | None:
        return self.matched / self.labels if self.labels else None

    @property
    def precision(self) -> float | None:
        return self.matched / self.detections if self.detections else None

    @property
    def hmean(self) -> float | None:
        if self.detections is None or not self.labels:
            return None
        return score(self.matched, self.labels, self.detections, 0).hmean

    def to_dict(self) -> dict[str, Any]:
        ratios = {name: getattr(self, name) for name in ("precision", "recall", "hmean")}
        return {
            "group": self.name,
            "matched": self.matched,
            "labels": self.labels,
            "detections": self.detections,
            **{name: value if value is None else round(value, 6) for name, value in ratios.items()},
            "worst": [str(path) for path in self.worst],
        }


class GroupScores:
    """Counts of one look, summed up picture by picture."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self._matched: Counter[str] = Counter()
        self._missed: Counter[str] = Counter()
        self._alarms: Counter[str] = Counter()
        self._mistakes: defaultdict[str, Counter[Path]] = defaultdict(Counter)

    def add(self, judgement: Judgement, scale: float, pixels: Callable[[], np.ndarray]) -> None:
        """scale: pixels of the network's input to one of the picture. pixels: reads the picture, (H, W, 3) uint8 BGR."""
        labels = self._groups(labels_of(judgement.sample, judgement.shape), scale, pixels, judgement)
        for label, _ in judgement.found.pairs:
            self._matched[labels[label]] += 1
        for label in judgement.found.missed:
            self._missed[labels[label]] += 1
            self._mistakes[labels[label]][judgement.sample.image] += 1
        if self.look in looks.OF_WRITING or not judgement.found.false_alarms:
            return
        detections = self._groups(judgement.detections, scale, pixels)
        for detection in judgement.found.false_alarms:
            self._alarms[detections[detection]] += 1
            self._mistakes[detections[detection]][judgement.sample.image] += 1

    def table(self) -> list[GroupScore]:
        """The groups in order of their values, empty ones too; scripts by their share."""
        every = self._matched + self._missed + self._alarms
        return [self._score(name) for name in looks.names_of(self.look) or [name for name, _ in every.most_common()]]

    def _score(self, name: str) -> GroupScore:
        matched, writing = self._matched[name], self.look in looks.OF_WRITING
        worst = sorted(self._mistakes[name].items(), key=lambda item: (-item[1], item[0].name))[:EXAMPLES]
        return GroupScore(
            name,
            matched,
            matched + self._missed[name],
            None if writing else matched + self._alarms[name],
            tuple(path for path, _ in worst),
        )

    def _groups(
        self,
        outlines: Sequence[np.ndarray],
        scale: float,
        pixels: Callable[[], np.ndarray],
        labelled: Judgement | None = None,
    ) -> list[str]:
        if labelled is not None and self.look in looks.OF_WRITING:
            texts = [box.text for box in labelled.sample.boxes]
            if self.look == "script":
                return [looks.script_of(text) for text in texts]
            return looks.groups_by("length", [len(text.strip()) for text in texts])
        if self.look == "height":
            return looks.groups_by("height", [height * scale for height in looks.heights(outlines)])
        if self.look == "angle":
            return looks.groups_by("angle", looks.angles(outlines))
        if self.look == "crowding":
            return looks.groups_by("crowding", looks.distances(outlines))
        return looks.groups_by("darkness", looks.greys(outlines, pixels()))
