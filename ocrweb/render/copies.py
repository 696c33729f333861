"""A finished page → a picture to train from: as it is, or as a scanner or a phone would take its print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocrweb.data.sample import LabelledBox
from ocrweb.render import desk, ink
from ocrweb.render.dataset import whole_pixels
from ocrweb.render.legible import settle
from ocrweb.render.sheet import TextBox
from ocrweb.render.studio import Shot, Studio


@dataclass(frozen=True, slots=True, eq=False)
class Copy:
    """pixels: (H, W, 3) uint8 BGR. boxes: whole pixels, those that nobody could read ignored. outside, flat: boxes that are
    gone because they lie outside of the picture, or nothing is left of them in whole pixels."""

    pixels: np.ndarray
    boxes: tuple[LabelledBox, ...]
    outside: int
    flat: int


def clean_copy(pixels: np.ndarray, boxes: Sequence[LabelledBox]) -> Copy:
    """The page as it is. boxes: in its pixels."""
    return _settled(Shot(pixels, _texts(boxes)), len(boxes))


def paper_copy(pixels: np.ndarray, boxes: Sequence[LabelledBox], rng: np.random.Generator) -> Copy:
    """The page printed, then scanned or photographed, its boxes bent and tilted with it. The same rng draws the same."""
    studio = Studio.open(rng, "train", 0.0)
    height, width = pixels.shape[:2]
    page = pixels
    if studio.chance(0.25):
        page = ink.fade(rng, page, 0.45)
    elif studio.chance(0.2):
        page = ink.thicken(rng, page)
    texts = _texts(boxes)
    if studio.chance(0.4):
        size = int(height * studio.between(1.0, 1.06)), int(width * studio.between(1.0, 1.08))
        return _settled(desk.scanned(studio, page, texts, size), len(boxes))
    size = int(height * studio.between(0.9, 1.1)), int(width * studio.between(0.95, 1.25))
    return _settled(desk.photographed(studio, page, texts, size, tilt=0.18), len(boxes))


def _texts(boxes: Sequence[LabelledBox]) -> list[TextBox]:
    return [TextBox(box.points.astype(np.float64), box.text or "text", box.ignore) for box in boxes]


def _settled(shot: Shot, count: int) -> Copy:
    inside = settle(shot.pixels, shot.boxes)
    height, width = shot.pixels.shape[:2]
    boxes = whole_pixels(inside, width, height)
    return Copy(shot.pixels, boxes, count - len(inside), len(inside) - len(boxes))
