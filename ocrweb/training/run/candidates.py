"""The weights of a run's best evaluations, put by until its end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from paddle import nn

from ocrweb.model.weights import save_weights
from ocrweb.rundir import names


def keep_candidate(
    kept: Sequence[tuple[float, int]], hmean: float, step: int, most: int, model: nn.Layer, run: Path
) -> tuple[tuple[float, int], ...]:
    """The best ``most`` evaluations, (hmean, step), with the weights of each in a file of the run folder, and no others.

    model: holds the evaluated weights. A full disk costs the candidate, not the run.
    """
    others = [one for one in kept if one[1] != step]
    chosen = tuple(sorted([*others, (hmean, step)], key=lambda one: (-one[0], -one[1]))[:most])
    folder = run / names.CANDIDATES
    if (hmean, step) in chosen:
        try:
            folder.mkdir(exist_ok=True)
            save_weights(model, weights_file(folder, step))
        except OSError:
            return tuple(others)
    for _, old in kept:
        if all(old != step for _, step in chosen):
            weights_file(folder, old).unlink(missing_ok=True)
    return chosen


def weights_file(folder: Path, step: int) -> Path:
    return folder / f"step_{step:06d}.pdparams"
