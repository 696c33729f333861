"""Limits before decoding, and what is wrong with the bytes of a picture."""

from __future__ import annotations

import io
import os
import socket
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ocrweb.errors import OcrwebError
from ocrweb.imaging import sniff
from ocrweb.imaging.convert import _levels, on_ground, pillow_to_bgr, to_bgr, turn_upright
from ocrweb.imaging.documents.tiff import read_frame
from ocrweb.imaging.encode import FULL, encode_picture, write_error
from ocrweb.imaging.picture import PictureLimits, check_limits, read_picture
from ocrweb.imaging.sniff import HEAD, PictureHeader, read_header
from ocrweb.imaging.source import open_error, read_head, size_of
from tests.imaging.pictures import corners, png_claiming, saved, with_orientation

RGB = corners()


def header(width: int, height: int, orientation: int = 1) -> PictureHeader:
    return PictureHeader("PNG", width, height, orientation, 1, 8, 3)


@pytest.mark.parametrize(
    ("size", "code"),
    [((100, 10), None), ((10, 100), None), ((101, 10), "image.too-long"), ((10, 101), "image.too-long"), ((50, 40), None),
     ((50, 41), "image.too-many-pixels"), ((41, 50), "image.too-many-pixels")],
)  # fmt: skip
def test_a_picture_may_be_as_large_as_its_limits(size: tuple[int, int], code: str | None) -> None:
    limits = PictureLimits(pixels=2000, side=100)
    if code is None:
        check_limits(header(*size), limits, "a")
    else:
        with pytest.raises(OcrwebError) as caught:
            check_limits(header(*size), limits, "a")
        assert (caught.value.code, caught.value.where, caught.value.params["size"]) == (
            code,
            "a",
            f"{size[0]}×{size[1]}",
        )


def test_the_usual_limits_are_told_in_millions() -> None:
    usual = PictureLimits()
    assert (usual.pixels, usual.side, usual.bytes) == (120_000_000, 65_535, 150_000_000)
    with pytest.raises(OcrwebError) as caught:
        check_limits(header(60_000, 2001), usual, None)
    assert caught.value.params["limit"] == 120
    with pytest.raises(OcrwebError) as caught:
        read_picture(bytes(3_000_001), PictureLimits(bytes=3_000_000))
    assert (caught.value.code, caught.value.params) == ("image.too-many-bytes", {"size": 3, "limit": 3})


@pytest.mark.parametrize("given", ["bytes", "file"])
def test_a_file_may_have_as_many_bytes_as_its_limit(given: str, tmp_path: Path) -> None:
    data = saved(RGB, "PNG")
    (tmp_path / "a.png").write_bytes(data)
    source = data if given == "bytes" else tmp_path / "a.png"
    assert read_picture(source, PictureLimits(bytes=len(data))).width == 120
    with pytest.raises(OcrwebError, match=r"image\.too-many-bytes") as caught:
        read_picture(source, PictureLimits(bytes=len(data) - 1), name="shown")
    assert caught.value.where == "shown"


@pytest.mark.parametrize(("orientation", "size"), [(1, (3, 2)), (4, (3, 2)), (5, (2, 3)), (8, (2, 3))])
def test_a_turned_picture_has_its_sides_swapped(orientation: int, size: tuple[int, int]) -> None:
    assert header(3, 2, orientation).upright_size == size


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_orientation_moves_each_corner_to_its_place(orientation: int) -> None:
    """Where the stored top-left pixel is seen, and the one on its right."""
    stored = np.arange(6, dtype=np.uint8).reshape(2, 3, 1).repeat(3, axis=2)
    seen = turn_upright(stored, orientation)[:, :, 0]
    expected = {
        1: stored[:, :, 0], 2: stored[:, ::-1, 0], 3: stored[::-1, ::-1, 0], 4: stored[::-1, :, 0], 5: stored[:, :, 0].T,
        6: np.rot90(stored[:, :, 0], -1), 7: stored[::-1, ::-1, 0].T, 8: np.rot90(stored[:, :, 0], 1),
    }[orientation]  # fmt: skip
    np.testing.assert_array_equal(seen, expected)


@pytest.mark.parametrize(("share", "ground"), [(0.09, 255), (0.11, 0)])
def test_a_ground_is_a_tenth_of_the_picture_at_least(share: float, ground: int) -> None:
    pixels = np.full((100, 100, 4), 255, np.uint8)
    pixels[: round(100 * share), :, 3] = 0
    assert on_ground(pixels)[0, 0].tolist() == [ground] * 3


@pytest.mark.parametrize(("dark", "ground"), [(0, 0), (100, 0), (200, 255)])
def test_some_dark_ink_is_a_fiftieth_of_it(dark: int, ground: int) -> None:
    pixels = np.full((100, 100, 4), 255, np.uint8)
    pixels[:20, :, 3] = 0
    pixels[50:].reshape(-1, 4)[:dark, :3] = 0
    assert on_ground(pixels)[0, 0].tolist() == [ground] * 3


@pytest.mark.parametrize(("grey", "ground"), [(191, 255), (192, 0)])
def test_ink_is_dark_enough_below_192(grey: int, ground: int) -> None:
    pixels = np.full((10, 10, 4), grey, np.uint8)
    pixels[..., 3] = 255
    pixels[:3, :, 3] = 0
    assert on_ground(pixels)[0, 0].tolist() == [ground] * 3


@pytest.mark.parametrize(("alpha", "counts"), [(127, True), (128, False)])
def test_less_than_half_opaque_is_ground(alpha: int, counts: bool) -> None:
    pixels = np.full((10, 10, 4), 255, np.uint8)
    pixels[:3, :, 3] = alpha
    assert (on_ground(pixels)[0, 0, 0] < 200) == counts


def test_half_opaque_ink_is_half_seen() -> None:
    pixels = np.full((10, 10, 4), 255, np.uint8)
    pixels[5:, :, :3] = 0
    pixels[5:, :, 3] = 128
    assert on_ground(pixels)[9, 9].tolist() == [127] * 3


@pytest.mark.parametrize(
    ("values", "levels"),
    [
        (np.array([[0, 0.5, 1.0]], np.float32), [0, 128, 255]), (np.array([[0, 1.5, 200.0]], np.float32), [0, 2, 200]),
        (np.array([[0, 255]], np.int32), [0, 255]), (np.array([[0, 256, 65535]], np.uint16), [0, 1, 255]),
        (np.array([[-5, 300.0, np.nan]], np.float32), [0, 255, 0]), (np.array([[0, 255]], np.uint16), [0, 255]),
    ],
    ids=range(6),
)  # fmt: skip
def test_grey_values_keep_their_meaning(values: np.ndarray, levels: list[int]) -> None:
    found = _levels(values)
    assert (found.dtype, found.ravel().tolist()) == (np.uint8, levels)


def test_pixels_of_any_depth_become_three_bytes() -> None:
    assert to_bgr(np.full((2, 3), 7, np.uint8)).tolist() == [[[7, 7, 7]] * 3] * 2
    assert to_bgr(np.full((2, 3, 3), 65535, np.uint16)).max() == 255
    assert to_bgr(np.array([[[257] * 3, [65535] * 3]], np.uint16)).tolist() == [[[1] * 3, [255] * 3]]
    assert to_bgr(np.full((2, 3, 4), 255, np.uint8)).shape == (2, 3, 3)
    assert pillow_to_bgr(Image.new("I;16", (2, 1), 65535)).tolist() == [[[255] * 3] * 2]
    assert pillow_to_bgr(Image.new("RGB", (1, 1), (1, 2, 3))).tolist() == [[[3, 2, 1]]]


@pytest.mark.parametrize(
    ("failure", "code"),
    [(FileNotFoundError(), "image.missing"), (IsADirectoryError(), "image.is-folder"), (PermissionError(13, "no"), "image.unreadable"),
     (ValueError("null byte"), "image.unreadable")],
)  # fmt: skip
def test_what_a_path_can_be_instead(failure: OSError | ValueError, code: str) -> None:
    error = open_error(failure, "shown")
    assert (error.code, error.where) == (code, "shown")
    if code == "image.unreadable":
        assert error.params["reason"] in ("no", "null byte")


def test_only_an_ordinary_file_has_a_size(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert size_of(tmp_path / "a", "a") == 3
    assert read_head(tmp_path / "a", "a", 2) == b"ab"
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(tmp_path / "s"))
    for name, code in (("pipe", "image.not-a-file"), ("s", "image.not-a-file"), ("absent", "image.missing")):
        with pytest.raises(OcrwebError) as caught:
            size_of(tmp_path / name, "shown")
        assert caught.value.code == code
    with pytest.raises(OcrwebError, match=r"image\.is-folder"):
        size_of(tmp_path, "shown")
    (tmp_path / "empty").touch()
    with pytest.raises(OcrwebError, match=r"image\.empty"):
        read_head(tmp_path / "empty", "shown")


def test_of_a_large_file_only_the_head_is_read_unless_its_header_is_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(
        sniff,
        "read_head",
        lambda path, where, size=-1: asked.append(size) or path.read_bytes()[: size if size > 0 else None],
    )
    path = tmp_path / "p"
    for data, sizes in (
        (saved(RGB, "JPEG"), [HEAD]), (saved(RGB, "JPEG") + bytes(HEAD), [HEAD]), (saved(RGB, "JPEG", icc_profile=bytes(300_000)), [HEAD, -1]),
        (saved(RGB, "TIFF") + bytes(HEAD), [HEAD, -1]),
    ):  # fmt: skip
        path.write_bytes(data)
        asked.clear()
        assert read_header(path).width == 120
        assert asked == sizes
    path.write_bytes(b"plain words " * HEAD)
    asked.clear()
    with pytest.raises(OcrwebError, match=r"image\.is-text"):
        read_header(path)
    assert asked == [HEAD]


def test_a_large_file_with_a_damaged_header_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "p").write_bytes(b"\xff\xd8\xff\xd9" + bytes(HEAD))
    with pytest.raises(OcrwebError, match=r"image\.damaged"):
        read_header(tmp_path / "p")


@pytest.mark.parametrize("size", [(0, 5), (5, 0)])
def test_a_picture_without_pixels_is_damaged(size: tuple[int, int]) -> None:
    with pytest.raises(OcrwebError, match=r"image\.damaged"):
        read_header(png_claiming(*size))


def test_a_jpeg_needs_its_end_after_its_pixels_began() -> None:
    whole = saved(RGB, "JPEG", exif=with_orientation(1))
    assert read_picture(whole + b"trailing").width == 120
    with pytest.raises(OcrwebError, match=r"image\.truncated"):
        read_picture(whole[:-2])
    thumbnail = whole[:2] + b"\xff\xfe\x00\x06\xff\xd9\xff\xd9" + whole[2:-2]
    with pytest.raises(OcrwebError, match=r"image\.truncated"):
        read_picture(thumbnail)


def frames() -> bytes:
    file = io.BytesIO()
    pages = [Image.new("RGB", (10 + number, 8), (number * 40, 0, 0)) for number in range(3)]
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:])
    return file.getvalue()


@pytest.mark.parametrize(
    ("mode", "bits", "channels"),
    [("1", 1, 1), ("L", 8, 1), ("I;16", 16, 1), ("I;16B", 16, 1), ("I", 32, 1), ("F", 32, 1), ("RGB", 8, 3), ("RGBA", 8, 4), ("CMYK", 8, 4), ("LA", 8, 2), ("P", 8, 3)],
)  # fmt: skip
def test_a_tiff_tells_its_depth_and_its_channels(mode: str, bits: int, channels: int) -> None:
    found = read_header(saved(Image.new(mode, (5, 3)), "TIFF"))
    assert (found.width, found.height, found.bits, found.channels, found.frames, found.orientation) == (
        5, 3, bits, channels, 1, 1,
    )  # fmt: skip


def test_pages_of_a_tiff_are_numbered_from_one(tmp_path: Path) -> None:
    path = tmp_path / "t.tif"
    path.write_bytes(frames())
    assert read_header(path).frames == 3
    for number in (1, 2, 3):
        page = read_frame(path, number, "t")
        assert (page.number, page.pixels.shape, int(page.pixels[0, 0, 2])) == (
            number,
            (8, 9 + number, 3),
            (number - 1) * 40,
        )
        assert page.to_points is None
        assert page.pixels.flags.c_contiguous
    with pytest.raises(OcrwebError, match=r"image\.damaged") as caught:
        read_frame(path, 4, "t#4")
    assert caught.value.where == "t#4"


@pytest.mark.parametrize("number", sorted(FULL))
def test_a_disk_without_room_is_told_as_that(number: int) -> None:
    error = write_error(OSError(number, os.strerror(number)), Path("a/b.png"))
    assert (error.code, error.params) == ("usage.disk-full", {"path": "a"})
    other = write_error(OSError("odd"), Path("a/b.png"))
    assert (other.code, other.params) == ("usage.not-writable", {"path": "a/b.png", "reason": "odd"})


@pytest.mark.parametrize("suffix", [".jpg", ".webp"])
def test_more_quality_is_more_bytes_and_the_usual_one_is_92(suffix: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    assert (
        len(encode_picture(noise, suffix, 40))
        < len(encode_picture(noise, suffix))
        == len(encode_picture(noise, suffix, 92))
    )
    assert len(encode_picture(noise, ".png", 40)) == len(encode_picture(noise, ".png", 90))
    with pytest.raises((ValueError, cv2.error)):
        encode_picture(np.zeros((0, 0, 3), np.uint8), suffix)


@pytest.mark.parametrize(
    ("bits", "suffix"), [(bits, suffix) for bits in (10, 12, 14, 16) for suffix in (".png", ".tif")]
)
def test_levels_of_fewer_bits_in_sixteen_are_as_light_as_they_were(tmp_path: Path, bits: int, suffix: str) -> None:
    page = np.full((20, 30), 250, np.int64)
    page[5:9, 5:25] = 20
    colour = {".png": [("colour", np.repeat(page[..., None], 3, axis=2))]}
    for name, levels in [("grey", page), *colour.get(suffix, [])]:
        path = tmp_path / f"{name}{suffix}"
        assert cv2.imwrite(str(path), (levels * ((1 << bits) - 1) // 255).astype(np.uint16))
        read = read_picture(path).pixels
        assert np.abs(read[..., 0].astype(int) - page).max() <= 1


def colour_tiff(levels: np.ndarray, orientation: int) -> bytes:
    """With its colours as they are, and the orientation among its tags."""
    data = bytearray(cv2.imencode(".tif", levels)[1].tobytes())
    (directory,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, directory)
    entries = [bytes(data[directory + 2 + 12 * n : directory + 14 + 12 * n]) for n in range(count)]
    entries = [one for one in entries if one[:2] != b"\x12\x01"] + [struct.pack("<HHIHH", 0x112, 3, 1, orientation, 0)]
    entries.sort(key=lambda one: struct.unpack_from("<H", one))
    struct.pack_into("<I", data, 4, len(data))
    return bytes(data) + struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
@pytest.mark.parametrize("kind", ["10", "12", "14", "16", "0..1", "0..255", "double"])
def test_colours_of_many_bits_are_as_light_as_they_were(kind: str, orientation: int) -> None:
    page = np.full((20, 30, 3), 250, np.int64)
    page[2:6, 3:12] = (20, 60, 200)
    top = {"0..1": 1, "double": 1, "0..255": 255}.get(kind) or (1 << int(kind)) - 1
    form = {"0..1": np.float32, "0..255": np.float32, "double": np.float64}.get(kind, np.uint16)
    data = colour_tiff((page * top / 255).astype(form), orientation)
    read = read_picture(data, name="page.tif")
    assert np.abs(read.pixels.astype(int) - turn_upright(page.astype(np.uint8), orientation)).max() <= 1
    assert (read.orientation, read.format) == (orientation, "TIFF")


def test_a_tiff_of_real_numbers_that_is_cut_is_refused() -> None:
    data = colour_tiff(np.full((20, 30, 3), 0.5, np.float32), 1)
    for end in (9, len(data) // 2, len(data) - 20):
        with pytest.raises(OcrwebError) as caught:
            read_picture(data[:end], name="page.tif")
        assert caught.value.code in ("image.damaged", "image.truncated")
