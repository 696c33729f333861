"""What every kind of page is made with: one generator, one set of fonts, one speaker."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocrweb.render import fonts
from ocrweb.render.fonts import FontSet, Style, Type
from ocrweb.render.noise import spread
from ocrweb.render.sheet import TextBox
from ocrweb.render.words import Words


@dataclass(frozen=True, slots=True)
class Shot:
    """A finished picture, (H, W, 3) uint8 BGR, and its boxes, some perhaps outside or illegible."""

    pixels: np.ndarray
    boxes: list[TextBox]


@dataclass(frozen=True, slots=True)
class Studio:
    """rng: decides everything; book: which fonts; words: what is said."""

    rng: np.random.Generator
    book: FontSet
    words: Words

    @classmethod
    def open(cls, rng: np.random.Generator, book: FontSet, chinese: float | None = None) -> Studio:
        """chinese: share of Chinese; None draws English, Chinese or mixed."""
        share = float(rng.choice([0.0, 0.15, 0.85, 1.0], p=[0.4, 0.15, 0.3, 0.15])) if chinese is None else chinese
        return cls(rng, book, Words(rng, share))

    def type(self, style: Style, size: float) -> Type:
        return fonts.pick(self.rng, style, size, self.book)

    def chance(self, probability: float) -> bool:
        return bool(self.rng.random() < probability)

    def between(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def size(self, low: float, high: float) -> float:
        """A letter size in pixels, even over the ratio."""
        return spread(self.rng, low, high)

    def style(self, *styles: Style) -> Style:
        return styles[int(self.rng.integers(len(styles)))]
