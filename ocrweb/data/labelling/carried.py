"""What is known of a picture goes with it into a copy of its dataset, and out to other tools and back."""

from __future__ import annotations

from pathlib import Path

from ocrweb.data.labelling.record import PictureRecord, read_picture_record, write_picture_record
from ocrweb.data.labelling.review import auto_labelled


def carried_record(root: Path, picture: str, boxes: int) -> PictureRecord:
    """State and tags alone: the labels before and what was done to them belong to the dataset itself. What a model has labelled
    and nobody has looked at stays so. picture: ``train_images/1.jpg``. boxes: that it has."""
    record = read_picture_record(root, picture)
    unsure = auto_labelled(root).get(picture) if boxes else None
    state = record.state or (None if unsure is None else "check" if unsure else "auto")
    return PictureRecord(state, record.tags)


def put_record(root: Path, picture: str, record: PictureRecord) -> None:
    """Nothing where nothing is known. Raises usage.not-writable, usage.disk-full."""
    if record != PictureRecord():
        write_picture_record(root, picture, record)
