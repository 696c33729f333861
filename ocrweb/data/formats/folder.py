"""Which tool made a folder."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from pathlib import Path

from ocrweb.data.formats.recognise import label_files, tool_of
from ocrweb.data.formats.tree import SourceTree, read_source

_ROBOFLOW = re.compile(r"readme\.(roboflow|dataset)\.txt|_annotations\.coco\.json", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MadeBy:
    """formats: those whose labels a folder holds, sorted; empty: plain pictures, or nothing of ours. files: how many
    label files of all of them. pictures: how many. roboflow: exported by Roboflow, whatever its format."""

    formats: tuple[str, ...]
    files: int
    pictures: int
    roboflow: bool = False

    @property
    def plain_pictures(self) -> bool:
        return bool(self.pictures) and not self.formats


def made_by(root: Path) -> MadeBy:
    """Look at the content of every file that is no picture. Raises OcrwebError dataset.unreadable."""
    return made_by_tree(read_source(root))


def made_by_tree(tree: SourceTree) -> MadeBy:
    """`made_by` of a folder that was walked already."""
    kinds = label_files(tree)
    formats = tuple(sorted({tool_of(kind) for kind in kinds}))
    roboflow = any(_ROBOFLOW.fullmatch(posixpath.basename(name)) for name in tree.others)
    return MadeBy(formats, sum(map(len, kinds.values())), len(tree.pictures), roboflow)
