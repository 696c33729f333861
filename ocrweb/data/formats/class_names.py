"""Names of YOLO's classes, which its label lines give by number: ``data.yaml``, ``classes.txt``, ``obj.names``,
Label Studio's ``notes.json``."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

import yaml

from ocrweb.config.documents import parse_json, parse_yaml
from ocrweb.data.formats.annotated import Trouble, records, text_in
from ocrweb.data.formats.marks import mark_of
from ocrweb.data.formats.text_lines import class_of_line
from ocrweb.data.formats.tree import SourceTree, lines_of
from ocrweb.errors import OcrwebError

_LISTS = ("classes.txt", "labels.txt", "predefined_classes.txt")
Names = dict[str, str]  # by number


def class_names(tree: SourceTree) -> dict[str, Names]:
    """The names that files of each folder give; a file that cannot be read gives none."""
    found: dict[str, Names] = {}
    for file in tree.others:
        if names := _names_in(tree, file):
            found.setdefault(posixpath.dirname(file), {}).update(names)
    return found


def nearest_names(known: dict[str, Names], file: str) -> Names:
    """Those for a label file: of its folder or the next one above, else those of the only folder that has any."""
    folder = posixpath.dirname(file)
    while folder not in known and folder:
        folder = posixpath.dirname(folder)
    alone = next(iter(known.values())) if len(known) == 1 else {}
    return known.get(folder, alone)


def several_classes(tree: SourceTree, files: tuple[str, ...], known: dict[str, Names]) -> Iterator[Trouble]:
    """Says which classes label files use where there are several besides those that ignore: all of them count as text."""
    used: set[str] = set()
    for file in files:
        names = nearest_names(known, file)
        if len(names) > 1:
            used.update(names.get(class_of_line(line), "") for line in lines_of(tree.text(file)))
    if len(classes := sorted(name for name in used if name and not mark_of("yolo", name))) > 1:
        yield Trouble("categories", posixpath.dirname(files[0]) or files[0], ", ".join(classes))


def _names_in(tree: SourceTree, file: str) -> Names:
    base = posixpath.basename(file).lower()
    try:
        if base.endswith((".yaml", ".yml")):
            document = parse_yaml(tree.text(file))
            return _numbered(document.get("names")) if isinstance(document, dict) else {}
        if base in _LISTS or base.endswith(".names"):
            return _numbered(tree.text(file).strip("\r\n").split("\n"))
        if base == "notes.json":
            document = parse_json(tree.text(file))
            categories = records(document.get("categories")) if isinstance(document, dict) else []
            return {text_in(entry.get("id")): text_in(entry.get("name")) for entry in categories}
    except (ValueError, yaml.YAMLError, OcrwebError):
        pass
    return {}


def _numbered(names: Any) -> Names:
    given = names.items() if isinstance(names, dict) else enumerate(names) if isinstance(names, list) else ()
    return {text_in(number): text_in(name) for number, name in given}
