"""Decide on every change of a repair without touching a file."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

from ocrweb.data.checks.names import images_name, labels_name, list_name
from ocrweb.data.checks.textfile import LARGEST
from ocrweb.data.checks.tree import Tree
from ocrweb.data.foreign import foreign_finding
from ocrweb.data.icdar import open_tree, outlines_of, read_limited
from ocrweb.data.labelling.place import record_name
from ocrweb.data.outlines import outlines_name
from ocrweb.data.repair.change import Change, RepairPlan
from ocrweb.data.repair.mend_label import MendedText, mend_labels
from ocrweb.data.repair.mend_list import mend_list, write_list
from ocrweb.data.repair.names import Renames, plan_names
from ocrweb.data.repair.swapped import doubted_files
from ocrweb.data.sample import SPLITS, Split
from ocrweb.data.validate import SplitPlan, plan_split
from ocrweb.disk.names import natural_key


def plan_repair(root: Path) -> RepairPlan:
    """Every change that mends the dataset without a guess, in the order to apply them.

    Reads lists, labels and the headers of pictures. A dataset that is already repaired gives an empty plan, and so does
    a folder that is none: it is to be imported or labelled.
    Raises OcrwebError usage.missing-path, dataset.not-a-folder, dataset.unreadable.
    """
    tree = open_tree(root)
    if foreign_finding(tree, str(root)):
        return RepairPlan(root, ())
    if unpacked := tuple(_unpacked(tree)):  # what is to be mended besides is seen when the files are there
        return RepairPlan(root, unpacked)
    changes: list[Change] = []
    plans = {split: plan_split(tree, split) for split in SPLITS}
    swapped = functools.cache(
        lambda: any(surely for plan in plans.values() for _, surely in doubted_files(tree, plan.entries))
    )
    for split, planned in plans.items():
        renames = plan_names(tree, split, planned.entries)
        changes += _slots(tree, split, planned)
        changes += _files(renames)
        changes += _labels(tree, planned, renames, swapped)
        changes += _list(tree, split, planned, renames)
    return RepairPlan(root, tuple(changes))


def _unpacked(tree: Tree) -> Iterator[Change]:
    for slot in tree.slots.values():
        if slot.packed is not None and any(found.fixable for found in slot.findings):
            yield Change("unpack", slot.packed, ("layout.in-archive",), target=slot.name)


def _slots(tree: Tree, split: Split, planned: SplitPlan) -> Iterator[Change]:
    """The list and the two folders get their names; leftovers of editors go."""
    for name in (images_name(split), labels_name(split), list_name(split)):
        real = tree.slots[name].real
        if real is not None and real != name:
            from_backup = any(found.rule == "list.missing" for found in tree.slots[name].findings)
            yield Change("rename", real, ("list.backup-file" if from_backup else "layout.wrong-name",), target=name)
    for found in planned.findings:
        if found.rule == "layout.missing" and found.fixable:
            yield Change("make-folder", found.file, (found.rule,))
        elif found.rule == "list.backup-file" and tree.slots[list_name(split)].real == list_name(split):
            yield Change("delete", found.file, (found.rule,))


def _files(renames: Renames) -> Iterator[Change]:
    for old, new in sorted({**renames.pictures, **renames.labels}.items(), key=lambda pair: natural_key(pair[0])):
        rules = tuple(renames.rules[old])
        if old in renames.converted:
            yield Change("write", new, rules, convert=old)
            yield Change("delete", old, rules)
        elif old != new:
            yield Change("rename", old, rules, target=new)
        if old != new and old in renames.pictures and renames.tree.path(record_name(old)).is_file():
            yield Change("rename", record_name(old), rules, target=record_name(new))
        if old != new and old in renames.labels and outlines_name(old) in renames.tree.files:
            yield Change("rename", outlines_name(old), rules, target=outlines_name(new))


def _labels(tree: Tree, planned: SplitPlan, renames: Renames, others_swapped: Callable[[], bool]) -> Iterator[Change]:
    done: set[str] = set()
    for entry in planned.entries:
        if entry.label and entry.label not in done and entry.label not in tree.escaping:
            done.add(entry.label)
            data = read_limited(tree.path(entry.label), LARGEST["label"])
            outlines = outlines_of(tree, entry.label)
            size = renames.sizes.get(entry.image or "")
            if mended := mend_labels(data, size, outlines, others_swapped, tree.usual_for(entry.label)):
                final = renames.final(entry.label)
                yield _write(final, mended)
                yield from _beside(final, mended, there=outlines_name(entry.label) in tree.files)


def _beside(label: str, mended: MendedText, *, there: bool) -> Iterator[Change]:
    """The outlines follow the boxes they belong to."""
    if mended.outlines is not None:
        yield Change("write", outlines_name(label), ("label.more-points",), content=mended.outlines)
    elif there:
        yield Change("delete", outlines_name(label), ("label.more-points",))


def _list(tree: Tree, split: Split, planned: SplitPlan, renames: Renames) -> Iterator[Change]:
    name = list_name(split)
    fixable = {found.rule for found in planned.findings if found.fixable}
    if "list.empty" in fixable or ("list.missing" in fixable and not tree.has(name)):
        yield _write(name, write_list(planned.entries, renames))
    elif tree.has(name):
        data = read_limited(tree.path(name), LARGEST["list"])
        if mended := mend_list(data, planned.entries, renames, tree.usual_for(name)):
            yield _write(name, mended)


def _write(name: str, mended: MendedText) -> Change:
    rules = dict.fromkeys([*mended.rules, *(rule for edit in mended.edits for rule in edit.rules)])
    return Change("write", name, tuple(rules), content=mended.content, edits=mended.edits)
