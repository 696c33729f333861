"""Bring labels of other tools into the training layout: from a folder or a zip, tried first or done."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from ocrweb.data.formats.folder import TOOLS
from ocrweb.data.formats.plan import ImportOptions, plan_import
from ocrweb.data.formats.recognise import FORMATS
from ocrweb.data.formats.report import ImportReport, Problem
from ocrweb.data.formats.write import report_of, write_import
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.opened import opened

__all__ = ["FORMATS", "TOOLS", "ImportOptions", "ImportReport", "Problem", "import_dataset"]

Progress = Callable[[int, int], None]


def import_dataset(
    source: str | Path,
    out: Path | None,
    options: ImportOptions = ImportOptions(),
    progress: Progress | None = None,
    workers: int = 2,
) -> ImportReport:
    """Import a folder, a zip or a stored upload into the new or empty folder ``out``; None only says what would happen.

    The result holds no error of the validator's. Raises what `plan_import` and `write_import` raise, and ``archive.…``.
    """
    with opened_source(source) as root:
        plan = plan_import(root, options, progress if out is None else None)
        return report_of(plan) if out is None else write_import(plan, out, progress, workers)


def opened_source(source: str | Path) -> AbstractContextManager[Path]:
    """The folder to read, as `opened` gives it. Raises formats.single-file for labels without their pictures."""
    path = Path(source)
    if path.is_file() and path.suffix.lower() in (".json", ".txt", ".jsonl"):
        raise OcrwebError("formats.single-file", path=str(path), folder=str(path.parent))
    return opened(source)
