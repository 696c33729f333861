"""SynthText: ``gt.mat`` with ``wordBB``, ``txt`` and ``imnames``."""

from __future__ import annotations

import posixpath

import numpy as np

from ocrweb.data.formats.annotated import Items, LabelledPicture, Shape, Trouble, split_in, text_in
from ocrweb.data.formats.marks import mark_of
from ocrweb.data.formats.matlab import DAMAGED, MAGIC, Array, arrays_in, cells, names_in
from ocrweb.data.formats.tree import SourceTree

NEEDED = ("wordBB", "imnames")


def is_synthtext(data: bytes) -> bool:
    """Whether a file holds boxes of words for pictures by name."""
    return data.startswith(MAGIC) and set(NEEDED) <= names_in(data)


def read_synthtext(tree: SourceTree, file: str) -> Items:
    """The pictures of one file; each word is a box, with its text where there are as many words as boxes."""
    try:
        found = arrays_in(tree.read(file), (*NEEDED, "txt"))
        boxes, names = cells(found["wordBB"]), cells(found["imnames"])
        texts = cells(found["txt"]) if "txt" in found else []
        if len(boxes) != len(names):
            raise ValueError(f"{len(boxes)} wordBB, {len(names)} imnames")
    except DAMAGED as failure:
        yield Trouble("broken", file, str(failure))
        return
    folder = posixpath.dirname(file)
    for number, (name, box) in enumerate(zip(names, boxes, strict=True), start=1):
        points = _quads(box)
        said = _words(texts[number - 1]) if number <= len(texts) else []
        words = said if len(said) == len(points) else [""] * len(points)
        shapes = tuple(Shape(quad, word, mark_of("synthtext", word)) for quad, word in zip(points, words, strict=True))
        picture = text_in(name.values if isinstance(name.values, str) else "")
        if not picture:
            yield Trouble("broken", f"{file}#{number}", "no imnames", len(shapes))
            continue
        yield LabelledPicture((picture,), shapes, f"{file}#{number}", folder, split=split_in(file) or split_in(picture))


def _quads(box: Array) -> np.ndarray:
    """(N, 4, 2) float64 from 2 × 4 × N."""
    if not isinstance(box.values, np.ndarray) or box.shape[:2] != (2, 4) or box.values.size % 8:
        return np.zeros((0, 4, 2))
    return box.values.astype(np.float64).reshape(-1, 4, 2)


def _words(text: Array) -> list[str]:
    """The words of lines that are padded with blanks."""
    return text.values.split() if isinstance(text.values, str) else []
