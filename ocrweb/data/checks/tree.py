"""What lies in a dataset folder, read once: names and sizes, no contents."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from ocrweb.data.archive_limits import archive_limits
from ocrweb.data.checks.layout import Slot, check_slots
from ocrweb.data.checks.names import (
    images_name,
    known_label_stems,
    labels_name,
    list_name,
    similar_name_key,
    stem_of,
)
from ocrweb.data.checks.textfile import LARGEST
from ocrweb.data.sample import SPLITS, Split
from ocrweb.disk.encodings import usual_encoding
from ocrweb.disk.likely import Usual
from ocrweb.disk.names import natural_key
from ocrweb.disk.ordinary import read_ordinary

LEFTOVERS = ("thumbs.db", "desktop.ini", "__macosx")
DEEPEST = 16


@dataclass(frozen=True)
class Tree:
    """A dataset by the names it should have, whatever they are on disk.

    files: relative path with ``/`` → bytes, for everything inside the image and label folders; hidden and system
    files left out. slots: the six names → what stands for them on disk. escaping: files that a link takes from
    outside the dataset.
    """

    root: Path
    slots: Mapping[str, Slot]
    files: Mapping[str, int]
    escaping: frozenset[str] = frozenset()

    def has(self, slot: str) -> bool:
        return slot in self.slots and self.slots[slot].real is not None

    def real(self, name: str) -> str:
        """The name on disk: ``train_images/1.jpg`` → ``train_img/1.jpg`` when the folder is called that."""
        first, slash, rest = name.partition("/")
        slot = self.slots.get(first)
        return f"{slot.real}{slash}{rest}" if slot and slot.real else name

    def path(self, name: str) -> Path:
        return self.root / self.real(name)

    def under(self, folder: str) -> list[str]:
        """Files of one folder, in the natural order of their names."""
        return self._folders.get(folder, [])

    def read(self, name: str, limit: int) -> bytes:
        """The bytes of a file, of a long one no more than ``limit`` and one. Raises OSError."""
        size = -1 if self.files.get(name, limit + 1) <= limit else limit + 1
        return read_ordinary(f"{self.root}/{self.real(name)}", size)

    def locate(self, name: str | None, folder: str, *, exact: bool) -> str | None:
        """The file that a list means by a name, or None.

        exact: the name is well-formed, so only its case, suffix or Unicode form may differ; otherwise its last part
        is looked for in the folder where it belongs.
        """
        if name is None or name in self.files:
            return name
        if not exact:
            name = f"{folder}/{name.rpartition('/')[2]}"
            if name in self.files:
                return name
        if (
            name.startswith(f"{folder}/") and (within := f"{folder}/{name}") in self.files
        ):  # the folder was packed with itself inside
            return within
        similar = self._similar.get(similar_name_key(name), ())
        return similar[0] if len(similar) == 1 else None

    def label_of(self, image: str, split: Split) -> str | None:
        """The label file that belongs to a picture by its name."""
        folder, _, base = image[len(images_name(split)) :].rpartition("/")
        for stem in (stem_of(image), *known_label_stems(base)):
            for label in (f"{labels_name(split)}{folder}/{stem}.txt", f"{labels_name(split)}/{stem}.txt"):
                if label in self.files:
                    return label
        return self.locate(f"{labels_name(split)}{folder}/{stem_of(image)}.txt", labels_name(split), exact=True)

    def usual_for(self, name: str) -> Usual:
        """Asks in which encoding the other lists and labels of a file's part surely are, where they are not UTF-8. They are read
        when it is asked first, which takes a file that cannot be told alone."""
        return partial(self._usual_encoding, next((split for split in SPLITS if name.startswith(split)), SPLITS[0]))

    def _usual_encoding(self, split: Split) -> str:
        if split not in self._usual:
            self._usual[split] = usual_encoding(self._texts(split))
        return self._usual[split]

    def _texts(self, split: Split) -> Iterator[bytes]:
        inside = [name for name in self.under(labels_name(split)) if name not in self.escaping]
        for name, kind in ((list_name(split), "list"), *((name, "label") for name in inside)):
            try:
                data = self.read(name, LARGEST[kind])
            except OSError:
                continue  # is told where the file itself is read
            yield data if len(data) <= LARGEST[kind] else b""

    @cached_property
    def _usual(self) -> dict[Split, str]:
        return {}

    @cached_property
    def _folders(self) -> dict[str, list[str]]:
        folders: dict[str, list[str]] = {}
        for name in sorted(self.files, key=natural_key):
            folders.setdefault(name.partition("/")[0], []).append(name)
        return folders

    @cached_property
    def _similar(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = {}
        for name in self.files:
            names.setdefault(similar_name_key(name), []).append(name)
        return names


def read_tree(root: Path, splits: tuple[Split, ...] = SPLITS) -> Tree:
    """Walk the image and label folders of the given splits.

    OSError when the root itself cannot be listed.
    """
    with os.scandir(root) as entries:
        top = [f"{entry.name}/" if entry.is_dir() else entry.name for entry in entries]
    real_root = os.path.realpath(root)
    slots = {slot.name: _looked_into(slot, root, real_root) for split in splits for slot in check_slots(top, split)}
    files: dict[str, int] = {}
    escaping: set[str] = set()
    for split in splits:
        for folder in (images_name(split), labels_name(split)):
            if real := slots[folder].real:
                _walk(os.path.join(root, real), folder, real_root, files, escaping)
    return Tree(root, slots, files, frozenset(escaping))


def _looked_into(slot: Slot, root: Path, real_root: str) -> Slot:
    """The slot, with its repair if what lies in its place is a zip of the dataset's own that can be unpacked."""
    if slot.packed is None or _leads_out(os.path.join(root, slot.packed), real_root):
        return slot
    from ocrweb.data.archive import can_unpack  # loads what opens pictures

    return slot.unpackable() if can_unpack(root / slot.packed, archive_limits()) else slot


def _walk(path: str, folder: str, real_root: str, files: dict[str, int], escaping: set[str]) -> None:
    outside = _leads_out(path, real_root)
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name.lower() in LEFTOVERS:
                continue
            name = f"{folder}/{entry.name}"
            if outside or (entry.is_symlink() and _leads_out(entry.path, real_root)):
                escaping.add(name)
                files[name] = 0
            elif entry.is_dir():
                if name.count("/") < DEEPEST and not (entry.is_symlink() and _leads_back(entry.path)):
                    _walk(entry.path, name, real_root, files, escaping)
            elif entry.is_file():
                files[name] = entry.stat().st_size


def _leads_back(link: str) -> bool:
    """Whether a link leads to a folder that it lies in: whatever is there would be found again and again."""
    real = os.path.realpath(link)
    return f"{os.path.realpath(os.path.dirname(link))}{os.sep}".startswith(f"{real}{os.sep}")


def _leads_out(path: str, real_root: str) -> bool:
    real = os.path.realpath(path)
    return real != real_root and not real.startswith(real_root + os.sep)
