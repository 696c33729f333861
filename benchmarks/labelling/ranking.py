"""How good a list of suspects is, given the faults that were put in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from benchmarks.labelling.faults import Fault

MET, OWN = 0.3, 0.25  # shares of the smaller box, and of the suspect's own, that must lie in the other


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """An entry of the list: picture by its place, score, box."""

    picture: int
    kind: str
    score: float
    box: np.ndarray


@dataclass(frozen=True, slots=True)
class Quality:
    """precision: average precision of the list. early: share of the faults within twice as many entries as there are
    faults. unnamed: kinds of the faults that no entry names. alarms: kinds of the wrong ones among as many entries as
    there are faults."""

    faults: int
    precision: float
    early: float
    unnamed: Counter[str]
    alarms: Counter[str]


def meets(box: np.ndarray, fault: np.ndarray) -> bool:
    """Whether a person who looks at the box sees the fault."""
    one, other = (shapely.make_valid(shapely.Polygon(points)) for points in (box, fault))
    shared = shapely.intersection(one, other).area
    return bool(shared > MET * min(one.area, other.area) and shared > OWN * one.area)


def judge(entries: Sequence[Named], faults: Sequence[Fault]) -> Quality:
    """Each fault counts once, for the first entry that shows it; every other entry is an alarm."""
    left = list(faults)
    right: list[bool] = []
    order = sorted(entries, key=lambda entry: -entry.score)
    for entry in order:
        shown = next((f for f in left if f.picture == entry.picture and meets(entry.box, f.box)), None)
        if shown is not None:
            left.remove(shown)
        right.append(shown is not None)
    hits = np.array(right, float)
    precision = float((hits.cumsum() / np.arange(1, len(hits) + 1) * hits).sum() / len(faults)) if len(hits) else 0.0
    first = order[: len(faults)]
    alarms = Counter(entry.kind for entry, good in zip(first, right, strict=False) if not good)
    early = float(hits[: 2 * len(faults)].sum() / len(faults))
    return Quality(len(faults), precision, early, Counter(fault.kind for fault in left), alarms)
