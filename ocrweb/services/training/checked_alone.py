"""A run that learns from the checked pictures of a dataset alone, of a copy of them: people go on labelling beside it."""

from __future__ import annotations

from dataclasses import dataclass

from ocrweb.config import paths
from ocrweb.config.training import TrainingConfig, dataset_folder
from ocrweb.disk.passing import passing_folder
from ocrweb.errors import OcrwebError
from ocrweb.services.labels.checked_copy import checked_places, copy_checked
from ocrweb.services.labels.entries import LabelledSet, labelled_set
from ocrweb.services.labels.listing import unreviewed
from ocrweb.services.training import jobs as training


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Of the pictures to train on: unchecked, with labels of a model that nobody has checked, and checked."""

    unchecked: int
    checked: int


def reviewed(dataset: str) -> Reviewed:
    """dataset: a name or folder, as settings have it. Nothing is unchecked in what is no dataset: the checklist says so."""
    try:
        labelled = labelled_set(dataset_folder(dataset))
        return Reviewed(len(unreviewed(labelled)), checked_to_train_on(labelled))
    except OcrwebError:
        return Reviewed(0, 0)


def checked_to_train_on(labelled: LabelledSet) -> int:
    return sum(place.split == "train" for place in checked_places(labelled))


def start_on_checked(config: TrainingConfig) -> tuple[str, int]:
    """Start a run, or let it wait; its name, and from how many pictures it learns. Raises as `jobs.start`."""
    labelled = labelled_set(dataset_folder(config.dataset))
    with passing_folder(paths.workdirs_dir(), "labelled") as place:
        folder = place / labelled.root.name
        pictures = copy_checked(labelled, folder)
        settings = {"dataset": str(folder), "name": config.name or labelled.root.name}
        return training.start(config.model_copy(update=settings), labelled.root), pictures
