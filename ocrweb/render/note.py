"""Handwritten notes on blank, ruled or squared paper."""

from __future__ import annotations

import numpy as np

from ocrweb.render import desk, distractors
from ocrweb.render.noise import colour
from ocrweb.render.sheet import Colour, Sheet, TextBox, fit
from ocrweb.render.studio import Shot, Studio

INKS: tuple[Colour, ...] = ((30, 30, 30), (140, 60, 20), (110, 40, 30), (40, 30, 150), (70, 70, 75))


def compose(studio: Studio, size: desk.Size | None) -> Shot:
    """A note; the default picture is about 900 pixels either way."""
    size = size or (int(studio.between(750, 1200)), int(studio.between(750, 1100)))
    page, boxes = write(studio, size)
    if studio.chance(0.25):
        return desk.scanned(studio, page, boxes, size)
    return desk.photographed(studio, page, boxes, size, tilt=0.2)


def write(studio: Studio, size: desk.Size) -> tuple[np.ndarray, list[TextBox]]:
    """The flat page: every line wanders a little in place, slope and size."""
    height, width = size
    letter = studio.size(20, 52)
    sheet = Sheet(width, height)
    pitch = letter * studio.between(1.25, 2.0)
    ruling(studio, sheet, pitch)
    kind, pen = studio.type("hand", letter), INKS[int(studio.rng.integers(len(INKS)))]
    stroke = 1 if letter > 34 and studio.chance(0.4) else 0
    margin, y = width * studio.between(0.04, 0.14), pitch * studio.between(1, 2.2)
    while y < height - pitch * 0.4:
        if studio.chance(0.12):
            y += pitch
            continue
        own = kind.sized(letter * studio.between(0.92, 1.08), stroke)
        x = margin + studio.rng.normal(0, letter * 0.25) + (letter * 2 if studio.chance(0.15) else 0)
        text = fit(said(studio), own, width - x - letter * 0.3)
        if text:
            slanted(sheet, x, y + studio.rng.normal(0, letter * 0.05), text, own, pen, studio.rng.normal(0, 0.012))
        if text and studio.chance(0.08):
            sheet.draw.line((x, y + letter * 0.25, x + letter * len(text) * 0.4, y + letter * 0.22), fill=pen, width=2)
        y += pitch
    if studio.chance(0.3):
        distractors.scribble(studio, sheet, width * 0.6, height * studio.between(0.5, 0.95), letter)
    return sheet.pixels(), sheet.boxes


def said(studio: Studio) -> str:
    words, form = studio.words, studio.rng.random()
    if form < 0.15:
        return f"{words.number(1, 9)}. {words.phrase(words.number(1, 4))}"
    if form < 0.25:
        return f"{words.date()} {words.time()}"
    if form < 0.35:
        return f"{words.of('names')} {words.phone()}"
    if form < 0.45:
        return f"{words.goods()} {words.price()}"
    if form < 0.7 and words.chinese > 0.5:
        return words.of("sentences", "zh")
    return words.phrase(words.number(1, 9))


def slanted(sheet: Sheet, x: float, y: float, text: str, kind, pen: Colour, slope: float) -> None:  # type: ignore[no-untyped-def]
    """Write a line that climbs or falls, word by word, as one box."""
    start, corner = len(sheet.boxes), x
    for piece in text.split(" "):
        sheet.write(corner, y + (corner - x) * slope, piece, kind, pen)
        corner += kind.font(chinese=False).getlength(piece + " ") if piece.isascii() else 0
        if not piece.isascii():
            corner = sheet.boxes[-1].points[1, 0] + kind.size * 0.3 if len(sheet.boxes) > start else corner
    parts = sheet.boxes[start:]
    del sheet.boxes[start:]
    if parts:
        points = np.concatenate([part.points for part in parts])
        left, right = points[:, 0].min(), points[:, 0].max()
        rise = points[:, 1] - (points[:, 0] - x) * slope
        frame = [
            (edge, level + (edge - x) * slope)
            for edge, level in ((left, rise.min()), (right, rise.min()), (right, rise.max()), (left, rise.max()))
        ]
        sheet.boxes.append(TextBox(np.array(frame), text))


def ruling(studio: Studio, sheet: Sheet, pitch: float) -> None:
    """Lines, squares or nothing, a margin line now and then."""
    tint, style = colour(studio.rng, 170, 225), studio.rng.random()
    offset = pitch * studio.between(0.05, 0.3)
    if style < 0.45:
        for row in range(1, int(sheet.height / pitch) + 2):
            sheet.draw.line((0, row * pitch + offset, sheet.width, row * pitch + offset), fill=tint)
    elif style < 0.65:
        step = pitch * studio.between(0.4, 1.0)
        for row in range(int(sheet.height / step) + 1):
            sheet.draw.line((0, row * step, sheet.width, row * step), fill=tint)
        for column in range(int(sheet.width / step) + 1):
            sheet.draw.line((column * step, 0, column * step, sheet.height), fill=tint)
    if studio.chance(0.2):
        x = sheet.width * studio.between(0.05, 0.15)
        sheet.draw.line((x, 0, x, sheet.height), fill=(150, 150, 230), width=2)
