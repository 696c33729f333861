"""One picture file: is it what its name says, is it whole, how does it lie."""

from __future__ import annotations

from ocrweb.data.checks.finding import Finding, finding
from ocrweb.data.checks.names import PICTURE_SUFFIXES, suffix_of
from ocrweb.errors import OcrwebError
from ocrweb.imaging.content import identify
from ocrweb.imaging.sniff import PictureHeader

SMALLEST_SIDE = 32
SUFFIX_OF_FORMAT = {"JPEG": ".jpg", "PNG": ".png", "BMP": ".bmp"}
RULE_OF_ERROR = {
    "image.truncated": "image.truncated",
    "image.not-a-picture": "image.content",
    "image.is-text": "image.content",
    "image.unsupported-format": "image.content",
    "image.unknown-content": "image.content",
    "image.too-many-pixels": "image.huge",
    "image.too-many-bytes": "image.huge",
    "image.too-long": "image.huge",
    "image.bomb": "image.huge",
}


def check_header(name: str, header: PictureHeader) -> list[Finding]:
    """Format against suffix, size, orientation. name: relative to the dataset."""
    findings = []
    suffix = suffix_of(name)
    right = SUFFIX_OF_FORMAT.get(header.format)
    if suffix in PICTURE_SUFFIXES and suffix != right:
        findings.append(finding("image.content", format=header.format, suffix=suffix))
    width, height = header.upright_size
    if min(width, height) < SMALLEST_SIDE:
        findings.append(finding("image.tiny", width=width, height=height, least=SMALLEST_SIDE))
    if header.orientation != 1:
        findings.append(finding("image.exif-rotated", orientation=header.orientation, width=width, height=height))
    return [found.at(name) for found in findings]


def picture_finding(name: str, error: OcrwebError, head: bytes) -> Finding:
    """The rule that a picture broke which could not be read.

    head: the first kilobytes of the file, to say what it is instead.
    """
    rule = RULE_OF_ERROR.get(error.code, "image.unreadable")
    if rule == "image.content":
        kind = identify(head) or "?"
        return finding(rule, format=kind, suffix=suffix_of(name), fixable=False).at(name)
    if rule == "image.truncated":
        return finding(rule).at(name)
    return finding(rule, reason=OcrwebError(error.code, **error.params)).at(name)
