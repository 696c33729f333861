"""Outlines as the page's scripts cut, join and turn them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser import Console
from tests.ui.labels.conftest import (
    Editor,
    put_dataset,
)

pytestmark = pytest.mark.browser
Edit = Callable[..., Editor]


def test_outlines_are_cut_joined_and_turned(edit: Edit, console: Console) -> None:
    put_dataset(console.home / "datasets" / "geometry", [[]])
    page = edit("geometry").page
    asked = """async () => {
      const geometry = await import('../viewer/static/geometry.js');
      const box = [[0, 0], [100, 0], [100, 20], [0, 20]];
      const slanted = geometry.turned(box, 0.3);
      const parts = geometry.halved(slanted);
      return {
        missed: geometry.cut(box, [200, -5], [200, 30]),
        short: geometry.cut(box, [50, 5], [50, 15]),
        areas: parts.map(geometry.area),
        whole: geometry.area(geometry.joined(parts)),
        slope: geometry.direction(geometry.joined(parts)),
        corner: geometry.cut(box, [-10, 20], [20, -10]).map((part) => part.length),
        beside: geometry.neighbour(box, [box, [[0, 40], [9, 40], [9, 60], [0, 60]], [[110, 1], [150, 1], [150, 19], [110, 19]]]),
        none: geometry.neighbour(box, [box, [[300, 0], [340, 0], [340, 20], [300, 20]]]),
      };
    }"""
    found = page.evaluate(asked)
    assert found["missed"] is None
    assert found["short"] is None
    assert found["areas"] == pytest.approx([1000, 1000])
    assert found["whole"] == pytest.approx(2000)
    assert found["slope"] == pytest.approx(0.3)
    assert min(found["corner"]) == 4  # a triangle is no label
    assert (found["beside"], found["none"]) == (2, -1)
