"""The best evaluated weights of a run averaged ("model soup", Wortsman et al. 2022), where that is better still."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ocrweb.errors import OcrwebError
from ocrweb.evaluation.sweep import COARSE
from ocrweb.model.architecture import new_layer
from ocrweb.model.pdparams import read_pdparams
from ocrweb.model.weights import save_weights
from ocrweb.rundir import names
from ocrweb.training.learn.evaluate import FIXED, Evaluation, Evaluator
from ocrweb.training.machine.distributed import Group
from ocrweb.training.run.candidates import weights_file
from ocrweb.training.run.checkpoint import load_model
from ocrweb.training.run.session import Opened

FEWEST = 3  # evaluations, below which the best few are no choice


@dataclass(frozen=True, slots=True)
class Blend:
    """An average that is better than the best evaluation of its run. steps: at which the averaged weights were taken."""

    steps: tuple[int, ...]
    found: Evaluation

    def best(self, epoch: int) -> dict[str, Any]:
        """As `RunProgress.best`; its step is the last of those averaged."""
        score = self.found.choice.score
        ratios = {name: getattr(score, name) for name in ("hmean", "precision", "recall")}
        return {**ratios, "step": max(self.steps), "epoch": epoch, **self.found.choice.thresholds()}


def blend(opened: Opened, kept: Sequence[tuple[float, int]], evaluations: int, best: float) -> Blend | None:
    """Average the kept weights and judge that on the validation pictures: it becomes ``best.pdparams`` if its hmean is
    above ``best``. The files of the candidates are gone afterwards."""
    session = opened.session
    folder = session.run / names.CANDIDATES
    try:
        files = {step: weights_file(folder, step) for _, step in kept if weights_file(folder, step).is_file()}
        if evaluations < FEWEST or len(files) < 2 or not opened.parts.held_out:
            return None
        model = new_layer(opened.base.architecture)
        with contextlib.suppress(OcrwebError, KeyError):  # a file that was lost meanwhile
            load_model(model, mean_of([read_pdparams(file) for file in files.values()]))
            grid = COARSE if session.config.evaluation.tune_thresholds else FIXED
            found = Evaluator(opened.parts.validation, opened.rule, Group()).evaluate(model, grid)
            if found.choice.score.hmean > best:
                save_weights(model, session.run / names.BEST)
                return Blend(tuple(sorted(files)), found)
        return None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def mean_of(networks: Sequence[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Tensor by tensor; KeyError where one is missing. What is no float is the first one's."""
    first = networks[0]
    return {
        name: np.mean([network[name] for network in networks], axis=0, dtype=np.float64).astype(array.dtype)
        if array.dtype.kind == "f"
        else array
        for name, array in first.items()
    }
