"""Weights of the suspects: a logistic regression a kind, on labels with faults put into them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from benchmarks.labelling.faults import Fault
from benchmarks.labelling.ranking import meets
from ocrweb.evaluation.suspects.candidates import Candidate

RIDGE, TURNS = 1.0, 60


def fit(rows: Iterable[tuple[Candidate, bool]]) -> dict[str, dict[str, float]]:
    """Kind → weights, as ``weights.json`` holds them. rows: candidates, and whether each is a fault of its kind."""
    kinds: dict[str, list[tuple[Candidate, bool]]] = defaultdict(list)
    for candidate, wrong in rows:
        kinds[candidate.kind].append((candidate, wrong))
    return {kind: _regression(given) for kind, given in sorted(kinds.items())}


def truth(candidate: Candidate, picture: int, faults: Iterable[Fault]) -> bool:
    """Whether a candidate shows a fault of its kind."""
    for fault in faults:
        if fault.picture == picture and _same(candidate.kind, fault.kind) and meets(candidate.box, fault.box):
            return True
    return False


def _same(candidate: str, fault: str) -> bool:
    """A box that is off may look like any of these; which one is for the weights to say, not for the truth."""
    off = {"shifted", "joined", "extra"}
    return candidate == fault or (candidate in off and fault in off)


def _regression(rows: list[tuple[Candidate, bool]]) -> dict[str, float]:
    names = sorted(rows[0][0].evidence)
    values = np.array([[candidate.evidence[name] for name in names] for candidate, _ in rows])
    wrong = np.array([good for _, good in rows], float)
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-6
    design = np.hstack([(values - mean) / spread, np.ones((len(values), 1))])
    ridge = np.diag([RIDGE] * len(names) + [1e-3])
    weights = np.zeros(design.shape[1])
    for _ in range(TURNS):
        chance = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (chance - wrong) + ridge @ weights
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + ridge
        weights -= np.linalg.solve(curve, slope)
    plain = weights[:-1] / spread
    constant = weights[-1] - float(plain @ mean)
    return {name: round(float(weight), 4) for name, weight in zip(names, plain, strict=True)} | {
        "": round(float(constant), 4)
    }
