"""Which pictures a request names: files, folders and zips, as one list in natural order."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ocrweb.disk.address import missing_path
from ocrweb.disk.names import natural_key, numbered
from ocrweb.errors import OcrwebError
from ocrweb.imaging.documents import SUFFIXES as DOCUMENTS
from ocrweb.services.intake.allowed import _is_upload, _stays_inside, check_allowed
from ocrweb.services.intake.chosen_pages import Ranges, chosen_pages
from ocrweb.services.intake.unpacked import unpacked

if TYPE_CHECKING:
    from ocrweb.imaging.documents.opened import Documents
    from ocrweb.imaging.documents.page import DocumentPage

SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".webp", ".tif", ".tiff", ".gif", ".pdf"})
NOT_READ = frozenset(
    {".avif", ".heic", ".heif", ".jp2", ".jxl"}
)  # pictures all the same: each is told, not passed over
RUN_MARK = ".ocrweb-run.json"  # lies in every output folder of a batch
RESULTS = ("json", "visualization")  # its folders, which are never sources


@dataclass(frozen=True, slots=True)
class Source:
    """One picture to read. shown: the path people know it by. error: set when it cannot even be opened.

    archive: the zip it lay in. page: from 1, of a document of several pages. documents: reads them. ranges: the pages that
    are wanted of a document, first and last; () for all.
    """

    path: Path
    shown: str
    error: OcrwebError | None = None
    archive: Path | None = None
    page: int | None = None
    documents: Documents | None = None
    ranges: Ranges = ()

    @property
    def file_name(self) -> str:
        """What files made of it are named after: ``scan_p3.pdf`` for ``scan.pdf#3``."""
        if self.page is None:
            return self.shown
        stem, suffix = os.path.splitext(self.shown.removesuffix(f"#{self.page}"))
        return f"{stem}_p{self.page}{suffix}"

    def read_page(self, longest: int) -> DocumentPage | None:
        """The page, about so many pixels long where it is drawn; None for a picture that is a file of its own."""
        if self.page is None or self.documents is None:
            return None
        return self.documents.read(self.path, self.page, self.shown.removesuffix(f"#{self.page}"), longest)

    def changed(self) -> float:
        """When the picture, or its archive, last changed on the disk (seconds since 1970); 0 when that is not known."""
        try:
            return (self.archive or self.path).stat().st_ctime
        except OSError:
            return 0.0


@contextlib.contextmanager
def open_sources(
    given: Sequence[Path], *, confined: bool = False, names_only: bool = False
) -> Iterator[tuple[Source, ...]]:
    """All pictures of the given files, folders and zips; zips lie in a private temporary folder until the block ends.

    confined: paths must lie under an allowed root, links followed, or be uploaded files (requests from the page). names_only: show file names without the
    folders (uploads). ``scan.pdf#2-5,9`` are pages of a document. A path that is missing and a zip that is refused are failed pictures among others, and raised when
    they are all there is. Raises `batch.no-pictures` and `batch.outside-root` too.
    """
    with contextlib.ExitStack() as stack:
        found: list[Source] = []
        for named in given:
            path, ranges = chosen_pages(named)
            shown = path.name if names_only else str(path)
            if confined and not _is_upload(path):
                check_allowed(path)
            if path.is_dir():
                found += _in_folder(path, shown)
            elif is_zip(path):
                try:
                    inside = _in_folder(stack.enter_context(unpacked(path)), shown)
                    found += [replace(source, archive=path) for source in inside]
                except OcrwebError as error:
                    if len(given) == 1:
                        raise
                    found.append(Source(path, shown, error))
            elif path.exists():
                found.append(Source(path, shown, ranges=ranges))
            else:
                missing = missing_path(path)
                if len(given) == 1:
                    raise missing
                found.append(Source(path, shown, missing))
        if confined:
            found = [source for source in found if _is_upload(source.path) or _stays_inside(source.path)]
        if names_only:
            found = _told_apart(found)
        from ocrweb.imaging.documents.opened import Documents  # loads OpenCV

        documents = Documents()
        stack.callback(documents.close)
        found = [page for source in found for page in _pages(source, documents)]
        if len(found) == 1 and found[0].error is not None and found[0].error.code.startswith("document."):
            raise found[0].error
        if not found:
            raise OcrwebError(
                "batch.no-pictures", path=", ".join(path.name if names_only else str(path) for path in given)
            )
        yield tuple(found)


def _pages(source: Source, documents: Documents) -> list[Source]:
    """The pages of a document, each a picture; any other source as it is."""
    if source.error is not None or source.path.suffix.lower() not in DOCUMENTS:
        return [source]
    try:
        count = documents.pages(source.path, source.shown)
    except OcrwebError as error:
        return [replace(source, error=error)]
    if count == 0:
        return [source]
    wanted = source.ranges or ((1, count),)
    return [
        replace(source, shown=f"{source.shown}#{number}", page=number, documents=documents)
        for number in range(1, count + 1)
        if any(first <= number <= last for first, last in wanted)
    ]


def _told_apart(found: list[Source]) -> list[Source]:
    """Files of one name from several folders, or from programs that give none: from the second on they are numbered."""
    taken = {source.shown for source in found}
    free: dict[str, Iterator[str]] = {}
    named = []
    for source in found:
        if source.shown in free:
            shown = next(name for name in free[source.shown] if name not in taken)
            taken.add(shown)
            named.append(replace(source, shown=shown))
        else:
            free[source.shown] = numbered(*os.path.splitext(source.shown), mark=" ({})")
            named.append(source)
    return named


def is_zip(path: Path) -> bool:
    """Whether a path is treated as an archive of pictures."""
    return path.suffix.lower() == ".zip" and path.is_file()


def _in_folder(folder: Path, shown: str) -> list[Source]:
    """Pictures below a folder; hidden ones and results of earlier batches are passed over."""
    found: list[Source] = []

    def unreadable(failure: OSError) -> None:
        place = Path(failure.filename or folder)
        error = OcrwebError("batch.unreadable-folder", path=str(place), reason=failure.strerror or "")
        found.append(Source(place, os.path.join(shown, os.path.relpath(place, folder)), error))

    for root, folders, files in os.walk(folder, onerror=unreadable):
        passed = RESULTS if RUN_MARK in files else ()
        folders[:] = [name for name in folders if not name.startswith((".", "__MACOSX")) and name not in passed]
        for name in files:
            if not name.startswith(".") and os.path.splitext(name)[1].lower() in SUFFIXES | NOT_READ:
                path = Path(root, name)
                found.append(Source(path, os.path.join(shown, os.path.relpath(path, folder))))
    return sorted(found, key=lambda source: natural_key(source.shown))
