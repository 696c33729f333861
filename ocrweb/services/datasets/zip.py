"""A stored dataset as a zip to download."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ocrweb.data.formats.tree import read_source
from ocrweb.services.datasets.store import resolve_dataset
from ocrweb.services.files.pack import write_zip
from ocrweb.services.files.scratch import scratch_folder


def zip_again(name: str, target: Path | None = None, progress: Callable[[int, int], None] | None = None) -> Path:
    """Write ``<name>.zip``; by default among the short-lived files that the page may fetch. Backups are left out.

    progress: files done and in all. The zip can be uploaded again as it is. Raises store.unknown, usage.disk-full.
    """
    folder = resolve_dataset(name).resolve()
    target = target or scratch_folder() / f"{Path(name).name}.zip"
    tree = read_source(folder)
    return write_zip(target, tree.root, [tree.path(file) for file in tree.files], progress)
