"""Broken datasets, each with the exact findings it must give: a good one is made, then one thing is spoilt."""

from __future__ import annotations

import functools
import os
import shutil
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ocrweb.data.checks.label_file import scan_label_bytes
from ocrweb.data.icdar import boxes_of
from ocrweb.data.sample import LabelledBox

GOOD_LINES = ("5,5,40,5,40,20,5,20,hello, world", "5,25,50,25,50,40,5,40,###")
TRAIN = tuple(range(1, 11))
TEST = (1, 2)
Spoil = Callable[[Path], object]


def box_of_line(line: str) -> LabelledBox:
    """The box of one label line."""
    (box,) = boxes_of(scan_label_bytes(line.encode()))
    return box


@dataclass(frozen=True)
class Case:
    """name: of the test. spoil: what is done to a good dataset. expected: rule → number of findings.

    fixed: what is left after the repair; None when nothing at all.
    """

    name: str
    spoil: Spoil
    expected: dict[str, int]
    left: dict[str, int]

    def __str__(self) -> str:
        return self.name


def case(name: str, spoil: Spoil, *rules: str, left: tuple[str, ...] = ()) -> Case:
    """rules: every finding's rule, repeated as often as it must come. left: the same after the repair."""
    return Case(name, spoil, _count(rules), _count(left))


def _count(rules: tuple[str, ...]) -> dict[str, int]:
    return {rule: rules.count(rule) for rule in rules}


@functools.cache
def picture(seed: int, width: int = 64, height: int = 48, suffix: str = ".jpg") -> bytes:
    """A drawn picture of its own; the same every time."""
    rng = np.random.default_rng(seed)
    canvas = np.full((height, width, 3), 235, np.uint8)
    cv2.putText(canvas, f"t{seed}", (5, min(height - 2, 20)), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (20, 20, 20), 1)
    canvas[-8:] = rng.integers(0, 255, (8, width, 3) if height >= 8 else (height, width, 3), dtype=np.uint8)[-height:]
    done, data = cv2.imencode(suffix, canvas)
    assert done
    return data.tobytes()


def make_good(root: Path) -> Path:
    """Ten training and two test pictures with two boxes each."""
    for split, numbers in (("train", TRAIN), ("test", TEST)):
        images, labels = root / f"{split}_images", root / f"{split}_gts"
        images.mkdir(parents=True)
        labels.mkdir()
        lines = []
        for number in numbers:
            (images / f"{number}.jpg").write_bytes(picture(number + (100 if split == "test" else 0)))
            (labels / f"{number}.txt").write_text("\n".join(GOOD_LINES) + "\n", encoding="utf-8")
            lines.append(f"{split}_images/{number}.jpg {split}_gts/{number}.txt\n")
        (root / f"{split}_list.txt").write_text("".join(lines), encoding="utf-8")
    return root


def label(*lines: str, file: str = "train_gts/3.txt", end: str = "\n") -> Spoil:
    """Replace a label file by a good line and the given ones."""
    return lambda root: (root / file).write_bytes("".join(f"{line}{end}" for line in (GOOD_LINES[0], *lines)).encode())


def content(file: str, data: bytes) -> Spoil:
    return lambda root: (root / file).write_bytes(data)


def listed(line: str, number: int = 3, split: str = "train") -> Spoil:
    """Replace one line of a list."""

    def spoil(root: Path) -> None:
        path = root / f"{split}_list.txt"
        lines = path.read_text(encoding="utf-8").split("\n")
        lines[number - 1] = line
        path.write_bytes("\n".join(lines).encode())

    return spoil


def every_line(change: Callable[[str], str], split: str = "train") -> Spoil:
    def spoil(root: Path) -> None:
        path = root / f"{split}_list.txt"
        path.write_bytes("".join(change(line) for line in path.read_text().splitlines()).encode())

    return spoil


def rename(old: str, new: str) -> Spoil:
    return lambda root: os.rename(root / old, root / new)


def remove(*names: str) -> Spoil:
    def spoil(root: Path) -> None:
        for name in names:
            path = root / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    return spoil


def replaced_in_list(old: str, new: str, split: str = "train") -> Spoil:
    def spoil(root: Path) -> None:
        path = root / f"{split}_list.txt"
        path.write_text(path.read_text().replace(old, new))

    return spoil


def each(*steps: Spoil) -> Spoil:
    def spoil(root: Path) -> None:
        for step in steps:
            step(root)

    return spoil


def with_exif(data: bytes, orientation: int) -> bytes:
    """The same JPEG with an EXIF orientation."""
    directory = struct.pack("<HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)
    block = b"Exif\x00\x00" + b"II*\x00\x08\x00\x00\x00" + directory
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + data[2:]


def png_header(width: int, height: int) -> bytes:
    """A PNG that announces a size and holds nothing."""
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + b"\0\0\0\0" + b"\0\0\0\0IDAT\0\0\0\0\0\0\0\0IEND\0\0\0\0"
    )
