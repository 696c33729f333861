"""A folder that is no dataset of ours: another tool's labels, pictures that nobody has labelled yet, nothing at all."""

from __future__ import annotations

import posixpath
import re
import shlex
from pathlib import Path
from typing import Any

from ocrweb.data.archive_names import ARCHIVE_SUFFIXES
from ocrweb.data.checks.finding import Finding, finding
from ocrweb.data.checks.folders import pair_by_name
from ocrweb.data.checks.label_line import scan_label_lines
from ocrweb.data.checks.names import images_name, is_label_name, labels_name, list_name, stem_of, suffix_of
from ocrweb.data.checks.textfile import LARGEST, TextFileKind, decode_text
from ocrweb.data.checks.tree import Tree
from ocrweb.data.formats.content import kind_of
from ocrweb.data.formats.folder import MadeBy, made_by, tool_names
from ocrweb.data.formats.icdar_line import is_four_points_and_text
from ocrweb.data.formats.recognise import label_files
from ocrweb.data.formats.tree import SourceTree, read_source
from ocrweb.data.sample import SPLITS
from ocrweb.disk.names import some_of

LOOKED_AT = 8
_ZIP = re.compile(r"\.zip$", re.IGNORECASE)


def foreign_finding(tree: Tree, shown: str) -> Finding | None:
    """What a folder is instead of a dataset, with the command that makes one of it; None for a dataset, however broken.

    shown: what the person calls the folder. A folder that holds one of the two lists is ours. Raises dataset.unreadable.
    """
    if any(_has_list(tree, list_name(split)) for split in SPLITS):
        if not _has_other_labels(tree):
            return None
        source = read_source(tree.root)
        made = made_by(source)
        return finding("layout.foreign", **_values(made, source, shown)) if made.formats else None
    source = read_source(tree.root)
    made = made_by(source)
    if made.formats and not _is_ours(tree, source, made):
        return finding("layout.foreign", **_values(made, source, shown))
    if made.plain_pictures and not _has_labels(tree, labels_name("train")):
        values = _values(made, source, shown)
        if unknown := [name for name in source.others if _may_label(name, source)]:
            return finding("layout.unknown-labels", names=some_of(unknown), **values)
        return finding("layout.plain-pictures", **values)
    inside = sorted({posixpath.dirname(name) for name in source.others if _is_list(name)} - {""})
    if inside and not _has_any_slot(tree):
        folder = str(Path(_ZIP.sub("", shown)) / inside[0])
        rule = "layout.inside" if len(inside) == 1 else "layout.several"
        return finding(rule, folder=some_of(inside), command=shlex.join(["ocrweb", "validate", folder]))
    packed = [name for name in source.files if name.lower().endswith(ARCHIVE_SUFFIXES)]
    if packed and not made.pictures and not _has_any_slot(tree):
        command = shlex.join(["ocrweb", "validate", str(Path(shown) / packed[0])])
        return finding("layout.packed", names=some_of(packed), command=command)
    if not made.formats and not made.pictures and not inside and not _has_any_slot(tree):
        names = f" ({some_of(source.files)})" if source.files else ""
        command = shlex.join(["ocrweb", "autolabel", shown, "--out", f"{_stem(source, shown)}_dataset"])
        sample = "sample_dataset"
        return finding("layout.nothing", count=len(source.files), names=names, command=command, sample=sample)
    return None


def _has_other_labels(tree: Tree) -> bool:
    """Whether the list is a ``Label.txt``, or most of the first label files hold boxes in a notation that has no eight
    numbers a line."""
    name = list_name("train")
    if tree.has(name) and kind_of(_start(tree, name, "list"), name) == "ppocrlabel":
        return True
    folder = labels_name("train")
    some = [one for one in tree.under(folder) if is_label_name(one) and one not in tree.escaping][:LOOKED_AT]
    return 2 * sum(_is_other(_start(tree, one, "label"), one) for one in some) > len(some)


def _start(tree: Tree, name: str, kind: TextFileKind) -> bytes:
    """The bytes of a file, none of one that cannot be opened: a rule of its own says so."""
    try:
        return tree.read(name, LARGEST[kind])
    except OSError:
        return b""


def _is_other(data: bytes, name: str) -> bool:
    lines = decode_text(data, "label").lines or []
    ours = any(line is not None and line.numbers for line in scan_label_lines(lines))
    return not ours and kind_of(data, name) is not None


def _has_labels(tree: Tree, name: str) -> bool:
    """Whether that folder is there: under another name, only with label files in it, since other tools have such too."""
    return tree.has(name) and (tree.real(name) == name or any(map(is_label_name, tree.under(name))))


def _may_label(name: str, source: SourceTree) -> bool:
    """Whether a file looks as if it said something of the pictures: by its kind, a text by its name as well."""
    if suffix_of(name).lower() == ".txt":
        return stem_of(name) in {stem_of(picture) for picture in source.pictures}
    return suffix_of(name).lower() in (".json", ".jsonl", ".xml", ".csv", ".tsv", ".mat", ".gt", ".cach", ".tfrecord")


def _is_list(name: str) -> bool:
    return posixpath.basename(name) in {list_name(split) for split in SPLITS}


def _has_any_slot(tree: Tree) -> bool:
    """Whether something stands for one of the six names, be it misspelt."""
    return any(tree.has(name) for name in tree.slots)


def _has_list(tree: Tree, name: str) -> bool:
    """Under its own name, or as a copy that an editor left: another name may be another tool's (``train.txt``)."""
    slot = tree.slots.get(name)
    return slot is not None and (slot.real == name or any(found.rule == "list.backup-file" for found in slot.findings))


def _is_ours(tree: Tree, source: SourceTree, made: MadeBy) -> bool:
    """Whether only the lists are missing: pictures and labels lie in their folders, and the labels are of our kind. Or
    a part of a dataset, or one in a folder within."""
    labels = labels_name("train")
    lists = {list_name(split) for split in SPLITS}
    if made.formats == ("icdar",) and (not made.pictures or any(Path(name).name in lists for name in source.others)):
        return True
    if not (tree.has(images_name("train")) and tree.has(labels) and pair_by_name(tree, "train")):
        return False
    inside = [name for name in label_files(source).get("icdar", ()) if name.startswith(f"{tree.real(labels)}/")]
    return bool(inside) and all(
        is_four_points_and_text(decode_text(source.read(name), "label").lines or []) for name in inside
    )


def _values(made: MadeBy, source: SourceTree, shown: str) -> dict[str, Any]:
    """The values of the message: what to type, with the format named where the content leaves a choice."""
    verb = "import" if made.formats else "autolabel"
    given = ["--format", made.largest] if len(made.formats) > 1 else []
    command = shlex.join(["ocrweb", verb, shown, *given, "--out", f"{_stem(source, shown)}_dataset"])
    return {"tools": tool_names(made), "files": made.files, "pictures": made.pictures, "command": command}


def _stem(source: SourceTree, shown: str) -> str:
    """What to call a dataset that is made of it."""
    name = Path(shown).name if Path(shown).name not in ("", "..") else source.root.resolve().name
    return _ZIP.sub("", name) or "data"
