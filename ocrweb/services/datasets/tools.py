"""What can be done to a dataset as a whole: shrink it, divide it anew, hand it to another tool, make a stored one."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ocrweb.data.checks.names import list_name
from ocrweb.data.export import TARGETS, ExportResult, export_dataset
from ocrweb.data.resize import ResizeReport, resize_dataset, take_back_resize
from ocrweb.data.split import SplitResult, split_dataset
from ocrweb.disk.progress import Progress
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.autolabel import AutoLabelReport, AutoLabelRequest, auto_label
from ocrweb.services.datasets.importing import ImportOptions, ImportReport, import_dataset, import_sources
from ocrweb.services.datasets.store import StoredDataset, make_dataset, resolve_dataset
from ocrweb.services.datasets.use import changing
from ocrweb.services.files.temporary import temporary_folder

__all__ = [
    "TARGETS",
    "ExportResult",
    "ResizeReport",
    "SplitResult",
    "auto_label_stored",
    "export_labels",
    "import_stored",
    "resize",
    "split",
    "undo_resize",
]


def resize(name: str | Path, max_side: int, out: Path | None = None, progress: Progress | None = None) -> ResizeReport:
    """Shrink a dataset to a new folder, or in place with a backup.

    Raises as `resize_dataset`; in place also store.in-use, store.busy.
    """
    root = resolve_dataset(name)
    if out is not None:
        return resize_dataset(root, max_side, out, progress)
    with changing(str(name), root):
        return resize_dataset(root, max_side, None, progress)


def undo_resize(name: str | Path) -> Path:
    """Take back the newest resize in place. Raises dataset.no-backup, store.in-use, store.busy."""
    root = resolve_dataset(name)
    with changing(str(name), root):
        return take_back_resize(root)


def split(name: str | Path, val_ratio: float = 0.1, seed: int = 0) -> SplitResult:
    """Divide a dataset anew into training and test pictures. `validation.undo` takes it back.

    Raises store.in-use, store.busy.
    """
    root = resolve_dataset(name)
    with changing(str(name), root):
        return split_dataset(root.resolve(), val_ratio, seed)


def export_labels(
    source: str | Path, out: Path, target: str, options: ImportOptions = ImportOptions()
) -> tuple[ExportResult, ImportReport]:
    """Write a dataset, or anything that can be imported, for another tool, one of `TARGETS`; and what it left out."""
    chosen = next((known for known in TARGETS if known == target), None)
    if chosen is None:
        raise OcrwebError("usage.bad-value", name="--to", value=target, expected=", ".join(TARGETS))
    with temporary_folder("export") as folder:
        if options.format == "auto" and not Path(source).is_file() and _has_list(resolve_dataset(source)):
            options = replace(options, format="icdar")  # its own labels, not what another tool left beside them
        report = import_dataset(source, folder / "dataset", options)
        return export_dataset(folder / "dataset", out, chosen), report


def import_stored(
    sources: Sequence[str | Path], name: str, options: ImportOptions = ImportOptions(), progress: Progress | None = None
) -> tuple[StoredDataset, ImportReport]:
    """Import a folder, a zip, a stored upload or PDFs as a new stored dataset."""
    stored, report = make_dataset(
        name,
        lambda folder: import_sources(sources, folder, options, progress, names_only=True),
        source=", ".join(map(str, sources[:3])),
    )
    return stored, replace(report, out=str(stored.path))


def auto_label_stored(
    request: AutoLabelRequest,
    name: str,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> tuple[StoredDataset, AutoLabelReport]:
    """Auto-label pictures as a new stored dataset."""
    source = ", ".join(path.name for path in request.paths[:3])
    stored, report = make_dataset(name, lambda folder: auto_label(request, folder, progress, cancel), source=source)
    return stored, replace(report, out=stored.path)


def _has_list(root: Path) -> bool:
    return (root / list_name("train")).is_file()
