"""Files packed as one zip, whole or not at all."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

from ocrweb.disk.address import missing_path
from ocrweb.disk.atomic import replacing
from ocrweb.disk.progress import Progress
from ocrweb.services.files.outputs import writing

DENSE = {
    ".jpg",
    ".jpeg",
    ".png",
    ".webp",
    ".onnx",
    ".bin",
    ".pdiparams",
}  # packing takes seconds and gains some per cent


def write_zip(target: Path, root: Path, files: Sequence[Path], progress: Progress | None = None) -> Path:
    """Pack files of a folder under their names in it, one by one, so memory does not grow with the count; the zip.

    files: below `root`. progress: files done and in all. Raises `usage.not-writable` or `usage.disk-full`.
    """
    with writing(target), replacing(target) as part, zipfile.ZipFile(part, "w", strict_timestamps=False) as archive:
        for done, file in enumerate(files, start=1):
            packed = zipfile.ZIP_STORED if file.suffix.lower() in DENSE else zipfile.ZIP_DEFLATED
            archive.write(file, file.relative_to(root), packed)
            if progress:
                progress(done, len(files))
    return target


def zip_outputs(folder: Path) -> Path:
    """``<folder>.zip`` beside the folder, with all but hidden files. Raises `usage.missing-path` too."""
    if not folder.is_dir():
        raise missing_path(folder)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    return write_zip(folder.with_name(f"{folder.name}.zip"), folder.parent, files)
