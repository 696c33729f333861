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
from ocrweb.data.formats.report import Account, Reasons, Tally
from ocrweb.data.formats.tree import SourceTree, read_source
from ocrweb.data.sample import LabelledBox, Split
from ocrweb.data.split import choose_test, content_keys
from ocrweb.errors import OcrwebError
from ocrweb.imaging.sniff import PictureHeader, read_header

SAME_ASPECT = 0.02
OVER = 2.0  # pixels by which a box may stick out of the picture that it was drawn on
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
LOOKS = ("both", "clean", "paper")
LabelsOn = Literal["auto", "displayed", "stored"]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """format: a `Format` or "auto". val_ratio: share of test pictures; None: the source's own split, else 0.1.

    ignored_as_text: boxes marked ``###`` are text that nobody transcribed, not text to ignore. labels_on: which pixels
    labels of pictures with an EXIF turn were drawn on; "auto": as displayed, unless the stated size says otherwise.
    ignore_words: transcriptions that ignore a box besides those of `marks.MARKS`. not_marks: marks that do not.
    looks: how pages of PDFs are drawn: "clean", "paper" (scanned or photographed) or "both".
    """

    format: str = "auto"
    val_ratio: float | None = None
    seed: int = 0
    ignored_as_text: bool = False
    labels_on: LabelsOn = "auto"
    ignore_words: tuple[str, ...] = ()
    not_marks: tuple[str, ...] = ()
    looks: str = LOOKS[0]


@dataclass(frozen=True, slots=True)
class PlannedPicture:
    """file: of the picture in the source; embedded: the label file that holds it when it has no file of its own."""

    file: str
    embedded: str
    boxes: tuple[LabelledBox, ...]
    hint: Split | None
    split: Split = "train"
    ignored_because: tuple[tuple[str, int], ...] = ()

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
    account: Account


@dataclass
class _Planning:
    """fates: pictures that a label file speaks of without giving them boxes, and why. account: see `Account`."""

    tree: SourceTree
    options: ImportOptions
    tally: Tally
    adjusted: Counter[str]
    fates: dict[str, str]
    account: Account


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
    run = _Planning(tree, options, Tally(), Counter(), {}, Account(pictures=len(tree.pictures)))
    planned: dict[str, PlannedPicture] = {}
    waiting: list[LabelledPicture] = []
    votes: Counter[str] = Counter()
    for item in items:
        if isinstance(item, Trouble):
            run.tally.add(item.kind, item.where, item.detail)
            run.account.boxes += item.boxes
            run.account.lose(item.kind, item.boxes)
            if item.where in tree.known_pictures:
                run.fates.setdefault(item.where, item.kind)
            continue
        run.account.boxes += len(item.shapes) + len(item.bad)
        proof: LabelsOn = "auto"
        if chosen == "coco" and options.labels_on == "auto":
            seen = _which_pixels(run, item)
            if seen == "unknown":
                waiting.append(item)
                continue
            votes.update([seen] if seen != "auto" else ())
            proof = seen
        _take(run, planned, item, proof)
        if progress:
            progress(len(planned), max(len(planned), len(tree.pictures)))
    _take_waiting(run, planned, waiting, votes)
    for file in tree.pictures:
        if file not in planned and file not in run.fates:
            run.fates[file] = "unlabelled"
            run.tally.add("unlabelled", file)
    for file, reason in run.fates.items():
        if file not in planned:
            run.account.pictures_left_out[reason] += 1
    run.account.pictures += sum(not picture.file for picture in planned.values())
    if not planned:
        raise OcrwebError("formats.no-pictures", format=chosen, pictures=len(tree.pictures), reasons=Reasons(run.tally))
    boxes = [box for picture in planned.values() for box in picture.boxes]
    all_ignored = bool(boxes) and all(box.ignore for box in boxes)
    pictures, split_by = _divide(run, tuple(planned.values()))
    return ImportPlan(tree, chosen, pictures, split_by, guessed, run.tally, run.adjusted, all_ignored, run.account)


def _take(run: _Planning, planned: dict[str, PlannedPicture], item: LabelledPicture, on: LabelsOn = "auto") -> None:
    picture = _plan_picture(run, item, on)
    if picture is None:
        return
    key = picture.file or picture.embedded
    if key in planned:
        run.tally.add("repeated", item.where, key)
        run.account.lose("repeated", len(planned[key].boxes))
    planned[key] = picture


def _take_waiting(
    run: _Planning, planned: dict[str, PlannedPicture], waiting: list[LabelledPicture], votes: Counter[str]
) -> None:
    """Turned pictures whose boxes fit both ways: what other pictures of the source prove holds for them, else ask."""
    for item in waiting:
        if len(votes) == 1:
            _take(run, planned, item, "stored" if "stored" in votes else "displayed")
        else:
            _lose(run, item, "which-pixels", run.tree.find(item.names, item.folder).path, "")


def _which_pixels(run: _Planning, item: LabelledPicture) -> LabelsOn | Literal["unknown"]:
    """Which pixels the boxes of a turned picture were drawn on, when its size is stated as stored: tools state that size
    and show the other. "stored" or "displayed" when boxes fit only there, "unknown", "auto" when nothing is in doubt."""
    found = run.tree.find(item.names, item.folder)
    if not found.path or not item.size or not item.shapes:
        return "auto"
    try:
        header = read_header(run.tree.path(found.path), name=found.path)
    except OcrwebError:
        return "auto"  # reported when the picture is taken
    stored, shown = (header.width, header.height), header.upright_size
    if header.orientation == 1 or stored == shown or item.size == shown or not _fits(item.size, stored):
        return "auto"
    far = np.concatenate([shape.points for shape in item.shapes]).max(axis=0)
    if not np.isfinite(far).all():
        return "auto"
    as_stored = bool((far <= np.array(item.size) + OVER).all())
    as_shown = bool((far <= np.array(item.size[::-1]) + OVER).all())
    return "unknown" if as_stored == as_shown else "stored" if as_stored else "displayed"


def _lose(run: _Planning, item: LabelledPicture, kind: str, picture: str, detail: str) -> None:
    """A picture with its boxes is left out. picture: its file, "" when there is none."""
    run.tally.add(kind, item.where if kind != "unreadable" else picture or item.where, detail)
    run.account.lose(kind, len(item.shapes))
    if picture:
        run.fates.setdefault(picture, kind)


def _plan_picture(run: _Planning, item: LabelledPicture, on: LabelsOn) -> PlannedPicture | None:
    for reason in item.bad:
        run.tally.add("bad-shape", item.where, reason)
        run.account.left_out["bad-shape"] += 1
    found = run.tree.find(item.names, item.folder)
    if found.rivals:
        for rival in found.rivals:
            run.fates.setdefault(rival, "ambiguous")
        _lose(run, item, "ambiguous", "", f"{item.names[0]} → {', '.join(found.rivals[:3])}")
        return None
    if not found.path and not item.embedded:
        _lose(run, item, "missing", "", item.names[0])
        return None
    try:
        header = (
            read_header(run.tree.path(found.path), name=found.path)
            if found.path
            else read_header(embedded_picture(run.tree, item.embedded), name=item.where)
        )
    except OcrwebError as error:
        _lose(run, item, "unreadable", found.path, error.message())
        return None
    points = _on_display(run, item, header, on)
    if points is None:
        stated = f"{item.size[0]}×{item.size[1]}" if item.size else ""
        real = "×".join(map(str, header.upright_size))
        _lose(run, item, "size-mismatch", found.path, f"{stated} ≠ {real}")
        return None
    run.adjusted.update({"exif_rotated": header.orientation != 1, "converted": header.format not in SUFFIX_OF_FORMAT})
    boxes, why = _boxes(run, item, points, header.upright_size)
    return PlannedPicture(found.path, "" if found.path else item.embedded, boxes, item.split, ignored_because=why)


def _on_display(run: _Planning, item: LabelledPicture, header: PictureHeader, on: LabelsOn) -> list[np.ndarray] | None:
    """The outlines in pixels of the picture as a person sees it; None when they were made for another picture.

    on: what was proved about this picture, or "auto"; the person's choice goes before it.
    """
    stored, shown = (header.width, header.height), header.upright_size
    stated = item.size
    points = [shape.points for shape in item.shapes]
    on = run.options.labels_on if run.options.labels_on != "auto" else on
    if header.orientation != 1:
        says_stored = stated is not None and stated != shown and _fits(stated, stored)
        if on == "stored" or (on == "auto" and says_stored):
            scale = np.array(stored) / np.array(stated or stored)
            run.adjusted["turned_labels"] += 1
            return [from_stored(outline * scale, header.orientation, stored) for outline in points]
    if on == "displayed" and stated is not None and not _fits(stated, shown) and _fits(stated, stored):
        stated = stated[::-1]  # the tool states the stored size, and showed the upright picture
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
) -> tuple[tuple[LabelledBox, ...], tuple[tuple[str, int], ...]]:
    """The boxes, and how many are ignored for which mark."""
    kept: dict[bytes, LabelledBox] = {}
    marks: dict[bytes, str] = {}
    quads = fit_quads(outlines, size)
    for number, (shape, points, fitted) in enumerate(zip(item.shapes, outlines, quads, strict=True), start=1):
        if fitted.quad is None:
            kind = "bad-shape" if fitted.dropped == "points" else fitted.dropped
            run.tally.add(kind, item.where, f"{number}: {_short(points)}")
            run.account.left_out[kind] += 1
            continue
        mark = _mark(shape, run.options)
        box = _as_box(shape, fitted.quad, mark, run.options.ignored_as_text)
        for change in ("reduced", "reordered", "clipped"):
            run.adjusted[change] += getattr(fitted, change)
        key = fitted.quad.tobytes()
        earlier = kept.get(key)
        run.adjusted["duplicates"] += earlier is not None
        run.account.left_out["duplicates"] += earlier is not None
        if earlier is None or (earlier.ignore and not box.ignore):
            kept[key] = box
            marks[key] = mark if box.ignore else ""
    why = Counter(mark for mark in marks.values() if mark)
    return tuple(kept.values()), tuple(sorted(why.items()))


def _mark(shape: Shape, options: ImportOptions) -> str:
    """Why a box is ignored, by what the person said about marks and words."""
    word = shape.text.strip().lower()
    if word and word in (given.strip().lower() for given in options.ignore_words):
        return word
    return "" if shape.mark in options.not_marks else shape.mark


def _as_box(shape: Shape, quad: np.ndarray, mark: str, ignored_as_text: bool) -> LabelledBox:
    ignore = bool(mark) and not ignored_as_text
    text = "" if mark else shape.text  # the writer puts the mark, or a placeholder, in its place
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
