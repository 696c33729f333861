"""Mend the dataset of a run: what would change, the mended copy, and the run's settings with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ocrweb.config.training import TrainingConfig
from ocrweb.data.checks.names import images_name
from ocrweb.data.sample import SPLITS
from ocrweb.errors import OcrwebError
from ocrweb.imaging.sniff import read_header
from ocrweb.services.datasets import work as dataset_work
from ocrweb.services.datasets.store import get_dataset
from ocrweb.services.datasets.validation import RepairPlan, validate
from ocrweb.services.training import choices as training_choices

MAX_SIDE = 640
MendKind = Literal["repair", "resize"]


@dataclass(frozen=True, slots=True)
class Mending:
    """What a remedy would do to a dataset. plan, errors: of a repair, with the errors found now. larger, pictures: of a
    resize, how many of all are larger than `MAX_SIDE`."""

    kind: MendKind
    run: str
    dataset: str
    plan: RepairPlan | None = None
    errors: int = 0
    larger: int = 0
    pictures: int = 0

    @property
    def changes(self) -> int:
        return len(self.plan.changes) if self.plan else self.larger


def plan_mending(kind: MendKind, run: str) -> Mending:
    """Look at the dataset of a run; nothing is written. Raises ``run.…``, ``store.unknown``, and what reading raises."""
    name = training_choices.run_config(run).dataset
    folder = get_dataset(name).path
    if kind == "repair":
        return Mending(kind, run, name, dataset_work.preview_repair(name), int(validate(name).counts["error"]))
    pictures = [path for split in SPLITS for path in (folder / images_name(split)).glob("*") if path.is_file()]
    return Mending(kind, run, name, larger=sum(map(_is_larger, pictures)), pictures=len(pictures))


def begin_mending(kind: MendKind, dataset: str) -> str:
    """Make the mended dataset beside the old one in the background; the id of a `dataset_jobs` job."""
    if kind == "repair":
        return dataset_work.start_repair(dataset, copy=True)
    return dataset_work.start_resize(dataset, MAX_SIDE)


def with_dataset(run: str, dataset: str) -> TrainingConfig:
    """The settings of a run on another dataset."""
    return training_choices.run_config(run).model_copy(update={"dataset": dataset})


def _is_larger(picture: Path) -> bool:
    try:
        header = read_header(picture)
    except OcrwebError:  # no picture: the resize says what it is
        return False
    return max(header.width, header.height) > MAX_SIDE
