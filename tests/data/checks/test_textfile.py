"""Bytes become lines, or say why not: how large, in which encoding, with which line ends, and where."""

from __future__ import annotations

from typing import Any

import pytest

from ocrweb.data.checks import textfile
from ocrweb.data.checks.textfile import decode_text, encoded

BOM = b"\xef\xbb\xbf"


def told(data: bytes, kind: Any = "label") -> tuple[list[str] | None, str, list[tuple[str, int | None, bool]]]:
    file = decode_text(data, kind)
    return file.lines, file.encoding, [(found.rule, found.line, found.fixable) for found in file.findings]


@pytest.mark.parametrize(
    ("data", "lines"),
    [(b"", []), (b"\n", [""]), (b"a", ["a"]), (b"a\n", ["a"]), (b"a\n\n", ["a", ""]), ("票\na\u2028b\n".encode(), ["票", "a\u2028b"]), (b"\x0c\x85".replace(b"\x85", b""), ["\x0c"])],
)  # fmt: skip
def test_a_good_file_has_its_lines_and_nothing_to_be_told(data: bytes, lines: list[str]) -> None:
    assert told(data) == (lines, "utf-8", [])


@pytest.mark.parametrize(("kind", "ends"), [("label", "label.crlf"), ("list", "list.whitespace")])
@pytest.mark.parametrize(
    ("data", "lines", "line", "quote"),
    [
        (b"a\r\nb\r\n", ["a", "b"], 1, "a␍"), (b"a\nbc\rd", ["a", "bc", "d"], 2, "bc␍"), (b"a\n\n\r\n", ["a", "", ""], 3, "␍"), (b"\r", [""], 1, "␍"),
    ],
)  # fmt: skip
def test_other_line_ends_are_told_at_the_first_of_them(kind: Any, ends: str, data: bytes, lines: list[str], line: int, quote: str) -> None:  # fmt: skip
    file = decode_text(data, kind)
    assert file.lines == lines
    (found,) = file.findings
    assert (found.rule, found.line, found.quote) == (ends, line, quote)


@pytest.mark.parametrize("kind", ["label", "list"])
def test_a_byte_order_mark_is_told_with_its_line_and_taken_off(kind: Any) -> None:
    file = decode_text(BOM + b"first\nsecond\n", kind)
    assert file.lines == ["first", "second"]
    (found,) = file.findings
    assert (found.rule, found.fixable, found.quote) == (f"{kind}.bom", True, "⟨U+FEFF⟩first")
    assert len(decode_text(BOM + b"x" * 500, kind).findings[0].quote) == len("⟨U+FEFF⟩") + 80


@pytest.mark.parametrize(
    ("data", "lines", "encoding", "line", "quote"),
    [
        ("a\n据票\n".encode("gb18030"), ["a", "据票"], "GB18030", 2, "be dd c6 b1 0a"), ("据".encode("gb18030"), ["据"], "GB18030", 1, "be dd"),
        (("a" * 20 + "\n\n据" + "b" * 20).encode("gb18030"), ["a" * 20, "", "据" + "b" * 20], "GB18030", 3, "be dd" + " 62" * 10),
        ("据a\n".encode() + "发票".encode("gb18030"), ["据a", "发票"], "GB18030", 2, "b7 a2 c6 b1"),
        (b"\xff\xfea\0\n\0\x68\x79", ["a", "票"], "UTF-16", 1, "ff fe 61 00 0a 00 68 79"), (b"\xfe\xff\0a\0\n\x79\x68", ["a", "票"], "UTF-16", 1, "fe ff 00 61 00 0a 79 68"),
    ],
)  # fmt: skip
def test_other_encodings_are_read_on_and_told_where_they_begin(
    data: bytes, lines: list[str], encoding: str, line: int, quote: str
) -> None:
    file = decode_text(data, "label")
    (found,) = file.findings
    assert (file.lines, file.encoding) == (lines, encoding)
    assert (found.rule, found.line, found.fixable, found.quote) == ("label.encoding", line, True, quote)


@pytest.mark.parametrize(
    "data", [b"a\x01\xff", b"\xff\xfe\x00", b"\x81\x00\xff\n", "票\0".encode("gb18030"), "a\0".encode("utf-16")]
)
def test_what_is_no_text_cannot_be_mended_its_byte_order_mark_neither(data: bytes) -> None:
    assert told(data) == (None, "utf-8", [("label.unknown-encoding", None, False)])
    if not data.startswith(b"\xff\xfe"):
        assert told(BOM + data, "list")[2] == [("list.bom", None, False), ("list.unknown-encoding", None, False)]


@pytest.mark.parametrize("data", [b"a\nCaf\xe9\n", b"cr\xe8me\n\xb9\n", "合\n".encode("cp949")])
def test_bytes_of_an_encoding_that_cannot_be_told_are_kept(data: bytes) -> None:
    lines, encoding, findings = told(data)
    assert (encoding, [found[::2] for found in findings]) == ("", [("label.unknown-encoding", False)])
    assert lines is not None
    assert encoded(lines) == data


def test_a_zero_is_no_text_and_is_shown_with_what_stands_before_it() -> None:
    file = decode_text(b"ab\0cd", "label")
    assert file.lines is None
    (found,) = file.findings
    assert (found.rule, found.fixable, found.quote) == ("label.unknown-encoding", False, "ab␀")


@pytest.mark.parametrize(("kind", "most"), [("label", 8), ("list", 64)])
def test_a_file_may_be_so_large(kind: Any, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert textfile.LARGEST[kind] == most << 20
    monkeypatch.setattr(textfile, "LARGEST", {kind: 3 << 20})
    data = b"x" * (3 << 20)
    assert told(data, kind)[2] == []
    file = decode_text(data + b"x", kind)
    assert (file.lines, [(one.rule, one.params["megabytes"]) for one in file.findings]) == (None, [(f"{kind}.huge-file", 3)])  # fmt: skip
