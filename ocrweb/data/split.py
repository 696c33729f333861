"""Seeded division of pictures into training and test: who goes where, and doing it to a dataset."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ocrweb.data.checks.names import images_name, labels_name, list_name, stem_of, suffix_of
from ocrweb.data.icdar import read_split
from ocrweb.data.labelling.place import record_name
from ocrweb.data.outlines import outlines_name
from ocrweb.data.repair.apply import apply_repair
from ocrweb.data.repair.change import Change, RepairPlan
from ocrweb.data.sample import SPLITS, Split
from ocrweb.disk.names import take_name
from ocrweb.disk.ordinary import open_ordinary
from ocrweb.errors import OcrwebError

RULE = "split.seeded"


@dataclass(frozen=True, slots=True)
class SplitResult:
    """train, test: pictures in each. moved: pictures that changed sides. backup: what undoing needs, None when none moved."""

    train: int
    test: int
    moved: int
    backup: Path | None


def choose_test(keys: Sequence[Hashable], usable: Sequence[bool], ratio: float, seed: int) -> set[int]:
    """Indexes of the pictures to test with: about ``ratio`` of all, at least one when ratio > 0 and two pictures exist.

    keys: pictures with the same key (copies of one another) stay on one side. usable: the picture has a box that counts;
    training keeps at least one such picture when there is any. The same arguments choose the same pictures.
    """
    if not 0 <= ratio < 1:
        raise OcrwebError("usage.bad-value", name="val_ratio", value=ratio, expected="0 ≤ r < 1")
    groups: dict[Hashable, list[int]] = {}
    for index, key in enumerate(keys):
        groups.setdefault(key, []).append(index)
    wanted = min(max(round(len(keys) * ratio), 1), len(keys) - 1) if ratio > 0 else 0
    order = list(groups.values())
    random.Random(seed).shuffle(order)
    useful = sum(usable)
    test: set[int] = set()
    for group in order:
        of_use = sum(usable[index] for index in group)
        if len(test) + len(group) > wanted or (of_use and of_use >= useful):
            continue
        test.update(group)
        useful -= of_use
    return test


def split_dataset(root: Path, ratio: float = 0.1, seed: int = 0) -> SplitResult:
    """Divide a dataset anew: its pictures and labels are renamed between the folders, unchanged, and both lists written.

    All or nothing; `ocrweb.data.repair.apply.undo_repair` takes it back. Raises what `read_split` refuses.
    """
    samples = [(split, sample) for split in SPLITS for sample in read_split(root, split, pictures=False)]
    usable = [any(not box.ignore for box in sample.boxes) for _, sample in samples]
    test = choose_test(content_keys([sample.image for _, sample in samples]), usable, ratio, seed)
    changes: list[Change] = []
    lists: dict[Split, list[str]] = {"train": [], "test": []}
    taken = {split: _stems(root, split) for split in SPLITS}
    moved = 0
    for index, (old, sample) in enumerate(samples):
        new: Split = "test" if index in test else "train"
        image, label = _name(root, sample.image), _name(root, sample.label)
        if new != old:
            stem = take_name(stem_of(image), taken[new])
            targets = f"{images_name(new)}/{stem}{suffix_of(image)}", f"{labels_name(new)}/{stem}.txt"
            changes += [Change("rename", image, (RULE,), targets[0]), Change("rename", label, (RULE,), targets[1])]
            beside = [(outlines_name(label), outlines_name(targets[1])), (record_name(image), record_name(targets[0]))]
            changes += [Change("rename", a, (RULE,), b) for a, b in beside if (root / a).is_file()]
            image, label = targets
            moved += 1
        lists[new].append(f"{image} {label}\n")
    if moved:
        changes += [
            Change("write", list_name(split), (RULE,), content="".join(lines).encode("utf-8", "surrogateescape"))
            for split, lines in lists.items()
        ]
    backup = apply_repair(RepairPlan(root, tuple(changes)), "in-place").backup
    return SplitResult(len(samples) - len(test), len(test), moved, backup)


def content_keys(files: Sequence[Path]) -> list[Hashable]:
    """A key a file, equal for files of the same content; only files of one size are read."""
    sizes = [file.stat().st_size for file in files]
    alike = Counter(sizes)
    return [_content_key(file) if alike[size] > 1 else size for file, size in zip(files, sizes, strict=True)]


def _content_key(file: Path) -> Hashable:
    with open_ordinary(file) as stream:
        return hashlib.file_digest(stream, "blake2b").digest()


def _name(root: Path, path: Path | None) -> str:
    assert path is not None  # a dataset on disk has a label file for every picture
    return path.relative_to(root).as_posix()


def _stems(root: Path, split: Split) -> set[str]:
    """Names in use in a split, of pictures and of labels."""
    folders = root / images_name(split), root / labels_name(split)
    return {stem_of(path.name).casefold() for folder in folders if folder.is_dir() for path in folder.rglob("*")}
