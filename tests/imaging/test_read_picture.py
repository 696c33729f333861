"""Every readable picture becomes upright 8-bit BGR; everything else gets a coded answer before anything is decoded."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from ocrweb.errors import OcrwebError
from ocrweb.imaging import source
from ocrweb.imaging.picture import PictureLimits, read_picture
from tests.imaging.pictures import BLUE, GREEN, RED, WHITE, corners, png_claiming, quarters, saved, with_orientation

UPRIGHT = [BLUE, GREEN, RED, WHITE]
RGB = corners()


def alike(found: list[tuple[int, ...]], expected: list[tuple[int, ...]], tolerance: int = 6) -> bool:
    return bool(np.abs(np.array(found, int) - np.array(expected, int)).max() <= tolerance)


def code_of(source: Path | bytes, **options: object) -> str:
    with pytest.raises(OcrwebError) as caught:
        read_picture(source, **options)  # type: ignore[arg-type]
    assert caught.value.message("en")
    assert caught.value.hint("zh")
    return caught.value.code


@pytest.mark.parametrize(
    ("kind", "options", "name"),
    [
        ("JPEG", {"quality": 95, "subsampling": 0}, "JPEG"),
        ("JPEG", {"quality": 95, "subsampling": 0, "progressive": True}, "JPEG"),
        ("PNG", {}, "PNG"),
        ("BMP", {}, "BMP"),
        ("GIF", {}, "GIF"),
        ("WEBP", {"lossless": True}, "WebP"),
        ("TIFF", {}, "TIFF"),
        ("TIFF", {"compression": "tiff_lzw"}, "TIFF"),
    ],
    ids=["jpeg", "progressive-jpeg", "png", "bmp", "gif", "webp", "tiff", "tiff-lzw"],
)
def test_formats_give_the_same_picture(kind: str, options: dict[str, object], name: str, tmp_path: Path) -> None:
    data = saved(RGB, kind, **options)
    path = tmp_path / "wrong-suffix.jpg"
    path.write_bytes(data)
    for made in (read_picture(data), read_picture(path)):
        assert made.format == name
        assert made.pixels.shape == (80, 120, 3)
        assert made.pixels.dtype == np.uint8
        assert made.pixels.flags.c_contiguous
        assert (made.width, made.height) == (120, 80)
        assert alike(quarters(made.pixels), UPRIGHT)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_orientation_is_applied_once_in_every_format(kind: str, orientation: int) -> None:
    options = {"quality": 95} if kind == "JPEG" else {"lossless": True} if kind == "WEBP" else {}
    stored = {
        1: RGB,
        2: RGB[:, ::-1],
        3: RGB[::-1, ::-1],
        4: RGB[::-1],
        5: RGB.transpose(1, 0, 2),
        6: np.rot90(RGB, 1),
        7: RGB[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(RGB, -1),
    }[orientation]
    made = read_picture(saved(stored, kind, exif=with_orientation(orientation), **options))
    assert (made.width, made.height) == (120, 80)
    assert made.orientation == orientation
    assert alike(quarters(made.pixels), UPRIGHT, 30)


def on_alpha() -> Image.Image:
    picture = Image.fromarray(RGB[:, :, ::-1].copy()).convert("RGBA")
    alpha = np.full((80, 120), 255, np.uint8)
    alpha[:40, :60] = 0
    alpha[:40, 60:] = 128
    picture.putalpha(Image.fromarray(alpha))
    return picture


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_alpha_is_laid_on_white(kind: str) -> None:
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    half_green = tuple(round(value * 128 / 255 + 127) for value in GREEN)
    assert alike(quarters(read_picture(saved(on_alpha(), kind, **options)).pixels), [WHITE, half_green, RED, WHITE], 2)


@pytest.mark.parametrize(
    ("ink", "ground"),
    [((255, 255, 255), 0), ((255, 250, 200), 0), ((0, 0, 0), 255), ((120, 120, 120), 255), ((255, 0, 0), 255)],
)
def test_transparent_parts_show_the_ground_against_which_the_ink_is_seen(
    ink: tuple[int, int, int], ground: int
) -> None:
    picture = Image.new("RGBA", (100, 60), (0, 0, 0, 0))
    picture.paste((*ink, 255), (20, 20, 80, 40))
    pixels = read_picture(saved(picture, "PNG")).pixels
    assert pixels[5, 5].tolist() == [ground] * 3
    assert pixels[30, 50].tolist() == list(ink[::-1])


def test_a_white_card_with_dark_text_and_transparent_corners_stays_on_white() -> None:
    picture = Image.new("RGBA", (100, 60), (0, 0, 0, 0))
    picture.paste((255, 255, 255, 255), (10, 10, 90, 50))
    picture.paste((0, 0, 0, 255), (20, 20, 80, 30))
    assert read_picture(saved(picture, "PNG")).pixels[0, 0].tolist() == [255] * 3


def sixteen_bit(alpha: bool = False) -> bytes:
    deep = RGB.astype(np.uint16) * 257
    if alpha:
        deep = np.dstack([deep, np.full(deep.shape[:2], 65535, np.uint16)])
    return cv2.imencode(".png", deep)[1].tobytes()


def transparent_palette() -> bytes:
    picture = Image.fromarray(RGB[:, :, ::-1].copy()).quantize(4)
    return saved(picture, "PNG", transparency=picture.getpixel((10, 10)))


GREY = cv2.cvtColor(RGB, cv2.COLOR_BGR2GRAY)
GREYS = [(value,) * 3 for value in (int(GREY[20, 30]), int(GREY[20, 90]), int(GREY[60, 30]), 255)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (sixteen_bit(), UPRIGHT),
        (sixteen_bit(alpha=True), UPRIGHT),
        (saved(Image.fromarray(GREY), "PNG"), GREYS),
        (saved(Image.fromarray(GREY), "JPEG", quality=98), GREYS),
        (saved(Image.fromarray(GREY.astype(np.uint16) * 257), "PNG"), GREYS),
        (saved(Image.fromarray(GREY.astype(np.uint16) * 257), "TIFF"), GREYS),
        (saved(Image.fromarray(GREY.astype(np.float32) / 255), "TIFF"), GREYS),
        (saved(Image.fromarray(GREY.astype(np.int32)), "TIFF"), GREYS),
        (saved(Image.fromarray(GREY).convert("LA"), "PNG"), GREYS),
        (saved(Image.fromarray(RGB[:, :, ::-1].copy()).quantize(8), "PNG"), UPRIGHT),
        (saved(Image.fromarray(GREY > 100), "PNG"), [tuple([255 * (g[0] > 100)] * 3) for g in GREYS]),
        (transparent_palette(), [WHITE, GREEN, RED, WHITE]),
        (saved(Image.fromarray(RGB[:, :, ::-1].copy()).convert("CMYK"), "JPEG", quality=98), UPRIGHT),
        (saved(Image.fromarray(RGB[:, :, ::-1].copy()).convert("CMYK"), "TIFF"), UPRIGHT),
    ],
    ids=[
        "png16", "png16-alpha", "grey-png", "grey-jpeg", "grey16-png", "grey16-tiff", "float-tiff", "int32-tiff",
        "grey-alpha", "palette", "one-bit", "transparent-palette", "cmyk-jpeg", "cmyk-tiff",
    ],
)  # fmt: skip
def test_unusual_pixels_come_out_as_8_bit_bgr(data: bytes, expected: list[tuple[int, ...]]) -> None:
    made = read_picture(data).pixels
    assert made.shape == (80, 120, 3)
    assert made.dtype == np.uint8
    assert alike(quarters(made), expected, 10)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF", "PNG"])
def test_the_first_frame_of_several_is_taken(kind: str) -> None:
    later = Image.fromarray(np.zeros_like(RGB))
    options = {"lossless": True} if kind == "WEBP" else {}
    data = saved(RGB, kind, save_all=True, append_images=[later, later], **options)
    assert alike(quarters(read_picture(data).pixels), UPRIGHT)


@pytest.mark.parametrize("name", ["发票 一.jpg", "Rechnung-äöü.jpg", "🧾.jpg", "长" * 80 + ".jpg", "a" * 251 + ".jpg"])
def test_names_of_any_script_and_length_are_read(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(saved(RGB, "JPEG"))
    assert read_picture(path).width == 120


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 20000), (20000, 3)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP"])
def test_tiny_and_extreme_pictures_are_read(width: int, height: int, kind: str) -> None:
    made = read_picture(saved(np.full((height, width, 3), 200, np.uint8), kind))
    assert made.pixels.shape == (height, width, 3)


JPEG = saved(RGB, "JPEG", quality=95)
PNG = saved(np.random.default_rng(0).integers(0, 256, (80, 120, 3), np.uint8), "PNG")
BMP = saved(RGB, "BMP")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "image.empty"),
        ("发票 invoice\n合计 12.00\n".encode(), "image.is-text"),
        ("发票 合计".encode("gbk") * 20, "image.is-text"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "image.not-a-picture"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "image.not-a-picture"),
        (b"PK\x03\x04" + bytes(60), "image.not-a-picture"),
        (b"\0\0\0\x18ftypheic" + bytes(60), "image.unsupported-format"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image.unsupported-format"),
        (bytes(range(256)) * 4, "image.unknown-content"),
        (JPEG[:20], "image.truncated"),
        (JPEG[: len(JPEG) // 2], "image.truncated"),
        (JPEG[: len(JPEG) // 2] + bytes(len(JPEG) // 2), "image.truncated"),
        (JPEG[:-2], "image.truncated"),
        (PNG[:30], "image.truncated"),
        (PNG[: len(PNG) // 2], "image.truncated"),
        (saved(RGB, "PNG")[:-12], "image.truncated"),
        (PNG[:500] + bytes(1000) + PNG[1500:], "image.damaged"),
        (BMP[: len(BMP) // 2], "image.truncated"),
        (BMP[:20], "image.truncated"),
        (saved(RGB, "GIF")[:40], "image.truncated"),
        (saved(RGB, "WEBP")[:60], "image.damaged"),
        (saved(RGB, "TIFF")[:300], "image.truncated"),
        (b"\xff\xd8\xff\xd9", "image.damaged"),
        (b"\xff\xd8\xff" + bytes(50), "image.damaged"),
    ],
    ids=[
        "empty", "text", "gbk-text", "pdf", "html", "zip", "heic", "svg", "noise", "jpeg-header-cut", "jpeg-half",
        "jpeg-half-zeros", "jpeg-without-end", "png-header-cut", "png-half", "png-without-end", "png-hole", "bmp-half", "bmp-header-cut",
        "gif-cut", "webp-cut", "tiff-cut", "jpeg-without-picture", "jpeg-of-zeros",
    ],
)  # fmt: skip
def test_what_is_no_whole_picture_gets_a_code(data: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "renamed.jpg"
    path.write_bytes(data)
    assert code_of(path) == code
    assert code_of(data) == code


@pytest.mark.parametrize(("data", "word"), [(b"%PDF-1.4 etc", "PDF"), (saved(corners(), "PNG")[:200], "truncated")])
def test_the_error_says_what_the_file_really_is_and_where(data: bytes, word: str, tmp_path: Path) -> None:
    path = tmp_path / "scan.jpg"
    path.write_bytes(data)
    for one, name, where in ((path, None, str(path)), (path, "scan", "scan"), (data, "scan", "scan"), (data, None, None)):  # fmt: skip
        with pytest.raises(OcrwebError, match=word) as caught:
            read_picture(one, name=name)
        assert caught.value.where == where


def test_a_bomb_is_refused_from_its_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("decoded"))
    assert code_of(png_claiming(30_000, 30_000)) == "image.too-many-pixels"
    assert code_of(png_claiming(1, 100_000)) == "image.too-long"
    assert code_of(png_claiming(0, 10)) == "image.damaged"
    assert code_of(JPEG, limits=PictureLimits(pixels=100)) == "image.too-many-pixels"
    assert code_of(JPEG, limits=PictureLimits(bytes=100)) == "image.too-many-bytes"


def test_a_picture_of_exactly_the_limits_is_read() -> None:
    """120 x 80 pixels."""
    assert read_picture(JPEG, limits=PictureLimits(side=120, pixels=9600, bytes=len(JPEG))).width == 120
    assert code_of(JPEG, limits=PictureLimits(side=119)) == "image.too-long"
    assert code_of(JPEG, limits=PictureLimits(pixels=9599)) == "image.too-many-pixels"
    assert code_of(JPEG, limits=PictureLimits(bytes=len(JPEG) - 1)) == "image.too-many-bytes"


@pytest.mark.parametrize(
    "head",
    [
        b"\x00\x00\x00\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51", b"\x76\x2f\x31\x01", b"#?RADIANCE\n", b"P6\n1 1\n255\n",
        b"Pf\n1 1\n-1.0\n", b"P7\nWIDTH 1\n", b"\x59\xa6\x6a\x95", b"II*\x00\x08\x00\x00\x00", b"GIF89a\x01\x00\x01\x00",
        b"RIFF\x24\x00\x00\x00WEBPVP8L", b"\x00\x00\x00\x20ftypavif", b"\xff\xd8\xff\xe0ftypavif", b"\xff\x0a", b"",
    ],
    ids=["jp2", "j2k", "exr", "hdr", "pnm", "pfm", "pam", "sun", "tiff", "gif", "webp", "avif", "jpeg-avif", "jxl", "empty"],
)  # fmt: skip
def test_no_other_reader_of_opencv_ever_sees_a_file(head: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("given to OpenCV"))
    assert code_of(head and head + bytes(64))


def test_paths_that_are_no_picture_files_get_a_code(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    assert code_of(tmp_path / "missing.jpg") == "image.missing"
    assert code_of(tmp_path) == "image.is-folder"
    assert code_of(tmp_path / "pipe.jpg") == "image.not-a-file"
    assert code_of(tmp_path / ("n" * 300)) == "image.unreadable"
    assert code_of(Path("nul\0byte.jpg")) == "image.unreadable"


def test_a_file_without_rights_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.jpg"
    path.write_bytes(JPEG)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(source, "read_ordinary", refuse)
    assert code_of(path) == "image.unreadable"


FUZZED = [
    saved(RGB[::5, ::5], kind, **({"exif": with_orientation(6)} if kind in {"JPEG", "PNG", "WEBP", "TIFF"} else {}))
    for kind in ("JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF")
] + [saved(RGB[::5, ::5], "GIF", save_all=True, append_images=[Image.fromarray(RGB[::-5, ::5])])]
SMALL = PictureLimits(pixels=1_000_000)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(FUZZED), st.integers(0, 999), st.binary(min_size=1, max_size=6), st.integers(0, 999))
@example(FUZZED[-1], 900, b"\0", 60)
def test_damaged_files_are_read_or_refused_with_a_code(data: bytes, at: int, junk: bytes, cut: int) -> None:
    at = len(data) * at // 1000
    damaged = (data[:at] + junk + data[at + len(junk) :])[: max(8, len(data) * (1000 - cut) // 1000)]
    try:
        made = read_picture(damaged, SMALL)
    except OcrwebError:
        return  # coded, as promised
    assert made.pixels.shape == (made.height, made.width, 3)
