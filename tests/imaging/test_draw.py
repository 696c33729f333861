"""Drawing regions and probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from ocrweb.imaging.draw import draw_polygons, overlay_map

PAPER = np.full((400, 600, 3), 255, np.uint8)
BOX = np.array([[100, 100], [300, 100], [300, 150], [100, 150]], np.float32)


def reddish(pixels: np.ndarray) -> np.ndarray:
    blue, green, red = pixels.astype(int).transpose(2, 0, 1)
    return (red - blue > 60) & (red - green > 60)


def test_the_outline_is_red_and_the_picture_itself_stays() -> None:
    drawn = draw_polygons(PAPER, [BOX], numbers=False)
    assert reddish(drawn)[100, 150]
    assert reddish(drawn)[125, 300]
    assert not reddish(drawn)[125, 200]
    assert (PAPER == 255).all()


def test_numbers_are_drawn_beside_the_box_and_inside_the_picture() -> None:
    plain, numbered = draw_polygons(PAPER, [BOX], numbers=False), draw_polygons(PAPER, [BOX])
    changed = np.argwhere((plain != numbered).any(axis=2))
    assert len(changed) > 50
    assert changed[:, 1].max() < 110
    assert changed[:, 1].min() > 40  # beside it, not at the border
    corner = BOX - BOX.min(axis=0)
    assert reddish(draw_polygons(PAPER, [corner])).sum() > reddish(draw_polygons(PAPER, [corner], numbers=False)).sum()


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 2000, 3), (2000, 3, 3)])
def test_any_size_of_picture_can_be_drawn_on(shape: tuple[int, int, int]) -> None:
    picture = np.zeros(shape, np.uint8)
    box = np.array([[0, 0], [shape[1], 0], [shape[1], shape[0]], [0, shape[0]]], np.float32)
    assert draw_polygons(picture, [box] * 12).shape == shape
    assert overlay_map(picture, np.ones((32, 32), np.float32)).shape == shape


def test_lines_grow_with_the_picture() -> None:
    large = np.full((2000, 3000, 3), 255, np.uint8)
    share = [reddish(draw_polygons(p, [BOX * s], numbers=False)).mean() for p, s in ((PAPER, 1), (large, 5))]
    assert share[1] == pytest.approx(share[0], rel=0.5)


def test_nothing_to_draw_gives_an_equal_picture() -> None:
    assert np.array_equal(draw_polygons(PAPER, []), PAPER)
    assert np.array_equal(overlay_map(PAPER, np.zeros((10, 15), np.float32)), PAPER)


def test_heat_shows_only_where_there_is_text() -> None:
    probabilities = np.zeros((40, 60), np.float32)
    probabilities[10:20, 10:30] = 1
    heat = overlay_map(PAPER, probabilities)
    assert reddish(heat)[150, 200]
    assert (heat[300, 500] == 255).all()
