"""Uploaded zips are unpacked whole and safely, or refused with a code and nothing left behind."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import shutil
import stat
import struct
import tempfile
import zipfile
from pathlib import Path
from typing import IO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocrweb.data.archive import extract_archive
from ocrweb.data.archive_names import member_name, safe_parts
from ocrweb.data.archive_plan import ArchiveLimits, check_directory
from ocrweb.errors import OcrwebError

Members = dict[str, bytes]
DATASET: Members = {
    "train_list.txt": b"train_images/1.jpg train_gts/1.txt\n",
    "train_images/1.jpg": b"picture",
    "train_gts/1.txt": b"1,2,3,4,5,6,7,8,text\n",
    "test_list.txt": b"",
}


def packed(members: Members, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return buffer.getvalue()


def entry(name: str, body: bytes = b"x", **changes: object) -> bytes:
    """A zip of one member with changed fields of its entry."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo(name)
        for field, value in changes.items():
            setattr(info, field, value)
        archive.writestr(info, body)
    return buffer.getvalue()


def patched(data: bytes, fields: dict[int, bytes], signature: bytes = b"PK\x01\x02") -> bytes:
    """Overwrite bytes of the first directory entry, by their offset in it."""
    at = data.index(signature)
    changed = bytearray(data)
    for offset, value in fields.items():
        changed[at + offset : at + offset + len(value)] = value
    return bytes(changed)


def raw_named(raw: bytes, *, flag: int = 0) -> bytes:
    """A zip of one member whose name is any bytes, as tools without the UTF-8 flag write it."""
    placeholder = "q" * len(raw)
    data = packed({placeholder: b"x"}, zipfile.ZIP_STORED).replace(placeholder.encode(), raw)
    return patched(patched(data, {8: struct.pack("<H", flag)}), {6: struct.pack("<H", flag)}, b"PK\x03\x04")


def extract(data: bytes, folder: Path, **options: object) -> dict[str, bytes]:
    (folder / "upload.zip").write_bytes(data)
    made = extract_archive(folder / "upload.zip", folder / "out", **options)  # type: ignore[arg-type]
    found = {
        path.relative_to(made.root).as_posix(): path.read_bytes() for path in made.root.rglob("*") if path.is_file()
    }
    assert set(found) == set(made.files)
    assert sum(map(len, found.values())) == made.bytes
    assert {path.name for path in folder.iterdir()} == {"upload.zip", "out"}
    return found


def refused(data: bytes, folder: Path, **options: object) -> OcrwebError:
    (folder / "upload.zip").write_bytes(data)
    with pytest.raises(OcrwebError) as caught:
        extract_archive(folder / "upload.zip", folder / "out", **options)  # type: ignore[arg-type]
    assert {path.name for path in folder.iterdir()} == {"upload.zip"}
    for lang in ("en", "zh"):
        assert caught.value.message(lang)
        assert caught.value.hint(lang)
    return caught.value


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_dataset_comes_out_as_it_went_in(method: int, tmp_path: Path) -> None:
    assert extract(packed(DATASET, method), tmp_path) == DATASET


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({f"my data/{name}": body for name, body in DATASET.items()}, DATASET),
        ({f"./{name}": body for name, body in DATASET.items()}, DATASET),
        ({"train_images/1.jpg": b"a"}, {"train_images/1.jpg": b"a"}),
        ({"a/b/1.jpg": b"a"}, {"b/1.jpg": b"a"}),
        ({"a/1.jpg": b"a", "readme.txt": b"b"}, {"a/1.jpg": b"a", "readme.txt": b"b"}),
        ({"photos\\1.jpg": b"a", "photos\\2.jpg": b"b"}, {"1.jpg": b"a", "2.jpg": b"b"}),
        (
            {"d/1.jpg": b"a", "__MACOSX/d/._1.jpg": b"m", "d/.DS_Store": b"s", "d/Thumbs.db": b"t", "d/._2": b"u"},
            {"1.jpg": b"a"},
        ),
    ],
    ids=["wrapped", "dots", "layout-folder", "two-wraps", "two-tops", "backslashes", "junk"],
)
def test_one_wrapping_folder_and_junk_are_taken_away(members: Members, expected: Members, tmp_path: Path) -> None:
    assert extract(packed(members), tmp_path) == expected


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    (tmp_path / "upload.zip").write_bytes(packed({**DATASET, "Thumbs.db": b"t", "more/inner.ZIP": packed(DATASET)}))
    made = extract_archive(tmp_path / "upload.zip", tmp_path / "out")
    assert {(left.name, left.reason) for left in made.skipped} == {("Thumbs.db", "junk"), ("more/inner.ZIP", "archive")}
    assert set(made.files) == set(DATASET)


@pytest.mark.parametrize(
    ("raw", "flag", "name"),
    [
        ("发票/图片1.jpg".encode("gbk"), 0, "发票/图片1.jpg"),
        ("发票/图片1.jpg".encode(), 0, "发票/图片1.jpg"),
        ("发票/图片1.jpg".encode(), 0x800, "发票/图片1.jpg"),
        ("乗/誠.jpg".encode("gb18030"), 0, "乗/誠.jpg"),
        ("café.jpg".encode("cp437"), 0, "café.jpg"),
        ("誠\\乗.jpg".encode("gbk"), 0, "誠/乗.jpg"),
    ],
    ids=["gbk", "utf8-unflagged", "utf8-flagged", "gb18030", "dos", "double-byte-with-backslash"],
)
def test_names_are_decoded_as_they_were_meant(raw: bytes, flag: int, name: str, tmp_path: Path) -> None:
    assert set(extract(raw_named(raw, flag=flag), tmp_path)) == {name.rpartition("/")[2]}


def encrypted() -> bytes:
    return patched(packed({"1.jpg": b"x"}), {8: struct.pack("<H", 1)})


def method(number: int) -> bytes:
    return patched(packed({"1.jpg": b"x"}), {10: struct.pack("<H", number)})


def overlapping() -> bytes:
    """Two directory entries that share the packed bytes of one member."""
    data = packed({"a.bin": os.urandom(5000), "b.bin": b"y"}, zipfile.ZIP_STORED)
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    return data[: second + 42] + struct.pack("<I", 0) + data[second + 46 :]


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
        (packed(DATASET)[:200], "archive.damaged"),
        (packed({"a.bin": os.urandom(4000)})[:2000], "archive.damaged"),
        (packed({"1.jpg": b"hello" * 50}, zipfile.ZIP_STORED).replace(b"hellohello", b"HELLOHELLO", 1), "archive.damaged"),
        (raw_named(b"\xff\xfe.jpg", flag=0x800), "archive.damaged"),
    ],
    ids=[
        "traversal", "inner-traversal", "backslash-traversal", "absolute", "drive", "share", "control", "reserved",
        "reserved-folder", "long", "link", "pipe", "device", "encrypted", "deflate64", "zstd", "case", "accents",
        "file-as-folder", "file-and-folder", "duplicate", "overlap", "no-members", "only-folders", "only-nested",
        "empty-file", "rar", "text", "cut-early", "cut-late", "checksum", "false-utf8-flag",
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


def test_a_member_longer_than_it_claims_is_not_written_whole(tmp_path: Path) -> None:
    data = patched(packed({"zeros.jpg": bytes(3 << 20)}), {24: struct.pack("<I", 1000)})
    assert refused(data, tmp_path).code in {"archive.bomb", "archive.damaged"}


def test_a_name_that_is_damaged_before_its_member_alone_is_a_damaged_zip(tmp_path: Path) -> None:
    data = packed(DATASET | {"train_images/é.jpg": b"picture"})
    (tmp_path / "a.zip").write_bytes(data.replace("é.jpg".encode(), b"\xfe\xfe.jpg", 1))  # the directory's stays
    with pytest.raises(OcrwebError) as caught:
        extract_archive(tmp_path / "a.zip", tmp_path / "out", ArchiveLimits())
    assert caught.value.code == "archive.damaged"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("count", "refused"), [(100, False), (101, True), (2**40, True)])
def test_the_number_of_files_is_read_where_large_zips_have_it(count: int, refused: bool) -> None:
    """A record of 64 bits holds what the usual one, full of ones, has no room for."""
    record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, 46, 0)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, 0, 1)
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    limits = ArchiveLimits(members=100)
    with pytest.raises(OcrwebError, match="100") if refused else contextlib.nullcontext():
        check_directory(io.BytesIO(record + locator + end), limits, "a.zip")


def test_an_existing_dataset_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "upload.zip").write_bytes(packed(DATASET))
    (tmp_path / "out").mkdir()
    assert extract_archive(tmp_path / "upload.zip", tmp_path / "out").bytes > 0  # an empty folder may be filled
    with pytest.raises(OcrwebError) as caught:
        extract_archive(tmp_path / "upload.zip", tmp_path / "out")
    assert caught.value.code == "archive.target-exists"
    assert (tmp_path / "out" / "train_list.txt").exists()


def test_paths_that_are_no_zip_files_get_a_code(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "none.zip", "usage.missing-path"), (tmp_path, "archive.not-a-file")):
        with pytest.raises(OcrwebError) as caught:
            extract_archive(path, tmp_path / "out")
        assert caught.value.code == code


def test_a_full_disk_is_told_before_and_while_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=3))
        assert refused(packed(DATASET), tmp_path).code == "usage.disk-full"

    def full(done: int, total: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    assert refused(packed(DATASET), tmp_path, progress=full).code == "usage.disk-full"


def test_progress_reaches_the_total_and_can_stop(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    extract(packed(DATASET), tmp_path, progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1] == sum(map(len, DATASET.values()))
    shutil.rmtree(tmp_path / "out")

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        extract_archive(tmp_path / "upload.zip", tmp_path / "out", progress=stop)
    assert {path.name for path in tmp_path.iterdir()} == {"upload.zip"}


@given(st.text(max_size=40))
def test_safe_names_stay_inside(name: str) -> None:
    try:
        parts = safe_parts(name)
    except OcrwebError:
        return  # coded, as promised
    inside = os.path.normpath(os.path.join("/root/folder", *parts))
    assert inside == "/root/folder" or inside.startswith("/root/folder/")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 700), st.binary(min_size=1, max_size=6), st.integers(0, 900))
def test_damaged_zips_raise_nothing_else(at: int, junk: bytes, cut: int) -> None:
    data = packed(DATASET)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "upload.zip").write_bytes((data[:at] + junk + data[at + len(junk) :])[: max(cut, len(data) - cut)])
        try:
            extract_archive(folder / "upload.zip", folder / "out")
        except OcrwebError:
            assert not (folder / "out").exists()
        assert not list(folder.glob(".*.partial"))


@pytest.mark.parametrize(("system", "name"), [(0, "图片"), (3, "ͼƬ")], ids=["made on Windows", "made on Linux"])
def test_a_name_that_is_both_chinese_and_utf8_follows_the_system_that_made_it(system: int, name: str) -> None:
    info = zipfile.ZipInfo("图片".encode("gb18030").decode("cp437"))
    info.create_system = system
    assert member_name(info) == name
