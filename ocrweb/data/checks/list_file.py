"""One whole list file against what lies in the folders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from ocrweb.data.checks.finding import Finding, finding
from ocrweb.data.checks.label_line import is_blank
from ocrweb.data.checks.list_line import ListLine, prefix_finding, scan_list_line
from ocrweb.data.checks.names import (
    PICTURE_SUFFIXES,
    are_alike,
    images_name,
    known_label_stems,
    labels_name,
    list_name,
    stem_of,
    suffix_of,
)
from ocrweb.data.checks.rules import Severity
from ocrweb.data.checks.textfile import LARGEST, decode_text
from ocrweb.data.checks.tree import Tree
from ocrweb.data.sample import Split, other_split
from ocrweb.disk.likely import Usual, untold

UNREADABLE = ("list.unknown-encoding", "list.huge-file", "list.unreadable")


@dataclass(frozen=True, slots=True)
class Entry:
    """One picture of a split.

    image, label: names that exist in the tree, None when not found. line: in the list, from 1; None for a picture
    that no list names. raw: the list line. findings: about this line and these two names.
    """

    image: str | None
    label: str | None
    line: int | None
    raw: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class ScannedList:
    """findings: about the file as a whole, and about its blank lines."""

    findings: tuple[Finding, ...]
    lines: tuple[tuple[int, str], ...]

    @property
    def readable(self) -> bool:
        """The file is text, be it empty."""
        return not any(found.rule in UNREADABLE for found in self.findings)


def scan_list_bytes(data: bytes, split: Split, usual: Usual = untold) -> ScannedList:
    """Decode a list file and number the lines that are not blank. usual: of `decode_text`. Never raises."""
    name = list_name(split)
    decoded = decode_text(data, "list", usual)
    findings = [found.at(name, found.line) for found in decoded.findings]
    lines = []
    for number, line in enumerate(decoded.lines or (), start=1):
        if is_blank(line):
            findings.append(finding("list.empty-line").at(name, number))
        else:
            lines.append((number, line))
    if decoded.lines is not None and not lines and split == "train":
        findings.append(finding("list.empty").at(name))
    return ScannedList(tuple(findings), tuple(lines))


def scan_entries(tree: Tree, split: Split, lines: tuple[tuple[int, str], ...]) -> Iterator[Entry]:
    """Judge the lines of a list one after the other, together with the names they lead to."""
    seen: dict[str, tuple[int, str | None]] = {}
    owners: dict[str, str] = {}
    other = _Listed(tree, other_split(split))
    for number, line in lines:
        scanned = _known_part(tree, split, line, scan_list_line(line, split))
        entry = _said_again(tree, split, _resolve(tree, split, number, line, scanned), other)
        key = entry.image or scanned.image
        if key is not None:
            first, label = seen.setdefault(key, (number, entry.label))
            if first != number:
                repeated = finding("list.duplicate", quote=line, name=key, first=first, fixable=label == entry.label)
                entry = replace(entry, findings=(*entry.findings, repeated.at(list_name(split), number)))
        if shared := _shared_label(entry, owners):
            entry = replace(entry, findings=(*entry.findings, shared.at(list_name(split), number)))
        yield entry


def _shared_label(entry: Entry, owners: dict[str, str]) -> Finding | None:
    """One label file for two pictures of its name. owners: label → its first picture.

    A pair whose names differ is told of already.
    """
    if entry.image is None or entry.label is None:
        return None
    if any(found.rule == "pair.name-mismatch" and found.severity == "error" for found in entry.findings):
        return None
    first = owners.setdefault(entry.label, entry.image)
    if first == entry.image:
        return None
    return finding("pair.shared-label", quote=entry.raw, label=entry.label, first=first)


def _known_part(tree: Tree, split: Split, line: str, scanned: ListLine) -> ListLine:
    """Files that the other part's folders do not have are files of this one, behind the wrong folder's name."""
    if scanned.image is None or tree.path(scanned.image).is_file():
        return scanned
    findings = (prefix_finding(line, split) if found.rule == "list.other-part" else found for found in scanned.findings)
    return replace(scanned, findings=tuple(findings))


def _said_again(tree: Tree, split: Split, entry: Entry, other: _Listed) -> Entry:
    """A line that repeats one of the other part's list can go, where no picture of this part can be meant."""
    if not any(found.rule == "list.other-part" for found in entry.findings) or entry.image is None:
        return entry
    own = f"{images_name(split)}/{entry.image.rpartition('/')[2]}"
    again = own not in tree.files and entry.image in other.pictures
    findings = (replace(one, fixable=again) if one.rule == "list.other-part" else one for one in entry.findings)
    return replace(entry, findings=tuple(findings))


@dataclass(frozen=True)
class _Listed:
    """The list of a split, read once it is needed. pictures: those that it names as it should."""

    tree: Tree
    split: Split

    @cached_property
    def pictures(self) -> frozenset[str]:
        name = list_name(self.split)
        try:
            data = self.tree.read(name, LARGEST["list"]) if self.tree.has(name) else b""
        except OSError:
            data = b""
        scanned = (scan_list_line(line, self.split) for line in decode_text(data, "list").lines or ())
        return frozenset(one.image for one in scanned if one.clean and one.image)


def _resolve(tree: Tree, split: Split, number: int, line: str, scanned: ListLine) -> Entry:
    place = (list_name(split), number)
    image = tree.locate(scanned.image, images_name(split), exact=scanned.clean)
    label = _locate_label(tree, split, scanned, image)
    both = (image or "").startswith(f"{images_name(split)}/") and (label or "").startswith(f"{labels_name(split)}/")
    findings = [
        replace(found.at(*place), fixable=scanned.image is not None if found.rule == "list.whitespace" else both)
        for found in scanned.findings
    ]
    for name, located, folder in (
        (scanned.image, image, images_name(split)),
        (scanned.label, label, labels_name(split)),
    ):
        if name is None or not tree.has(folder) or any(f.rule == "list.escapes" for f in findings):
            continue
        if located is None or (scanned.clean and located != name):
            missing = finding("list.file-missing", quote=line, name=name, fixable=located is not None)
            findings.append(missing.at(*place))
        elif located in tree.escaping:
            findings.append(finding("list.escapes", quote=line, fixable=False).at(*place))
    if image and image not in tree.escaping:
        findings += check_names(image, label if scanned.label else None, line, place)
    return Entry(image, label, number, line, tuple(findings))


def _locate_label(tree: Tree, split: Split, scanned: ListLine, image: str | None) -> str | None:
    if scanned.label is not None:
        found = tree.locate(scanned.label, labels_name(split), exact=scanned.clean)
        near = tree.label_of(image, split) if found is None and image else None
        return near if near and stem_of(scanned.label) in (stem_of(near), stem_of(image or "")) else found
    return tree.label_of(image, split) if image else None


def check_names(image: str, label: str | None, line: str, place: tuple[str, int | None]) -> Iterator[Finding]:
    """The suffix of the picture, and whether picture and label share their name.

    Known forms such as ``gt_1.txt`` are harmless; any other difference may be a list shifted by a line.
    """
    if label and stem_of(image) != stem_of(label):
        known = stem_of(label) in known_label_stems(image) or are_alike(image, label)
        names = {"image": image.rpartition("/")[2], "label": label.rpartition("/")[2]}
        severity: Severity = "warning" if known else "error"
        yield finding("pair.name-mismatch", quote=line, severity=severity, fixable=known, **names).at(*place)
    if suffix_of(image) not in PICTURE_SUFFIXES:
        yield finding("image.suffix", name=image, suffix=suffix_of(image)).at(image)
