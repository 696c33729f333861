"""One sign: words in one to four lines on a board, a light box, or bare letters on the wall."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocrweb.render import distractors, textures
from ocrweb.render.noise import colour
from ocrweb.render.sheet import BLACK, Align, Colour, Sheet, TextBox, width_of
from ocrweb.render.studio import Studio


@dataclass(frozen=True, slots=True)
class Board:
    """pixels: (h, w, 3) uint8; alpha: (h, w) uint8 where the wall shows through, None when it is solid; boxes: one a word."""

    pixels: np.ndarray
    alpha: np.ndarray | None
    boxes: list[TextBox]


def make(studio: Studio, letter: float) -> Board:
    """A sign whose letters are about this tall in pixels."""
    rng, words = studio.rng, studio.words
    lines = phrases(studio)
    style = studio.style("sans", "sans", "display", "display", "narrow", "serif")
    kinds = [
        studio.type(style, letter * (studio.between(0.5, 1.0) if index and studio.chance(0.5) else 1.0))
        for index in range(len(lines))
    ]
    if studio.chance(0.6):
        kinds = [kinds[0].sized(kind.size) for kind in kinds]
    if studio.chance(0.3):
        kinds = [kind.sized(kind.size, max(1, round(kind.size / 22))) for kind in kinds]
    leading = studio.between(1.05, 1.7)
    pad = letter * studio.between(0.25, 1.5)
    wide = max(width_of(text, kind) for text, kind in zip(lines, kinds, strict=True))
    tall = sum(kind.size for kind in kinds) * leading
    icon = letter * studio.between(1.2, 3) if studio.chance(0.25) else 0.0
    spare = studio.between(0, 1.2) * tall if studio.chance(0.25) else 0.0
    width, height = int(wide + 2 * pad + icon * 1.4), int(tall + 2 * pad + spare)
    ground, ink = colours(studio)
    bare = studio.chance(0.3)
    sheet = (
        Sheet(width, height, BLACK if bare else ground)
        if bare or studio.chance(0.6)
        else Sheet.over(backing(studio, height, width, ground))
    )
    if icon and not bare:
        distractors.logo(studio, sheet, (pad + icon / 2, height / 2), icon / 2)
    y = pad
    align: Align = "centre" if studio.chance(0.7) else "left"
    spot = int(rng.integers(len(lines)))
    for index, (text, kind) in enumerate(zip(lines, kinds, strict=True)):
        y += kind.size * leading
        base = y - kind.size * ((leading - 1) * 0.5 + 0.15)
        x = pad + icon * 1.4 + (wide / 2 if align == "centre" else 0)
        if studio.chance(0.12) and not bare and index == spot:
            sheet.write(x + 2, base + 2, text, kind, tuple(c // 3 for c in ground), align=align, mark="none")  # type: ignore[arg-type]
        sheet.write(x, base, text, kind, (255, 255, 255) if bare else ink, align=align, mark="word")
    if not bare and studio.chance(0.4):
        sheet.draw.rectangle(
            (1, 1, width - 2, height - 2),
            outline=ink if studio.chance(0.5) else colour(rng),
            width=max(1, int(letter / 9)),
        )
    pixels = sheet.pixels()
    if not bare:
        return Board(pixels, None, sheet.boxes)
    alpha = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    flat = np.full_like(pixels, ink)
    if words.chance(0.4):
        rim = cv2.dilate(alpha, np.ones((3, 3), np.uint8))
        flat[alpha < 90] = ground
        alpha = cv2.max(rim, alpha)
    return Board(flat, alpha, sheet.boxes)


def phrases(studio: Studio) -> list[str]:
    """One to five short lines."""
    words, count = studio.words, int(studio.rng.choice([1, 2, 3, 5], p=[0.5, 0.25, 0.15, 0.1]))
    lines = []
    for _ in range(count):
        form = studio.rng.random()
        if form < 0.4:
            lines.append(words.of("signs"))
        elif form < 0.85:
            lines.append(" ".join(words.word() for _ in range(words.number(1, 3))))
        else:
            lines.append(words.choose([words.phone(), words.price(), words.time(), words.goods(), words.of("courses")]))
    return lines


def colours(studio: Studio) -> tuple[Colour, Colour]:
    """Ground and ink, mostly far apart, now and then close."""
    ground = colour(studio.rng)
    light = sum(ground) / 3
    least = 40 if studio.chance(0.12) else 90
    for _ in range(12):
        ink = colour(studio.rng)
        if abs(sum(ink) / 3 - light) > least:
            return ground, ink
    return ground, (255, 255, 255) if light < 128 else (10, 10, 10)


def backing(studio: Studio, height: int, width: int, ground: Colour) -> np.ndarray:
    """A poster's picture or a shaded panel, kept calm enough to read on."""
    choices = (textures.gradient, textures.clutter, textures.plaster)
    wild = textures.surface(studio.rng, height, width, choices)
    share = studio.between(0.1, 0.45)
    return cv2.addWeighted(np.full_like(wild, ground), 1 - share, wild, share, 0)
