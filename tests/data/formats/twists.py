"""What happens to files on their way: each twist takes a folder's files by name and gives them back."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from tests.data.corpus import with_exif
from tests.data.formats.sources import picture

Files = dict[str, bytes]
Twist = Callable[[Files], Files]


def _labels(change: Callable[[bytes], bytes]) -> Twist:
    return lambda files: {name: data if name.endswith(".jpg") else change(data) for name, data in files.items()}


def _names(change: Callable[[str], str]) -> Twist:
    return lambda files: {change(name): data for name, data in files.items()}


def _pictures(change: Callable[[bytes], bytes]) -> Twist:
    return lambda files: {name: change(data) if name.endswith(".jpg") else data for name, data in files.items()}


def _accented(files: Files) -> Files:
    """Labels speak of ``é1`` in one letter, the files have it in two, as macOS writes them."""
    changed = _labels(lambda data: data.replace(b"1.jpg", "é1.jpg".encode()).replace(b'"1"', '"é1"'.encode()))(files)
    return _names(lambda name: unicodedata.normalize("NFD", name.replace("1.", "é1.", 1)))(changed)


def _in_company(files: Files) -> Files:
    beside = {"README.md": b"# data\n", "notes.txt": b"hello\n", ".DS_Store": b"\0", "Thumbs.db": b"\0"}
    return {**files, **beside, "bare.jpg": picture(7)}


def _cut_picture(files: Files) -> Files:
    return _pictures(lambda data: data[: len(data) // 2])({**files})


GOOD: dict[str, Twist] = {  # the same boxes come out
    "as it is": lambda files: files,
    "with a BOM": _labels(lambda data: b"\xef\xbb\xbf" + data),
    "in UTF-16": _labels(lambda data: data.decode().encode("utf-16")),
    "with Windows line ends": _labels(lambda data: data.replace(b"\n", b"\r\n")),
    "in two folders": _names(lambda name: f"{'images' if name.endswith('.jpg') else 'labels'}/{name}"),
    "deep within": _names(lambda name: f"export (2)/数据/{name}"),
    "in capitals": _names(lambda name: name.replace(".jpg", ".JPG")),
    "with an accent": _accented,
    "turned by EXIF": _pictures(lambda data: with_exif(data, 3)),
    "in company": _in_company,
}
BAD: dict[str, Twist] = {  # nothing wrong comes out
    "labels cut off": _labels(lambda data: data[: len(data) * 3 // 5]),
    "picture cut off": _cut_picture,
    "picture absent": lambda files: {
        **{n: d for n, d in files.items() if not n.endswith(".jpg")},
        "other.jpg": picture(9),
    },
}
