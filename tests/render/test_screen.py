"""A message over a screen: what it covers has no box any more, and nobody learns from what it covers half."""

from __future__ import annotations

import numpy as np

from ocrweb.render.screen import button, dialog
from ocrweb.render.sheet import Sheet, TextBox
from ocrweb.render.studio import Studio

WIDTH, HEIGHT = 600, 400


def box(left: float, top: float, right: float, bottom: float, text: str) -> TextBox:
    return TextBox(np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float), text)


def test_a_message_takes_the_boxes_under_it() -> None:
    """It is 210 to 360 pixels wide and 144 to 216 high, and lies in the middle of 600 by 400."""
    for seed in range(8):
        studio, sheet = Studio.open(np.random.default_rng(seed), "train", 0.0), Sheet(WIDTH, HEIGHT)
        beneath = [
            box(280, 180, 320, 220, "under it"), box(20, 190, 300, 210, "half under it"), box(20, 20, 200, 40, "above"),
            box(20, 190, 100, 210, "beside"), box(0, 0, WIDTH, HEIGHT, "all around"), box(280, -2000, 320, 130, "hardly touched"),
        ]  # fmt: skip
        sheet.boxes.extend(beneath)
        kind = studio.type("sans", 18)
        dialog(studio, sheet, kind, (250, 250, 250), (0, 0, 0), (200, 40, 40))
        assert [(one.text, one.ignore) for one in sheet.boxes[:5]] == [
            ("half under it", True), ("above", False), ("beside", False), ("all around", True), ("hardly touched", False),
        ]  # fmt: skip
        written = sheet.boxes[5:]
        assert 3 <= len(written) <= 5
        wide = np.concatenate([one.points for one in written])
        assert (wide >= (120, 92)).all()
        assert (wide <= (480, 308)).all()
        shown = sheet.pixels()
        assert shown[200, 130:470].min() < 255
        assert (shown[:80] == shown[0, 0]).all()


def test_a_button_that_does_not_fit_is_not_drawn_and_one_that_does_can_be_read() -> None:
    for seed in range(6):
        for corner, accent, drawn in (
            ((20.0, 20.0), (20, 20, 90), True),
            ((20.0, 20.0), (240, 240, 200), True),
            ((WIDTH - 20.0, 20.0), (20, 20, 90), False),
        ):
            studio, sheet = Studio.open(np.random.default_rng(seed), "train", 0.0), Sheet(WIDTH, HEIGHT)
            button(studio, sheet, studio.type("sans", 18), corner, accent)
            assert bool(sheet.boxes) is drawn
            if drawn:
                (left, top), (right, bottom) = (
                    sheet.boxes[0].points.min(axis=0).astype(int),
                    sheet.boxes[0].points.max(axis=0).astype(int),
                )
                assert np.ptp(sheet.pixels()[top:bottom, left:right].mean(axis=2)) > 100
                assert sheet.pixels()[38, 20 + 18 // 2].mean() != 255
