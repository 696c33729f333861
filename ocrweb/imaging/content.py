"""What a file really is, told from its first bytes and never from its name."""

from __future__ import annotations

READABLE = {"JPEG", "PNG", "BMP", "GIF", "WebP", "TIFF"}  # pictures that `decode` reads
OTHER_PICTURES = {"HEIC", "AVIF", "SVG", "PSD", "JPEG 2000", "JPEG XL", "ICO", "PNM", "DjVu", "DICOM", "CR2"}
ARCHIVES = {"ZIP", "RAR", "7-Zip", "gzip", "tar"}

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"BM", "BMP"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
    (b"8BPS", "PSD"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"\x00\x00\x01\x00", "ICO"),
    (b"%PDF-", "PDF"),
    (b"%!PS", "PostScript"),
    (b"PK\x03\x04", "ZIP"),
    (b"PK\x05\x06", "ZIP"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"\x1f\x8b", "gzip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Microsoft Office"),
    (b"\x7fELF", "ELF"),
    (b"MZ", "EXE"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"version https://git-lfs.github.com/", "Git LFS pointer"),
    (b"AT&TFORM", "DjVu"),
    *((b"P%d%s" % (number, blank), "PNM") for number in range(1, 7) for blank in (b"\n", b" ", b"\r")),
)
_BRANDS = {
    b"heic": "HEIC",
    b"heix": "HEIC",
    b"hevc": "HEIC",
    b"mif1": "HEIC",
    b"msf1": "HEIC",
    b"avif": "AVIF",
    b"avis": "AVIF",
}


def identify(head: bytes) -> str:
    """The kind of a file from its first kilobyte, or from more of it: a name such as "JPEG" or "PDF", "text", or "" when unknown.

    Names in `READABLE` are pictures that can be decoded, those in `OTHER_PICTURES` are pictures that cannot.
    """
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "MP4")
    if head[257:262] == b"ustar":
        return "tar"
    if head[128:132] == b"DICM":
        return "DICOM"
    if head[8:10] == b"CR" and head[:4] == b"II*\x00":
        return "CR2"
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if b"%PDF-" in head[:1024]:
        return "PDF"
    return _kind_of_text(head[:1024])


def _kind_of_text(head: bytes) -> str:
    """ "HTML", "SVG", "XML", "text", or "" for bytes that no text would hold."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text"
    if any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head):
        return ""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or b"<html" in start:
        return "HTML"
    if b"<svg" in start:
        return "SVG"
    if start.startswith(b"<?xml"):
        return "XML"
    for encoding in ("utf-8", "gb18030"):
        try:
            head[:-8].decode(encoding)  # the last character of the excerpt may be cut in two
        except UnicodeDecodeError as error:
            if error.start >= len(head) - 12:
                return "text"
        else:
            return "text"
    return ""
