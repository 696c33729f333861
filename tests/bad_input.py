"""Files and zips as they go wrong in practice, made on the spot."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image

LINES = 3


def page(height: int = 300, width: int = 360, lines: int = LINES) -> np.ndarray:
    """(height, width, 3) uint8 BGR: lines of clear print on white."""
    pixels = np.full((height, width, 3), 255, np.uint8)
    for line in range(lines):
        cv2.putText(
            pixels, f"Total {line} 12.50", (20, 45 + 60 * line), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (0, 0, 0), 2, 16
        )
    return pixels


def saved(kind: str, mode: str = "RGB", **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(page()[..., ::-1]).convert(mode).save(buffer, kind, **options)
    return buffer.getvalue()


def animated() -> bytes:
    first, buffer = Image.fromarray(page()), io.BytesIO()
    first.save(buffer, "GIF", save_all=True, append_images=[Image.new("RGB", first.size)], duration=50)
    return buffer.getvalue()


def sixteen_bit() -> bytes:
    return bytes(cv2.imencode(".png", page().astype(np.uint16) * 257)[1])


def blank(width: int, height: int) -> bytes:
    return bytes(cv2.imencode(".png", np.full((height, width), 255, np.uint8))[1])


def png_bomb(side: int = 30_000) -> bytes:
    """A real PNG of side × side black pixels, 1 bit each, in about 100 KB."""
    row = zlib.compressobj(9)
    data = b"".join([*(row.compress(bytes(1 + side // 8)) for _ in range(side)), row.flush()])

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


READABLE: dict[str, tuple[str, Callable[[], bytes], int]] = {
    "GIF": ("a.gif", lambda: saved("GIF"), LINES),
    "animated GIF": ("a.gif", animated, LINES),
    "WebP": ("a.webp", lambda: saved("WEBP", lossless=True), LINES),
    "TIFF": ("a.tif", lambda: saved("TIFF"), LINES),
    "CMYK JPEG": ("a.jpg", lambda: saved("JPEG", "CMYK", quality=95), LINES),
    "16-bit PNG": ("a.png", sixteen_bit, LINES),
    "grey with alpha": ("a.png", lambda: saved("PNG", "LA"), LINES),
    "PNG named .jpg": ("a.jpg", lambda: saved("PNG"), LINES),
    "long Chinese name": ("发票" * 40 + ".png", lambda: saved("PNG"), LINES),
    "1×1": ("a.png", lambda: blank(1, 1), 0),
    "3×20000": ("a.png", lambda: blank(3, 20_000), 0),
}

UNREADABLE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "empty file": ("a.jpg", lambda: b"", "image.empty"),
    "text": ("a.jpg", lambda: b"hello, this is no picture\n", "image.is-text"),
    "PDF": ("a.jpg", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "image.not-a-picture"),
    "HTML": ("a.jpg", lambda: b"<!doctype html><html><body>404</body></html>", "image.not-a-picture"),
    "truncated JPEG": ("a.jpg", lambda: saved("JPEG")[:4000], "image.truncated"),
    "30000×30000 PNG": ("a.png", png_bomb, "image.too-many-pixels"),
    "noise": ("a.png", lambda: bytes(range(1, 256)) * 9, "image.unknown-content"),
}


def packed(members: dict[str, bytes], **options: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", **options) as archive:  # type: ignore[arg-type]
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def linked() -> bytes:
    buffer = io.BytesIO(packed({"a.png": saved("PNG")}))
    with zipfile.ZipFile(buffer, "a") as archive:
        entry = zipfile.ZipInfo("b.png")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return buffer.getvalue()


def encrypted() -> bytes:
    data = bytearray(packed({"a.png": saved("PNG")}))
    data[data.find(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def zeros(gigabytes: int = 10) -> bytes:
    """A zip whose one member is that many gigabytes of zeros, in ten megabytes."""
    squeeze, block = zlib.compressobj(9, zlib.DEFLATED, -15), bytes(1 << 24)
    body, checksum, rounds = io.BytesIO(), 0, 64 * gigabytes
    first = squeeze.compress(block) + squeeze.flush(zlib.Z_FULL_FLUSH)
    again = squeeze.compress(block) + squeeze.flush(zlib.Z_FULL_FLUSH)
    body.write(first + again * (rounds - 1) + squeeze.flush())
    packed_size, size = body.tell(), rounds << 24
    extra = struct.pack("<HHQQ", 1, 16, size, packed_size)
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 45, 0, 8, 0, 0, checksum, 0xFFFFFFFF, 0xFFFFFFFF, 5, len(extra))
    central = struct.pack(
        "<IHHHHHHIIIHHHHHII",
        0x02014B50,
        45,
        45,
        0,
        8,
        0,
        0,
        checksum,
        0xFFFFFFFF,
        0xFFFFFFFF,
        5,
        len(extra),
        0,
        0,
        0,
        0,
        0,
    )
    start = len(local) + 5 + len(extra) + packed_size
    directory = central + b"a.png" + extra
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 1, 1, len(directory), start, 0)
    return local + b"a.png" + extra + body.getvalue() + directory + end


def gbk_names() -> bytes:
    """As Windows packs them: GBK bytes without the UTF-8 flag."""
    return packed({"@@@@.png": saved("PNG")}).replace(b"@@@@", "发票".encode("gbk"))


BAD_ZIPS: dict[str, tuple[Callable[[], bytes], str]] = {
    "climbing name": (lambda: packed({"../a.png": b"x"}), "archive.unsafe-name"),
    "absolute name": (lambda: packed({"/etc/a.png": b"x"}), "archive.unsafe-name"),
    "link": (linked, "archive.link"),
    "nested": (lambda: packed({"in.zip": packed({"a.png": b"x"})}), "archive.nested"),
    "encrypted": (encrypted, "archive.encrypted"),
    "10 GB of zeros": (zeros, "archive.bomb"),
    "no zip": (lambda: b"no zip at all", "archive.is-text"),
}
