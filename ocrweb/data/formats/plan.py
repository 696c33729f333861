"""Hold the labels of another tool against their pictures, and decide what the dataset will be. Writes nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from ocrweb.data.checks.names import images_name
from ocrweb.data.checks.picture import SUFFIX_OF_FORMAT
from ocrweb.data.formats.annotated import MAYBE_SIZE, LabelledPicture, Trouble
from ocrweb.data.formats.boxes import make_boxes
from ocrweb.data.formats.labelme import embedded_picture
from ocrweb.data.formats.options import ImportOptions, LabelsOn
from ocrweb.data.formats.orders import by_columns, swapped
from ocrweb.data.formats.pixels import Placing, are_shares, of_shares, placing, which_pixels
from ocrweb.data.formats.recognise import Format, choose_format, label_files, read_items
from ocrweb.data.formats.report import Account, Reasons, Tally
from ocrweb.data.formats.tree import SourceTree, read_source
from ocrweb.data.labelling.carried import carried_record
from ocrweb.data.labelling.record import PictureRecord
from ocrweb.data.sample import LabelledBox, Split
from ocrweb.data.split import choose_test, content_keys
from ocrweb.disk.progress import Progress
from ocrweb.errors import OcrwebError
from ocrweb.imaging.sniff import read_header

ADJUSTMENTS = (
    "clipped",
    "reduced",
    "outlines",
    "reordered",
    "duplicates",
    "exif_rotated",
    "turned_labels",
    "rescaled",
    "shares",
    "converted",
)


UNKNOWN = PictureRecord()


@dataclass(frozen=True, slots=True)
class PlannedPicture:
    """file: of the picture in the source; embedded: the label file that holds it when it has no file of its own. record: what
    the source knows of it besides its boxes. adjusted: counts of `ADJUSTMENTS`, of what was changed about it and its boxes."""

    file: str
    embedded: str
    boxes: tuple[LabelledBox, ...]
    hint: Split | None
    split: Split = "train"
    ignored_because: tuple[tuple[str, int], ...] = ()
    record: PictureRecord = UNKNOWN
    adjusted: tuple[tuple[str, int], ...] = ()

    @property
    def usable(self) -> bool:
        return any(not box.ignore for box in self.boxes)


@dataclass(frozen=True)
class ImportPlan:
    """split_by: "source" or "seeded". guessed: labels are predictions that nobody confirmed. all_ignored: there are boxes,
    but every one is ignored."""

    tree: SourceTree
    format: Format
    pictures: tuple[PlannedPicture, ...]
    split_by: str
    guessed: bool
    tally: Tally
    all_ignored: bool
    account: Account


@dataclass
class _Planning:
    """fates: pictures that a label file speaks of without giving them boxes, and why. account: see `Account`. own: the
    source is a dataset as this program keeps it. opened: TIFF files whose further pages are counted. swapped: the first place
    where x and y are swapped. doubted: pictures whose may be too."""

    tree: SourceTree
    options: ImportOptions
    tally: Tally
    fates: dict[str, str]
    account: Account
    own: bool = False
    opened: set[str] = field(default_factory=set)
    swapped: str = ""
    doubted: dict[str, LabelledPicture] = field(default_factory=dict)


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
    run = _Planning(tree, options, Tally(), {}, Account(pictures=len(tree.pictures)), chosen == "icdar")
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
            seen = which_pixels(run.tree, item)
            if seen == "unknown":
                waiting.append(item)
                continue
            votes.update([seen] if seen != "auto" else ())
            proof = seen
        _take(run, planned, item, proof)
        if progress:
            progress(len(planned), max(len(planned), len(tree.pictures)))
    _take_waiting(run, planned, waiting, votes)
    _leave_doubted(run, planned)
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
    return ImportPlan(tree, chosen, pictures, split_by, guessed, run.tally, all_ignored, run.account)


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
    """Turned pictures whose boxes fit both ways: what other pictures of the source prove holds for them, else what is known
    of the tool, else ask."""
    for item in waiting:
        if len(votes) == 1 or (item.shown_upright and not votes):
            _take(run, planned, item, "stored" if "stored" in votes else "displayed")
        else:
            _lose(run, item, "which-pixels", run.tree.find(item.names, item.folder).path, "")


def _lose(
    run: _Planning, item: LabelledPicture, kind: str, picture: str, detail: str, boxes: int | None = None
) -> None:
    """A picture with its boxes is left out. picture: its file, "" when there is none. boxes: those that were not left out
    before; None: all of them."""
    run.tally.add(kind, item.where if kind != "unreadable" else picture or item.where, detail)
    run.account.lose(kind, len(item.shapes) if boxes is None else boxes)
    if picture:
        run.fates.setdefault(picture, kind)


def _plan_picture(run: _Planning, item: LabelledPicture, on: LabelsOn) -> PlannedPicture | None:
    """on: what was proved about this picture, or "auto"; the person's choice goes before it."""
    for reason in item.bad:
        kind = reason if reason == MAYBE_SIZE else "bad-shape"
        run.tally.add(kind, item.where, "" if kind == MAYBE_SIZE else reason)
        run.account.left_out[kind] += 1
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
    if are_shares([shape.points for shape in item.shapes]):
        place: Placing | None = of_shares(header.upright_size)
    else:
        place = placing(item.size, header, run.options.labels_on if run.options.labels_on != "auto" else on)
    if place is None:
        stated = f"{item.size[0]}×{item.size[1]}" if item.size else ""
        real = "×".join(map(str, header.upright_size))
        _lose(run, item, "size-mismatch", found.path, f"{stated} ≠ {real}")
        return None
    if header.format == "TIFF" and found.path not in run.opened:
        for page in range(2, header.frames + 1):  # labels speak of the first one
            run.tally.add("unlabelled", f"{found.path}#{page}")
        run.account.pictures += header.frames - 1
        run.account.pictures_left_out["unlabelled"] += header.frames - 1
        run.opened.add(found.path)
    item, turned = _in_order(run, item, place, found.path, header.upright_size)
    if turned:
        return None
    made = make_boxes(item, place.move, header.upright_size, run.options)
    made.adjusted.update({"exif_rotated": header.orientation != 1, "converted": header.format not in SUFFIX_OF_FORMAT})
    made.adjusted.update([place.change] if place.change else ())
    for kind, detail in made.left_out:
        run.account.left_out[kind] += 1
        if kind != "duplicates":
            run.tally.add(kind, item.where, detail)
    why = tuple(sorted(made.ignored_because.items()))
    record = PictureRecord(item.state or None)
    if run.own and found.path:
        record = carried_record(run.tree.root, found.path, len(made.boxes))
    embedded = "" if found.path else item.embedded
    if turned is None:
        run.doubted[found.path or embedded] = item
    adjusted = tuple((name, count) for name, count in made.adjusted.items() if count)
    return PlannedPicture(
        found.path, embedded, tuple(made.boxes), item.split, ignored_because=why, record=record, adjusted=adjusted
    )


def _in_order(
    run: _Planning, item: LabelledPicture, place: Placing, picture: str, size: tuple[int, int]
) -> tuple[LabelledPicture, bool | None]:
    """The picture with its corners in turn, and whether x and y are in each other's place, as `orders.swapped` says; if
    surely, it is left out."""
    if (points := by_columns([shape.points for shape in item.shapes])) is not None:
        run.tally.add("columns", item.where, ",".join(f"{value:g}" for value in points[0].reshape(-1)))
        shapes = (replace(shape, points=corners) for shape, corners in zip(item.shapes, points, strict=True))
        item = replace(item, shapes=tuple(shapes))
    turned = swapped([place.move(shape.points) for shape in item.shapes], size)
    if turned:
        _lose(run, item, "swapped", picture, f"{size[0]}×{size[1]}")
        run.swapped = run.swapped or item.where
    return item, turned


def _leave_doubted(run: _Planning, planned: dict[str, PlannedPicture]) -> None:
    """What may be swapped is left out too once another picture is for sure."""
    if run.swapped:
        for key, item in run.doubted.items():
            if (left := planned.pop(key, None)) is not None:
                _lose(run, item, "maybe-swapped", key, run.swapped, len(left.boxes))


def _divide(run: _Planning, pictures: tuple[PlannedPicture, ...]) -> tuple[tuple[PlannedPicture, ...], str]:
    """Give every picture its split: the source's, unless a share is asked for or the source says too little."""
    hints = {picture.hint for picture in pictures}
    both = hints == {"train", "test"} and any(picture.usable for picture in pictures if picture.hint == "train")
    # A dataset of ours that had no test pictures has none when it comes back from another tool.
    alone = hints == {"train"} and all(images_name("train") in picture.file.split("/")[:-1] for picture in pictures)
    if run.options.val_ratio is None and (both or alone):
        return tuple(replace(picture, split=picture.hint or "train") for picture in pictures), "source"
    ratio = 0.1 if run.options.val_ratio is None else run.options.val_ratio
    keys = content_keys([run.tree.path(picture.file or picture.embedded) for picture in pictures])
    test = choose_test(keys, [picture.usable for picture in pictures], ratio, run.options.seed)
    split: tuple[Split, Split] = ("train", "test")
    return tuple(replace(picture, split=split[index in test]) for index, picture in enumerate(pictures)), "seeded"
