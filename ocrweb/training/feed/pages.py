"""The pages on which a run that learns from rendered pages is judged."""

from __future__ import annotations

from pathlib import Path

from ocrweb.config.training import TrainingConfig
from ocrweb.data.icdar import read_split
from ocrweb.errors import OcrwebError
from ocrweb.messages import Sentence
from ocrweb.render.dataset import render_dataset
from ocrweb.render.page import KINDS
from ocrweb.training.feed.holdout import Parts
from ocrweb.training.machine.distributed import Group

FOLDER = "rendered-pages"
_SEED = 5000  # beyond every seed that a training page can have


def held_out_pages(run: Path, config: TrainingConfig, group: Group) -> Parts:
    """Nothing to read for training, and whole pages in held-out fonts for validation, kept in the run's folder.

    They are drawn once, by one process; the same settings give the same pages. Raises ``usage.unknown-name`` for a kind
    of page that there is not, and what `render_dataset` raises.
    """
    for kind in config.pages.kinds.split():
        if kind not in KINDS:
            raise OcrwebError(
                "usage.unknown-name", what=Sentence("command.word-page-kind"), name=kind, nearest=", ".join(KINDS)
            )
    folder = run / FOLDER
    if group.writes and not folder.is_dir():
        render_dataset(folder, config.pages.held_out, 0, _SEED + config.seed, fonts="held-out")
    group.any(False)  # the others wait here
    return Parts((), tuple(read_split(folder, "train")), held_out=True)
