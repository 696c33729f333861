"""Boxes follow the ink through bending and perspective."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocrweb.render import warp
from ocrweb.render.fonts import FACES, Type
from ocrweb.render.sheet import Sheet, TextBox

KIND = Type(FACES[0], next(face for face in FACES if face.chinese), 26)


def written() -> Sheet:
    sheet = Sheet(520, 300)
    for row, text in enumerate(("INVOICE 2024", "Spring Water 12.50", "TOTAL")):
        sheet.write(40 + 60 * row, 60 + 85 * row, text, KIND)
    return sheet


def share_inside(pixels: np.ndarray, boxes: list[TextBox]) -> float:
    """Share of dark pixels that some box covers."""
    dark = pixels.min(axis=2) < 128
    mask = np.zeros(dark.shape, np.uint8)
    for box in boxes:
        cv2.fillConvexPoly(mask, np.round(box.points * 16 - 8).astype(np.int32), (1,), shift=4)
    return float((dark & (mask > 0)).sum() / dark.sum())


@pytest.mark.parametrize(("turn", "depth"), [(0, 0.0), (12, 0.0), (-20, 0.4), (90, 0.2)])
def test_perspective_keeps_every_letter_in_its_box(turn: float, depth: float) -> None:
    sheet, rng = written(), np.random.default_rng(1)
    flat = warp.corners(520, 300)
    target = warp.fitted(warp.tilted(rng, flat, turn, depth), 640, 640, 20)
    transform = warp.matrix(flat, target)
    picture = warp.place(sheet.pixels(), transform, np.full((640, 640, 3), 255, np.uint8))
    boxes = warp.moved(sheet.boxes, transform)
    assert share_inside(picture, boxes) > 0.995
    covered = sum(cv2.contourArea(box.points.astype(np.float32)) for box in boxes)
    assert covered < 0.35 * 640 * 640


@pytest.mark.parametrize("seed", range(4))
def test_bending_keeps_every_letter_in_its_box(seed: int) -> None:
    sheet = written()
    page, boxes = warp.ripple(np.random.default_rng(seed), sheet.pixels(), sheet.boxes, 7, 200)
    assert share_inside(page, boxes) > 0.98
    for before, after in zip(sheet.boxes, boxes, strict=True):
        assert np.abs(before.points - after.points).max() < 20


@pytest.mark.parametrize("axis", [0, 1], ids="xy")
@pytest.mark.parametrize("across", [-41, -40, -39, -1, 0, 1, 41, 79, 80, 81])
def test_of_a_sheet_at_the_edge_is_seen_what_lies_on_the_wall(across: int, axis: int) -> None:
    """A sheet of 40 pixels on a wall of 80."""
    moved = np.eye(3)
    moved[axis, 2] = across
    picture = warp.place(np.full((40, 40, 3), 255, np.uint8), moved, np.full((80, 80, 3), 77, np.uint8))
    seen = (picture[:, 20, 0] if axis else picture[20, :, 0]) == 255
    assert seen.tolist() == [across <= place < across + 40 for place in range(80)]


@pytest.mark.parametrize("side", [2, 3])
def test_a_wall_of_two_pixels_is_covered_too(side: int) -> None:
    for wall in (np.zeros((side, 80, 3), np.uint8), np.zeros((80, side, 3), np.uint8)):
        assert (warp.place(np.full((90, 90, 3), 255, np.uint8), np.eye(3), wall) == 255).all()


def test_a_see_through_sheet_leaves_the_wall() -> None:
    wall = np.full((100, 200, 3), 77, np.uint8)
    sheet, alpha = np.full((40, 80, 3), 255, np.uint8), np.zeros((40, 80), np.uint8)
    alpha[:, :40] = 255
    picture = warp.place(sheet, np.array([(1, 0, 20), (0, 1, 30), (0, 0, 1.0)]), wall, alpha)
    assert picture[50, 30].tolist() == [255] * 3
    assert picture[50, 80].tolist() == [77] * 3
