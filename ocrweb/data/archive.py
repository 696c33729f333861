"""Unpack an uploaded zip: everything is checked first, and a failure leaves nothing behind."""

from __future__ import annotations

import lzma
import os
import shutil
import struct
import zipfile
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from ocrweb.data.archive_names import printable
from ocrweb.data.archive_plan import ArchiveLimits, ArchivePlan, Member, Skipped, check_directory, file_size, plan
from ocrweb.disk.ordinary import open_ordinary
from ocrweb.disk.passing import passing_folder
from ocrweb.disk.progress import Progress
from ocrweb.errors import OcrwebError
from ocrweb.imaging.content import ARCHIVES, identify
from ocrweb.imaging.encode import write_error

# What a damaged zip makes the standard library raise; a name that is no UTF-8 may stand before a member alone.
BROKEN = (
    zipfile.BadZipFile,
    UnicodeDecodeError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
)
CHUNK = 1 << 20
LAYOUT = {"train_images", "train_gts", "test_images", "test_gts"}  # folders that mean something: never unwrapped


@dataclass(frozen=True, slots=True)
class ExtractedArchive:
    """What was unpacked. root: the folder. files: their paths in it, with "/". bytes: of all files. skipped: what was left out."""

    root: Path
    files: tuple[str, ...]
    bytes: int
    skipped: tuple[Skipped, ...]


def can_unpack(zip_path: Path, limits: ArchiveLimits) -> bool:
    """Whether it is a zip that `extract_archive` does not refuse at its first look."""
    try:
        packed = file_size(zip_path, limits)
        with _opened(zip_path, packed, limits) as archive:
            plan(archive, packed, limits, zip_path.name)
    except (OcrwebError, OSError, *BROKEN):
        return False
    return True


def extract_archive(
    zip_path: Path,
    target: Path,
    limits: ArchiveLimits | None = None,
    progress: Progress | None = None,
    kept: Collection[str] = LAYOUT,
    *,
    packed_folders: bool = False,
) -> ExtractedArchive:
    """Unpack a zip into ``target``, which must not exist yet or be empty.

    It is unpacked beside ``target`` and renamed when whole. Single folders around everything are taken away, unless one is
    of `kept`, a dataset's own. packed_folders: an archive called ``train_images.zip`` or the like comes out as it is; other
    archives within are left out. progress: called with bytes done and bytes in all; what it raises stops the unpacking.
    Raises OcrwebError ``archive.…`` (all of `plan`'s, not-a-zip, damaged, target-exists, file-too-large),
    usage.missing-path, usage.disk-full, usage.not-writable. On any failure ``target`` is as it was before.
    """
    limits = limits or ArchiveLimits()
    packed = file_size(zip_path, limits)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise OcrwebError("archive.target-exists", where=str(target))
    try:
        with passing_folder(target.parent, target.name) as partial:
            with _opened(zip_path, packed, limits) as archive:
                checked = plan(archive, packed, limits, zip_path.name, packed_folders=packed_folders)
                _unpack(archive, checked, partial, progress)
            inner = _unwrapped(partial, kept)
            os.replace(inner, target)
    except OSError as error:
        raise write_error(error, target) from error
    cut = len(inner.parts) - len(partial.parts)
    files = tuple("/".join(member.parts[cut:]) for member in checked.files)
    return ExtractedArchive(target, files, checked.bytes, checked.skipped)


def _opened(path: Path, packed: int, limits: ArchiveLimits) -> zipfile.ZipFile:
    """The opened zip, or a coded error that says what the file is instead."""
    if packed == 0:
        raise OcrwebError("archive.empty-file", where=path.name)
    try:
        with open_ordinary(path) as file:
            head = file.read(2048)
            check_directory(file, limits, path.name)
    except OSError as error:
        raise OcrwebError("archive.unreadable", where=str(path), reason=error.strerror or str(error)) from error
    try:
        return zipfile.ZipFile(path)
    except (*BROKEN, ValueError, OverflowError) as error:
        kind = identify(head)
        if kind in {"", "ZIP"}:
            raise OcrwebError("archive.damaged", where=path.name) from error
        if kind == "text":
            raise OcrwebError("archive.is-text", where=path.name) from error
        code = "archive.not-a-zip" if kind in ARCHIVES else "archive.not-an-archive"
        raise OcrwebError(code, where=path.name, kind=kind) from error


def _unpack(archive: zipfile.ZipFile, checked: ArchivePlan, folder: Path, progress: Progress | None) -> None:
    """Write all files of a plan into an empty folder, counting the real bytes."""
    if shutil.disk_usage(folder.parent).free < checked.bytes:
        raise OcrwebError("usage.disk-full", path=str(folder.parent))
    for parts in checked.folders:
        folder.joinpath(*parts).mkdir(parents=True, exist_ok=True)
    done = 0
    for member in checked.files:
        destination = folder.joinpath(*member.parts)
        destination.parent.mkdir(parents=True, exist_ok=True)
        done = _write(archive, member, destination, done, checked.bytes, progress)


def _write(
    archive: zipfile.ZipFile, member: Member, destination: Path, done: int, total: int, progress: Progress | None
) -> int:
    """Stream one member into its file. Returns the bytes done so far, this member's included."""
    written = 0
    try:
        with archive.open(member.info) as packed, open(destination, "xb") as file:
            while chunk := packed.read(CHUNK):
                written += len(chunk)
                if written > member.info.file_size:
                    raise OcrwebError("archive.bomb", where=printable("/".join(member.parts)))
                file.write(chunk)
                if progress:
                    progress(done + written, total)
    except BROKEN as error:
        _damaged(member, error)
    except OSError as error:
        if error.errno is None:  # the bzip2 decoder reports bad data this way
            _damaged(member, error)
        raise
    if written != member.info.file_size:
        _damaged(member, None)
    return done + written


def _damaged(member: Member, cause: Exception | None) -> NoReturn:
    raise OcrwebError("archive.damaged", where=printable("/".join(member.parts))) from cause


def _unwrapped(folder: Path, kept: Collection[str]) -> Path:
    """The folder that holds something, below those that hold one folder and nothing beside it."""
    while True:
        entries = list(folder.iterdir())
        if len(entries) != 1 or not entries[0].is_dir() or entries[0].name in kept:
            return folder
        folder = entries[0]
