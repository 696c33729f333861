"""Which pictures a job names: folders, lists, archives, Parquet files and single files, by path or address."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ocrweb.disk.address import missing_path
from ocrweb.disk.names import natural_key
from ocrweb.errors import OcrwebError
from ocrweb.services.cluster.store import Store, opened
from ocrweb.services.intake.sources import NOT_READ, RESULTS, RUN_MARK, SUFFIXES

MARK = "_manifest.json"  # lies in every output folder of a job
ZIPS, TARS, TABLES = (".zip",), (".tar", ".tar.gz", ".tgz"), (".parquet",)
LISTS = (".txt", ".lst")
BYTES, ADDRESSES = ("bytes", "image", "content", "jpg", "png"), ("path", "image_path", "uri", "url", "address", "file")

Kind = Literal["files", "zip", "tar", "parquet"]


@dataclass(frozen=True, slots=True)
class Shard:
    """A part of a job, written as one file. addresses: the pictures and documents, or the one archive or table.

    first, count: of a table, its row groups.
    """

    name: str
    kind: Kind
    addresses: tuple[str, ...]
    first: int = 0
    count: int = 0

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "kind": self.kind,
            "addresses": list(self.addresses),
            "first": self.first,
            "count": self.count,
        }

    @classmethod
    def of(cls, document: dict[str, Any]) -> Shard:
        return cls(**{**document, "addresses": tuple(document["addresses"])})


def plan(inputs: Sequence[str], size: int) -> list[Shard]:
    """The parts of a job, always the same for the same files. size: pictures or documents of a part of single files.

    An archive is a part of its own, a table one for about so many rows. Raises `batch.no-pictures`,
    `usage.missing-path`, `cluster.nothing-there`, `cluster.pattern`, `cluster.no-store`, `cluster.no-column`, `cluster.damaged-table`.
    """
    files: list[str] = []
    apart: list[tuple[Kind, str, int, int]] = []
    for place in _each(inputs):
        ending = place.address.lower()
        if ending.endswith(ZIPS):
            apart.append(("zip", place.whole, 0, 0))
        elif ending.endswith(TARS):
            apart.append(("tar", place.whole, 0, 0))
        elif ending.endswith(TABLES):
            apart += [("parquet", place.whole, first, count) for first, count in _groups(place, size)]
        else:
            files.append(place.whole)
    parts: list[tuple[Kind, tuple[str, ...], int, int]] = [
        ("files", tuple(files[start : start + size]), 0, 0) for start in range(0, len(files), size)
    ]
    parts += [(kind, (address,), first, count) for kind, address, first, count in apart]
    if not parts:
        raise OcrwebError("batch.no-pictures", path=", ".join(inputs))
    return [Shard(f"part-{number:06d}", *part) for number, part in enumerate(parts)]


def _each(inputs: Sequence[str]) -> Iterator[Store]:
    """Every file that is named, each once."""
    seen: set[str] = set()
    for given in inputs:
        for place in _named(opened(given)):
            if place.whole not in seen:
                seen.add(place.whole)
                yield place


def _named(place: Store) -> Iterable[Store]:
    if place.is_folder():
        return sorted(_pictures(place), key=lambda one: natural_key(one.address))
    if not place.exists():
        raise _missing(place)
    return _listed(place) if place.address.lower().endswith(LISTS) else [place]


def _missing(place: Store) -> OcrwebError:
    if place.local:
        return missing_path(place.address)
    if "*" in place.address:
        folder, _, _ = place.address.partition("*")
        return OcrwebError("cluster.pattern", address=place.address, folder=folder.rpartition("/")[0])
    return OcrwebError("cluster.nothing-there", address=place.address)


def _pictures(folder: Store) -> list[Store]:
    """Files below a folder that hold pictures; hidden ones and results of earlier work are passed over."""
    found = folder.below()
    results = {posixpath.dirname(one.path) for one in found if one.path.endswith(f"/{MARK}")}
    results |= {
        f"{posixpath.dirname(one.path)}/{name}"
        for one in found
        if one.path.endswith(f"/{RUN_MARK}")
        for name in RESULTS
    }
    start = len(folder.path.rstrip("/"))

    def wanted(one: Store) -> bool:
        parts = one.path[start:].strip("/").split("/")
        if any(part.startswith((".", "__MACOSX")) for part in parts) or any(
            one.path.startswith(f"{result}/") for result in results
        ):
            return False
        return os.path.splitext(one.path)[1].lower() in SUFFIXES | NOT_READ or one.path.lower().endswith(
            (*ZIPS, *TARS, *TABLES)
        )

    return [one for one in found if wanted(one)]


def _listed(place: Store) -> Iterator[Store]:
    """The files that a list names, an address a line, from the list's own folder."""
    for line in place.read().decode("utf-8-sig", "replace").splitlines():
        name = line.strip()
        if name and not name.startswith("#"):
            yield place.beside(name)


def _groups(place: Store, size: int) -> list[tuple[int, int]]:
    """First row group and their number, of parts with about ``size`` rows."""
    import pyarrow
    from pyarrow import parquet

    try:
        with place.files.open(place.path, "rb") as file:
            table = parquet.ParquetFile(file)
            rows = [table.metadata.row_group(number).num_rows for number in range(table.num_row_groups)]
            columns_of(table.schema_arrow.names, place.address)
    except (pyarrow.ArrowException, OSError) as failure:
        raise OcrwebError("cluster.damaged-table", where=place.address, reason=str(failure)) from failure
    parts: list[tuple[int, int]] = []
    start = held = 0
    for number, count in enumerate(rows):
        held += count
        if held >= size or number == len(rows) - 1:
            parts.append((start, number + 1 - start))
            start, held = number + 1, 0
    return parts


def columns_of(names: Sequence[str], address: str) -> tuple[str | None, str | None]:
    """The columns of a table with bytes and with addresses. Raises `cluster.no-column` when it has neither."""
    data = next((name for name in BYTES if name in names), None)
    where = next((name for name in ADDRESSES if name in names), None)
    if data is None and where is None:
        raise OcrwebError("cluster.no-column", where=address, names=", ".join((*BYTES, *ADDRESSES)))
    return data, where
