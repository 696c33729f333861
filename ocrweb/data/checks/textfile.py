"""Bytes of a list or label file → lines, with what is wrong about the file as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from ocrweb.data.checks.finding import Finding, finding
from ocrweb.disk.encodings import OtherText, other_text
from ocrweb.disk.likely import Usual, untold

TextFileKind = Literal["list", "label"]
LARGEST = {"list": 64 << 20, "label": 8 << 20}
_BOM = b"\xef\xbb\xbf"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class TextFile:
    """lines: without line ends; None when the bytes are no text. encoding: what they were decoded with; "" when that cannot be
    told: bytes that are not UTF-8 are kept in the lines, and `encoded` gives them back."""

    lines: list[str] | None
    findings: tuple[Finding, ...]
    encoding: str = "utf-8"


def encoded(lines: Iterable[str]) -> bytes:
    """The file of these lines: UTF-8, and bytes that were kept in them as they were."""
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")


def decode_text(data: bytes, kind: TextFileKind, usual: Usual = untold) -> TextFile:
    """Decode a whole file the strict way, and look on with the likely encoding when it is not UTF-8.

    usual: the encoding of the files beside (`Tree.usual_encoding`), for one that cannot be told alone."""
    if len(data) > LARGEST[kind]:
        return TextFile(None, (finding(f"{kind}.huge-file", megabytes=LARGEST[kind] >> 20),))
    findings: list[Finding] = []
    if data.startswith(_BOM):
        findings.append(finding(f"{kind}.bom", quote="\ufeff" + _first_line(data[3:])))
        data = data[3:]
    encoding = "utf-8"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as failure:
        recovered = _other_encoding(data, usual)
        line = data.count(b"\n", 0, failure.start) + 1
        quote = data[failure.start : failure.start + 12].hex(" ")
        if recovered is None:
            findings.append(finding(f"{kind}.unknown-encoding", quote=quote))
            return _no_text(findings)
        text, encoding = recovered
        rule = f"{kind}.encoding" if encoding else f"{kind}.unknown-encoding"
        findings.append(finding(rule, quote=quote, encoding=encoding).at("", line))
    if "\0" in text:
        findings.append(finding(f"{kind}.unknown-encoding", quote=text[: text.index("\0") + 1]))
        return _no_text(findings)
    if "\r" in text:
        line = text[: text.index("\r")].count("\n") + 1
        rule = "label.crlf" if kind == "label" else "list.whitespace"
        findings.append(finding(rule, quote=text.split("\r", 1)[0].rsplit("\n", 1)[-1] + "\r").at("", line))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return TextFile(lines, tuple(findings), encoding)


def _no_text(findings: list[Finding]) -> TextFile:
    """Nothing about such a file can be mended, its byte order mark neither."""
    return TextFile(None, tuple(replace(found, fixable=False) for found in findings))


def _first_line(data: bytes) -> str:
    return data.split(b"\n", 1)[0][:80].decode("utf-8", "replace")


def _other_encoding(data: bytes, usual: Usual) -> OtherText | None:
    """Notepad's "Unicode" is UTF-16 with a byte order mark. None for what has control characters, which no text has."""
    if data.startswith(_UTF16):
        try:
            read = OtherText(data.decode("utf-16"), "UTF-16")
        except UnicodeDecodeError:
            return None
    else:
        read = other_text(data, usual)
    return None if _CONTROL.search(read.text) else read
