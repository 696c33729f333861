"""Look at a dataset, broken or not: pages of pictures, one picture as training sees it."""

from __future__ import annotations

import functools
import math
import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from ocrweb.data.checks.label_file import ScannedLabels
from ocrweb.data.checks.list_file import Entry
from ocrweb.data.checks.tree import Tree
from ocrweb.data.icdar import boxes_of, open_tree, outlines_of, scan_labels
from ocrweb.data.outlines import with_outlines
from ocrweb.data.report import ValidationReport
from ocrweb.data.sample import SPLITS, LabelledBox, Split
from ocrweb.data.validate import plan_split
from ocrweb.errors import OcrwebError
from ocrweb.imaging.small import SmallPicture, read_small
from ocrweb.services.datasets.draw import draw_boxes, draw_kernels, draw_thresholds, scaled
from ocrweb.services.datasets.store import resolve_dataset
from ocrweb.services.datasets.validation import validate
from ocrweb.services.files.recent import Recent

Mode = Literal["boxes", "plain", "shrink", "threshold"]
LARGEST_KEPT = 640  # pixels of the longer side
BUDGET = 64 * 2**20  # bytes
_small: Recent[tuple[object, ...], SmallPicture] = Recent(BUDGET, lambda picture: picture.pixels.nbytes)
MODES: tuple[Mode, ...] = ("boxes", "plain", "shrink", "threshold")


@dataclass(frozen=True, slots=True)
class GalleryItem:
    """One picture of a dataset. image, label: relative names, "" when there is none. findings: rules it breaks, each once.

    line: of the list, None for a picture that no list names.
    """

    split: Split
    image: str
    label: str
    line: int | None
    findings: tuple[str, ...] = ()

    @property
    def shown_name(self) -> str:
        return self.image or self.label

    def to_dict(self) -> dict[str, Any]:
        return {
            "split": self.split,
            "image": self.image,
            "label": self.label,
            "line": self.line,
            "findings": list(self.findings),
        }


@dataclass(frozen=True, slots=True)
class GalleryPage:
    """page: from 1, at most ``pages``. total: pictures that pass the filter. rules: rule → pictures, of all pictures."""

    items: tuple[GalleryItem, ...]
    page: int
    pages: int
    total: int
    rules: dict[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class PictureView:
    """pixels: (H, W, 3) uint8 BGR, drawn on. width, height: of the picture itself. boxes: as labelled. marked: indexes of those
    with a finding."""

    pixels: np.ndarray
    width: int
    height: int
    boxes: tuple[LabelledBox, ...]
    marked: frozenset[int] = frozenset()

    @property
    def ignored(self) -> int:
        return sum(box.ignore for box in self.boxes)


def page_of(
    dataset: str | Path,
    page: int = 1,
    per_page: int = 12,
    filter_rule: str | None = None,
    split: Split | None = None,
    report: ValidationReport | None = None,
) -> GalleryPage:
    """One page of a dataset's pictures in the order of its lists; pictures without a list come by their names.

    filter_rule: only pictures with a finding of this rule. report: of an earlier check; without one a filter makes a check
    of its own. page: one beyond the last gives the last. Raises what opening the dataset raises.
    """
    root = resolve_dataset(dataset)
    tree, entries = _contents(root)
    if report is None and filter_rule:
        report = validate(root)
    broken = _rules_by_place(report) if report else {}
    items = [_item(tree, own, entry, broken) for own, entry in entries]
    rules: dict[str, int] = defaultdict(int)
    for item in items:
        for rule in item.findings:
            rules[rule] += 1
    shown = [
        item
        for item in items
        if (split is None or item.split == split) and (not filter_rule or filter_rule in item.findings)
    ]
    pages = max(1, math.ceil(len(shown) / max(1, per_page)))
    number = min(max(1, page), pages)
    start = (number - 1) * per_page
    return GalleryPage(tuple(shown[start : start + per_page]), number, pages, len(shown), dict(rules))


def picture_view(
    dataset: str | Path,
    item: GalleryItem,
    mode: Mode = "boxes",
    side: int = 1280,
    report: ValidationReport | None = None,
) -> PictureView:
    """One picture, drawn: with its boxes, plain, or under its shrink or threshold map.

    side: the longer side is shrunk to it first; for maps that is the size training shrinks pictures to (640 by default).
    report: boxes with a finding in it are red. Raises OcrwebError ``image.…`` and store.no-such-picture.
    """
    tree, _ = _contents(resolve_dataset(dataset))
    if mode not in MODES:
        raise OcrwebError("usage.bad-value", name="mode", value=mode, expected=", ".join(MODES))
    if item.image not in tree.files or item.image in tree.escaping:
        raise OcrwebError("store.no-such-picture", name=item.shown_name)
    picture = _shrunk(tree.path(item.image), side, item.image)
    labels = labels_of(tree, item.label)
    boxes = with_outlines(boxes_of(labels), outlines_of(tree, item.label)) if labels else ()
    pixels = picture.pixels
    fitted = scaled(boxes, pixels.shape[1] / picture.width, pixels.shape[0] / picture.height)
    marked = _marked(labels, tree.real(item.label), report)
    if mode == "boxes":
        pixels = draw_boxes(pixels, fitted, marked)
    elif mode == "shrink":
        pixels = draw_kernels(pixels, fitted)
    elif mode == "threshold":
        pixels = draw_thresholds(pixels, fitted)
    return PictureView(pixels, picture.width, picture.height, boxes, marked)


def _shrunk(path: Path, side: int, name: str) -> SmallPicture:
    """The picture at a size; small ones are kept, so that a page that is turned back to decodes nothing."""
    if side > LARGEST_KEPT:
        return read_small(path, side, name=name)
    try:
        state = os.stat(path)
    except OSError:
        return read_small(path, side, name=name)  # which says why
    key = (path, side, state.st_mtime_ns, state.st_size, state.st_ino)
    return _small.get(key) or _small.put(key, read_small(path, side, name=name))


def labels_of(tree: Tree, name: str) -> ScannedLabels | None:
    """What can be read of a label file, however broken; None when it is not there."""
    if not name or name not in tree.files or name in tree.escaping:
        return None
    return scan_labels(tree, name)


Contents = tuple[Tree, tuple[tuple[Split, Entry], ...]]


def _contents(root: Path) -> Contents:
    """What lies in a dataset; read again only when a list changed, or a file came, went or was renamed."""
    stamps = []
    for entry in os.scandir(root) if root.is_dir() else ():
        try:
            status = entry.stat()
        except OSError:
            continue  # a link that leads nowhere holds nothing to show
        stamps.append((entry.name, status.st_mtime_ns, status.st_size))
    return _read_contents(root.resolve(), tuple(sorted(stamps)))


@functools.lru_cache(maxsize=4)
def _read_contents(root: Path, stamps: tuple[tuple[str, int, int], ...]) -> Contents:
    tree = open_tree(root)
    return tree, tuple((split, entry) for split in SPLITS for entry in plan_split(tree, split).entries)


def _item(tree: Tree, split: Split, entry: Entry, broken: dict[tuple[str, int | None], list[str]]) -> GalleryItem:
    places: list[tuple[str, int | None]] = []
    for name in (entry.image, entry.label):
        if name:
            places.append((tree.real(name), None))
    if entry.line is not None:
        places.append((tree.real(f"{split}_list.txt"), entry.line))
    rules = {rule for place in places for rule in broken.get(place, ())}
    return GalleryItem(split, entry.image or "", entry.label or "", entry.line, tuple(sorted(rules)))


def _rules_by_place(report: ValidationReport) -> dict[tuple[str, int | None], list[str]]:
    """Rules by picture or label file, whatever the line in it, and by line of a list."""
    rules: dict[tuple[str, int | None], list[str]] = defaultdict(list)
    for found in report.findings:
        rules[(found.file, None)].append(found.rule)
        if found.file.endswith("_list.txt"):
            rules[(found.file, found.line)].append(found.rule)
    return rules


def _marked(labels: ScannedLabels | None, file: str, report: ValidationReport | None) -> frozenset[int]:
    """Indexes of the boxes that a finding of the report names by its line."""
    if labels is None or report is None:
        return frozenset()
    lines = {found.line for found in report.findings if found.file == file and found.line}
    return frozenset(index for index, line in enumerate(labels.lines) if line in lines)
