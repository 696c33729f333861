"""Small drawn datasets that are right, and the ways in which people spoil one."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from ocrweb.data.icdar_write import write_split
from ocrweb.data.sample import LabelledBox, Sample

PICTURES, TESTED = 24, 2
WIDTH, HEIGHT = 256, 208
LETTERS = "ABCDEFGHKLMNPRSTUVWXYZabcdefghkmnopqrstuvwxyz0123456789"
Page = tuple[np.ndarray, list[np.ndarray]]  # pixels, and the corners (4, 2) of each line of text
Spoil = Callable[[list[Page], np.random.Generator], list[Page]]


def page(dice: np.random.Generator, *, faint: bool = False) -> Page:
    """Three to six lines of print at random places. faint: hardly darker than the grainy paper."""
    ground = 205 if faint else 245
    pixels = np.full((HEIGHT, WIDTH, 3), ground, np.uint8)
    boxes, bottom = [], int(dice.integers(22, 40))
    while bottom < HEIGHT - 12:
        text = "".join(dice.choice(list(LETTERS), int(dice.integers(4, 11))))
        face = int(dice.choice([cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX]))
        size = float(dice.uniform(0.5, 0.7))
        (width, height), below = cv2.getTextSize(text, face, size, 2)
        left = int(dice.integers(4, max(5, WIDTH - width - 4)))
        ink = ground - 26 if faint else int(dice.integers(10, 90))
        cv2.putText(pixels, text, (left, bottom), face, size, (ink, ink, ink), 2, cv2.LINE_AA)
        boxes.append(_box(left - 2, bottom - height - 2, left + width + 2, bottom + below // 2))
        bottom += int(dice.integers(28, 48))
    if faint:
        noise = dice.normal(0, 14, pixels.shape)
        pixels = np.clip(pixels + noise, 0, 255).astype(np.uint8)
    return pixels, boxes


def write(
    folder: Path, spoil: Spoil | None, *, seed: int = 0, faint: bool = False, text: str = "text", tests: int = TESTED
) -> Path:
    """A dataset of training pages, spoilt where asked for, and test pages that are right. text: of every label. tests: how many pages of them."""
    dice = np.random.default_rng(seed)
    pages = [page(dice, faint=faint) for _ in range(PICTURES)]
    tested = [page(dice, faint=faint) for _ in range(tests)]
    for split, made in (("train", spoil(pages, dice) if spoil else pages), ("test", tested)):
        source = folder / "drawn" / split
        source.mkdir(parents=True)
        samples = []
        for number, (pixels, boxes) in enumerate(made):
            file = source / f"{number:02d}.png"
            cv2.imwrite(str(file), pixels)
            labelled = tuple(LabelledBox(box.astype(np.float32), text, ignore=text == "###") for box in boxes)
            samples.append(Sample(file, None, labelled))
        write_split(folder, "train" if split == "train" else "test", samples)
    return folder


def shuffled(pages: list[Page], dice: np.random.Generator) -> list[Page]:
    """Each picture with the labels of another one."""
    return [(pixels, pages[(number + 5) % len(pages)][1]) for number, (pixels, _) in enumerate(pages)]


def moved(x: int, y: int) -> Spoil:
    """All labels beside their text by the same way, as after a border was cut off."""
    return lambda pages, dice: [(pixels, [_inside(box + np.array([x, y])) for box in boxes]) for pixels, boxes in pages]


def moved_at_random(pages: list[Page], dice: np.random.Generator) -> list[Page]:
    return [(pixels, [_inside(box + dice.integers(-60, 61, 2)) for box in boxes]) for pixels, boxes in pages]


def without_boxes(pages: list[Page], dice: np.random.Generator) -> list[Page]:
    return [(pixels, []) for pixels, _ in pages]


def one_picture(pages: list[Page], dice: np.random.Generator) -> list[Page]:
    return [pages[0]] * len(pages)


def random_boxes(pages: list[Page], dice: np.random.Generator) -> list[Page]:
    def boxes() -> list[np.ndarray]:
        corners = [(dice.integers(0, WIDTH - 90), dice.integers(0, HEIGHT - 30)) for _ in range(5)]
        return [_box(x, y, x + dice.integers(40, 89), y + dice.integers(14, 29)) for x, y in corners]

    return [(pixels, boxes()) for pixels, _ in pages]


def between_the_lines(pages: list[Page], dice: np.random.Generator) -> list[Page]:
    """Inverted: the gaps are labelled and the text is not."""
    return [
        (pixels, [_box(8, upper[2][1] + 1, WIDTH - 8, lower[0][1] - 1) for upper, lower in pairwise(b)])
        for pixels, b in pages
    ]


def whole_page(pages: list[Page], dice: np.random.Generator) -> list[Page]:
    return [(pixels, [_box(2, 2, WIDTH - 3, HEIGHT - 3)]) for pixels, _ in pages]


def mirrored(pages: list[Page], dice: np.random.Generator) -> list[Page]:
    """Pictures flipped upside down without their labels."""
    return [(np.ascontiguousarray(pixels[::-1]), boxes) for pixels, boxes in pages]


def turned(pages: list[Page], dice: np.random.Generator) -> list[Page]:
    """Labels of the picture as stored, pictures as shown: by 180 degrees."""
    return [(np.ascontiguousarray(pixels[::-1, ::-1]), boxes) for pixels, boxes in pages]


def of_another_size(pages: list[Page], dice: np.random.Generator) -> list[Page]:
    """Labels made on pictures of 60 % of the size."""
    return [(pixels, [box * 0.6 for box in boxes]) for pixels, boxes in pages]


def black(pages: list[Page], dice: np.random.Generator) -> list[Page]:
    return [(np.zeros_like(pixels), boxes) for pixels, boxes in pages]


def noise(pages: list[Page], dice: np.random.Generator) -> list[Page]:
    return [(dice.integers(0, 256, pixels.shape, dtype=np.uint8), boxes) for pixels, boxes in pages]


def slivers(pages: list[Page], dice: np.random.Generator) -> list[Page]:
    """Boxes of three pixels' height, as when a line was drawn under each text."""
    return [(p, [_box(b[0][0], b[2][1], b[1][0], b[2][1] + 3) for b in boxes]) for p, boxes in pages]


def _box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], dtype=np.float64)


def _inside(box: np.ndarray) -> np.ndarray:
    """Moved back so far that it lies in the picture."""
    low, high = box.min(axis=0), box.max(axis=0)
    limit = np.array([WIDTH - 1, HEIGHT - 1])
    return np.asarray(box - np.minimum(low, 0) - np.maximum(high - limit, 0))
