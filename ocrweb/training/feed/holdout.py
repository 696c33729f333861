"""Which pictures a run learns from and which ones it is judged on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocrweb.data.sample import Sample

FEWEST = 5


@dataclass(frozen=True, slots=True)
class Parts:
    """train: learnt from. validation: weights and thresholds are chosen on them.

    held_out: False when there are too few pictures, and the run is judged on those it learns from.
    """

    train: tuple[Sample, ...]
    validation: tuple[Sample, ...]
    held_out: bool


def hold_out(samples: Sequence[Sample], ratio: float, limit: int, seed: int) -> Parts:
    """Keep a part of the training pictures out of training; the test list is never touched.

    ratio: 0..0.5, the share kept out, at least one picture, at most `limit`. With ratio 0 or fewer than five pictures
    nothing is kept out. The same seed and pictures give the same parts, in whatever order the pictures come.
    """
    ordered = sorted(samples, key=lambda sample: str(sample.image))
    count = min(limit, max(1, round(ratio * len(ordered))))
    if ratio <= 0 or len(ordered) < FEWEST:
        return Parts(tuple(ordered), tuple(ordered[:limit]), held_out=False)
    chosen = set(np.random.default_rng(seed).permutation(len(ordered))[:count].tolist())
    return Parts(
        tuple(sample for index, sample in enumerate(ordered) if index not in chosen),
        tuple(sample for index, sample in enumerate(ordered) if index in chosen),
        held_out=True,
    )
