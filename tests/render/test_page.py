"""Pages repeat by seed, hold text of their kind, and never label what lies outside."""

from __future__ import annotations

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.geometry.polygon import signed_area
from ocrweb.render.page import KINDS, SHARES, RenderedPage, render_page

SMALL = (420, 380)


def same(first: RenderedPage, second: RenderedPage) -> bool:
    return np.array_equal(first.pixels, second.pixels) and first.boxes == second.boxes and first.kind == second.kind


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_draws_the_same_page_and_another_seed_another(kind: str) -> None:
    page = render_page(kind, 3, SMALL)
    assert same(page, render_page(kind, 3, SMALL))
    assert not np.array_equal(page.pixels, render_page(kind, 4, SMALL).pixels)


@pytest.mark.parametrize("fonts", ["train", "held-out"])
@pytest.mark.parametrize("kind", KINDS)
def test_boxes_are_clockwise_quads_inside_the_picture(kind: str, fonts: str) -> None:
    legible = 0
    for seed in range(4):
        page = render_page(kind, seed, SMALL, fonts)  # type: ignore[arg-type]
        assert page.pixels.shape == (*SMALL, 3)
        assert page.pixels.dtype == np.uint8
        for box in page.boxes:
            assert box.points.shape == (4, 2)
            assert box.points.dtype == np.float32
            assert box.points.min() >= 0
            assert (box.points <= (SMALL[1] + 0.01, SMALL[0] + 0.01)).all()
            assert signed_area(box.points) > 0
            assert box.ignore == (box.text == "###")
        legible += sum(not box.ignore for box in page.boxes)
    assert legible >= 2


@pytest.mark.parametrize("size", [(64, 64), (100, 700), (600, 90)], ids=str)
def test_any_size_is_drawn(size: tuple[int, int]) -> None:
    for kind in KINDS:
        assert render_page(kind, 24, size).pixels.shape == (*size, 3)


def test_any_kind_comes_when_none_is_named() -> None:
    assert len({render_page(None, seed, (200, 200)).kind for seed in range(30)}) >= 5
    assert sum(SHARES.values()) == pytest.approx(1)


def test_an_unknown_kind_is_named_with_those_that_exist() -> None:
    with pytest.raises(OcrwebError, match="poster") as caught:
        render_page("poster", 0)
    assert caught.value.code == "usage.unknown-name"
    assert "receipt" in caught.value.hint("en")


def test_boxes_gather_the_edges_of_a_note() -> None:
    """Letters are strokes: pixels change more in boxes than elsewhere."""
    ratios = []
    for seed in range(5):
        page = render_page("note", seed, (500, 500))
        grey = page.pixels.mean(axis=2)
        change = np.abs(np.diff(grey, axis=1))[:-1]
        inside = np.zeros(change.shape, bool)
        for box in page.boxes:
            (left, top), (right, bottom) = box.points.min(axis=0).astype(int), box.points.max(axis=0).astype(int)
            inside[top:bottom, left:right] = True
        ratios.append(change[inside].mean() / change[~inside].mean())
    assert np.median(ratios) > 1.5
