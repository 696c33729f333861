"""Carry out what a person decided about findings. Undone as a repair is."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from ocrweb.data.checks.dialect import DIFFICULTY, SCRIPT
from ocrweb.data.checks.folders import pair_by_name
from ocrweb.data.checks.label_line import IGNORED_TEXTS, PLACEHOLDER
from ocrweb.data.checks.list_file import Entry
from ocrweb.data.checks.names import images_name, labels_name, list_name, stem_of, suffix_of
from ocrweb.data.checks.picture import SUFFIX_OF_FORMAT
from ocrweb.data.checks.textfile import LARGEST, decode_text, encoded
from ocrweb.data.checks.tree import Tree
from ocrweb.data.icdar import open_tree, read_limited, scan_labels
from ocrweb.data.outlines import outlines_name
from ocrweb.data.repair.change import Change, LineEdit, RepairPlan
from ocrweb.data.repair.decisions import Decision, Deed
from ocrweb.data.repair.swapped import doubted_files
from ocrweb.data.sample import SPLITS, Split
from ocrweb.data.validate import plan_split
from ocrweb.imaging.encode import encode_picture
from ocrweb.imaging.picture import read_picture

AS_IT_IS = 98  # quality of a JPEG made of another picture


@dataclass(slots=True)
class _Work:
    """lines: (file, line) → what stands there then, None for nothing, and the rule. added: list → lines. deleted, written:
    file → rule, and content. moved: renames and new folders, which come last, as every other change names the files of now.
    """

    tree: Tree
    lines: dict[tuple[str, int], tuple[str | None, str]] = field(default_factory=dict)
    added: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    deleted: dict[str, str] = field(default_factory=dict)
    written: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    moved: list[Change] = field(default_factory=list)


def plan_decisions(root: Path, decided: Sequence[Decision], picture: bytes | None = None) -> RepairPlan:
    """The changes that carry them out. picture: the file that a ``replace`` puts in a picture's place.

    Raises what opening the dataset raises, dataset.unreadable, and of that picture ``image.…``.
    """
    work = _Work(open_tree(root))
    entries = {split: plan_split(work.tree, split).entries for split in SPLITS}
    for one in (*decided, *_swapped_too(work.tree, entries, decided)):
        for split in SPLITS:
            if one.deed in LISTED and one.file.partition("/")[0] in _names(split):
                LISTED[one.deed](work, split, entries[split], one)
        if one.deed in PLACED:
            PLACED[one.deed](work, one)
        elif one.deed == "replace" and picture is not None:
            _replace(work, entries, one, picture)
    out = {one.file: one.rule for one in decided if one.deed == "take-out"}
    for split in SPLITS:
        _take_out(work, split, entries[split], out)
    work.deleted |= {name: rule for name, rule in out.items() if name in work.tree.files}
    return RepairPlan(root, (*_changes(work), *work.moved))


def _swapped_too(
    tree: Tree, entries: Mapping[Split, Sequence[Entry]], decided: Sequence[Decision]
) -> Iterator[Decision]:
    """A tool that swapped x and y in one file did so in all: later nothing would tell those whose boxes happen to fit."""
    if any(one.deed == "swap-axes" for one in decided):
        named = {one.file for one in decided}
        for listed in entries.values():
            for file, surely in doubted_files(tree, listed):
                if file not in named:
                    yield Decision("swap-axes", "label.swapped" if surely else "label.maybe-swapped", file)


def _changes(work: _Work) -> Iterator[Change]:
    tree = work.tree
    for file, (content, rule) in sorted(work.written.items()):
        yield Change("write", tree.real(file), (rule,), content=content)
    edited = {file for file, _ in work.lines} | set(work.added)
    for file in sorted(edited - set(work.deleted) - set(work.written)):
        change = _edited(tree, file, work.lines, work.added.get(file, []))
        if change is not None:
            yield change
    for name, rule in sorted(work.deleted.items()):
        for file in (name, outlines_name(name)):
            if file in tree.files and file not in tree.escaping:
                yield Change("delete", tree.real(file), (rule,))


def _edited(
    tree: Tree, file: str, lines: dict[tuple[str, int], tuple[str | None, str]], added: list[tuple[str, str]]
) -> Change | None:
    """The file with some lines changed or gone, and others at its end."""
    kind: Literal["list", "label"] = "list" if "/" not in file else "label"
    decoded = decode_text(read_limited(tree.path(file), LARGEST[kind]), kind, tree.usual_for(file))
    if decoded.lines is None:
        return None
    edits, after = [], []
    for number, line in enumerate(decoded.lines, start=1):
        then, rule = lines.get((file, number), (line, ""))
        if then is not None:
            after.append(then)
        if then != line:
            edits.append(LineEdit(number, line, then, (rule,)))
    for line, rule in dict.fromkeys(added):
        after.append(line)
        edits.append(LineEdit(None, None, line, (rule,)))
    if not edits:
        return None
    rules = tuple(dict.fromkeys(rule for edit in edits for rule in edit.rules))
    return Change("write", tree.real(file), rules, content=encoded(after), edits=tuple(edits))


def _take_out(work: _Work, split: Split, entries: Sequence[Entry], out: dict[str, str]) -> None:
    """The pictures of these files with their labels and lines; what lines that stay name stays too."""
    for entry in entries:
        rule = next((out[name] for name in (entry.image, entry.label) if name in out), None)
        if rule is None:
            continue
        work.deleted |= {name: rule for name in (entry.image, entry.label) if name}
        if entry.line is not None:
            work.lines.setdefault((list_name(split), entry.line), (None, rule))
    kept = {
        name
        for entry in entries
        if entry.line is not None and work.lines.get((list_name(split), entry.line), ("", ""))[0] is not None
        for name in (entry.image, entry.label)
        if name not in out
    }
    work.deleted = {name: rule for name, rule in work.deleted.items() if name not in kept}


def _drop_line(work: _Work, split: Split, entries: Sequence[Entry], one: Decision) -> None:
    assert one.line is not None
    work.lines[one.file, one.line] = None, one.rule


def _enlist(work: _Work, split: Split, entries: Sequence[Entry], one: Decision) -> None:
    label = work.tree.label_of(one.file, split)
    if label is not None:
        work.added.setdefault(list_name(split), []).append((f"{one.file} {label}", one.rule))


def _pair(work: _Work, split: Split, entries: Sequence[Entry], one: Decision) -> None:
    """The picture of a line with the labels of its own name; where there are none, those of the line get that name."""
    entry = next((entry for entry in entries if entry.line == one.line), None)
    if entry is None or entry.image is None or entry.label is None or one.line is None:
        return
    own = work.tree.label_of(entry.image, split)
    if own is None:
        own = f"{labels_name(split)}/{stem_of(entry.image)}.txt"
        for old, new in ((entry.label, own), (outlines_name(entry.label), outlines_name(own))):
            if old in work.tree.files:
                work.moved.append(Change("rename", work.tree.real(old), (one.rule,), target=work.tree.real(new)))
    work.lines[list_name(split), one.line] = f"{entry.image} {own}", one.rule


def _list_all(work: _Work, split: Split, entries: Sequence[Entry], one: Decision) -> None:
    """A new list of all pictures that have labels."""
    pairs = pair_by_name(work.tree, split)
    work.written[list_name(split)] = encoded(f"{entry.image} {entry.label}" for entry in pairs), one.rule


def _start_anew(work: _Work, split: Split, entries: Sequence[Entry], one: Decision) -> None:
    """No boxes: the labels can be drawn then, or there is no text to draw."""
    if one.file.startswith(f"{labels_name(split)}/"):
        work.written[one.file] = b"", one.rule
        return
    work.written[one.wanted] = b"", one.rule
    if work.tree.has(list_name(split)) and all(entry.line is None or entry.image != one.file for entry in entries):
        work.added.setdefault(list_name(split), []).append((f"{one.file} {one.wanted}", one.rule))


def _drop_field(work: _Work, split: Split, entries: Sequence[Entry], one: Decision) -> None:
    """Each line's text without what another dataset puts before it; what it says is hard to read is ignored."""

    def without(text: str) -> str:
        if script := SCRIPT.fullmatch(text):
            return script[2]
        difficult = DIFFICULTY.fullmatch(text)
        return text if difficult is None else "###" if difficult[1] == "1" else difficult[2]

    _write_texts(work, one.file, one.rule, without)


def _read_ignored(work: _Work, split: Split, entries: Sequence[Entry], one: Decision) -> None:
    for label in dict.fromkeys(entry.label for entry in entries if entry.label):
        _write_texts(work, label, one.rule, lambda text: PLACEHOLDER if text in IGNORED_TEXTS else text)


def _swap_axes(work: _Work, split: Split, entries: Sequence[Entry], one: Decision) -> None:
    """x and y in each other's place, in every line."""
    scanned = scan_labels(work.tree, one.file)
    for number, quad, text in zip(scanned.lines, scanned.quads, scanned.texts, strict=True):
        numbers = (np.format_float_positional(value, trim="-") for value in quad[:, ::-1].reshape(-1))
        work.lines[one.file, number] = ",".join([*numbers, text]), one.rule


def _ignore_box(work: _Work, split: Split, entries: Sequence[Entry], one: Decision) -> None:
    _write_texts(work, one.file, one.rule, lambda text: "###", one.line)


def _write_texts(work: _Work, file: str, rule: str, changed: Callable[[str], str], only: int | None = None) -> None:
    """only: the one line that is meant, None for all."""
    scanned = scan_labels(work.tree, file)
    for number, raw, text in zip(scanned.lines, scanned.raw, scanned.texts, strict=True):
        if only in (None, number) and raw.endswith(text) and changed(text) != text:
            work.lines[file, number] = raw[: len(raw) - len(text)] + changed(text), rule


def _drop_outlines(work: _Work, one: Decision) -> None:
    work.deleted[one.file] = one.rule


def _call_right(work: _Work, one: Decision) -> None:
    """The first of several that could bear the name gets it."""
    if (work.tree.root / one.wanted).exists() or any(change.target == one.wanted for change in work.moved):
        return
    work.moved.append(Change("rename", one.file, (one.rule,), target=one.wanted))


def _make_folder(work: _Work, one: Decision) -> None:
    work.moved.append(Change("make-folder", one.file, (one.rule,)))


def _move_up(work: _Work, one: Decision) -> None:
    """What lies in the folder within lies here then; what would cover something stays."""
    for name in sorted(os.listdir(work.tree.root / one.wanted)):
        if not (work.tree.root / name).exists():
            work.moved.append(Change("rename", f"{one.wanted}/{name}", (one.rule,), target=name))


def _replace(work: _Work, entries: Mapping[Split, Sequence[Entry]], one: Decision, picture: bytes) -> None:
    """The new picture under the name of the old one, so that list and labels hold; of another format it is written anew.

    A name that no picture may have gets the ending of the new one, in its list too.
    """
    name, read = one.file, read_picture(picture)
    for split in SPLITS:
        if name.startswith(f"{labels_name(split)}/"):  # labels whose picture is not there
            name = f"{images_name(split)}{name[len(labels_name(split)) : -len('.txt')]}"
    right = SUFFIX_OF_FORMAT.get(read.format, ".png")
    suffix = suffix_of(name) if suffix_of(name) in SUFFIX_OF_FORMAT.values() else right
    content = picture if suffix == right else encode_picture(read.pixels, suffix, quality=AS_IT_IS)
    new = name if suffix_of(name) == suffix else f"{name.removesuffix(suffix_of(name))}{suffix}"
    work.written[new] = content, one.rule
    if new == name or name not in work.tree.files:
        return
    work.deleted[name] = one.rule
    for split, listed in entries.items():
        for entry in listed:
            if entry.image == name and entry.line is not None:
                work.lines[list_name(split), entry.line] = f"{new} {entry.label or ''}".strip(), one.rule


LISTED: dict[Deed, Callable[[_Work, Split, Sequence[Entry], Decision], None]] = {
    "drop-line": _drop_line,
    "enlist": _enlist,
    "pair": _pair,
    "list-all": _list_all,
    "start-anew": _start_anew,
    "drop-field": _drop_field,
    "ignore-box": _ignore_box,
    "swap-axes": _swap_axes,
    "read-ignored": _read_ignored,
}
PLACED: dict[Deed, Callable[[_Work, Decision], None]] = {
    "drop-outlines": _drop_outlines,
    "call-right": _call_right,
    "make-folder": _make_folder,
    "move-up": _move_up,
}


def _names(split: Split) -> tuple[str, ...]:
    return images_name(split), labels_name(split), list_name(split)
