"""Which pictures a run learns from and which ones it is judged on."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocrweb.data.sample import Sample
from ocrweb.training.feed.learnt import mark

FEWEST = 5


@dataclass(frozen=True, slots=True)
class Parts:
    """train: learnt from. validation: weights and thresholds are chosen on them.

    held_out: False when the run is judged on pictures that it learns from, for want of others, or that its starting weights
    have learnt from. known: marks of the pictures that those have learnt from, as `learnt_before` gives them.
    """

    train: tuple[Sample, ...]
    validation: tuple[Sample, ...]
    held_out: bool
    known: frozenset[str] = frozenset()


def hold_out(
    samples: Sequence[Sample], ratio: float, limit: int, seed: int, known: frozenset[str] = frozenset()
) -> Parts:
    """Keep a part of the training pictures out of training; the test list is never touched.

    ratio: 0..0.5, the share kept out, at least one picture, at most `limit`. With ratio 0 or fewer than five different
    pictures nothing is kept out; of files with the same content all are learnt from or none, and one is judged on. The
    same seed and pictures give the same parts, in whatever order the pictures come. known: as `Parts` has it: other
    pictures are kept out, as long as there is one.
    """
    copies = _copies(sorted(samples, key=lambda sample: str(sample.image)))
    ordered = [sample for group in copies for sample in group]
    count = min(limit, max(1, round(ratio * len(copies))))
    if ratio <= 0 or len(copies) < FEWEST:
        return Parts(tuple(ordered), tuple(group[0] for group in copies[:limit]), False, known)
    drawn = np.random.default_rng(seed).permutation(len(copies)).tolist()
    fresh = [index for index in drawn if mark(copies[index][0].image) not in known] if known else drawn
    chosen = set((fresh or drawn)[:count])
    return Parts(
        tuple(sample for index, group in enumerate(copies) if index not in chosen for sample in group),
        tuple(group[0] for index, group in enumerate(copies) if index in chosen),
        bool(fresh),
        known,
    )


def unseen(samples: Sequence[Sample], learnt: Sequence[Sample]) -> list[Sample]:
    """The samples whose picture's content is not among those learnt from, one of each."""
    known = {id(sample) for sample in learnt}
    return [group[0] for group in _copies([*learnt, *samples]) if id(group[0]) not in known]


def _copies(ordered: Sequence[Sample]) -> list[list[Sample]]:
    """The samples in groups of equal picture files, in the order of their first ones. Only files of one size are read."""
    sizes = [_size(sample) for sample in ordered]
    common = Counter(sizes)
    groups: dict[object, list[Sample]] = {}
    for sample, size in zip(ordered, sizes, strict=True):
        known = size >= 0 and common[size] > 1
        content = hashlib.blake2b(sample.image.read_bytes()).digest() if known else id(sample)
        groups.setdefault(content, []).append(sample)
    return list(groups.values())


def _size(sample: Sample) -> int:
    """Bytes of the picture file, -1 when there is none."""
    try:
        return sample.image.stat().st_size
    except OSError:
        return -1
