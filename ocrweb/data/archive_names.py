"""Names inside a zip: decode them as the person meant them, and refuse those that would land elsewhere."""

from __future__ import annotations

import re
import unicodedata
import zipfile

from ocrweb.errors import OcrwebError

UTF8_FLAG = 0x800
MADE_ON_WINDOWS = 0  # the zip format's number for DOS and its heirs
LONGEST_PART = 255  # bytes of one name on usual file systems
_THREE_BYTES = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}")  # how UTF-8 writes Chinese
_DRIVE = re.compile(r"^[A-Za-z]:")
_RESERVED = {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}
_JUNK = {".ds_store", "thumbs.db", "desktop.ini", ".localized"}
ARCHIVE_SUFFIXES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".tbz2", ".xz", ".txz", ".zst")


def member_name(info: zipfile.ZipInfo) -> str:
    """The name of a member: as flagged UTF-8, else strict UTF-8 (Linux and macOS tools), else GB18030 (Chinese Windows).

    Some Chinese names in GB18030, such as 图片, are also valid UTF-8 for rare two-byte letters: made on Windows they
    are Chinese. Bytes that are neither keep the old DOS code page the zip format prescribes.
    """
    if info.flag_bits & UTF8_FLAG:
        return info.orig_filename
    raw = info.orig_filename.encode("cp437")
    encodings = ("utf-8", "gb18030")
    if info.create_system == MADE_ON_WINDOWS and not _THREE_BYTES.search(raw):
        encodings = ("gb18030", "utf-8")
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.orig_filename


def safe_parts(name: str) -> tuple[str, ...]:
    """The folders and the file name of a member, without "." parts; both slashes separate.

    Raises archive.unsafe-name (absolute, with a drive, with "..", with control characters), archive.reserved-name
    (Windows devices) or archive.long-name.
    """
    path = name.replace("\\", "/")
    parts = tuple(part for part in path.split("/") if part not in {"", "."})
    shown = printable(name)
    if path.startswith("/") or _DRIVE.match(path) or ".." in parts:
        raise OcrwebError("archive.unsafe-name", where=shown)
    if any(unicodedata.category(character) == "Cc" for character in name):
        raise OcrwebError("archive.unsafe-name", where=shown)
    for part in parts:
        if part.split(".")[0].rstrip(" ").lower() in _RESERVED:
            raise OcrwebError("archive.reserved-name", where=shown, name=part)
        if len(part.encode("utf-8", "surrogatepass")) > LONGEST_PART:
            raise OcrwebError("archive.long-name", where=shown[:80], limit=LONGEST_PART)
    return parts


def folded(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Equal for names that some file system takes for one: upper and lower case, composed and decomposed accents."""
    return tuple(unicodedata.normalize("NFC", unicodedata.normalize("NFC", part).casefold()) for part in parts)


def is_junk(parts: tuple[str, ...]) -> bool:
    """Files that operating systems leave behind."""
    return "__MACOSX" in parts or parts[-1].lower() in _JUNK or parts[-1].startswith("._")


def is_archive(parts: tuple[str, ...]) -> bool:
    return parts[-1].lower().endswith(ARCHIVE_SUFFIXES)


def printable(name: str) -> str:
    """A name fit for a message: control characters made visible."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in name)
