"""The parts of an invoice stand where they belong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ocrweb.render import invoice
from ocrweb.render.flow import Flow
from ocrweb.render.sheet import Sheet
from ocrweb.render.studio import Studio


def test_a_frame_lies_around_the_lines_of_both_parties(monkeypatch: pytest.MonkeyPatch) -> None:
    studio = Studio.open(np.random.default_rng(3), "train", 0.0)
    sheet = Sheet(600, 400)
    flow = Flow(studio, sheet, studio.type("sans", 18), 20.0, 1.6)
    framed: list[tuple[Any, ...]] = []
    monkeypatch.setattr(Studio, "chance", lambda self, share: True)
    monkeypatch.setattr(sheet.draw, "rectangle", lambda box, outline: framed.append((*box, flow.y)))
    above = flow.y
    invoice.parties(studio, flow)
    ((left, top, right, bottom, below),) = framed
    assert (left, top, right, bottom) == (flow.left - 3, above, flow.right + 3, below + 3)
    points = np.concatenate([box.points for box in sheet.boxes])
    assert above < points[:, 1].min()
    assert points[:, 1].max() < bottom
