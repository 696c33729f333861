"""Files by address: paths of this machine and whatever fsspec knows (``s3://``, ``gs://``, ``memory://`` …)."""

from __future__ import annotations

import errno
import functools
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from ocrweb.disk.atomic import write_bytes
from ocrweb.errors import OcrwebError
from ocrweb.services.files.outputs import writing

ARROW = ("s3", "s3a", "gs", "gcs")  # that Parquet's own library reaches where fsspec's part is not installed
OBJECTS = {*ARROW, "abfs", "abfss", "az", "oss"}  # stores of names alone: a folder there is an object more
READ_AHEAD = 4 << 20  # bytes of a store that are asked for at once


@dataclass(frozen=True, slots=True)
class Store:
    """A file system and a place in it. address: as people write it. path: as the file system has it."""

    address: str
    files: Any  # fsspec.AbstractFileSystem
    path: str

    @property
    def local(self) -> bool:
        return "file" in _protocols(self.files)

    def at(self, name: str) -> Store:
        """A file below a folder."""
        return Store(f"{self.address.rstrip('/')}/{name}", self.files, f"{self.path.rstrip('/')}/{name}")

    def exists(self) -> bool:
        return bool(self.files.exists(self.path))

    def read(self, limit: int | None = None) -> bytes:
        """All bytes, or the first ``limit``. Raises `image.missing`, `image.is-folder`, `image.unreadable`."""
        try:
            with self.files.open(self.path, "rb") as file:
                return bytes(file.read() if limit is None else file.read(limit))
        except FileNotFoundError as error:
            raise OcrwebError("image.missing", where=self.address) from error
        except IsADirectoryError as error:
            raise OcrwebError("image.is-folder", where=self.address) from error
        except OSError as error:
            raise OcrwebError("image.unreadable", where=self.address, reason=error.strerror or str(error)) from error

    def reading(self) -> BinaryIO:
        """The file, to be read with seeks. A store is asked for some megabytes at once: a reader of archives wants a few
        bytes at a time, and each would be a request. Raises `OSError`.
        """
        file = self.files.open(self.path, "rb")
        return file if self.local else io.BufferedReader(file, READ_AHEAD)

    def write(self, content: bytes) -> None:
        """Whole or not at all: renamed when written here, one PUT in an object store.

        Raises `usage.not-writable` or `usage.disk-full`.
        """
        if self.local:
            path = Path(self.path)
            with writing(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                write_bytes(path, content)
            return
        try:
            if not OBJECTS.intersection(_protocols(self.files)):
                self.files.makedirs(self.files._parent(self.path), exist_ok=True)
            self.files.pipe_file(self.path, content)
        except OSError as error:
            full = error.errno == errno.ENOSPC
            raise OcrwebError(
                "usage.disk-full" if full else "usage.not-writable",
                path=self.address,
                **({} if full else {"reason": error.strerror or str(error)}),
            ) from error

    def names(self) -> set[str]:
        """Names of the files of a folder; none where there is no folder."""
        try:
            return {str(entry).rstrip("/").rpartition("/")[2] for entry in self.files.ls(self.path, detail=False)}
        except FileNotFoundError:
            return set()

    def below(self) -> list[Store]:
        """All files of a folder and of its folders."""
        return [self.sibling(str(path)) for path in self.files.find(self.path)]

    def sibling(self, path: str) -> Store:
        """Another path of the same file system."""
        return Store(path if self.local else self.files.unstrip_protocol(path), self.files, path)


def opened(address: str) -> Store:
    """The file system of an address. A path of this machine becomes absolute.

    Raises `cluster.no-store` for a kind of address that is not known, or whose library is not installed.
    """
    import fsspec

    protocol = address.partition("://")[0] if "://" in address else ""
    if protocol in ("", "file", "local"):
        path = os.path.abspath(address.partition("://")[2] if protocol else address)
        return Store(path, fsspec.filesystem("file"), path)
    try:
        return Store(address, *fsspec.core.url_to_fs(address))
    except ImportError as failure:
        if protocol in ARROW:
            return _by_arrow(address)
        raise OcrwebError("cluster.no-store", address=address, reason=str(failure)) from failure
    except ValueError as failure:
        raise OcrwebError("cluster.no-store", address=address, reason=str(failure)) from failure


def _by_arrow(address: str) -> Store:
    """The key is taken as it is written, blanks and all; only what looks like ``?name=value`` behind it is an option."""
    head, _, query = address.partition("?")
    options = query.split("&") if query else []
    if not all(option.partition("=")[1] for option in options):
        head, options = address, []
    protocol, _, place = head.partition("://")
    bucket, _, key = place.partition("/")
    if protocol.startswith("s3"):
        options.append("allow_delayed_open=true")  # one request for a small file, not three
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        if region and not any(option.startswith("region=") for option in options):
            options.append(f"region={region}")
    try:
        files, root = _arrow_files(f"{protocol}://{bucket}?{'&'.join(options)}".rstrip("?"))
    except (OSError, ValueError) as failure:
        raise OcrwebError("cluster.no-store", address=address, reason=str(failure)) from failure
    return Store(address, files, f"{root}/{key}".rstrip("/"))


@functools.lru_cache(16)
def _arrow_files(bucket: str) -> tuple[Any, str]:
    """Kept: without a region each new one asks the store for the bucket's."""
    from fsspec.implementations.arrow import ArrowFSWrapper
    from pyarrow.fs import FileSystem

    files, root = FileSystem.from_uri(bucket)
    return ArrowFSWrapper(files), root


def _protocols(files: Any) -> tuple[str, ...]:
    return (files.protocol,) if isinstance(files.protocol, str) else tuple(files.protocol)
