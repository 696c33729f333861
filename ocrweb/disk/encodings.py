"""Text of unknown encoding: UTF-8, GB18030 as Chinese Windows writes it, or lines of both, where two programs wrote one file."""

from __future__ import annotations

import re

_THREE_BYTES = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}")  # how UTF-8 writes Chinese


def chinese_text(data: bytes) -> str | None:
    """The text of bytes that are not UTF-8 as a whole; None when they are not GB18030 either.

    A line that is UTF-8 with Chinese in it is read as such: taken for GB18030 it would become other letters, without an error.
    """
    lines = data.split(b"\n")
    if not any(_is_utf8(line) for line in lines):
        return _decoded(data, "gb18030")
    read = [_decoded(line, "utf-8") or _decoded(line, "gb18030") if line else "" for line in lines]
    return None if None in read else "\n".join(line or "" for line in read)


def decoded(data: bytes) -> str:
    """The text of a file: UTF-8 with or without a mark, UTF-16 with one, else GB18030 or lines of both, else that of Western
    Windows. Raises ValueError."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    text = chinese_text(data)
    return data.decode("cp1252") if text is None else text


def _is_utf8(line: bytes) -> bool:
    return bool(_THREE_BYTES.search(line)) and _decoded(line, "utf-8") is not None


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
