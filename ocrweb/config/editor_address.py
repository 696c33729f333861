"""Where the console edits the labels of a stored dataset, below its own address."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from ocrweb.config import paths
from ocrweb.config.own_dataset import taken_from


def editor_address(dataset: str, picture: str = "") -> str:
    """Of a dataset, or of one of its pictures, ``train_images/1.jpg``."""
    asked = {"dataset": dataset} | ({"picture": picture} if picture else {})
    return f"labels/edit?{urlencode(asked, errors='replace')}"


def address_of(image: Path) -> str | None:
    """Of a picture by its file, of a run's own copy that which it was taken from; None for one outside of the stored datasets."""
    image = taken_from(image) or image
    try:
        dataset, *inside = image.absolute().relative_to(paths.datasets_dir().absolute()).parts
    except ValueError:
        return None
    return editor_address(dataset, "/".join(inside)) if inside else None
