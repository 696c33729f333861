"""Headers are read from the content, cheaply."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ocrweb.errors import OcrwebError
from ocrweb.imaging.content import identify
from ocrweb.imaging.sniff import PictureHeader, read_header
from tests.imaging.pictures import corners, png_claiming, saved, with_orientation

RGB = corners()


@pytest.mark.parametrize(
    ("data", "header"),
    [
        (saved(RGB, "JPEG"), PictureHeader("JPEG", 120, 80, 1, 1, 8, 3)),
        (saved(RGB, "JPEG", exif=with_orientation(6)), PictureHeader("JPEG", 120, 80, 6, 1, 8, 3)),
        (saved(Image.fromarray(RGB).convert("CMYK"), "JPEG"), PictureHeader("JPEG", 120, 80, 1, 1, 8, 4)),
        (saved(Image.fromarray(RGB).convert("L"), "JPEG"), PictureHeader("JPEG", 120, 80, 1, 1, 8, 1)),
        (saved(Image.fromarray(RGB).convert("RGBA"), "PNG"), PictureHeader("PNG", 120, 80, 1, 1, 8, 4)),
        (saved(RGB, "PNG", exif=with_orientation(8)), PictureHeader("PNG", 120, 80, 8, 1, 8, 3)),
        (saved(Image.fromarray(RGB[:, :, 0].astype(np.uint16)), "PNG"), PictureHeader("PNG", 120, 80, 1, 1, 16, 1)),
        (saved(RGB, "BMP"), PictureHeader("BMP", 120, 80, 1, 1, 8, 3)),
        (saved(RGB, "GIF", save_all=True, append_images=[Image.fromarray(RGB[::-1])]), PictureHeader("GIF", 120, 80, 1, 2, 8, 3)),
        (saved(RGB, "WEBP"), PictureHeader("WebP", 120, 80, 1, 1, 8, 3)),
        (saved(RGB, "TIFF", exif=with_orientation(6)), PictureHeader("TIFF", 120, 80, 6, 1, 8, 3)),
        (png_claiming(30_000, 30_000), PictureHeader("PNG", 30_000, 30_000, 1, 1, 8, 3)),
    ],
    ids=["jpeg", "turned-jpeg", "cmyk", "grey", "rgba", "turned-png", "png16", "bmp", "gif", "webp", "turned-tiff", "bomb"],
)  # fmt: skip
def test_the_header_is_what_the_file_says(data: bytes, header: PictureHeader, tmp_path: Path) -> None:
    path = tmp_path / "picture.bin"
    path.write_bytes(data)
    for found in (read_header(data), read_header(path)):
        assert found.format == header.format
        assert (found.width, found.height, found.orientation) == (header.width, header.height, header.orientation)
        assert (found.frames, found.bits, found.channels) == (header.frames, header.bits, header.channels)


def test_a_marker_may_follow_any_number_of_fill_bytes() -> None:
    plain = saved(RGB, "JPEG")
    filled = plain[:2] + b"\xff" * 5 + plain[2:]
    assert (read_header(filled).width, read_header(filled).height) == (120, 80)


def test_upright_size_swaps_the_sides_of_a_turned_picture() -> None:
    assert read_header(saved(RGB, "JPEG", exif=with_orientation(6))).upright_size == (80, 120)
    assert read_header(saved(RGB, "JPEG", exif=with_orientation(3))).upright_size == (120, 80)


def test_a_header_behind_a_long_colour_profile_is_found(tmp_path: Path) -> None:
    path = tmp_path / "long.jpg"
    path.write_bytes(saved(RGB, "JPEG", icc_profile=bytes(300_000)))
    assert read_header(path).width == 120


def test_only_the_beginning_of_a_large_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "cut.jpg"
    path.write_bytes(saved(RGB, "JPEG") + bytes(500_000))
    assert read_header(path).height == 80


@pytest.mark.parametrize("fault", ["missing", "folder", "empty", "text"])
def test_header_errors_are_coded(fault: str, tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    if fault == "folder":
        path.mkdir()
    elif fault != "missing":
        path.write_bytes(b"" if fault == "empty" else b"x1,y1,text")
    codes = {"missing": "image.missing", "folder": "image.is-folder", "empty": "image.empty", "text": "image.is-text"}
    with pytest.raises(OcrwebError) as caught:
        read_header(path)
    assert caught.value.code == codes[fault]


@given(
    st.sampled_from(["JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF"]),
    st.integers(0, 400),
    st.binary(min_size=1, max_size=8),
    st.integers(0, 1200),
)
def test_damaged_headers_never_raise_anything_else(kind: str, at: int, junk: bytes, cut: int) -> None:
    data = SMALL[kind]
    damaged = (data[:at] + junk + data[at + len(junk) :])[: max(cut, 1)]
    try:
        header = read_header(damaged)
    except OcrwebError:
        return  # coded, as promised
    assert header.width > 0
    assert header.height > 0


SMALL = {
    kind: saved(
        RGB[::4, ::4], kind, **({"exif": with_orientation(6)} if kind in {"JPEG", "PNG", "WEBP", "TIFF"} else {})
    )
    for kind in ("JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF")
}


@given(st.binary(max_size=300))
def test_identifying_never_raises(data: bytes) -> None:
    assert isinstance(identify(data), str)
