"""What a file is, by its first bytes."""

from __future__ import annotations

import pytest

from ocrweb.imaging.content import _BRANDS, _MAGIC, OTHER_PICTURES, READABLE, identify


@pytest.mark.parametrize(("magic", "kind"), _MAGIC, ids=[f"{kind} {number}" for number, (_, kind) in enumerate(_MAGIC)])
def test_each_mark_is_known_at_the_beginning_alone(magic: bytes, kind: str) -> None:
    assert identify(magic + bytes(40)) == kind
    assert identify(b"\0" + magic + bytes(40)) in ("", "PDF")


@pytest.mark.parametrize(("brand", "kind"), [*_BRANDS.items(), (b"isom", "MP4"), (b"mp42", "MP4")])
def test_a_box_of_a_brand(brand: bytes, kind: str) -> None:
    assert identify(b"\0\0\0\x18ftyp" + brand + bytes(20)) == kind


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"RIFF....WEBPVP8 ", "WebP"), (b"RIFF....WAVEfmt ", "text"), (b"RIFX....WEBPVP8 ", "text"),
        (b"junk" * 20 + b"%PDF-1.4", "PDF"), (b"\0" * 1019 + b"%PDF-", "PDF"), (b"\0" * 1020 + b"%PDF-", ""),
        (b"", "text"), (b"plain words", "text"), (b"\xff\xfea\0", "text"), (b"\xfe\xff\0a", "text"), (b"a\tb\r\n\x0c\x1b[0m", "text"),
        (b"a\x00b", ""), (b"a\x08b", ""), (b"\x1fabc", ""), (b"<!DOCTYPE HTML>", "HTML"), (b"  \r\n<html lang=en>", "HTML"), (b"<head>", "HTML"),
        (b"<body>", "HTML"), (b"<?xml version='1.0'?><html>", "HTML"), (b"<?xml version='1.0'?><svg>", "SVG"), (b"<svg>", "SVG"),
        (b"words <svg> words", "SVG"), (b"<?xml version='1.0'?><a/>", "XML"), (b"\xef\xbb\xbf<?xml?>", "XML"), (b"words <?xml", "text"),
        ("发票 合计".encode("gb18030") * 9, "text"), ("发票".encode() * 99, "text"), (bytes(range(128, 256)) * 4, ""),
    ],
    ids=range(28),
)  # fmt: skip
def test_text_is_told_apart_from_bytes_that_are_none(head: bytes, kind: str) -> None:
    assert identify(head) == kind


@pytest.mark.parametrize("cut", range(1, 9))
def test_an_excerpt_that_ends_inside_a_character_is_text(cut: int) -> None:
    assert identify(("发" * 400).encode()[:-cut][:1024]) == "text"
    assert identify(("𠀀" * 300).encode("gb18030")[: 1024 - cut]) == "text"


def test_no_kind_is_both_read_and_refused() -> None:
    assert {"JPEG", "PNG", "BMP", "GIF", "WebP", "TIFF"} == READABLE
    assert not READABLE & OTHER_PICTURES
    assert {"HEIC", "AVIF", "SVG"} <= OTHER_PICTURES


@pytest.mark.parametrize(("after", "kind"), [(11, "text"), (12, "")])
def test_a_byte_that_is_none_counts_only_near_the_end_where_a_character_may_be_cut(after: int, kind: str) -> None:
    assert identify(b"a" * 100 + b"\xff" + b"a" * after) == kind


@pytest.mark.parametrize(
    ("at", "mark", "kind"), [(257, b"ustar\x0000", "tar"), (128, b"DICM", "DICOM"), (8, b"CR\x02\0", "CR2")]
)
def test_a_mark_that_stands_further_on(at: int, mark: bytes, kind: str) -> None:
    head = bytearray(b"II*\0" + bytes(600))
    head[at : at + len(mark)] = mark
    assert identify(bytes(head)) == kind
    assert identify(b"\0" + bytes(head)) == ""
