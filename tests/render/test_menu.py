"""The dots of a menu lead from the dish to its price, touch neither, and stand only where they are wanted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ocrweb.render.flow import Flow
from ocrweb.render.menu import contrasting, dish
from ocrweb.render.sheet import Sheet, width_of
from ocrweb.render.studio import Studio


@pytest.fixture
def drawn() -> Any:
    """A dish on a sheet of its own: the dots that were drawn, and the boxes of its words."""

    def make(dots: bool, seed: int, width: int = 500) -> tuple[list[tuple[float, ...]], Flow, Sheet]:
        studio = Studio.open(np.random.default_rng(seed), "train", 0.0)
        sheet = Sheet(width, 80)
        flow = Flow(studio, sheet, studio.type("sans", 18), 20.0, 1.6)
        seen: list[tuple[float, ...]] = []
        real = sheet.draw
        sheet.draw = SimpleNamespace(  # type: ignore[assignment]
            ellipse=lambda box, fill: seen.append(box), text=real.text, line=real.line, rectangle=real.rectangle, _image=real._image
        )  # fmt: skip
        dish(studio, flow, dots)
        return seen, flow, sheet

    return make


@pytest.mark.parametrize("seed", range(6))
def test_dots_fill_the_room_between_both_words_evenly(drawn: Any, seed: int) -> None:
    dots, flow, sheet = drawn(True, seed)
    name, price = (box.points for box in sheet.boxes)
    size = flow.kind.size
    assert name[:, 0].max() < dots[0][0] < name[:, 0].max() + 1.2 * size
    assert price[:, 0].min() - 1.2 * size < dots[-1][2] < price[:, 0].min()
    pitches = np.diff([dot[0] for dot in dots])
    np.testing.assert_allclose(pitches, 0.35 * size)
    assert {(round(right - left, 6), round(bottom - top, 6)) for left, top, right, bottom in dots} == {(1.0, 1.0)}
    assert all(name[:, 1].min() < top < name[:, 1].max() + size / 2 for _, top, _, _ in dots)
    assert drawn(False, seed)[0] == []
    assert width_of("1", flow.kind) > 0


@pytest.mark.parametrize(("ground", "dark"), [((0, 0, 0), True), ((127, 128, 128), True), ((128, 128, 128), False), ((255, 255, 255), False)])  # fmt: skip
def test_ink_can_be_read_on_its_ground(ground: tuple[int, int, int], dark: bool) -> None:
    for seed in range(20):
        ink = contrasting(Studio.open(np.random.default_rng(seed), "train", 0.0), ground)
        assert np.mean(ink) > 150 if dark else np.mean(ink) < 105
