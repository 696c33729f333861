"""Write a backup."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import os
import tarfile
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import ocrweb
from ocrweb.config import paths
from ocrweb.disk.atomic import sync_folder
from ocrweb.disk.passing import passing_name, sweep
from ocrweb.disk.progress import Progress
from ocrweb.errors import OcrwebError
from ocrweb.services.files.outputs import writing
from ocrweb.services.files.temporary import temporary_folder
from ocrweb.services.root.backup import manifest
from ocrweb.services.root.backup.contents import FOLDERS, Contents, Member, check_kinds, hold_contents
from ocrweb.services.root.backup.manifest import HEAD, LIST, ROOT, Kept, Manifest
from ocrweb.services.root.version import layout_of

PLAIN, GZIP = ".tar", (".tar.gz", ".tgz")
LEVEL = 1  # gzip's level: pictures and weights hardly shrink, and more takes minutes


@dataclass(frozen=True, slots=True)
class BackupReport:
    """path: the file. size: its bytes."""

    path: Path
    size: int
    manifest: Manifest

    def to_dict(self) -> dict[str, Any]:
        return {"path": str(self.path), "size": self.size, **self.manifest.summary()}


def back_up(out: Path, without: Iterable[str] = (), progress: Progress | None = None) -> BackupReport:
    """Pack the data root into a new file, readable by its owner only: it holds the console's login and secrets.

    without: kinds to leave out. progress: bytes done and in all. The console and its runs may be at work. Raises
    backup.exists, backup.inside, backup.nothing, backup.changed, usage.bad-value, usage.disk-full, usage.not-writable,
    store.busy; then no file of this name is left, not even when the process is killed.
    """
    packed, kinds, out = _is_packed(out), check_kinds(without), Path(os.path.abspath(out))
    if os.path.lexists(out):
        raise OcrwebError("backup.exists", path=str(out))
    if any(out.is_relative_to(paths.home() / kind) for kind in (*FOLDERS, paths.private_dir().name)):
        raise OcrwebError("backup.inside", path=str(out))
    if not any((paths.home() / name).is_dir() for name in (*FOLDERS, paths.private_dir().name)):
        raise OcrwebError("backup.nothing", path=str(paths.home()))
    with temporary_folder("backup") as still:
        contents = hold_contents(kinds, still)
        about = _about(contents, kinds)
        with writing(out):
            out.parent.mkdir(parents=True, exist_ok=True)
            sweep(out.parent, ours=False)
            part = out.with_name(passing_name(out.name, ".part"))
            try:
                with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    about = _write(file, packed, contents.members, about, progress)
                    file.flush()
                    os.fsync(file.fileno())
                _publish(part, out)
            finally:
                part.unlink(missing_ok=True)
    return BackupReport(out, out.stat().st_size, about)


def _publish(part: Path, out: Path) -> None:
    """Give the file its name; a link and not a rename, which would replace a file that came meanwhile."""
    try:
        os.link(part, out)
    except FileExistsError as failure:
        raise OcrwebError("backup.exists", path=str(out)) from failure
    except OSError:  # a disk without links
        os.rename(part, out)
    sync_folder(out.parent)


def _is_packed(out: Path) -> bool:
    """Whether the name asks for gzip. Raises usage.bad-value for the name of another kind of file."""
    if not out.name.endswith((PLAIN, *GZIP)):
        expected = " ".join(f"*{ending}" for ending in (*GZIP, PLAIN))
        raise OcrwebError("usage.bad-value", name="--out", value=str(out), expected=expected)
    return out.name.endswith(GZIP)


def _about(contents: Contents, kinds: tuple[str, ...]) -> Manifest:
    return Manifest(
        made=round(time.time(), 3),
        version=ocrweb.__version__,
        layout=layout_of(paths.home()),
        kinds=kinds,
        running=tuple(contents.running),
        linked=dict(contents.linked),
        latest=contents.latest,
        skipped=tuple(contents.skipped),
    )


def _write(file: BinaryIO, packed: bool, members: list[Member], about: Manifest, progress: Progress | None) -> Manifest:
    total, done, kept = sum(_size(member.source) for member in members), 0, []
    with contextlib.ExitStack() as stack:
        if packed:
            file = stack.enter_context(gzip.GzipFile("", "wb", LEVEL, file))  # type: ignore[assignment]
        archive = stack.enter_context(tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT))
        _add(archive, HEAD, manifest.head(about.layout))
        for member in members:
            record = _pack(archive, member)
            if record is not None:
                kept.append(record)
                done += record.bytes
                if progress:
                    progress(done, total)
        about = replace(about, files=tuple(kept))
        _add(archive, LIST, manifest.encode(asdict(about)))
    return about


def _pack(archive: tarfile.TarFile, member: Member) -> Kept | None:
    """Put one member into the archive; None for a folder."""
    entry = tarfile.TarInfo(f"{ROOT}/{member.path}")
    if member.source is None:
        entry.type, entry.mode, entry.mtime = tarfile.DIRTYPE, 0o700, member.changed
        archive.addfile(entry)
        return None
    try:
        with open(member.source, "rb") as file:
            state = os.fstat(file.fileno())
            entry.size, entry.mode, entry.mtime = state.st_size, 0o600, state.st_mtime
            read = _Digest(file)
            archive.addfile(entry, read)
    except FileNotFoundError as failure:
        raise OcrwebError("backup.changed", path=member.path) from failure
    except OSError as failure:
        if failure.args == ("unexpected end of data",):  # tarfile's word for a file that got shorter
            raise OcrwebError("backup.changed", path=member.path) from failure
        raise
    return Kept(member.path, entry.size, read.sha256.hexdigest())


class _Digest:
    """A file whose digest is taken while it is read; of a growing one only what was there when it was opened."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.sha256 = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.sha256.update(data)
        return data


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = len(data), 0o600, int(time.time())
    archive.addfile(entry, io.BytesIO(data))


def _size(path: Path | None) -> int:
    try:
        return path.stat().st_size if path else 0
    except OSError:
        return 0
