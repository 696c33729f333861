"""Screenshots: windows, lists, dialogs, light and dark."""

from __future__ import annotations

import numpy as np

from ocrweb.render import capture, desk, distractors
from ocrweb.render.fonts import Type
from ocrweb.render.noise import colour
from ocrweb.render.sheet import WHITE, Colour, Sheet, fit, width_of
from ocrweb.render.studio import Shot, Studio

Area = tuple[float, float, float, float]


def compose(studio: Studio, size: desk.Size | None) -> Shot:
    """A screen; the default picture is a desktop or a phone. Now and then photographed off the glass."""
    if size is None:
        size = (
            (int(studio.between(650, 900)), int(studio.between(1000, 1400)))
            if studio.chance(0.6)
            else (int(studio.between(1000, 1400)), int(studio.between(520, 760)))
        )
    sheet = window(studio, size)
    page = sheet.pixels()
    if studio.chance(0.2):
        return desk.posed(studio, page, sheet.boxes, size, tilt=0.15)
    return Shot(capture.squeeze(studio.rng, page, 50) if studio.chance(0.6) else page, sheet.boxes)


def window(studio: Studio, size: desk.Size) -> Sheet:
    height, width = size
    dark = studio.chance(0.4)
    ground: Colour = colour(studio.rng, 8, 50) if dark else colour(studio.rng, 228, 255)
    ink: Colour = colour(studio.rng, 170, 245) if dark else colour(studio.rng, 0, 110)
    panel: Colour = tuple(int(np.clip(c + (18 if dark else -14), 0, 255)) for c in ground)  # type: ignore[assignment]
    accent = colour(studio.rng, 60, 190)
    sheet = Sheet(width, height, ground)
    letter = studio.size(10, 20)
    kind = studio.type(studio.style("sans", "sans", "sans", "narrow", "mono"), letter)
    bar = letter * studio.between(1.8, 3)
    sheet.draw.rectangle((0, 0, width, bar), fill=accent if studio.chance(0.4) else panel)
    row_of_words(studio, sheet, kind, (letter, 0, width - letter, bar), ink)
    left = 0.0
    if width > 30 * letter and studio.chance(0.65):
        left = letter * studio.between(9, 14)
        sheet.draw.rectangle((0, bar, left, height), fill=panel)
        sidebar(studio, sheet, kind, (letter, bar, left - letter * 0.5, height), ink)
    content(studio, sheet, kind, (left + letter, bar + letter, width - letter, height - letter), ink, accent)
    if studio.chance(0.25) and width > 26 * letter and height > 16 * letter:
        dialog(studio, sheet, kind, panel, ink, accent)
    return sheet


def row_of_words(studio: Studio, sheet: Sheet, kind: Type, area: Area, ink: Colour) -> None:
    left, top, right, bottom = area
    base = (top + bottom) / 2 + kind.size * 0.35
    while left < right:
        text = studio.words.of("screen")
        wide = width_of(text, kind)
        if left + wide > right:
            return
        if studio.chance(0.25):
            distractors.logo(studio, sheet, (left + kind.size * 0.5, (top + bottom) / 2), kind.size * 0.6)
            left += kind.size * 1.6
        else:
            sheet.write(left, base, text, kind, ink)
            left += wide + kind.size * studio.between(1.3, 4)


def sidebar(studio: Studio, sheet: Sheet, kind: Type, area: Area, ink: Colour) -> None:
    left, y, right, bottom = area
    pitch, icons = kind.size * studio.between(1.7, 2.8), studio.chance(0.5)
    while y + pitch < bottom:
        y += pitch
        if icons:
            distractors.logo(studio, sheet, (left + kind.size * 0.5, y - kind.size * 0.35), kind.size * 0.5)
        x = left + (kind.size * 1.7 if icons else 0)
        if studio.chance(0.85):
            text = fit(studio.words.of("screen"), kind, right - x)
            if text:
                sheet.write(x, y, text, kind, ink)


def content(studio: Studio, sheet: Sheet, kind: Type, area: Area, ink: Colour, accent: Colour) -> None:
    """Blocks below one another: headings, paragraphs, tables, cards, buttons, charts."""
    left, top, right, bottom = area
    y, size, words = top, kind.size, studio.words
    pale: Colour = tuple(int(0.6 * a + 0.4 * b) for a, b in zip(ink, sheet.colour, strict=True))  # type: ignore[assignment]
    while y + 3 * size < bottom:
        block = studio.rng.random()
        if block < 0.2:
            big = kind.sized(size * studio.between(1.3, 2.4))
            y += big.size * 1.3
            text = fit(words.phrase(words.number(1, 4)), big, right - left)
            if text and y < bottom:
                sheet.write(left, y, text, big, ink)
            y += size
        elif block < 0.5:
            for _ in range(words.number(1, 6)):
                y += size * 1.6
                text = fit(words.phrase(words.number(4, 14)), kind, right - left)
                if y < bottom and text:
                    sheet.write(left, y, text, kind, ink if studio.chance(0.8) else pale)
            y += size
        elif block < 0.75:
            places = np.sort(studio.rng.uniform(0, 0.9, words.number(2, 5)))
            places[0] = 0
            for _ in range(words.number(2, 9)):
                y += size * 2
                if y > bottom:
                    break
                for place, limit in zip(places, [*places[1:], 1.0], strict=True):
                    text = fit(
                        words.choose([words.of("screen"), words.date(), words.code(), words.money()]),
                        kind,
                        (limit - place) * (right - left) - 1.2 * size,
                    )
                    if text:
                        sheet.write(left + place * (right - left), y, text, kind, ink)
                sheet.draw.line((left, y + 0.6 * size, right, y + 0.6 * size), fill=pale)
            y += size
        elif block < 0.88:
            button(studio, sheet, kind, (left, y + size * 0.5), accent)
            y += size * 3
        else:
            tall = min(bottom - y, size * studio.between(4, 12))
            distractors.picture(
                studio, sheet, (left, y + size * 0.5, left + studio.between(0.3, 1) * (right - left), y + tall)
            )
            y += tall + size


def button(studio: Studio, sheet: Sheet, kind: Type, corner: tuple[float, float], accent: Colour) -> None:
    text, (x, y), size = studio.words.of("screen"), corner, kind.size
    wide = width_of(text, kind) + 2 * size
    if x + wide < sheet.width:
        light = sum(accent) / 3 > 140
        sheet.draw.rounded_rectangle((x, y, x + wide, y + size * 2), radius=size * studio.between(0, 1), fill=accent)
        sheet.write(x + size, y + size * 1.35, text, kind, (20, 20, 20) if light else WHITE)


def dialog(studio: Studio, sheet: Sheet, kind: Type, panel: Colour, ink: Colour, accent: Colour) -> None:
    """A message over the middle; boxes underneath vanish, half-covered ones are ignored."""
    wide, tall, size = sheet.width * studio.between(0.35, 0.6), kind.size * studio.between(8, 12), kind.size
    left, top = (sheet.width - wide) / 2, (sheet.height - tall) / 2
    kept = []
    for box in sheet.boxes:
        (x0, y0), (x1, y1) = box.points.min(axis=0), box.points.max(axis=0)
        overlap = max(0.0, min(x1, left + wide) - max(x0, left)) * max(0.0, min(y1, top + tall) - max(y0, top))
        share = overlap / max(1.0, (x1 - x0) * (y1 - y0))
        if share < 0.9:
            box.ignore = box.ignore or share > 0.05
            kept.append(box)
    sheet.boxes[:] = kept
    sheet.draw.rectangle((left, top, left + wide, top + tall), fill=panel, outline=ink)
    for row in range(1, 4):
        text = fit(studio.words.phrase(studio.words.number(3, 9)), kind, wide - 2 * size)
        if text:
            sheet.write(left + size, top + row * size * 1.7, text, kind, ink)
    button(studio, sheet, kind, (left + wide - 9 * size, top + tall - 2.6 * size), accent)
