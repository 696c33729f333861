"""Pictures, labels and list of a split against each other, in both directions."""

from __future__ import annotations

from collections.abc import Iterator

from ocrweb.data.checks.finding import Finding, finding
from ocrweb.data.checks.list_file import Entry, check_names
from ocrweb.data.checks.names import images_name, is_label_name, is_picture_name, labels_name, list_name, stem_of
from ocrweb.data.checks.tree import Tree
from ocrweb.data.sample import Split


def pictures_of(tree: Tree, split: Split) -> list[str]:
    return [name for name in tree.under(images_name(split)) if is_picture_name(name)]


def pair_by_name(tree: Tree, split: Split) -> list[Entry]:
    """What a list of this split would say if it were written from the folders: every picture that has a label."""
    pairs = ((image, tree.label_of(image, split)) for image in pictures_of(tree, split))
    return [
        Entry(image, label, None, "", tuple(check_names(image, label, "", (label, None))))
        for image, label in pairs
        if label
    ]


def check_unlisted(tree: Tree, split: Split, listed: set[str]) -> Iterator[Finding]:
    """Pictures with a label that no line names."""
    for image in pictures_of(tree, split):
        if image not in listed and tree.label_of(image, split):
            yield finding("list.unlisted", name=image).at(image)


def check_images_without_label(tree: Tree, split: Split, paired: set[str]) -> Iterator[Finding]:
    for image in pictures_of(tree, split):
        if image not in paired and tree.label_of(image, split) is None:
            label = f"{labels_name(split)}/{stem_of(image)}.txt"
            yield finding("pair.image-without-label", name=image, label=label).at(image)


def check_labels_without_image(tree: Tree, split: Split, paired: set[str]) -> Iterator[Finding]:
    by_name = {tree.label_of(image, split) for image in pictures_of(tree, split)}
    for label in tree.under(labels_name(split)):
        if is_label_name(label) and label not in paired and label not in by_name:
            yield finding("pair.label-without-image", name=label).at(label)


def check_folders(tree: Tree, split: Split, entries: list[Entry], *, list_usable: bool) -> Iterator[Finding]:
    """All pairing rules. list_usable: there is a list with at least one line, so that unlisted means something."""
    if not (tree.has(images_name(split)) and tree.has(labels_name(split))):
        return
    complete = [entry for entry in entries if entry.image and entry.label]
    if list_usable:
        yield from check_unlisted(tree, split, {entry.image for entry in entries if entry.image})
    yield from check_images_without_label(tree, split, {entry.image for entry in complete if entry.image})
    yield from check_labels_without_image(tree, split, {entry.label for entry in complete if entry.label})


def layout_repair_exists(tree: Tree, split: Split, found: Finding, lines: int) -> bool:
    """Whether a missing name can be made without inventing anything.

    A list can be written from pictures that have labels; the test part may be empty. lines: of the split's list.
    """
    if found.rule == "list.missing":
        left_over = any(other.rule == "list.backup-file" for other in tree.slots[list_name(split)].findings)
        if left_over:
            return tree.has(list_name(split))
        return split == "test" or bool(pair_by_name(tree, split))
    if found.rule == "list.empty":
        return bool(pair_by_name(tree, split))
    if found.rule == "layout.missing":
        return split == "test" and lines == 0 and found.file != list_name(split)
    return found.fixable
