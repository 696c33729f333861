"""Bring labels of other tools, and pages of PDFs, into the training layout: tried first or done."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from ocrweb.data.formats.folder import TOOLS
from ocrweb.data.formats.options import LABELS_ON, LOOKS, ImportOptions
from ocrweb.data.formats.plan import plan_import
from ocrweb.data.formats.recognise import FORMATS, is_pdf_name, label_files
from ocrweb.data.formats.report import ImportReport, Problem
from ocrweb.data.formats.tree import read_source
from ocrweb.data.formats.write import report_of, write_import
from ocrweb.disk.progress import Progress
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.opened import opened
from ocrweb.services.datasets.printed import PDF, import_printed

# Of no picture or zip.
LABEL_SUFFIXES = (".json", ".jsonl", ".txt", ".gt", ".xml", ".csv", ".tsv", ".hocr", ".html", ".mat")

__all__ = [
    "FORMATS",
    "LABELS_ON",
    "LOOKS",
    "PDF",
    "TOOLS",
    "ImportOptions",
    "ImportReport",
    "Problem",
    "import_dataset",
    "import_sources",
]


def import_dataset(
    source: str | Path,
    out: Path | None,
    options: ImportOptions = ImportOptions(),
    progress: Progress | None = None,
    workers: int = 2,
    *,
    typed: bool = False,
) -> ImportReport:
    """Import a folder, a zip, a stored upload or a PDF into the new or empty folder ``out``; None only says what would
    happen. A folder or a zip with PDFs and no labels is what `import_printed` labels. typed: a person typed the source, so that
    commands can name it.

    The result holds no error of the validator's. Raises what `plan_import`, `write_import` and `import_printed` raise, and
    ``archive.…``.
    """
    typed_as = (Path(source),) if typed else ()
    if is_pdf(Path(source)):
        return import_printed((Path(source),), out, options, progress, typed=typed_as)
    with opened_source(source) as root:
        if options.format == PDF or (options.format == "auto" and holds_only_pdfs(root)):
            return import_printed((root,), out, options, progress, below=root, typed=typed_as)
        plan = plan_import(root, options, progress if out is None else None)
        return report_of(plan) if out is None else write_import(plan, out, progress, workers)


def import_sources(
    sources: Sequence[str | Path],
    out: Path | None,
    options: ImportOptions = ImportOptions(),
    progress: Progress | None = None,
    *,
    names_only: bool = False,
) -> ImportReport:
    """`import_dataset` of one source, or `import_printed` of PDFs. names_only: their folders are not told.

    Raises formats.only-pdfs-together too.
    """
    if len(sources) == 1 and not is_pdf(Path(sources[0])):
        return import_dataset(sources[0], out, options, progress, typed=not names_only)
    other = next((path for path in map(Path, sources) if not is_pdf(path)), None)
    if other is not None:
        raise OcrwebError("formats.only-pdfs-together", path=str(other))
    paths = tuple(map(Path, sources))
    return import_printed(paths, out, options, progress, names_only=names_only, typed=() if names_only else paths)


def is_pdf(path: Path) -> bool:
    return is_pdf_name(path.name) and path.is_file()


def holds_only_pdfs(root: Path) -> bool:
    """Whether a folder has PDFs and nothing that labels anything."""
    tree = read_source(root)
    return any(map(is_pdf_name, tree.others)) and not label_files(tree)


def opened_source(source: str | Path) -> AbstractContextManager[Path]:
    """The folder to read, as `opened` gives it. Raises formats.single-file for labels without their pictures."""
    path = Path(source)
    if path.is_file() and path.suffix.lower() in LABEL_SUFFIXES:
        raise OcrwebError("formats.single-file", path=str(path), folder=str(path.parent))
    return opened(source)
