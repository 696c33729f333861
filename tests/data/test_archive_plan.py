"""What a zip announces is judged before anything is written: bombs, tricks and damage."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import struct
import tarfile
import zipfile
from pathlib import Path
from typing import IO

import pytest

from ocrweb.data.archive import extract_archive
from ocrweb.data.archive_plan import ArchiveLimits, check_directory
from ocrweb.errors import OcrwebError
from tests.data.zips import DATASET, entry, packed, patched, raw_named, refused


def encrypted() -> bytes:
    return patched(packed({"1.jpg": b"x"}), {8: struct.pack("<H", 1)})


def method(number: int) -> bytes:
    return patched(packed({"1.jpg": b"x"}), {10: struct.pack("<H", number)})


def overlapping() -> bytes:
    """Two directory entries that share the packed bytes of one member."""
    data = packed({"a.bin": os.urandom(5000), "b.bin": b"y"}, zipfile.ZIP_STORED)
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    return data[: second + 42] + struct.pack("<I", 0) + data[second + 46 :]


def tarred() -> bytes:
    """A tar file, which people rename."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("1.jpg"))
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (entry("../../etc/passwd"), "archive.unsafe-name"),
        (entry("a/../../b.jpg"), "archive.unsafe-name"),
        (entry("..\\..\\b.jpg"), "archive.unsafe-name"),
        (entry("/etc/passwd"), "archive.unsafe-name"),
        (entry("C:\\windows\\x.jpg"), "archive.unsafe-name"),
        (entry("\\\\server\\share.jpg"), "archive.unsafe-name"),
        (entry("a\nb.jpg"), "archive.unsafe-name"),
        (entry("CON.jpg"), "archive.reserved-name"),
        (entry("images/aux"), "archive.reserved-name"),
        (entry("长" * 90 + ".jpg"), "archive.long-name"),
        (entry("link.jpg", b"/etc/passwd", create_system=3, external_attr=(stat.S_IFLNK | 0o777) << 16), "archive.link"),
        (entry("pipe", create_system=3, external_attr=(stat.S_IFIFO | 0o644) << 16), "archive.special-file"),
        (entry("disk", create_system=3, external_attr=(stat.S_IFBLK | 0o644) << 16), "archive.special-file"),
        (encrypted(), "archive.encrypted"),
        (method(9), "archive.deflate64"),
        (method(93), "archive.unknown-method"),
        (packed({"A/1.jpg": b"1", "a/1.jpg": b"2"}), "archive.collision"),
        (packed({"é.jpg": b"1", "e\u0301.jpg": b"2"}), "archive.collision"),
        (packed({"a": b"1", "a/1.jpg": b"2"}), "archive.collision"),
        (packed({"a": b"1", "a/": b""}), "archive.collision"),
        (packed({"1.jpg": b"1", "./1.jpg": b"2"}), "archive.duplicate"),
        (overlapping(), "archive.overlap"),
        (packed({}), "archive.empty"),
        (packed({"folder/": b""}), "archive.empty"),
        (packed({"inner.zip": packed(DATASET), "__MACOSX/x": b""}), "archive.nested"),
        (b"", "archive.empty-file"),
        (b"Rar!\x1a\x07\x00" + bytes(50), "archive.not-a-zip"),
        (b"not a zip at all", "archive.is-text"),
        (b"<!doctype html><html>log in</html>", "archive.not-an-archive"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "archive.not-an-archive"),
        (tarred(), "archive.not-a-zip"),
        (packed(DATASET)[:200], "archive.damaged"),
        (packed({"a.bin": os.urandom(4000)})[:2000], "archive.damaged"),
        (packed({"1.jpg": b"hello" * 50}, zipfile.ZIP_STORED).replace(b"hellohello", b"HELLOHELLO", 1), "archive.damaged"),
        (raw_named(b"\xff\xfe.jpg", flag=0x800), "archive.damaged"),
    ],
    ids=[
        "traversal", "inner-traversal", "backslash-traversal", "absolute", "drive", "share", "control", "reserved",
        "reserved-folder", "long", "link", "pipe", "device", "encrypted", "deflate64", "zstd", "case", "accents",
        "file-as-folder", "file-and-folder", "duplicate", "overlap", "no-members", "only-folders", "only-nested",
        "empty-file", "rar", "text", "html", "lfs", "tar", "cut-early", "cut-late", "checksum", "false-utf8-flag",
    ],
)  # fmt: skip
def test_unsafe_and_broken_zips_are_refused_and_leave_nothing(data: bytes, code: str, tmp_path: Path) -> None:
    assert refused(data, tmp_path).code == code


def claiming(unpacked: int) -> bytes:
    """A small zip whose directory announces any size for its member."""
    return patched(packed({"zeros.jpg": bytes(100_000)}), {24: struct.pack("<I", unpacked)})


@pytest.fixture
def no_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = zipfile.ZipFile.open

    def only_to_make_zips(self: zipfile.ZipFile, name: zipfile.ZipInfo, mode: str = "r", **options: bool) -> IO[bytes]:
        assert mode == "w", "unpacked before it was checked"
        return usual(self, name, "w", **options)

    monkeypatch.setattr(zipfile.ZipFile, "open", only_to_make_zips)


@pytest.mark.usefixtures("no_writing")
@pytest.mark.parametrize(
    ("data", "limits", "code"),
    [
        (packed({"zeros.jpg": bytes(3 << 20)}), ArchiveLimits(ratio_from=1 << 20), "archive.bomb"),
        (claiming(4_000_000_000), ArchiveLimits(), "archive.bomb"),
        (packed({f"{i}.bmp": bytes(1 << 20) for i in range(4)}), ArchiveLimits(ratio_from=3 << 20), "archive.bomb"),
        (packed({"a": os.urandom(5000)}), ArchiveLimits(member=4000), "archive.member-too-large"),
        (packed({f"{i}": os.urandom(3000) for i in range(3)}), ArchiveLimits(unpacked=8000), "archive.too-large"),
        (packed({f"{i}": b"" for i in range(11)}), ArchiveLimits(members=10), "archive.too-many-files"),
        (packed({"x" * 230 + str(i): b"" for i in range(10)}), ArchiveLimits(members=10), "archive.too-many-files"),
        (packed(DATASET), ArchiveLimits(bytes=10), "archive.file-too-large"),
    ],
    ids=["zeros", "claims-4-gb", "many-of-zeros", "one-too-large", "all-too-large", "too-many", "long-directory", "zip-too-large"],
)  # fmt: skip
def test_bombs_are_refused_from_the_directory(data: bytes, limits: ArchiveLimits, code: str, tmp_path: Path) -> None:
    assert refused(data, tmp_path, limits=limits).code == code


def test_ten_gigabytes_of_zeros_are_refused_without_writing(tmp_path: Path, no_writing: None) -> None:
    data = patched(packed({"zeros.jpg": bytes(10 << 20)}), {24: b"\xff\xff\xff\xff"})
    at = data.index(b"PK\x01\x02")
    size64 = struct.pack("<HHQ", 1, 8, 10 << 30)
    name_end = at + 46 + len("zeros.jpg")
    data = data[: at + 30] + struct.pack("<H", len(size64)) + data[at + 32 : name_end] + size64 + data[name_end:]
    end = data.index(b"PK\x05\x06")
    data = data[: end + 12] + struct.pack("<I", end - at) + data[end + 16 :]
    assert refused(data, tmp_path).code == "archive.bomb"


@pytest.mark.parametrize(("count", "refused"), [(100, False), (101, True), (2**40, True)])
def test_the_number_of_files_is_read_where_large_zips_have_it(count: int, refused: bool) -> None:
    """A record of 64 bits holds what the usual one, full of ones, has no room for."""
    record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, 46, 0)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, 0, 1)
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    limits = ArchiveLimits(members=100)
    with pytest.raises(OcrwebError, match="100") if refused else contextlib.nullcontext():
        check_directory(io.BytesIO(record + locator + end), limits, "a.zip")


@pytest.mark.parametrize(
    ("size", "limits", "fits"),
    [
        (5000, {"member": 5000}, True), (5001, {"member": 5000}, False), (5000, {"unpacked": 5000}, True), (5001, {"unpacked": 5000}, False),
        (9000, {"ratio_from": 9000, "ratio": 1.0}, True), (9001, {"ratio_from": 9000, "ratio": 1.0}, False), (9001, {"ratio_from": 9000, "ratio": 99999.0}, True),
    ],
)  # fmt: skip
def test_what_is_just_within_a_limit_is_unpacked(size: int, limits: dict[str, int], fits: bool, tmp_path: Path) -> None:
    data = packed({"train_images/1.jpg": bytes(size)})
    given = ArchiveLimits(**limits)  # type: ignore[arg-type]
    if not fits:
        refused(data, tmp_path, limits=given)
        return
    (tmp_path / "a.zip").write_bytes(data)
    unpacked = extract_archive(tmp_path / "a.zip", tmp_path / "out", given)
    assert (unpacked.root / "train_images/1.jpg").stat().st_size == size


@pytest.mark.parametrize(("members", "fits"), [(4, True), (5, False)])
def test_files_and_folders_are_counted_alike(members: int, fits: bool, tmp_path: Path) -> None:
    data = packed({"a/": b"", **{f"a/{number}.jpg": b"x" for number in range(members - 1)}})
    if fits:
        (tmp_path / "a.zip").write_bytes(data)
        extract_archive(tmp_path / "a.zip", tmp_path / "out", ArchiveLimits(members=4))
    else:
        assert refused(data, tmp_path, limits=ArchiveLimits(members=4)).params["limit"] == 4


@pytest.mark.parametrize(("names", "fits"), [(10, True), (11, False)])
def test_a_directory_may_have_so_many_bytes_for_each_member(names: int, fits: bool) -> None:
    """Of ten members 2,560 in all: an entry takes 46 and its name."""
    data = packed({"x" * (256 - 46 - 2) + f"{number:02d}": b"" for number in range(names)})
    limits = ArchiveLimits(members=10)
    if fits:
        check_directory(io.BytesIO(data), limits, "a.zip")
        with pytest.raises(OcrwebError):
            check_directory(io.BytesIO(packed({"x" * 209 + f"{n:02d}": b"" for n in range(names)})), limits, "a.zip")
    else:
        with pytest.raises(OcrwebError) as caught:
            check_directory(io.BytesIO(data), limits, "a.zip")
        assert (caught.value.code, caught.value.where) == ("archive.too-many-files", "a.zip")


@pytest.mark.parametrize("comment", [b"", b"c" * 65_535])
def test_the_directory_is_found_behind_a_comment_of_any_length(comment: bytes) -> None:
    buffer = io.BytesIO(packed({f"{number}": b"" for number in range(11)}))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = comment
    with pytest.raises(OcrwebError):
        check_directory(buffer, ArchiveLimits(members=10), "a.zip")
    check_directory(buffer, ArchiveLimits(members=11), "a.zip")
    check_directory(io.BytesIO(b"PK\x05\x06 too short"), ArchiveLimits(members=0), "a.zip")
    check_directory(io.BytesIO(b""), ArchiveLimits(members=0), "a.zip")
