"""Suspects: what is probably wrong with the labels of one picture, each with the chance that it is."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ocrweb.evaluation.suspects.candidates import Candidate, Look, SuspectKind, candidates
from ocrweb.geometry.quad import order_clockwise

WEIGHTS = Path(__file__).parent / "weights.json"
LEAST = 0.02  # below nobody wants to read it


@dataclass(frozen=True, slots=True, eq=False)
class Suspect:
    """kind: ``missing`` text without a box, ``extra`` a box on nothing, ``joined`` one box over several texts, ``cut``
    several boxes over one, ``shifted`` or loose, ``ignored`` though readable, ``readable`` though it is not,
    ``duplicate`` a picture that stands in both parts. score: 0..1, the chance that a person would agree.
    box: (4, 2) picture pixels, None for a whole picture. labels: indices of the picture's boxes that it is about.
    """

    kind: SuspectKind
    score: float
    box: np.ndarray | None
    labels: tuple[int, ...] = ()


def suspects(look: Look, least: float = LEAST) -> list[Suspect]:
    """Highest score first. A label is named once, for what it most probably is."""
    judged = [(_chance(candidate), candidate) for candidate in candidates(look)]
    judged.sort(key=lambda row: -row[0])
    named: set[int] = set()
    found = []
    for score, candidate in judged:
        if score < least or named & {*candidate.labels}:
            continue
        named |= {*candidate.labels}
        box = order_clockwise(candidate.box)
        found.append(Suspect(candidate.kind, score, box, candidate.labels))
    return found


def _chance(candidate: Candidate) -> float:
    weights = _weights()[candidate.kind]
    total = weights[""] + sum(weights[name] * value for name, value in candidate.evidence.items())
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, total))))


@cache
def _weights() -> Mapping[str, Mapping[str, float]]:
    """SuspectKind → name of the evidence → weight of a logistic regression; the empty name is the constant.

    Fitted by ``benchmarks/labels.py`` on labels with faults put into them.
    """
    weights: dict[str, dict[str, float]] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return weights
