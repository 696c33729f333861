"""One picture of a split and its label file: the work that runs in parallel."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from ocrweb.data.checks.finding import Finding, finding
from ocrweb.data.checks.label_file import ScannedLabels, check_in_picture, scan_label_bytes, swapped
from ocrweb.data.checks.list_file import Entry
from ocrweb.data.checks.names import PICTURE_SUFFIXES, RENAMED_SUFFIXES, suffix_of
from ocrweb.data.checks.picture import check_header, picture_finding
from ocrweb.data.checks.textfile import LARGEST
from ocrweb.data.checks.tree import Tree
from ocrweb.data.outlines import count_of, key_of, outlines_name, read_outlines
from ocrweb.errors import OcrwebError
from ocrweb.imaging.picture import DEFAULT_LIMITS, check_limits, read_pixels
from ocrweb.imaging.sniff import header_of
from ocrweb.imaging.sound import is_sound

OF_CORNERS = ("label.orientation", "label.self-crossing", "label.degenerate")
PLAIN_SUFFIXES = (*PICTURE_SUFFIXES, *RENAMED_SUFFIXES)  # mended by renaming alone; the others need decoding


@dataclass(frozen=True, slots=True)
class Task:
    """open_picture: look at it too. new_label: its file was not judged with an earlier picture. hash: to find leaks."""

    entry: Entry
    open_picture: bool
    new_label: bool
    hash: bool


@dataclass(frozen=True, slots=True)
class Examined:
    """findings: of the entry, its label and its picture. size: (width, height) upright, None when unknown. digest: of the picture file when asked for.

    maybe_swapped: x and y may be in each other's place, if they are in other files."""

    entry: Entry
    labels: ScannedLabels | None
    size: tuple[int, int] | None
    digest: bytes | None
    findings: tuple[Finding, ...]
    maybe_swapped: bool = False


def examine(tree: Tree, task: Task) -> Examined:
    """Judge the label file, read the picture, and hold one against the other. Never raises for bad data."""
    entry = task.entry
    findings = list(entry.findings)
    labels: ScannedLabels | None = None
    if entry.label and entry.label not in tree.escaping:
        labels, found = _examine_label(tree, entry.label)
        findings += found if task.new_label else []
    size = digest = None
    if task.open_picture and entry.image and entry.image not in tree.escaping:
        size, digest, found = _examine_picture(tree, entry.image, task.hash)
        if size is None and suffix_of(entry.image).lower() not in PLAIN_SUFFIXES:
            findings = [replace(old, fixable=False) if old.rule == "image.suffix" else old for old in findings]
        findings += found
    if size is None:
        findings = [replace(old, fixable=False) if old.rule == "label.shares" else old for old in findings]
    maybe = False
    if labels and entry.label:
        against = check_in_picture(labels, size)
        exchanged = swapped(labels, size)
        maybe = exchanged is None
        if exchanged:
            findings = [replace(old, fixable=False) if old.rule in OF_CORNERS else old for old in findings]
        findings += [found.at(entry.label, found.line) for found in against]
    return Examined(entry, labels, size, digest, tuple(findings), maybe)


def _examine_label(tree: Tree, name: str) -> tuple[ScannedLabels | None, list[Finding]]:
    try:
        data = tree.read(name, LARGEST["label"])
    except OSError as failure:
        return None, [finding("label.unreadable", reason=failure.strerror).at(name)]
    labels = scan_label_bytes(data, tree.usual_for(name))
    found = [found.at(name, found.line) for found in labels.findings]
    return labels, [*found, *_examine_outlines(tree, name, labels)]


def _examine_outlines(tree: Tree, label: str, labels: ScannedLabels) -> list[Finding]:
    """Outlines beside a label file that belong to none of its boxes (any more), or cannot be read."""
    name = outlines_name(label)
    if name not in tree.files or name in tree.escaping:
        return []
    try:
        data = tree.read(name, LARGEST["label"])
    except OSError as failure:
        return [finding("label.unreadable", reason=failure.strerror).at(name)]
    keys = {key_of(quad) for quad in labels.quads}
    lost = count_of(data) - len(keys & read_outlines(data).keys())
    return [finding("label.lost-outline", count=lost, label=label).at(name)] if lost > 0 else []


def _examine_picture(
    tree: Tree, name: str, wants_hash: bool
) -> tuple[tuple[int, int] | None, bytes | None, list[Finding]]:
    data = b""
    try:
        data = tree.read(name, DEFAULT_LIMITS.bytes)
        digest = hashlib.blake2b(data, digest_size=16).digest() if wants_hash else None
        if len(data) > DEFAULT_LIMITS.bytes:
            size, limit = len(data) // 1_000_000, DEFAULT_LIMITS.bytes // 1_000_000
            raise OcrwebError("image.too-many-bytes", size=size, limit=limit)
        header = header_of(data, name)
        check_limits(header, DEFAULT_LIMITS, name)
        findings = check_header(name, header)
        if not is_sound(tree.path(name)):
            read_pixels(data, header, name)
        return header.upright_size, digest, findings
    except OcrwebError as error:
        return None, None, [picture_finding(name, error, data[:2048])]
    except OSError as failure:
        return None, None, [finding("image.unreadable", reason=str(failure.strerror)).at(name)]
