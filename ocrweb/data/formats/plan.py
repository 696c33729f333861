"""Hold the labels of another tool against their pictures, and decide what the dataset will be. Writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from ocrweb.data.checks.picture import SUFFIX_OF_FORMAT
from ocrweb.data.formats.annotated import LabelledPicture, Shape, Trouble
from ocrweb.data.formats.labelme import embedded_picture
from ocrweb.data.formats.quads import fit_quads, from_stored
from ocrweb.data.formats.recognise import Format, choose_format, label_files, read_items
from ocrweb.data.formats.report import Tally
from ocrweb.data.formats.tree import SourceTree, read_source
from ocrweb.data.sample import LabelledBox, Split
from ocrweb.data.split import choose_test, content_keys
from ocrweb.errors import OcrwebError
from ocrweb.imaging.sniff import PictureHeader, read_header

SAME_ASPECT = 0.02
ADJUSTMENTS = (
    "clipped",
    "reduced",
    "reordered",
    "duplicates",
    "exif_rotated",
    "turned_labels",
    "rescaled",
    "converted",
)
LabelsOn = Literal["auto", "displayed", "stored"]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """format: a `Format` or "auto". val_ratio: share of test pictures; None: the source's own split, else 0.1.

    ignored_as_text: boxes marked ``###`` are text that nobody transcribed, not text to ignore. labels_on: which pixels
    labels of pictures with an EXIF turn were drawn on; "auto": as displayed, unless the stated size says otherwise.
    """

    format: str = "auto"
    val_ratio: float | None = None
    seed: int = 0
    ignored_as_text: bool = False
    labels_on: LabelsOn = "auto"


@dataclass(frozen=True, slots=True)
class PlannedPicture:
    """file: of the picture in the source; embedded: the label file that holds it when it has no file of its own."""

    file: str
    embedded: str
    boxes: tuple[LabelledBox, ...]
    hint: Split | None
    split: Split = "train"

    @property
    def usable(self) -> bool:
        return any(not box.ignore for box in self.boxes)


@dataclass(frozen=True)
class ImportPlan:
    """split_by: "source" or "seeded". guessed: labels are predictions that nobody confirmed. adjusted: counts of what
    was changed about boxes and pictures. all_ignored: there are boxes, but every one is ignored."""

    tree: SourceTree
    format: Format
    pictures: tuple[PlannedPicture, ...]
    split_by: str
    guessed: bool
    tally: Tally
    adjusted: Counter[str]
    all_ignored: bool


@dataclass
class _Planning:
    """named: pictures that a label file speaks of, usable or not."""

    tree: SourceTree
    options: ImportOptions
    tally: Tally
    adjusted: Counter[str]
    named: set[str]


def plan_import(root: Path, options: ImportOptions = ImportOptions(), progress: Progress | None = None) -> ImportPlan:
    """Read every label of a folder and look at the header of every labelled picture.

    progress: called with labelled pictures done and pictures in the folder. Raises OcrwebError usage.bad-value,
    formats.unknown, formats.several, formats.not-there, formats.only-cache, formats.no-pictures.
    """
    if options.val_ratio is not None:
        choose_test((), (), options.val_ratio, 0)  # refuses a ratio that is none before the work begins
    tree = read_source(root)
    kinds = label_files(tree)
    chosen = choose_format(tree, kinds, options.format)
    items, guessed = read_items(tree, kinds, chosen)
    run = _Planning(tree, options, Tally(), Counter(), set())
    planned: dict[str, PlannedPicture] = {}
    for item in items:
        if isinstance(item, Trouble):
            run.tally.add(item.kind, item.where, item.detail)
            run.named.add(item.where)
            continue
        picture = _plan_picture(run, item)
        if picture is None:
            continue
        key = picture.file or picture.embedded
        if key in planned:
            run.tally.add("repeated", item.where, key)
        planned[key] = picture
        if progress:
            progress(len(planned), max(len(planned), len(tree.pictures)))
    for file in tree.pictures:
        if file not in run.named:
            run.tally.add("unlabelled", file)
    if not planned:
        missing = run.tally.counts["missing"] + run.tally.counts["ambiguous"]
        raise OcrwebError("formats.no-pictures", format=chosen, missing=missing, pictures=len(tree.pictures))
    boxes = [box for picture in planned.values() for box in picture.boxes]
    all_ignored = bool(boxes) and all(box.ignore for box in boxes)
    pictures, split_by = _divide(run, tuple(planned.values()))
    return ImportPlan(tree, chosen, pictures, split_by, guessed, run.tally, run.adjusted, all_ignored)


def _plan_picture(run: _Planning, item: LabelledPicture) -> PlannedPicture | None:
    for reason in item.bad:
        run.tally.add("bad-shape", item.where, reason)
    found = run.tree.find(item.names, item.folder)
    run.named.update((found.path, *found.rivals))
    if found.rivals:
        run.tally.add("ambiguous", item.where, f"{item.names[0]} → {', '.join(found.rivals[:3])}")
        return None
    if not found.path and not item.embedded:
        run.tally.add("missing", item.where, item.names[0])
        return None
    try:
        header = (
            read_header(run.tree.path(found.path), name=found.path)
            if found.path
            else read_header(embedded_picture(run.tree, item.embedded), name=item.where)
        )
    except OcrwebError as error:
        run.tally.add("unreadable", found.path or item.where, error.message())
        return None
    points = _on_display(run, item, header)
    if points is None:
        stated = f"{item.size[0]}×{item.size[1]}" if item.size else ""
        real = "×".join(map(str, header.upright_size))
        run.tally.add("size-mismatch", item.where, f"{stated} ≠ {real}")
        return None
    run.adjusted.update({"exif_rotated": header.orientation != 1, "converted": header.format not in SUFFIX_OF_FORMAT})
    boxes = _boxes(run, item, points, header.upright_size)
    return PlannedPicture(found.path, "" if found.path else item.embedded, boxes, item.split)


def _on_display(run: _Planning, item: LabelledPicture, header: PictureHeader) -> list[np.ndarray] | None:
    """The outlines in pixels of the picture as a person sees it; None when they were made for another picture."""
    stored, shown = (header.width, header.height), header.upright_size
    stated = item.size
    points = [shape.points for shape in item.shapes]
    if header.orientation != 1:
        says_stored = stated is not None and stated != shown and _fits(stated, stored)
        if run.options.labels_on == "stored" or (run.options.labels_on == "auto" and says_stored):
            scale = np.array(stored) / np.array(stated or stored)
            run.adjusted["turned_labels"] += 1
            return [from_stored(outline * scale, header.orientation, stored) for outline in points]
    if stated is None or stated == shown:
        return points
    if not _fits(stated, shown):
        return None
    run.adjusted["rescaled"] += 1
    return [outline * (np.array(shown) / np.array(stated)) for outline in points]


def _fits(stated: tuple[int, int], real: tuple[int, int]) -> bool:
    """Whether both sizes have the same aspect, so that one may be the other resized."""
    horizontal, vertical = real[0] / stated[0], real[1] / stated[1]
    by_rounding = max(abs(stated[0] * vertical - real[0]), abs(stated[1] * horizontal - real[1])) <= max(
        1.0, horizontal, vertical
    )
    return by_rounding or abs(horizontal / vertical - 1) <= SAME_ASPECT


def _boxes(
    run: _Planning, item: LabelledPicture, outlines: list[np.ndarray], size: tuple[int, int]
) -> tuple[LabelledBox, ...]:
    kept: dict[bytes, LabelledBox] = {}
    quads = fit_quads(outlines, size)
    for number, (shape, points, fitted) in enumerate(zip(item.shapes, outlines, quads, strict=True), start=1):
        if fitted.quad is None:
            kind = "bad-shape" if fitted.dropped == "points" else fitted.dropped
            run.tally.add(kind, item.where, f"{number}: {_short(points)}")
            continue
        box = _as_box(shape, fitted.quad, run.options.ignored_as_text)
        for change in ("reduced", "reordered", "clipped"):
            run.adjusted[change] += getattr(fitted, change)
        key = fitted.quad.tobytes()
        earlier = kept.get(key)
        run.adjusted["duplicates"] += earlier is not None
        if earlier is None or (earlier.ignore and not box.ignore):
            kept[key] = box
    return tuple(kept.values())


def _as_box(shape: Shape, quad: np.ndarray, ignored_as_text: bool) -> LabelledBox:
    ignore = shape.ignore and not ignored_as_text
    text = "" if shape.ignore else shape.text  # the writer puts the mark, or a placeholder, in its place
    return LabelledBox(quad, text, ignore)


def _short(points: np.ndarray) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points[:4])


def _divide(run: _Planning, pictures: tuple[PlannedPicture, ...]) -> tuple[tuple[PlannedPicture, ...], str]:
    """Give every picture its split: the source's, unless a share is asked for or the source says too little."""
    hints = {picture.hint for picture in pictures}
    own = hints == {"train", "test"} and any(picture.usable for picture in pictures if picture.hint == "train")
    if run.options.val_ratio is None and own:
        return tuple(replace(picture, split=picture.hint or "train") for picture in pictures), "source"
    ratio = 0.1 if run.options.val_ratio is None else run.options.val_ratio
    keys = content_keys([run.tree.path(picture.file or picture.embedded) for picture in pictures])
    test = choose_test(keys, [picture.usable for picture in pictures], ratio, run.options.seed)
    split: tuple[Split, Split] = ("train", "test")
    return tuple(replace(picture, split=split[index in test]) for index, picture in enumerate(pictures)), "seeded"
