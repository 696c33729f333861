"""Decide from a zip's directory alone what would be unpacked, and refuse what must not be."""

from __future__ import annotations

import itertools
import os
import stat
import struct
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ocrweb.data.archive_names import folded, is_archive, is_junk, member_name, printable, safe_parts
from ocrweb.data.checks.layout import stands_for_folder
from ocrweb.disk.address import missing_path
from ocrweb.errors import OcrwebError

READABLE_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}
DEFLATE64 = 9
ENTRY_BYTES = 256  # of the directory, allowed a member on average
_LOCAL_HEADER = 30
_END, _END_SIZE, _LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535
_END64, _LOCATOR64, _LOCATOR64_SIZE = b"PK\x06\x06", b"PK\x06\x07", 20


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """What is refused before unpacking. bytes: of the zip. unpacked, member: bytes of all, of one. members: files and folders.

    ratio: unpacked to packed; it counts only beyond ``ratio_from`` bytes, since an empty page packs to almost nothing.
    """

    bytes: int = 2 << 30
    unpacked: int = 8 << 30
    member: int = 1 << 30
    members: int = 100_000
    ratio: float = 150.0
    ratio_from: int = 100 << 20


@dataclass(frozen=True, slots=True)
class Skipped:
    """A member that is left out. reason: "junk" (left behind by an operating system) or "archive" (a nested archive)."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Member:
    """A file to unpack: its entry, and the folders and name it gets."""

    info: zipfile.ZipInfo
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArchivePlan:
    """files in the zip's order; folders that may be empty; what is left out; bytes: the sum the directory announces."""

    files: tuple[Member, ...]
    folders: tuple[tuple[str, ...], ...]
    skipped: tuple[Skipped, ...]
    bytes: int


def check_directory(file: IO[bytes], limits: ArchiveLimits, where: str) -> None:
    """Refuse a directory with too many entries before it is read into memory. Raises archive.too-many-files."""
    size = file.seek(0, os.SEEK_END)
    tail_start = max(0, size - _END_SIZE - _LONGEST_COMMENT)
    file.seek(tail_start)
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or at + _END_SIZE > len(tail):
        return  # no zip: the library says so
    count, directory = struct.unpack_from("<HI", tail, at + 10)
    locator = tail[max(0, at - _LOCATOR64_SIZE) : at]
    if locator.startswith(_LOCATOR64):
        (offset,) = struct.unpack_from("<Q", locator, 8)
        file.seek(min(offset, size))
        record = file.read(56)
        if record.startswith(_END64) and len(record) == 56:
            count, directory = struct.unpack_from("<QQ", record, 32)
    if count > limits.members or directory > limits.members * ENTRY_BYTES:
        raise OcrwebError("archive.too-many-files", where=where, limit=limits.members)


def plan(
    archive: zipfile.ZipFile, packed: int, limits: ArchiveLimits, where: str, *, packed_folders: bool = False
) -> ArchivePlan:
    """Check every entry of an opened zip and say what to unpack.

    packed: bytes of the zip. packed_folders: archives in the place of a dataset's folders come out as they are. Raises OcrwebError ``archive.…``: too-many-files, encrypted, deflate64, unknown-method, link,
    special-file, unsafe-name, reserved-name, long-name, duplicate, collision, overlap, too-large, member-too-large, bomb,
    nested, empty.
    """
    entries = archive.infolist()
    if len(entries) > limits.members:
        raise OcrwebError("archive.too-many-files", where=where, limit=limits.members)
    files: list[Member] = []
    folders: list[tuple[str, ...]] = []
    skipped: list[Skipped] = []
    for info in entries:
        name = member_name(info)
        parts = safe_parts(name)
        _check_kind(info, printable(name))
        if not parts:
            continue
        if name.endswith(("/", "\\")):
            if "__MACOSX" not in parts:
                folders.append(parts)
        elif is_junk(parts):
            skipped.append(Skipped("/".join(parts), "junk"))
        elif is_archive(parts) and not (packed_folders and stands_for_folder(parts[-1])):
            skipped.append(Skipped("/".join(parts), "archive"))
        else:
            _check_method(info, printable(name))
            files.append(Member(info, parts))
    if not files:
        nested = any(left.reason == "archive" for left in skipped)
        raise OcrwebError("archive.nested" if nested else "archive.empty", where=where)
    _check_names([member.parts for member in files], folders)
    _check_overlap(entries, archive.start_dir)
    return ArchivePlan(tuple(files), tuple(folders), tuple(skipped), _check_sizes(files, packed, limits, where))


def _check_kind(info: zipfile.ZipInfo, shown: str) -> None:
    """Only ordinary files and folders."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise OcrwebError("archive.link", where=shown)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise OcrwebError("archive.special-file", where=shown)


def _check_method(info: zipfile.ZipInfo, shown: str) -> None:
    if info.flag_bits & 0x41:
        raise OcrwebError("archive.encrypted", where=shown)
    if info.compress_type == DEFLATE64:
        raise OcrwebError("archive.deflate64", where=shown)
    if info.compress_type not in READABLE_METHODS:
        raise OcrwebError("archive.unknown-method", where=shown, method=info.compress_type)


def _check_names(files: Iterable[tuple[str, ...]], folders: Iterable[tuple[str, ...]]) -> None:
    """No two files for one place, and no file where a folder must be."""
    seen: dict[tuple[str, ...], tuple[str, ...]] = {}
    needed: dict[tuple[str, ...], tuple[str, ...]] = {}
    for parts in files:
        key = folded(parts)
        if key in seen:
            code = "archive.duplicate" if seen[key] == parts else "archive.collision"
            raise OcrwebError(code, where=printable("/".join(parts)), other=printable("/".join(seen[key])))
        seen[key] = parts
        needed.update({key[:depth]: parts for depth in range(1, len(key))})
    needed.update({folded(parts): parts for parts in folders})
    for key in seen.keys() & needed.keys():
        raise OcrwebError(
            "archive.collision", where=printable("/".join(seen[key])), other=printable("/".join(needed[key]))
        )


def _check_overlap(entries: list[zipfile.ZipInfo], directory: int) -> None:
    """Members that share their packed bytes, or reach into the directory: a small zip can then unpack to anything."""
    ordered = sorted(entries, key=lambda info: info.header_offset)
    starts = [info.header_offset for info in ordered] + [directory]
    for info, (start, following) in zip(ordered, itertools.pairwise(starts), strict=True):
        if start + _LOCAL_HEADER + info.compress_size > following:
            raise OcrwebError("archive.overlap", where=printable(member_name(info)))


def _check_sizes(files: list[Member], packed: int, limits: ArchiveLimits, where: str) -> int:
    """The announced bytes, one member and all of them. Real bytes are counted again while unpacking."""
    for member in files:
        size, shown = member.info.file_size, printable("/".join(member.parts))
        if size > limits.ratio_from and size > limits.ratio * max(member.info.compress_size, 1):
            raise OcrwebError("archive.bomb", where=shown)
        if size > limits.member:
            raise OcrwebError("archive.member-too-large", where=shown, limit=limits.member >> 20)
    total = sum(member.info.file_size for member in files)
    if total > limits.ratio_from and total > limits.ratio * max(packed, 1):
        raise OcrwebError("archive.bomb", where=where)
    if total > limits.unpacked:
        raise OcrwebError("archive.too-large", where=where, size=total >> 20, limit=limits.unpacked >> 20)
    return total


def file_size(path: Path, limits: ArchiveLimits) -> int:
    """Bytes of the zip file itself. Raises usage.missing-path, archive.not-a-file, archive.unreadable or archive.file-too-large."""
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise missing_path(path) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OcrwebError("archive.unreadable", where=str(path), reason=reason) from error
    if not stat.S_ISREG(status.st_mode):
        raise OcrwebError("archive.not-a-file", where=str(path))
    if status.st_size > limits.bytes:
        raise OcrwebError(
            "archive.file-too-large", where=path.name, size=status.st_size >> 20, limit=limits.bytes >> 20
        )
    return status.st_size
