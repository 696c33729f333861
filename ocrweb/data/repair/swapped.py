"""Label files whose x and y are, or may be, in each other's place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ocrweb.data.checks.label_file import swapped
from ocrweb.data.checks.list_file import Entry
from ocrweb.data.checks.tree import Tree
from ocrweb.data.icdar import scan_labels
from ocrweb.data.repair.names import header_of_picture


def doubted_files(tree: Tree, entries: Iterable[Entry]) -> Iterator[tuple[str, bool]]:
    """Label files that may be swapped, and whether they surely are. Pictures are looked at of these alone."""
    for entry in entries:
        if not entry.label or entry.label in tree.escaping:
            continue
        labels = scan_labels(tree, entry.label)
        if swapped(labels, None) is False:
            continue
        inside = entry.image and entry.image not in tree.escaping
        header = header_of_picture(tree, entry.image) if inside and entry.image else None
        size = header.upright_size if header else None
        if (verdict := swapped(labels, size)) is not False:
            yield entry.label, bool(verdict)
