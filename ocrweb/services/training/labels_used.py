"""Which labels a run learns from: their version, and how many of the pictures nobody has checked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ocrweb.config import paths
from ocrweb.config.documents import fits, is_number, is_text, parse_json
from ocrweb.disk import atomic
from ocrweb.disk.ordinary import read_ordinary
from ocrweb.errors import OcrwebError
from ocrweb.services.labels.entries import labelled_set
from ocrweb.services.labels.listing import unreviewed
from ocrweb.services.labels.versions import keep_version, version_of

NAME = "labels.json"
KINDS = {"version": is_text, "pictures": is_number, "boxes": is_number, "unreviewed": is_number}


def note_labels(run: Path, dataset: Path, of: Path | None = None) -> None:
    """Write down the labels of a dataset for a new run. Those of a stored dataset are kept, to be compared and brought back
    later; a folder of somebody's own is not written into. of: where a dataset that is the run's own was taken from: the version
    is that one's."""
    try:
        labelled, source = labelled_set(dataset), labelled_set(of or dataset)
        used = version_of(labelled)
        stored = source.root.resolve().parent == paths.datasets_dir().resolve()
        version = keep_version(source, run.name) if stored else version_of(source)
        pictures = unreviewed(labelled)
    except OcrwebError:  # what is wrong with the dataset, or the disk, the run itself tells in its log
        return
    document = {
        "version": version.id,
        "pictures": len(used.labels),
        "boxes": used.boxes,
        "unreviewed": len(pictures),
    }
    atomic.write_text(run / NAME, json.dumps(document))


def labels_used(run: Path) -> dict[str, Any] | None:
    """``{"version", "pictures", "boxes", "unreviewed"}``; None for a run of an older version, or without labels of its own."""
    try:
        document = parse_json(read_ordinary(run / NAME))
    except (OSError, ValueError):
        return None
    return (
        {name: document[name] for name in KINDS} if fits(document, KINDS) and KINDS.keys() <= document.keys() else None
    )
