"""A stored dataset as a zip to download."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

from ocrweb.data.checks.names import is_picture_name
from ocrweb.data.formats.tree import read_source
from ocrweb.disk.passing import passing_name
from ocrweb.services.datasets.store import resolve_dataset
from ocrweb.services.files.outputs import writing
from ocrweb.services.files.scratch import scratch_folder


def zip_again(name: str, target: Path | None = None, progress: Callable[[int, int], None] | None = None) -> Path:
    """Write ``<name>.zip``; by default among the short-lived files that the page may fetch. Backups are left out.

    progress: files done and in all. The zip can be uploaded again as it is. Raises store.unknown, usage.disk-full.
    """
    folder = resolve_dataset(name).resolve()
    target = target or scratch_folder() / f"{Path(name).name}.zip"
    tree = read_source(folder)
    part = target.with_name(passing_name(target.name, ".part"))
    with writing(target):
        try:
            with zipfile.ZipFile(part, "w", strict_timestamps=False) as archive:
                for done, file in enumerate(tree.files, start=1):
                    packed = zipfile.ZIP_STORED if is_picture_name(file) else zipfile.ZIP_DEFLATED
                    archive.write(tree.path(file), file, packed)
                    if progress:
                        progress(done, len(tree.files))
            os.replace(part, target)
        finally:
            part.unlink(missing_ok=True)
    return target
