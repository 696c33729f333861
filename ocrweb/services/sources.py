"""Which pictures a request names: files, folders and zips, as one list in natural order."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from ocrweb.config import paths
from ocrweb.errors import OcrwebError
from ocrweb.services.outputs import writing

SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".webp", ".tif", ".tiff", ".gif"})
RUN_MARK = ".ocrweb-run.json"  # lies in every output folder of a batch; such a folder is never a source


@dataclass(frozen=True, slots=True)
class Source:
    """One picture to read. shown: the path people know it by. error: set when it cannot even be opened."""

    path: Path
    shown: str
    error: OcrwebError | None = None


@contextlib.contextmanager
def open_sources(
    given: Sequence[Path], *, confined: bool = False, names_only: bool = False
) -> Iterator[tuple[Source, ...]]:
    """All pictures of the given files, folders and zips; zips lie in a private temporary folder until the block ends.

    confined: folders must lie under an allowed root (requests from the page). names_only: show file names without the
    folders (uploads). Raises `usage.missing-path` when the only path is missing, `batch.no-pictures`,
    `batch.outside-root`, or what the archive reader finds wrong with a zip.
    """
    with contextlib.ExitStack() as stack:
        found: list[Source] = []
        for path in given:
            shown = path.name if names_only else str(path)
            if path.is_dir():
                if confined:
                    check_allowed(path)
                found += _in_folder(path, shown)
            elif path.suffix.lower() == ".zip" and path.is_file():
                found += _in_folder(stack.enter_context(_unpacked(path)), shown)
            elif path.exists():
                found.append(Source(path, shown))
            else:
                missing = OcrwebError("usage.missing-path", path=str(path), cwd=os.getcwd())
                if len(given) == 1:
                    raise missing
                found.append(Source(path, shown, missing))
        if not found:
            raise OcrwebError("batch.no-pictures", path=", ".join(str(path) for path in given))
        yield tuple(found)


def allowed_roots() -> tuple[Path, ...]:
    """Folders that the page may read from: ``OCRWEB_ALLOWED_ROOTS`` (joined by ``:``), else the data root."""
    given = os.environ.get("OCRWEB_ALLOWED_ROOTS", "")
    return tuple(Path(root).resolve() for root in given.split(os.pathsep) if root) or (paths.home(),)


def check_allowed(path: Path) -> Path:
    """The resolved path when it lies under an allowed root, links followed; else `batch.outside-root`."""
    resolved = path.resolve()
    private = paths.private_dir().resolve()
    inside = any(resolved.is_relative_to(root) for root in allowed_roots())
    if not inside or resolved.is_relative_to(private):
        roots = ", ".join(str(root) for root in allowed_roots())
        raise OcrwebError("batch.outside-root", path=str(path), roots=roots)
    return resolved


def natural(text: str) -> list[tuple[int, int, str]]:
    """Sort key that puts ``page2`` before ``page10``."""
    parts = re.split(r"(\d+)", text.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]


def _in_folder(folder: Path, shown: str) -> list[Source]:
    """Pictures below a folder; hidden ones and output folders of earlier batches are passed over."""
    found: list[Source] = []

    def unreadable(failure: OSError) -> None:
        place = Path(failure.filename or folder)
        error = OcrwebError("batch.unreadable-folder", path=str(place), reason=failure.strerror or "")
        found.append(Source(place, os.path.join(shown, os.path.relpath(place, folder)), error))

    for root, folders, files in os.walk(folder, onerror=unreadable):
        if RUN_MARK in files:
            folders.clear()
            continue
        folders[:] = [name for name in folders if not name.startswith((".", "__MACOSX"))]
        for name in files:
            if not name.startswith(".") and os.path.splitext(name)[1].lower() in SUFFIXES:
                path = Path(root, name)
                found.append(Source(path, os.path.join(shown, os.path.relpath(path, folder))))
    return sorted(found, key=lambda source: natural(source.shown))


@contextlib.contextmanager
def _unpacked(archive: Path) -> Iterator[Path]:
    from ocrweb.data.archive import extract_archive

    private = paths.private_dir() / "tmp"
    with writing(private):
        private.mkdir(parents=True, exist_ok=True)
        _sweep(private)
        folder = Path(tempfile.mkdtemp(prefix=f"batch_{os.getpid()}_", dir=private))
    try:
        yield extract_archive(archive, folder / "pictures").root
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(private: Path) -> None:
    """Remove what processes left that were killed."""
    for folder in private.glob("batch_*_*"):
        owner = folder.name.split("_")[1]
        if owner.isdecimal() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)
