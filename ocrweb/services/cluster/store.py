"""Files by address: paths of this machine and whatever fsspec knows (``s3://``, ``gs://``, ``memory://`` …)."""

from __future__ import annotations

import contextlib
import errno
import functools
import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from ocrweb.disk.atomic import write_bytes
from ocrweb.errors import OcrwebError
from ocrweb.services.files.outputs import writing

ARROW = ("s3", "s3a", "gs", "gcs")  # that Parquet's own library reaches where fsspec's part is not installed
OBJECTS = {*ARROW, "abfs", "abfss", "az", "oss"}  # stores of names alone: a folder there is an object more
READ_AHEAD = 4 << 20  # bytes of a store that are asked for at once
_KEYS = re.compile(r"(?<=://)[^/@]*:[^/@]*@")


@dataclass(frozen=True, slots=True)
class Store:
    """A file system and a place in it. address: as people know it. path: as the file system has it. options: what stood
    behind a ``?`` and tells how the store is reached, such as ``region=eu-west-1``.
    """

    address: str
    files: Any  # fsspec.AbstractFileSystem
    path: str
    options: str = ""

    @property
    def whole(self) -> str:
        """What `opened` takes on any machine for the same place: a name with a ``?`` of its own has one more behind it."""
        told = self.options or (_protocol(self.address) in ARROW and "?" in self.address)
        return f"{self.address}?{self.options}" if told else self.address

    @property
    def local(self) -> bool:
        return "file" in _protocols(self.files)

    def at(self, name: str) -> Store:
        """A file below a folder."""
        return replace(self, address=f"{self.address.rstrip('/')}/{name}", path=f"{self.path.rstrip('/')}/{name}")

    def beside(self, name: str) -> Store:
        """What this file calls so: an address or a path from the root, else something in its own folder."""
        if "://" in name or name.startswith("/"):
            return opened(name)
        return opened(replace(self, address=f"{self.address.rpartition('/')[0]}/{name}").whole)

    def exists(self) -> bool:
        with self._answering():
            return bool(self.files.exists(self.path))

    def is_folder(self) -> bool:
        with self._answering():
            return bool(self.files.isdir(self.path))

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
            with self._answering():
                return {str(entry).rstrip("/").rpartition("/")[2] for entry in self.files.ls(self.path, detail=False)}
        except FileNotFoundError:
            return set()

    def below(self) -> list[Store]:
        """All files of a folder and of its folders."""
        start = len(self.path.rstrip("/"))
        with self._answering():
            return [self.at(str(path)[start:].lstrip("/")) for path in self.files.find(self.path)]

    @contextlib.contextmanager
    def _answering(self) -> Iterator[None]:
        """Raises `cluster.no-store` where the store refuses, or is not there at all."""
        try:
            yield
        except FileNotFoundError:
            raise
        except OSError as failure:
            raise _unreached(self.address, failure) from failure


def opened(address: str) -> Store:
    """The file system of an address. A path of this machine becomes absolute.

    Behind an address of S3 or GCS ``?name=value&…`` are options of the store; the rest is taken as it is written, blanks and
    all. Raises `cluster.no-store` for a kind of address that is not known, or whose library is not installed, and
    `cluster.keys-in-address`.
    """
    import fsspec

    protocol = _protocol(address)
    if protocol in ("", "file", "local"):
        path = os.path.abspath(address.partition("://")[2] if protocol else address)
        return Store(path, fsspec.filesystem("file"), path)
    options = ""
    if protocol in ARROW:
        address, options = _parted(address)
        if _KEYS.search(address):
            raise OcrwebError("cluster.keys-in-address", address=_KEYS.sub("***@", address))
    try:
        return _by_arrow(address, options) if options else Store(address, *fsspec.core.url_to_fs(address))
    except ImportError as failure:
        if protocol in ARROW:
            return _by_arrow(address, options)
        raise _unreached(address, failure) from failure
    except (OSError, ValueError) as failure:
        raise _unreached(address, failure) from failure


def _protocol(address: str) -> str:
    return address.partition("://")[0] if "://" in address else ""


def _parted(address: str) -> tuple[str, str]:
    """A place in a store, and the options behind its last ``?``."""
    head, mark, options = address.rpartition("?")
    told = mark and all(option.partition("=")[1] for option in options.split("&") if options)
    return (head, options) if told else (address, "")


def _unreached(address: str, failure: Exception) -> OcrwebError:
    return OcrwebError("cluster.no-store", address=address, reason=str(failure).partition("\n")[0])


def _by_arrow(address: str, options: str) -> Store:
    protocol, _, place = address.partition("://")
    bucket, _, key = place.partition("/")
    told = options.split("&") if options else []
    if protocol.startswith("s3"):
        told.append("allow_delayed_open=true")  # one request for a small file, not three
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        if region and not any(option.startswith("region=") for option in told):
            told.append(f"region={region}")
    try:
        files, root = _arrow_files(f"{protocol}://{bucket}?{'&'.join(told)}".rstrip("?"))
    except (OSError, ValueError) as failure:
        raise _unreached(address, failure) from failure
    return Store(address, files, f"{root}/{key}".rstrip("/"), options)


@functools.lru_cache(16)
def _arrow_files(bucket: str) -> tuple[Any, str]:
    """Kept: without a region each new one asks the store for the bucket's."""
    from fsspec.implementations.arrow import ArrowFSWrapper
    from pyarrow.fs import FileSystem

    files, root = FileSystem.from_uri(bucket)
    return ArrowFSWrapper(files), root


def _protocols(files: Any) -> tuple[str, ...]:
    return (files.protocol,) if isinstance(files.protocol, str) else tuple(files.protocol)
