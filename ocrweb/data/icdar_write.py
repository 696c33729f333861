"""Write the ICDAR2015 layout, so that the strict reader loads it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ocrweb.data.checks.label_line import IGNORED_TEXTS, PLACEHOLDER, tidy_text
from ocrweb.data.checks.names import images_name, labels_name, list_name, stem_of, suffix_of
from ocrweb.data.outlines import outlines_bytes, outlines_name
from ocrweb.data.sample import LabelledBox, Sample, Split
from ocrweb.disk.names import take_name
from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import write_whole


def format_label_line(box: LabelledBox) -> str:
    """``x1,y1,…,x4,y4,text`` that parses back to the same points. Raises OcrwebError dataset.not-a-quad."""
    if box.points.shape != (4, 2):
        raise OcrwebError("dataset.not-a-quad", count=len(box.points))
    numbers = [np.format_float_positional(np.float32(value), trim="-") for value in box.points.reshape(-1)]
    text = tidy_text(box.text)
    if box.ignore:
        text = text if text in IGNORED_TEXTS else IGNORED_TEXTS[0]
    elif not text or text in IGNORED_TEXTS:
        text = PLACEHOLDER
    return ",".join([*numbers, text])


def _label_text(boxes: Iterable[LabelledBox]) -> str:
    return "".join(f"{format_label_line(box)}\n" for box in boxes)


def write_split(root: Path, split: Split, samples: Iterable[Sample]) -> int:
    """Write pictures, labels and list of a split; returns the number of pictures.

    Pictures that already lie in the picture folder stay; others are copied in. Blanks in names become ``_`` because a
    list line is cut at its blank; a name that is taken gets a number.
    """
    images, labels = root / images_name(split), root / labels_name(split)
    images.mkdir(parents=True, exist_ok=True)
    labels.mkdir(parents=True, exist_ok=True)
    lines: list[str] = []
    taken: set[str] = set()
    for sample in samples:
        name = sample.image.name
        if sample.image.parent.resolve() != images.resolve() or any(char.isspace() for char in name):
            name = _free_name(name, taken)
            shutil.copyfile(sample.image, images / name)
        taken.add(stem_of(name).casefold())
        label = labels / f"{stem_of(name)}.txt"
        label.write_text(_label_text(sample.boxes), encoding="utf-8")
        if (outlines := outlines_bytes(sample.boxes)) is not None:
            write_whole(labels / outlines_name(label.name), outlines)
        lines.append(f"{images_name(split)}/{name} {labels_name(split)}/{stem_of(name)}.txt\n")
    write_whole(root / list_name(split), "".join(lines).encode("utf-8", "surrogateescape"))
    return len(lines)


def _free_name(name: str, taken: set[str]) -> str:
    suffix = suffix_of(name).lower()
    stem = "_".join(stem_of(name).split()) or "picture"
    suffix = ".jpg" if suffix == ".jpeg" else suffix
    return take_name(stem, taken) + suffix
