"""From a flat inked page to a picture of it: scanned, or photographed on something."""

from __future__ import annotations

import numpy as np

from ocrweb.geometry.polygon import area
from ocrweb.render import capture, ink, textures, warp
from ocrweb.render.sheet import TextBox
from ocrweb.render.studio import Shot, Studio

Size = tuple[int, int]
LEAST_SCALE = 0.8


def scanned(studio: Studio, page: np.ndarray, boxes: list[TextBox], size: Size) -> Shot:
    """On the glass of a scanner: paper on white, grey or black, hardly turned.

    page: ink on white; size: (height, width) of the picture.
    """
    rng, (height, width) = studio.rng, size
    sheet = ink.on_paper(page, ink.paper(rng, page.shape[0], page.shape[1], studio.between(200, 255)))
    if studio.chance(0.5):
        sheet, boxes = warp.ripple(rng, sheet, boxes, studio.between(0.5, 4), studio.size(80, 500))
    lid = studio.between(225, 255) if studio.chance(0.7) else studio.between(0, 220)
    ground = np.full((height, width, 3), lid, np.uint8)
    turn = rng.normal(0, 0.5) if studio.chance(0.8) else rng.normal(0, 3)
    flat = warp.corners(page.shape[1], page.shape[0])
    room = np.maximum(np.array([width, height]) - flat[2], 0)
    target = warp.tilted(rng, flat, turn, 0.0) + rng.uniform(0, 1, 2) * room
    transform = warp.matrix(flat, target)
    ground = warp.place(sheet, transform, ground, shadow=studio.between(0, 0.4) if studio.chance(0.3) else 0.0)
    if studio.chance(0.25):
        ground = capture.shade(rng, ground, 0.25)
    return Shot(capture.scan(rng, ground), warp.moved(boxes, transform))


def photographed(studio: Studio, page: np.ndarray, boxes: list[TextBox], size: Size, *, tilt: float = 0.12) -> Shot:
    """Held or lying somewhere, under a lamp, taken by hand. tilt: 0 is straight above."""
    rng = studio.rng
    sheet = ink.on_paper(page, ink.paper(rng, page.shape[0], page.shape[1], studio.between(190, 252)))
    if studio.chance(0.6):
        sheet, boxes = warp.ripple(rng, sheet, boxes, studio.between(1, 9), studio.size(120, 700))
    return posed(studio, sheet, boxes, size, tilt=tilt)


def posed(studio: Studio, sheet: np.ndarray, boxes: list[TextBox], size: Size, *, tilt: float) -> Shot:
    """A finished sheet, photographed before a random surface."""
    rng, (height, width) = studio.rng, size
    ground = textures.surface(rng, height, width)
    flat = warp.corners(sheet.shape[1], sheet.shape[0])
    turn = rng.normal(0, 4) if studio.chance(0.75) else rng.normal(0, 18)
    shape = warp.tilted(rng, flat, turn, studio.between(0, tilt))
    margin = min(size) * (studio.between(0.0, 0.08) if studio.chance(0.7) else studio.between(-0.06, 0.0))
    target = warp.fitted(shape, width, height, margin)
    share = float(np.sqrt(area(target) / area(flat)))
    if share < LEAST_SCALE:  # else small print would shrink beyond reading; the page runs over the edge instead
        target = (target - target.mean(axis=0)) * (LEAST_SCALE / share) + target.mean(axis=0)
    transform = warp.matrix(flat, target)
    ground = warp.place(sheet, transform, ground, shadow=studio.between(0.2, 0.8))
    ground = capture.shade(rng, ground, studio.between(0.1, 0.9))
    return Shot(capture.photograph(rng, ground, studio.between(0, 0.8)), warp.moved(boxes, transform))
