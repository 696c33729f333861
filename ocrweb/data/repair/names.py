"""New names for pictures and labels, decided for the whole split before anything moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from ocrweb.data.checks.list_file import Entry
from ocrweb.data.checks.names import (
    PICTURE_SUFFIXES,
    RENAMED_SUFFIXES,
    are_alike,
    known_label_stems,
    labels_name,
    stem_of,
    suffix_of,
)
from ocrweb.data.checks.picture import SUFFIX_OF_FORMAT
from ocrweb.data.checks.tree import Tree
from ocrweb.data.sample import Split
from ocrweb.errors import OcrwebError
from ocrweb.imaging.content import READABLE
from ocrweb.imaging.picture import read_picture
from ocrweb.imaging.sniff import PictureHeader, read_header


@dataclass
class Renames:
    """pictures, labels: name before → name after, both by the canonical folders. converted: pictures written as PNG.

    sizes: picture → (width, height) as a person sees it, for those that could be read.
    """

    tree: Tree
    taken: set[str]
    folded: Counter[str]
    pictures: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    converted: set[str] = field(default_factory=set)
    rules: dict[str, list[str]] = field(default_factory=dict)
    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)

    def final(self, name: str) -> str:
        return self.pictures.get(name) or self.labels.get(name) or name

    def claim(self, table: dict[str, str], old: str, new: str, rules: list[str]) -> bool:
        """Reserve the new name; False when another file has it, be it in other capitals."""
        others = self.folded[new.casefold()] - (old.casefold() == new.casefold())
        if new != old and (new in self.taken or others):
            return False
        self.taken.discard(old)
        self.taken.add(new)
        self.folded[old.casefold()] -= 1
        self.folded[new.casefold()] += 1
        table[old] = new
        self.rules[old] = rules
        return True


def plan_names(tree: Tree, split: Split, entries: Iterable[Entry]) -> Renames:
    """Suffixes by content, no blanks, labels called like their pictures. A name that is taken is left to a human."""
    renames = Renames(tree, set(tree.files), Counter(name.casefold() for name in tree.files))
    pairs = [(entry.image, entry.label) for entry in entries if entry.image and entry.image not in tree.escaping]
    users = Counter(label for image, label in set(pairs) if label)
    for image, label in pairs:
        if image and image not in renames.sizes:
            _plan_pair(renames, split, image, label if label and users[label] == 1 else None)
    return renames


def _plan_pair(renames: Renames, split: Split, image: str, label: str | None) -> None:
    header = header_of_picture(renames.tree, image)
    if header:
        renames.sizes[image] = header.upright_size
    if image in renames.pictures:
        return
    rules: list[str] = []
    folder, _, base = image.rpartition("/")
    stem, suffix = stem_of(image), _right_suffix(renames.tree, image, header)
    if suffix != suffix_of(image):
        rules.append("image.content" if suffix_of(image) in PICTURE_SUFFIXES else "image.suffix")
    if any(char.isspace() for char in image) and label:
        folder, stem = _joined(folder), _joined(stem)
        rules.append("list.format")
    if rules and renames.claim(renames.pictures, image, f"{folder}/{stem}{suffix}", rules):
        if header and header.format not in SUFFIX_OF_FORMAT and suffix == ".png":
            renames.converted.add(image)
    elif rules:
        return
    if label and label not in renames.labels:
        _plan_label(renames, split, label, base, stem)


def _plan_label(renames: Renames, split: Split, label: str, picture: str, stem: str) -> None:
    """picture: the base name before. stem: the picture's name after."""
    old = stem_of(label)
    known = old == stem_of(picture) or old in known_label_stems(picture) or are_alike(picture, label)
    folder = _joined(label.rpartition("/")[0]) or labels_name(split)
    new = f"{folder}/{stem if known else _joined(old)}.txt"
    if new != label:
        renames.claim(renames.labels, label, new, ["pair.name-mismatch" if known and old != stem else "list.format"])


def _right_suffix(tree: Tree, image: str, header: PictureHeader | None) -> str:
    suffix = suffix_of(image)
    if header is None:
        lower = suffix.lower()
        return ".jpg" if lower in RENAMED_SUFFIXES else lower if lower in PICTURE_SUFFIXES else suffix
    if header.format in SUFFIX_OF_FORMAT:
        return SUFFIX_OF_FORMAT[header.format]
    return ".png" if header.format in READABLE and _decodes(tree, image) else suffix


def _joined(name: str) -> str:
    return "_".join(name.split())


def header_of_picture(tree: Tree, name: str) -> PictureHeader | None:
    """What the picture says about itself; None when it is none, which the validator reports."""
    try:
        return read_header(tree.path(name))
    except OcrwebError:
        return None


def _decodes(tree: Tree, name: str) -> bool:
    try:
        read_picture(tree.path(name))
    except OcrwebError:
        return False
    return True
