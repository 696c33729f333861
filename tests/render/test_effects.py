"""Ink, light, lens, file and speech do by seed what they did when they were last judged by eye."""

from __future__ import annotations

import numpy as np
import pytest

from ocrweb.render import capture, copies, desk, distractors, fonts, ink, legible, noise, sheet, studio, warp, words
from tests.render.effects import EFFECTS, FILE, SAID, effects, said

ASKED = (capture, copies, desk, distractors, fonts, ink, legible, noise, sheet, studio, warp, words)


@pytest.mark.parametrize("name", EFFECTS)
def test_an_effect_is_what_it_was(name: str) -> None:
    """Meant to be otherwise? Look at it, then ``python -m tests.render.effects``."""
    with np.load(FILE) as kept:
        expected = kept[name]
    found = effects(name)
    assert found.shape == expected.shape
    differing = np.abs(found.astype(int) - expected.astype(int))
    assert differing.mean() <= 0.3
    assert differing.max() <= 12


def test_speakers_say_what_they_said() -> None:
    assert said() == SAID.read_text(encoding="utf-8")
