"""Pictures drawn for tests, and their bytes in many formats."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image

BLUE, GREEN, RED, WHITE = (200, 40, 30), (40, 180, 60), (30, 50, 210), (255, 255, 255)  # BGR


def corners(width: int = 120, height: int = 80) -> np.ndarray:
    """A picture whose four quarters differ: blue, green / red, white. (H, W, 3) uint8 BGR."""
    picture = np.empty((height, width, 3), np.uint8)
    picture[: height // 2, : width // 2] = BLUE
    picture[: height // 2, width // 2 :] = GREEN
    picture[height // 2 :, : width // 2] = RED
    picture[height // 2 :, width // 2 :] = WHITE
    return picture


def quarters(picture: np.ndarray) -> list[tuple[int, ...]]:
    """The colours in the middle of the four quarters: top left, top right, bottom left, bottom right."""
    height, width = picture.shape[:2]
    return [tuple(picture[y, x].tolist()) for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4)]


def saved(pixels: np.ndarray | Image.Image, kind: str, **options: Any) -> bytes:
    """The bytes of a picture file written by Pillow. pixels: BGR, or a Pillow picture of any mode."""
    picture = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels[:, :, ::-1].copy())
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def with_orientation(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def png_claiming(width: int, height: int) -> bytes:
    """A tiny PNG whose header announces any size."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
