"""ICDAR2015 as it is downloaded (``gt_img_1.txt``), and datasets that pair pictures and label files by their names.

Lists, ModelScope's that hold only picture names included, say which split a picture is of.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from ocrweb.data.checks.label_line import is_blank
from ocrweb.data.checks.label_order import other_order
from ocrweb.data.checks.names import is_picture_name, known_label_stems, stem_of
from ocrweb.data.checks.textfile import decode_text
from ocrweb.data.formats.annotated import Items, LabelledPicture, Shape, Trouble, split_in
from ocrweb.data.formats.class_names import Names, nearest_names
from ocrweb.data.formats.icdar_line import icdar_lines
from ocrweb.data.formats.matlab import DAMAGED, MAGIC
from ocrweb.data.formats.text_lines import shapes_in
from ocrweb.data.formats.total_text_mat import shapes_in_mat
from ocrweb.data.formats.tree import SourceTree, composed, lines_of, shared_folders
from ocrweb.data.outlines import key_of, outlines_name, read_outlines
from ocrweb.data.sample import Split
from ocrweb.disk.encodings import decoded
from ocrweb.disk.likely import Usual, untold

ReadFile = Callable[[SourceTree, str, str, Split | None], Items]
LOOKED_AT = 200  # lines


def read_icdar(tree: SourceTree, files: tuple[str, ...]) -> Items:
    """All pictures that have a label file, whatever folders they lie in. files: the label files."""
    yield from read_paired(tree, files, _read_labels)


def read_paired(tree: SourceTree, files: tuple[str, ...], read: ReadFile) -> Items:
    """Pictures and label files that belong together by their names. read: one such pair."""
    splits = _splits_by_lists(tree)
    by_stem: dict[str, list[str]] = defaultdict(list)
    for file in files:
        by_stem[composed(stem_of(file))].append(file)
        if number := _number_of(file):
            by_stem[number].append(file)
    folded: dict[str, list[str]] = defaultdict(list)
    for name, found in by_stem.items():
        folded[name.casefold()] += found
    chosen: dict[str, list[str]] = {}
    for picture in tree.pictures:
        base = composed(posixpath.basename(picture))
        stem = stem_of(base)
        other = (f"poly_gt_{stem}", _number_of(stem))
        stems = (stem, *known_label_stems(base), *other)
        rivals = [file for name in stems for file in by_stem.get(name, ())]
        rivals = rivals or [file for name in stems for file in folded.get(name.casefold(), ())]
        if rivals:
            chosen[picture] = _nearest(picture, list(dict.fromkeys(rivals)))
    wanted: dict[str, list[str]] = defaultdict(list)
    for picture, nearest in chosen.items():
        for file in nearest:
            wanted[file].append(picture)
    for picture, nearest in chosen.items():
        owners = _owners(nearest[0], wanted[nearest[0]]) if len(nearest) == 1 else [picture]
        if len(nearest) > 1 or (picture in owners and len(owners) > 1):
            yield Trouble("ambiguous", picture, ", ".join((*nearest, *owners)[:3]))
        elif picture in owners:
            split = splits.get(picture) or split_in(picture) or split_in(nearest[0])
            yield from read(tree, picture, nearest[0], split)
    used = {file for nearest in chosen.values() for file in nearest}
    for file in files:
        if file not in used and tree.path(file).stat().st_size:
            yield Trouble("missing", file, stem_of(file))


def read_lines(
    format: str, names: dict[str, Names], tree: SourceTree, picture: str, file: str, split: Split | None
) -> Items:
    """A file of one of `text_lines.LINE_FORMATS`. names: of YOLO's classes, by folder."""
    try:
        data = tree.read(file)
        if data.startswith(MAGIC):
            read = shapes_in_mat(data)
        else:
            size = tree.size_of((picture,), "") or (1, 1)
            read = shapes_in(decoded(data, tree.usual), format, size, nearest_names(names, file))
    except DAMAGED as failure:
        yield Trouble("broken", file, str(failure))
        return
    for number, shape in read:
        if isinstance(shape, str):
            yield Trouble("broken", f"{file}:{number}", shape, 1)
    shapes = tuple(shape for _, shape in read if isinstance(shape, Shape))
    if shapes or not read:  # a picture whose labels cannot be read is not one without text
        yield LabelledPicture((picture,), shapes, file, "", split=split)


def label_lines(data: bytes, usual: Usual = untold) -> list[str] | None:
    """The lines of a label file, whose texts may be in an encoding that cannot be told; None when it is no text. usual: that of
    the files beside, for such a one."""
    read = decode_text(data, "label", usual)
    if read.encoding:
        return read.lines
    try:
        return lines_of(decoded(data))
    except ValueError:
        return lines_of(data.decode("cp1252", "replace"))


def is_label_text(data: bytes) -> bool:
    """Whether most of the first lines of a file are label lines."""
    lines = [line for line in (label_lines(data) or ())[:LOOKED_AT] if not is_blank(line)]
    return 2 * sum(line.shape is not None for line in icdar_lines(lines)) > len(lines)


def _read_labels(tree: SourceTree, picture: str, file: str, split: Split | None) -> Items:
    data = tree.read(file)
    lines = label_lines(data, tree.usual)
    if lines is None:
        yield Trouble("broken", file, decode_text(data, "label").findings[0].rule)
        return
    if other := other_order(lines):
        yield Trouble(other.rule.removeprefix("label."), file, other.lines[0][:80])
        lines = other.lines
    shapes: list[Shape] = []
    for line in icdar_lines(lines):
        if line.shape is None:
            yield Trouble("broken", f"{file}:{line.number}", line.line[:60], 1)
            continue
        shapes.append(line.shape)
        if line.doubtful:
            yield Trouble("maybe-points", f"{file}:{line.number}", line.line[:60])
    if not shapes and not all(map(is_blank, lines)):
        return  # a picture whose labels cannot be read is not one without text
    beside = outlines_name(file)
    if beside in tree.others:
        outlines = read_outlines(tree.read(beside))
        shapes = [replace(shape, polygon=outlines.get(key_of(shape.points))) for shape in shapes]
    yield LabelledPicture((picture,), tuple(shapes), file, "", split=split)


def _number_of(name: str) -> str:
    """CTW1500 calls the labels of ``1001.jpg`` ``0001001.txt``."""
    stem = stem_of(name)
    return f"number {int(stem)}" if stem.isascii() and stem.isdigit() and len(stem) < 20 else ""


def _splits_by_lists(tree: SourceTree) -> dict[str, Split]:
    splits: dict[str, Split] = {}
    for file in tree.others:
        split = split_in(posixpath.basename(file))
        if split is None or not file.lower().endswith(".txt"):
            continue
        lines = decode_text(tree.read(file), "list").lines or []
        names = [line.split()[0] for line in lines if not is_blank(line)]
        if not names or not all(is_picture_name(name) for name in names):
            continue
        for name in names:
            picture = tree.find((name,), posixpath.dirname(file)).path
            if picture:
                splits[picture] = split
    return splits


def _nearest(picture: str, files: list[str]) -> list[str]:
    """The label files that may belong to a picture: of its split, then of its folder, then with the longest way shared."""
    if len(files) < 2:
        return files
    best = max(_nearness(picture, file) for file in files)
    return sorted({file for file in files if _nearness(picture, file) == best})


def _owners(file: str, pictures: list[str]) -> list[str]:
    """Of pictures that have but this label file to choose, those it may belong to: ``img_1.jpg`` of the test pictures is not
    the one of the training pictures, whose labels alone are there."""
    best = max(_nearness(picture, file) for picture in pictures)
    return [picture for picture in pictures if _nearness(picture, file) == best]


def _nearness(picture: str, file: str) -> tuple[bool, bool, int, int]:
    shared = posixpath.commonprefix([picture.split("/")[:-1], file.split("/")[:-1]])
    same_folder = posixpath.dirname(picture) == posixpath.dirname(file)
    common = shared_folders(posixpath.dirname(picture), posixpath.dirname(file))
    return split_in(picture) == split_in(file), same_folder, len(shared), common
