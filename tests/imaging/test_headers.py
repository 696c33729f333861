"""Headers written byte by byte: what each field means, where a header ends, and what is none."""

from __future__ import annotations

import struct

import pytest

from ocrweb.imaging.headers import (
    Malformed,
    NeedsMore,
    RawHeader,
    exif_orientation,
    parse_bmp,
    parse_jpeg,
    parse_png,
    parse_real_tiff,
)


def exif(
    orientation: int, *, order: str = "<", kind: int = 3, tag: int = 0x0112, before: int = 0, directory: int = 8
) -> bytes:
    """An EXIF block with so many other entries before the orientation."""
    other = struct.pack(f"{order}HHII", 0x0100, 4, 1, 7)
    value = struct.pack(f"{order}H", orientation) + b"\0\0" if kind == 3 else struct.pack(f"{order}I", orientation)
    entry = struct.pack(f"{order}HHI", tag, kind, 1) + value
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", directory)
    return head.ljust(directory, b"\0") + struct.pack(f"{order}H", before + 1) + other * before + entry


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


FRAME = struct.pack(">BHHB", 8, 80, 120, 3) + bytes(9)
SCAN = segment(0xDA, bytes(10))
START = b"\xff\xd8"


@pytest.mark.parametrize("marker", [0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC9, 0xCA, 0xCB, 0xCD, 0xCF])
def test_each_kind_of_frame_tells_the_size(marker: int) -> None:
    head = START + segment(0xFE, b"comment") + segment(marker, FRAME)
    assert parse_jpeg(head + SCAN) == RawHeader(120, 80, 1, 1, 8, 3, scan=len(head) + 2)


@pytest.mark.parametrize("marker", [0xC4, 0xC8, 0xCC, 0xDB, 0xE0])
def test_what_is_no_frame_tells_none(marker: int) -> None:
    with pytest.raises(Malformed):
        parse_jpeg(START + segment(marker, FRAME) + SCAN)


@pytest.mark.parametrize("marker", [0x01, 0xD0, 0xD7])
def test_markers_without_a_length_are_passed_over(marker: int) -> None:
    data = START + bytes((0xFF, marker)) + segment(0xC0, FRAME) + SCAN
    assert parse_jpeg(data).width == 120


@pytest.mark.parametrize(
    "data",
    [
        START + b"\xff\xd9", START + b"\x00\xc0" + bytes(20), START + b"\xff\xc0\x00\x01" + bytes(20), START + SCAN,
        START + b"\xff\xc0\x00\x07" + FRAME + SCAN,
    ],
    ids=["ends", "no marker", "length 1", "scan first", "short frame"],
)  # fmt: skip
def test_what_is_no_jpeg_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_jpeg(data)


def test_a_frame_of_eight_bytes_is_one() -> None:
    assert parse_jpeg(START + segment(0xC0, struct.pack(">BHHB", 12, 2, 3, 4)) + SCAN).bits == 12


def test_a_jpeg_that_ends_anywhere_before_its_scan_needs_more() -> None:
    data = START + segment(0xE1, b"Exif\0\0" + exif(6)) + segment(0xC0, FRAME) + SCAN
    whole = parse_jpeg(data)
    assert (whole.orientation, whole.width) == (6, 120)
    for cut in range(2, whole.scan + 2):
        with pytest.raises(NeedsMore):
            parse_jpeg(data[:cut])
    assert parse_jpeg(data[: whole.scan + 2]) == whole


def test_the_first_orientation_of_a_jpeg_counts() -> None:
    first, second = (segment(0xE1, b"Exif\0\0" + exif(number)) for number in (6, 3))
    other = segment(0xE1, b"http\0\0" + exif(8))
    assert parse_jpeg(START + other + first + second + segment(0xC0, FRAME) + SCAN).orientation == 6
    assert parse_jpeg(START + segment(0xE2, b"Exif\0\0" + exif(6)) + segment(0xC0, FRAME) + SCAN).orientation == 1


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + b"\0\0\0\0"


def png(*chunks: bytes, colour: int = 2, bits: int = 8) -> bytes:
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 120, 80, bits, colour, 0, 0, 0))
        + b"".join(chunks)
    )


@pytest.mark.parametrize(
    ("colour", "transparent", "channels"),
    [(0, False, 1), (0, True, 2), (2, False, 3), (2, True, 4), (3, False, 3), (3, True, 4), (4, False, 2), (4, True, 2), (6, False, 4), (6, True, 4)],
)  # fmt: skip
def test_a_png_counts_a_palette_as_three_and_transparency_once(colour: int, transparent: bool, channels: int) -> None:
    extra = [chunk(b"tRNS", b"\0\0")] if transparent else []
    assert parse_png(png(*extra, chunk(b"IDAT", b""), colour=colour, bits=16)) == RawHeader(120, 80, 1, 1, 16, channels)


def test_a_png_tells_its_orientation_and_its_frames() -> None:
    header = parse_png(png(chunk(b"eXIf", exif(8)), chunk(b"acTL", struct.pack(">II", 7, 0)), chunk(b"IEND", b"")))
    assert (header.orientation, header.frames) == (8, 7)
    assert parse_png(png(chunk(b"acTL", b"\0\0\0"), chunk(b"IDAT", b""))).frames == 1
    assert parse_png(png(chunk(b"acTL", b"\0\0\0\5"), chunk(b"IDAT", b""))).frames == 5
    assert parse_png(png(chunk(b"IDAT", b""), chunk(b"eXIf", exif(8)))).orientation == 1, (
        "what follows is not looked at"
    )


def test_a_png_that_ends_before_its_pixels_needs_more() -> None:
    data = png(chunk(b"tEXt", b"words"))
    for cut in range(len(data) + 8):
        with pytest.raises(NeedsMore):
            parse_png((data + b"\0\0\0\1IDA")[:cut])
    assert parse_png(data + b"\0\0\0\1IDAT").width == 120


def test_a_png_without_its_first_chunk_or_of_another_colour_is_none() -> None:
    with pytest.raises(Malformed):
        parse_png(png(chunk(b"IDAT", b"")).replace(b"IHDR", b"IHDX"))
    for colour in (1, 5, 7):
        with pytest.raises(Malformed):
            parse_png(png(chunk(b"IDAT", b""), colour=colour))


def bmp(size: int, *, depth: int = 24, height: int = 80) -> bytes:
    fields = struct.pack("<HHHH" if size == 12 else "<iiHH", 120, height, 1, depth)
    return (b"BM" + bytes(12) + struct.pack("<I", size) + fields).ljust(30, b"\0")


@pytest.mark.parametrize(
    ("size", "fits"), [(12, True), (39, False), (40, True), (124, True), (256, True), (257, False), (0, False)]
)
def test_a_bmp_has_one_of_two_headers(size: int, fits: bool) -> None:
    if fits:
        assert parse_bmp(bmp(size)) == RawHeader(120, 80, channels=3)
    else:
        with pytest.raises(Malformed):
            parse_bmp(bmp(size))


@pytest.mark.parametrize(("depth", "fits"), [(1, True), (4, True), (8, True), (16, True), (32, True), (0, False), (3, False), (64, False)])  # fmt: skip
def test_a_bmp_has_one_of_seven_depths(depth: int, fits: bool) -> None:
    if fits:
        assert parse_bmp(bmp(40, depth=depth)).height == 80
    else:
        with pytest.raises(Malformed):
            parse_bmp(bmp(40, depth=depth))


def test_a_bmp_from_top_to_bottom_is_as_high_and_a_short_one_needs_more() -> None:
    assert parse_bmp(bmp(40, height=-80)).height == 80
    with pytest.raises(NeedsMore):
        parse_bmp(bmp(40)[:29])


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", [3, 4])
@pytest.mark.parametrize("orientation", [1, 2, 8])
def test_an_orientation_is_read_in_both_orders_and_both_kinds(order: str, kind: int, orientation: int) -> None:
    assert exif_orientation(exif(orientation, order=order, kind=kind)) == orientation
    assert exif_orientation(exif(orientation, order=order, kind=kind, before=3, directory=20)) == orientation


@pytest.mark.parametrize(
    "block",
    [
        b"", b"II*\0", b"XX" + exif(6)[2:], exif(0), exif(9), exif(6, kind=2), exif(6, tag=0x0113), exif(6)[:-1], exif(6, directory=200)[:201],
        exif(6)[:9], b"II*\0\x08\0\0", struct.pack("<4sI", b"II*\0", 9000),
    ],
    ids=range(12),
)  # fmt: skip
def test_a_block_that_says_nothing_valid_is_upright(block: bytes) -> None:
    assert exif_orientation(block) == 1


def real_tiff(order: str, entries: dict[int, tuple[int, list[int]]]) -> bytes:
    """The first directory alone: tag → kind (3 short, 4 long) and values, which lie elsewhere when they are longer than four bytes."""
    first = 8 + 2 + 12 * len(entries) + 4
    directory, elsewhere = struct.pack(f"{order}H", len(entries)), b""
    for tag, (kind, values) in sorted(entries.items()):
        packed = struct.pack(f"{order}{len(values)}{'H' if kind == 3 else 'I'}", *values)
        directory += struct.pack(f"{order}HHI", tag, kind, len(values))
        if len(packed) <= 4:
            directory += packed.ljust(4, b"\0")
        else:
            directory += struct.pack(f"{order}I", first + len(elsewhere))
            elsewhere += packed
    return (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8) + directory + bytes(4) + elsewhere


REAL = {0x0100: (3, [120]), 0x0101: (3, [80]), 0x0102: (3, [32, 32, 32]), 0x0115: (3, [3]), 0x0153: (3, [3, 3, 3])}


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize(
    "changes",
    [
        {}, {0x0100: (4, [120]), 0x0101: (4, [80])}, {0x0100: (4, [120, 7])}, {0x0102: (3, [32, 9])}, {0x0102: (4, [32, 9, 9])},
        {0x0153: (3, [3])}, {0x0153: (3, [3, 9])}, {0x010F: (2, [7, 7, 7])},
    ],
    ids=["shorts", "longs", "two longs", "two shorts", "three longs", "a format", "two formats", "another kind"],
)  # fmt: skip
def test_of_each_field_of_a_real_tiff_the_first_value_counts_wherever_it_lies(
    order: str, changes: dict[int, tuple[int, list[int]]]
) -> None:
    assert parse_real_tiff(real_tiff(order, REAL | changes)) == RawHeader(120, 80, 1, 1, 32, 3)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({0x0112: (3, [6])}, (6, 32, 3)), ({0x0112: (3, [8])}, (8, 32, 3)), ({0x0112: (3, [9])}, (1, 32, 3)),
        ({0x0112: (3, [0])}, (1, 32, 3)), ({0x0102: (3, [64] * 4), 0x0115: (3, [4])}, (1, 64, 4)),
        ({0x0102: (3, [16])}, None), ({0x0115: (3, [1])}, None), ({0x0115: (3, [5])}, None), ({0x0153: (3, [1])}, None),
    ],
)  # fmt: skip
def test_a_real_tiff_has_three_or_four_channels_of_real_numbers(
    changes: dict[int, tuple[int, list[int]]], expected: tuple[int, int, int] | None
) -> None:
    data = real_tiff("<", REAL | changes)
    if expected is None:
        with pytest.raises(Malformed):
            parse_real_tiff(data)
    else:
        header = parse_real_tiff(data)
        assert (header.orientation, header.bits, header.channels) == expected


@pytest.mark.parametrize("tag", [0x0100, 0x0101, 0x0102, 0x0115, 0x0153])
def test_a_real_tiff_without_one_of_its_fields_is_malformed(tag: int) -> None:
    with pytest.raises(Malformed):
        parse_real_tiff(real_tiff("<", {other: field for other, field in REAL.items() if other != tag}))
