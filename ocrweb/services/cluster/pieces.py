"""The pictures of a part, one after the other, in an order that never changes."""

from __future__ import annotations

import contextlib
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ocrweb.errors import OcrwebError
from ocrweb.imaging.documents import SUFFIXES as DOCUMENTS
from ocrweb.imaging.documents.opened import Documents
from ocrweb.imaging.documents.page import DocumentPage
from ocrweb.imaging.picture import DEFAULT_LIMITS
from ocrweb.services.cluster.inputs import Shard, columns_of
from ocrweb.services.cluster.store import Store, opened
from ocrweb.services.intake.sources import NOT_READ, SUFFIXES

MOST = DEFAULT_LIMITS.bytes + 1  # of one picture: enough to see that it is too large
ROWS = 16  # of a table in memory at a time: each may hold a picture

Data = bytes | DocumentPage
Load = Callable[[], Data]


@dataclass(frozen=True, slots=True)
class Piece:
    """A picture. name: the address that people know it by. load: its bytes, or its page; raises ``image.…``, ``document.…``.

    apart: `load` may be called beside the next piece's coming, from another thread.
    """

    name: str
    load: Load
    apart: bool = False


@contextlib.contextmanager
def pieces(shard: Shard, longest: int) -> Iterator[Iterator[Piece]]:
    """The pictures of a part, while the block runs. longest: wanted pixels of a page that is drawn.

    An archive or a table that cannot be read is a piece whose loading tells why.
    """
    documents = Documents()
    with tempfile.TemporaryDirectory(prefix="ocrweb-") as folder, contextlib.closing(documents):
        pages = _Pages(documents, Path(folder), longest)
        read = {"files": _files, "zip": _zip, "tar": _tar, "parquet": _parquet}[shard.kind]
        yield read(shard, pages)


def _files(shard: Shard, pages: _Pages) -> Iterator[Piece]:
    for address in shard.addresses:
        try:
            place = opened(address)
        except OcrwebError as error:
            yield _failing(address, error)
            continue
        local = Path(place.path) if place.local else None
        yield from pages.of(place.address, lambda place=place: place.read(MOST), local, apart=True)  # type: ignore[misc]


def _zip(shard: Shard, pages: _Pages) -> Iterator[Piece]:
    place = opened(shard.addresses[0])
    try:
        with place.reading() as file, zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                if not member.is_dir() and _is_picture(member.filename):
                    name = f"{place.address}/{member.filename}"
                    yield from pages.of(name, lambda member=member: _member(archive, member))  # type: ignore[misc]
    except FileNotFoundError:
        yield _failing(place.address, OcrwebError("image.missing", where=place.address))
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError, EOFError) as failure:
        yield _failing(place.address, _damaged(place, failure))


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(member) as file:
            return file.read(MOST)
    except Exception as failure:  # zipfile raises a dozen kinds for damage, encryption and unknown methods
        raise OcrwebError("archive.damaged", where=member.filename) from failure


def _tar(shard: Shard, pages: _Pages) -> Iterator[Piece]:
    place = opened(shard.addresses[0])
    try:
        with place.reading() as file, tarfile.open(fileobj=file, mode="r|*") as archive:
            for member in archive:
                if member.isfile() and _is_picture(member.name):
                    packed = archive.extractfile(member)
                    data = packed.read(MOST) if packed else b""  # a stream is read once, in order
                    yield from pages.of(f"{place.address}/{member.name}", lambda data=data: data)  # type: ignore[misc]
    except FileNotFoundError:
        yield _failing(place.address, OcrwebError("image.missing", where=place.address))
    except (OSError, tarfile.TarError, EOFError, ValueError) as failure:
        yield _failing(place.address, _damaged(place, failure))


def _parquet(shard: Shard, pages: _Pages) -> Iterator[Piece]:
    import pyarrow
    from pyarrow import parquet

    place = opened(shard.addresses[0])
    try:
        with place.files.open(place.path, "rb") as file:
            table = parquet.ParquetFile(file)
            data, where = columns_of(table.schema_arrow.names, place.address)
            wanted = [name for name in (data, where) if name is not None]
            groups = range(shard.first, shard.first + shard.count)
            row = sum(table.metadata.row_group(number).num_rows for number in range(shard.first))
            for batch in table.iter_batches(ROWS, row_groups=groups, columns=wanted):
                for record in batch.to_pylist():
                    named = record.get(where) if where else None
                    name = str(named) if named else f"{place.address}/{row}"
                    yield from pages.of(name, _of_row(record, data, named, place))
                    row += 1
    except OcrwebError as error:
        yield _failing(place.address, error)
    except (pyarrow.ArrowException, OSError) as failure:
        reason = str(failure).partition("\n")[0]
        yield _failing(place.address, OcrwebError("cluster.damaged-table", where=place.address, reason=reason))


def _of_row(record: dict[str, Any], data: str | None, named: Any, place: Store) -> Callable[[], bytes]:
    """The picture of a row: its bytes (``{"bytes": …}`` as other libraries keep them too), else what its address names."""
    held = record.get(data) if data else None
    if isinstance(held, dict):
        held = held.get("bytes")
    if isinstance(held, bytes):
        return lambda: held
    if named:
        return lambda: place.beside(str(named)).read(MOST)
    return lambda: b""


@dataclass(frozen=True, slots=True)
class _Pages:
    """Documents become their pages. folder: for those that are no files of this machine."""

    documents: Documents
    folder: Path
    longest: int

    def of(
        self, name: str, load: Callable[[], bytes], local: Path | None = None, *, apart: bool = False
    ) -> list[Piece]:
        suffix = PurePosixPath(name).suffix.lower()
        if suffix not in DOCUMENTS:
            return [Piece(name, load, apart)]
        try:
            path = local or self._kept(load(), suffix)
            count = self.documents.pages(path, name)
        except OcrwebError as error:
            return [_failing(name, error)]
        if count == 0:
            return [Piece(name, load, apart)]
        return [
            Piece(f"{name}#{number}", lambda number=number: self.documents.read(path, number, name, self.longest), True)  # type: ignore[misc]
            for number in range(1, count + 1)
        ]

    def _kept(self, data: bytes, suffix: str) -> Path:
        with tempfile.NamedTemporaryFile(dir=self.folder, suffix=suffix, delete=False) as file:
            file.write(data)
        return Path(file.name)


def _is_picture(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts if part != "..")
    return not hidden and path.suffix.lower() in SUFFIXES | NOT_READ


def _damaged(place: Store, failure: Exception) -> OcrwebError:
    if isinstance(failure, OSError) and failure.errno is not None:
        return OcrwebError("image.unreadable", where=place.address, reason=failure.strerror or str(failure))
    return OcrwebError("archive.damaged", where=place.address)


def _failing(name: str, error: OcrwebError) -> Piece:
    def load() -> Data:
        raise error

    return Piece(name, load)
