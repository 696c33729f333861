"""Bring labels of other tools into the training layout: from a folder or a zip, tried first or done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ocrweb.data.archive import extract_archive
from ocrweb.data.formats.plan import ImportOptions, plan_import
from ocrweb.data.formats.recognise import FORMATS, label_files
from ocrweb.data.formats.report import ImportReport, Problem
from ocrweb.data.formats.tree import read_source
from ocrweb.data.formats.write import report_of, write_import
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.store import resolve_dataset
from ocrweb.services.files.temporary import temporary_folder
from ocrweb.services.intake.limits import archive_limits

__all__ = ["FORMATS", "ImportOptions", "ImportReport", "Problem", "formats_in", "import_dataset"]

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


def formats_in(root: Path) -> tuple[str, ...]:
    """The formats whose labels a folder holds, ``mmocr`` among them in both its forms; empty when none is known."""
    kinds = {"mmocr" if kind == "mmocr-lines" else kind for kind in label_files(read_source(root))}
    return tuple(sorted(kinds))


@contextmanager
def opened_source(source: str | Path) -> Iterator[Path]:
    """The folder to read; a zip is unpacked on the data root's disk for as long as it is needed."""
    path = Path(source)
    if not path.is_file():
        yield resolve_dataset(source)
        return
    if path.suffix.lower() in (".json", ".txt", ".jsonl"):
        raise OcrwebError("formats.single-file", path=str(path), folder=str(path.parent))
    with temporary_folder("import") as folder:
        yield extract_archive(path, folder / "source", archive_limits()).root
