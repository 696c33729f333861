"""The pictures of a dataset that can be labelled, and where their labels lie."""

from __future__ import annotations

import functools
import os
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

from ocrweb.config import paths
from ocrweb.config.named import named
from ocrweb.data.checks.names import images_name, is_picture_name, labels_name, list_name, stem_of
from ocrweb.data.checks.tree import Tree
from ocrweb.data.icdar import open_tree
from ocrweb.data.labelling.place import FOLDER
from ocrweb.data.sample import SPLITS, Split
from ocrweb.data.validate import plan_split
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.store import get_dataset, resolve_dataset


@dataclass(frozen=True, slots=True)
class LabelPlace:
    """A picture and its label file. picture: its name in the dataset, ``train_images/1.jpg``. listed: a list names it.

    image, label: the files themselves; the latter need not be there. label_name: ``train_gts/1.txt``.
    """

    picture: str
    split: Split
    image: Path
    label: Path
    label_name: str
    listed: bool


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """A dataset as it lies there. name: that errors call it by. places: by the picture's name, in the order of the lists.
    stamp: changes with the lists and with which pictures there are, not with their labels."""

    name: str
    root: Path
    places: dict[str, LabelPlace]
    stamp: Hashable

    def place(self, picture: str) -> LabelPlace:
        """Raises store.no-such-picture."""
        found = self.places.get(picture)
        if found is None:
            raise OcrwebError("store.no-such-picture", name=picture[:120])
        return found

    def by_file(self) -> dict[str, str]:
        """The picture that a file of the dataset is, or holds the labels of, by the file's name."""
        labels = {place.label_name: place.picture for place in self.places.values()}
        return labels | {picture: picture for picture in self.places}


def stored_set(name: str) -> LabelledSet:
    """The pictures of a stored dataset. Raises usage.bad-name, store.unknown, store.none: a name is never a path."""
    root = paths.datasets_dir() / named(name)
    if not root.is_dir() or name.startswith("."):
        root = get_dataset(name).path
    return labelled_set(root, name)


def named_set(name: str | Path) -> LabelledSet:
    """The pictures of a dataset as the command line names it: a stored one, or a folder. Raises as `resolve_dataset`."""
    return labelled_set(resolve_dataset(name), str(name))


def labelled_set(root: Path, name: str = "") -> LabelledSet:
    """The pictures of a dataset folder. Raises what opening the dataset raises."""
    state = _state(root)
    return LabelledSet(name or root.name, root, _places(root.resolve(), state), state)


def _state(root: Path) -> tuple[tuple[str, int, int, int], ...]:
    """Changes whenever a list does, or a picture comes, goes or is renamed; a label that is written changes nothing."""
    found = []
    for split in SPLITS:
        for name in (list_name(split), images_name(split)):
            try:
                state = os.stat(root / name)
            except OSError:
                continue
            found.append((name, state.st_mtime_ns, state.st_size, state.st_ino))
    try:
        top = os.stat(root)
    except OSError:
        return tuple(found)
    return (*found, ("", 0, len({*os.listdir(root)} - {FOLDER}), top.st_ino))


@functools.lru_cache(maxsize=8)
def _places(root: Path, state: tuple[tuple[str, int, int, int], ...]) -> dict[str, LabelPlace]:
    tree = open_tree(root)
    return {place.picture: place for split in SPLITS for place in _places_of(tree, split)}


def _places_of(tree: Tree, split: Split) -> list[LabelPlace]:
    """The pictures that the list names, then those that lie beside them."""
    entries = [(entry.image, entry.label, entry.line is not None) for entry in plan_split(tree, split).entries]
    named = {image for image, _, _ in entries}
    beside = [name for name in tree.under(images_name(split)) if is_picture_name(name) and name not in named]
    found: list[LabelPlace] = []
    for image, given, listed in [*entries, *((name, tree.label_of(name, split), False) for name in beside)]:
        label = given or f"{labels_name(split)}/{stem_of(image or '')}.txt"
        if image is not None and not {image, label} & tree.escaping:
            found.append(LabelPlace(image, split, tree.path(image), tree.path(label), label, listed))
    return found
