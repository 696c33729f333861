"""Read a backup: check it, or make a data root of it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from ocrweb.config import paths
from ocrweb.data.archive_names import printable
from ocrweb.disk.address import missing_path
from ocrweb.disk.atomic import sync_folder
from ocrweb.disk.passing import passing_name, sweep
from ocrweb.errors import OcrwebError
from ocrweb.rundir.names import point_latest
from ocrweb.services.files.outputs import writing
from ocrweb.services.root.backup import manifest
from ocrweb.services.root.backup.contents import FOLDERS
from ocrweb.services.root.backup.manifest import HEAD, LARGEST, LIST, ROOT, Kept, Manifest
from ocrweb.services.root.version import LAYOUT

CHUNK = 1 << 20
_BROKEN = (tarfile.TarError, EOFError, zlib.error, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """path: the new data root, None when the backup was only checked."""

    path: Path | None
    manifest: Manifest

    def to_dict(self) -> dict[str, Any]:
        return {"path": str(self.path) if self.path else None, "ok": True, **self.manifest.summary()}


def check_backup(file: Path) -> RestoreReport:
    """Read a backup to its end and compare every digest; nothing is written. Raises what `restore` raises of the file."""
    return RestoreReport(None, _read(file, None))


def restore(file: Path, out: Path) -> RestoreReport:
    """Make a data root of a backup. out: must not exist yet, or be an empty folder.

    It is unpacked beside `out` and appears there only when every digest is right. Raises backup.not-a-backup,
    backup.damaged, backup.unsafe, backup.newer, backup.not-empty, usage.missing-path, usage.disk-full,
    usage.not-writable; then `out` is as it was before, also when the process is killed.
    """
    out = Path(os.path.abspath(out))
    _refuse_filled(out)
    with writing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        sweep(out.parent, ours=False)
        part = out.with_name(passing_name(out.name, ""))
        part.mkdir(mode=0o700)
    try:
        about = _read(file, part)
        if (part / "workdirs" / about.latest).is_dir() and about.latest:
            point_latest(part / "workdirs" / about.latest)
        with writing(out):
            os.sync()
            _refuse_filled(out)
            os.rename(part, out)  # over an empty folder, if there is one
            sync_folder(out.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return RestoreReport(out, about)


def _refuse_filled(out: Path) -> None:
    if os.path.lexists(out) and (out.is_symlink() or not out.is_dir() or any(out.iterdir())):
        raise OcrwebError("backup.not-empty", path=str(out))


def _read(file: Path, into: Path | None) -> Manifest:
    seen: dict[str, Kept] = {}
    folders: dict[str, float] = {}
    about: Manifest | None = None
    with _opened(file) as source, contextlib.ExitStack() as stack:
        with _reading("backup.not-a-backup", file.name):
            archive = stack.enter_context(tarfile.open(fileobj=source, mode="r|*"))
            first = archive.next()
            if first is None or first.name != HEAD or not first.isreg() or first.size > CHUNK:
                raise OcrwebError("backup.not-a-backup", where=file.name)
            manifest.check_head(_content(archive, first), LAYOUT)
        with _reading("backup.damaged", file.name):
            while (entry := archive.next()) is not None:
                if about is not None:
                    _damaged(file.name)
                if entry.name == LIST and entry.isreg() and entry.size <= LARGEST:
                    about = _listed(_content(archive, entry), file.name)
                    continue
                path = _checked(entry, seen, folders)
                if entry.isdir():
                    folders[path] = entry.mtime
                else:
                    seen[path] = _take(archive, entry, path, into)
    if about is None:
        _damaged(file.name)
    _compare(about, seen)
    if into is not None:
        _finish_folders(into, folders)
    return about


def _finish_folders(into: Path, folders: dict[str, float]) -> None:
    """Empty ones too; then their times, the inner ones first."""
    with writing(into):
        for path, changed in sorted(folders.items(), reverse=True):
            _make_folder(into / path)
            os.utime(into / path, (changed, changed))


def _opened(file: Path) -> BinaryIO:
    if file.is_dir():
        raise OcrwebError("backup.not-a-backup", where=file.name)
    if not file.is_file():
        raise missing_path(file)
    try:
        return open(file, "rb")
    except OSError as failure:
        raise OcrwebError("backup.unreadable", where=str(file), reason=failure.strerror or str(failure)) from failure


@contextlib.contextmanager
def _reading(code: str, name: str) -> Iterator[None]:
    """What the archive itself raises becomes this error."""
    try:
        yield
    except _BROKEN as failure:
        raise OcrwebError(code, where=name) from failure


def _content(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    stream = archive.extractfile(entry)
    return stream.read() if stream else b""


def _listed(data: bytes, name: str) -> Manifest:
    try:
        return manifest.parse_manifest(data)
    except (ValueError, KeyError, TypeError, AttributeError) as failure:
        raise OcrwebError("backup.damaged", where=name) from failure


def _checked(entry: tarfile.TarInfo, seen: dict[str, Kept], folders: dict[str, float]) -> str:
    """The path from the data root of a member that is allowed; backup.unsafe for every other."""
    parts = entry.name.split("/")
    tops = (*FOLDERS, paths.private_dir().name)
    good = entry.isreg() or entry.isdir()
    good = good and len(parts) > 1 and parts[0] == ROOT and parts[1] in tops
    if not good or any(part in ("", ".", "..") or "\0" in part for part in parts):
        raise OcrwebError("backup.unsafe", where=printable(entry.name[:200]))
    path = "/".join(parts[1:])
    if path in seen or path in folders:
        raise OcrwebError("backup.unsafe", where=printable(path[:200]))
    return path


def _take(archive: tarfile.TarFile, entry: tarfile.TarInfo, path: str, into: Path | None) -> Kept:
    """Read a member to its end, into its file unless it is only checked."""
    stream, digest = archive.extractfile(entry), hashlib.sha256()
    with contextlib.nullcontext() if into is None else _created(into / path) as target:
        while data := stream.read(CHUNK) if stream else b"":
            digest.update(data)
            if into is not None and target is not None:
                with writing(into):
                    _put(target, data)
    if into is not None:
        os.utime(into / path, (entry.mtime, entry.mtime))
    return Kept(path, entry.size, digest.hexdigest())


def _created(path: Path) -> FileIO:
    """A new file that nobody else reads, without a buffer: what a full disk says is said by `_put`."""
    with writing(path):
        _make_folder(path.parent)
        return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0)


def _make_folder(folder: Path) -> None:
    """For the owner only, and so are those around it that are missing."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700)


def _put(target: FileIO, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[target.write(rest) :]


def _compare(about: Manifest, seen: dict[str, Kept]) -> None:
    listed = {kept.path: kept for kept in about.files}
    for path in sorted(listed.keys() | seen.keys()):
        if listed.get(path) != seen.get(path):
            _damaged(path)


def _damaged(where: str) -> NoReturn:
    raise OcrwebError("backup.damaged", where=printable(where))
