"""The checked pictures of a dataset as a dataset of their own, for a run that learns from them while people go on labelling."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from ocrweb.data.checks.names import images_name, labels_name, list_name
from ocrweb.data.labelling.files import outlines_file, read_files
from ocrweb.data.sample import SPLITS
from ocrweb.imaging.encode import write_error
from ocrweb.services.labels.entries import LabelledSet, LabelPlace
from ocrweb.services.labels.listing import list_pictures


def checked_places(labelled: LabelledSet) -> list[LabelPlace]:
    """The listed pictures that count as checked."""
    checked = [row.picture for row in list_pictures(labelled).pictures if row.state == "checked"]
    return [labelled.places[picture] for picture in checked if labelled.places[picture].listed]


def copy_checked(labelled: LabelledSet, folder: Path) -> int:
    """Write them into an empty folder, each in its part and under its name; how many there are to train on.

    Pictures share their bytes with the dataset where the disk can: they are replaced there, never written into. Raises
    usage.disk-full, usage.not-writable, dataset.unreadable.
    """
    places = checked_places(labelled)
    try:
        for split in SPLITS:
            for name in (images_name(split), labels_name(split)):
                (folder / name).mkdir(parents=True, exist_ok=True)
            mine = [place for place in places if place.split == split]
            for place in mine:
                _copy(place, folder)
            lines = "".join(f"{place.picture} {place.label_name}\n" for place in mine)
            (folder / list_name(split)).write_text(lines, encoding="utf-8", errors="surrogateescape")
    except OSError as failure:
        raise write_error(failure, folder) from failure
    return sum(place.split == "train" for place in places)


def _copy(place: LabelPlace, folder: Path) -> None:
    image, label = folder / place.picture, folder / place.label_name
    for file in (image, label):
        file.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(OSError):
        os.link(place.image, image)
    if not image.exists():
        shutil.copyfile(place.image, image)
    files = read_files(place.label)
    label.write_bytes(files.label or b"")
    if files.outlines is not None:
        outlines_file(label).write_bytes(files.outlines)
