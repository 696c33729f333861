"""Zips as tools, programs and attackers make them, unpacked for a test."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest

from ocrweb.data.archive import extract_archive
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
