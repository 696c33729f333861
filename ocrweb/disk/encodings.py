"""Text of unknown encoding: UTF-8, the one that it is likely in, or lines of both, where two programs wrote one file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from ocrweb.disk.likely import LOOKED_AT, Usual, likely_encoding, untold

_THREE_BYTES = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}")  # how UTF-8 writes Chinese


class OtherText(NamedTuple):
    """encoding: its name, "" when it cannot be told: then bytes that are not UTF-8 are kept in the text, by surrogateescape."""

    text: str
    encoding: str


def other_text(data: bytes, usual: Usual = untold) -> OtherText:
    """The text of bytes that are not UTF-8 as a whole. usual: of `likely_encoding`.

    A line that is UTF-8 with Chinese in it is read as such: taken for GB18030 it would become other letters, without an error.
    """
    lines = data.split(b"\n")
    own = [_is_utf8(line) for line in lines]
    rest = b"\n".join(line for line, utf8 in zip(lines, own, strict=True) if not utf8)
    likely = likely_encoding(rest, usual)
    if likely is None:
        return OtherText(data.decode("utf-8", "surrogateescape"), "")
    read = iter(rest.decode(likely.codec).split("\n"))
    text = (line.decode() if utf8 else next(read) for line, utf8 in zip(lines, own, strict=True))
    return OtherText("\n".join(text), likely.name)


def usual_encoding(files: Iterable[bytes]) -> str:
    """The name of the one encoding that some of these files are surely in, or all those together that cannot be told alone; "" where
    there is none, or where there are two."""
    told: set[str] = set()
    doubtful = b""
    for data in files:
        if _decoded(data, "utf-8") is not None:
            continue
        rest = b"\n".join(line for line in data.split(b"\n") if not line.isascii() and not _is_utf8(line))
        if likely := likely_encoding(rest):
            told.add(likely.name)
        elif len(doubtful) < LOOKED_AT:
            doubtful += rest + b"\n"
    if not told and doubtful and (likely := likely_encoding(doubtful)):
        told.add(likely.name)
    return told.pop() if len(told) == 1 else ""


def decoded(data: bytes, usual: Usual = untold) -> str:
    """The text of a file that is only read: UTF-8 with or without a mark, UTF-16 with one, else the likely encoding or lines of
    both, else GB18030, else that of Western Windows. usual: of `likely_encoding`. Raises ValueError."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    text, encoding = other_text(data, usual)
    if encoding:
        return text
    chinese = _decoded(data, "gb18030")
    return data.decode("cp1252") if chinese is None else chinese


def _is_utf8(line: bytes) -> bool:
    return bool(_THREE_BYTES.search(line)) and _decoded(line, "utf-8") is not None


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
