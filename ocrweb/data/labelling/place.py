"""Where a dataset keeps what people did to its labels: a hidden folder in it, which goes wherever the dataset goes."""

from __future__ import annotations

import hashlib
from pathlib import Path

FOLDER = ".ocrweb_labels"


def labelling_folder(root: Path) -> Path:
    return root / FOLDER


def record_name(picture: str) -> str:
    """Of a picture's record, below the dataset: ``.ocrweb_labels/pictures/<24 hex digits>.json``."""
    digest = hashlib.blake2b(picture.encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()
    return f"{FOLDER}/pictures/{digest}.json"


def kept_file(root: Path, digest: str) -> Path:
    """Where bytes are kept by their digest."""
    return labelling_folder(root) / "kept" / digest[:2] / digest
