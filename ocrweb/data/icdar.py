"""Read the ICDAR2015 layout, strictly: what the validator calls an error is refused with the same words."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from ocrweb.data.checks import label_box
from ocrweb.data.checks.finding import refuse_errors
from ocrweb.data.checks.label_file import ScannedLabels, check_in_picture, scan_label_bytes
from ocrweb.data.checks.list_file import Entry, scan_entries, scan_list_bytes
from ocrweb.data.checks.names import list_name
from ocrweb.data.checks.picture import check_header, picture_finding
from ocrweb.data.checks.statistics import SplitStatistics, check_usable
from ocrweb.data.checks.textfile import LARGEST
from ocrweb.data.checks.tree import Tree, read_tree
from ocrweb.data.foreign import foreign_finding
from ocrweb.data.icdar_write import format_label_line, write_split
from ocrweb.data.outlines import Key, outlines_name, read_outlines, usable_outline, with_outlines
from ocrweb.data.sample import SPLITS, LabelledBox, Sample, Split
from ocrweb.disk.address import missing_path
from ocrweb.disk.ordinary import open_ordinary, read_ordinary
from ocrweb.errors import OcrwebError
from ocrweb.imaging.picture import DEFAULT_LIMITS, check_limits
from ocrweb.imaging.sniff import PictureHeader, read_header

__all__ = [
    "boxes_of",
    "complete_tree",
    "dataset_hash",
    "format_label_line",
    "open_tree",
    "read_labels",
    "read_limited",
    "read_split",
    "scan_labels",
    "write_split",
]


def read_split(root: Path, split: Split, *, pictures: bool = True) -> list[Sample]:
    """The pictures and boxes of a split, in the order of its list.

    pictures: also look at the header of every picture: its format, and whether boxes lie outside of it. Pixels are
    not decoded; `ocrweb.imaging.picture.read_picture` refuses a picture that is cut off or damaged.
    Raises OcrwebError ``dataset.…`` with the place (``train_gts/12.txt:4``) of the first thing that the validator calls
    an error in this split, and usage.missing-path when there is no such folder.
    """
    tree = complete_tree(root, split)
    listed = scan_list_bytes(
        read_limited(tree.path(list_name(split)), LARGEST["list"]), split, tree.usual_for(list_name(split))
    )
    refuse_errors(listed.findings)
    stats = SplitStatistics(split, train_side=0)
    samples = [_read_sample(tree, entry, stats, pictures) for entry in scan_entries(tree, split, listed.lines)]
    refuse_errors(check_usable(stats))
    return samples


def complete_tree(root: Path, split: Split) -> Tree:
    """The folders and the list of a split, which are all there. Raises as `read_split` does, before any picture is read."""
    tree = open_tree(root, (split,))
    if any(found.severity == "error" for slot in tree.slots.values() for found in slot.findings):
        refuse_errors(filter(None, [foreign_finding(open_tree(root), str(root))]))
    for slot in tree.slots.values():
        refuse_errors(slot.findings)
    return tree


def scan_labels(tree: Tree, name: str) -> ScannedLabels:
    """What can be read of a label file that is there. Raises dataset.unreadable."""
    return scan_label_bytes(read_limited(tree.path(name), LARGEST["label"]), tree.usual_for(name))


def read_labels(path: Path) -> tuple[LabelledBox, ...]:
    """The boxes of one label file. Raises OcrwebError ``dataset.label-…`` with the file's name and the line."""
    labels = scan_label_bytes(read_limited(path, LARGEST["label"]))
    findings = [*labels.findings, *check_in_picture(labels, None)]
    refuse_errors(found.at(path.name, found.line) for found in findings)
    return with_outlines(boxes_of(labels), _outlines_beside(path))


def boxes_of(labels: ScannedLabels) -> tuple[LabelledBox, ...]:
    """Boxes as training sees them: float32, clockwise; with the outline where their own line has more than four points."""
    quads = label_box.clockwise(labels.quads).astype(np.float32)
    return tuple(
        LabelledBox(quad, text, bool(ignored), None if outline is None else usable_outline(outline))
        for quad, text, ignored, outline in zip(quads, labels.texts, labels.ignored, labels.outlines, strict=True)
    )


def outlines_of(tree: Tree, label: str) -> dict[Key, np.ndarray]:
    """What stands beside a label file; empty when nothing does."""
    name = outlines_name(label)
    inside = name in tree.files and name not in tree.escaping
    return read_outlines(read_limited(tree.path(name), LARGEST["label"])) if inside else {}


def _outlines_beside(label: Path) -> dict[Key, np.ndarray]:
    beside = label.with_name(outlines_name(label.name))
    return read_outlines(read_limited(beside, LARGEST["label"])) if beside.is_file() else {}


def open_tree(root: Path, splits: tuple[Split, ...] = SPLITS) -> Tree:
    """`read_tree` with an error for people. Raises OcrwebError usage.missing-path or dataset.not-a-folder."""
    if not root.exists():
        raise missing_path(root)
    if not root.is_dir():
        raise OcrwebError("dataset.not-a-folder", path=str(root))
    try:
        return read_tree(root, splits)
    except OSError as failure:
        raise OcrwebError("dataset.unreadable", where=failure.filename, reason=failure.strerror) from failure


def read_limited(path: Path, limit: int) -> bytes:
    """The bytes of a small file, one more than the limit at most. Raises OcrwebError dataset.unreadable."""
    try:
        return read_ordinary(path, limit + 1)
    except OSError as failure:
        raise OcrwebError("dataset.unreadable", where=path.name, reason=failure.strerror) from failure


def dataset_hash(root: Path) -> str:
    """64 hex digits: sha256 over the names and contents of everything that belongs to the dataset.

    Equal for equal data, wherever the folder lies and whatever its files' dates are.
    """
    tree = open_tree(root)
    names = [list_name(split) for split in SPLITS if tree.has(list_name(split))] + list(tree.files)
    total = hashlib.sha256()
    for name in sorted(names):
        if name in tree.escaping:
            continue
        with open_ordinary(tree.path(name)) as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        total.update(f"{name}\0{content}\n".encode("utf-8", "surrogatepass"))
    return total.hexdigest()


def _read_sample(tree: Tree, entry: Entry, stats: SplitStatistics, pictures: bool) -> Sample:
    refuse_errors(entry.findings)
    if entry.image is None or entry.label is None:
        raise AssertionError("a line without an error names two files")
    labels = scan_labels(tree, entry.label)
    refuse_errors(found.at(entry.label, found.line) for found in labels.findings)
    size = None
    if pictures:
        header = _read_header(tree, entry.image)
        refuse_errors(check_header(entry.image, header))
        size = header.upright_size
    refuse_errors(found.at(entry.label, found.line) for found in check_in_picture(labels, size))
    stats.add_labels(labels)
    boxes = with_outlines(boxes_of(labels), outlines_of(tree, entry.label))
    return Sample(tree.path(entry.image), tree.path(entry.label), boxes)


def _read_header(tree: Tree, name: str) -> PictureHeader:
    path = tree.path(name)
    try:
        header = read_header(path, name=name)
        check_limits(header, DEFAULT_LIMITS, name)
        return header
    except OcrwebError as error:
        refuse_errors([picture_finding(name, error, read_ordinary(path, 2048))])
        raise
