"""Menus: coloured card, headings, dishes with prices, pictures; photographed on a busy table."""

from __future__ import annotations

import numpy as np

from ocrweb.render import desk, distractors, textures
from ocrweb.render.flow import Flow
from ocrweb.render.fonts import Type
from ocrweb.render.noise import colour
from ocrweb.render.sheet import Colour, Sheet, TextBox, fit, width_of
from ocrweb.render.studio import Shot, Studio


def compose(studio: Studio, size: desk.Size | None) -> Shot:
    """A menu; the default picture is about 1,000 pixels either way."""
    size = size or (int(studio.between(850, 1250)), int(studio.between(850, 1250)))
    page, boxes = write(studio, size)
    return desk.posed(studio, page, boxes, size, tilt=0.35)


def contrasting(studio: Studio, ground: Colour) -> Colour:
    """An ink that can be read on a ground."""
    dark_ground = sum(ground) / 3 < 128
    return colour(studio.rng, 185, 255) if dark_ground else colour(studio.rng, 0, 75)


def write(studio: Studio, size: desk.Size) -> tuple[np.ndarray, list[TextBox]]:
    """The card, with its own colours."""
    height, width = int(size[0] * studio.between(0.8, 1.1)), int(size[1] * studio.between(0.7, 1.0))
    ground = colour(studio.rng, 215, 255) if studio.chance(0.6) else colour(studio.rng, 5, 240)
    pixels = np.full((height, width, 3), ground, np.uint8)
    if studio.chance(0.5):
        other = tuple(int(np.clip(c + studio.rng.normal(0, 14), 0, 255)) for c in ground)
        pixels = textures.blend(textures.cloud(studio.rng, height, width, 300), ground, other)  # type: ignore[arg-type]
    sheet = Sheet.over(pixels)
    letter = studio.size(12, 26)
    flow = Flow(
        studio,
        sheet,
        studio.type(studio.style("sans", "serif", "narrow", "hand"), letter),
        width * studio.between(0.05, 0.1),
        studio.between(1.3, 2.1),
    )
    flow.colour = contrasting(studio, ground)
    accent = contrasting(studio, ground)
    if studio.chance(0.5):
        inset = letter * studio.between(0.3, 0.8)
        sheet.draw.rectangle(
            (inset, inset, width - inset, height - inset), outline=accent, width=int(studio.rng.integers(1, 5))
        )
    title = studio.type(studio.style("display", "serif", "hand"), letter * studio.between(1.8, 3.4))
    flow.gap(0.8)
    text = studio.words.choose(["MENU", "菜单", studio.words.of("companies"), studio.words.of("courses")])
    normal, flow.colour = flow.colour, accent
    flow.line(text, "centre", title)
    flow.colour = normal
    columns = 2 if width > 30 * letter and studio.chance(0.4) else 1
    top, outer = flow.y, (flow.left, flow.right)
    for column in range(columns):
        span = (outer[1] - outer[0]) / columns
        flow.left, flow.right, flow.y = (
            outer[0] + column * span,
            outer[0] + (column + 1) * span - letter * (columns - 1),
            top,
        )
        while not flow.full:
            section(studio, flow, accent, title)
    return sheet.pixels(), sheet.boxes


def section(studio: Studio, flow: Flow, accent: Colour, title: Type) -> None:
    words, size = studio.words, flow.kind.size
    flow.gap(studio.between(0.3, 1))
    normal, flow.colour = flow.colour, accent
    flow.line(
        words.of("courses"), "left" if studio.chance(0.5) else "centre", title.sized(size * studio.between(1.1, 1.6))
    )
    flow.colour = normal
    if studio.chance(0.3) and not flow.full:
        flow.sheet.draw.line((flow.left, flow.y + 3, flow.right, flow.y + 3), fill=accent, width=2)
        flow.gap(0.4)
    dots, described = studio.chance(0.4), studio.chance(0.3)
    if studio.chance(0.2) and flow.y + 9 * size < flow.sheet.height:
        wide = studio.between(0.3, 0.9) * (flow.right - flow.left)
        distractors.picture(studio, flow.sheet, (flow.left, flow.y + size * 0.5, flow.left + wide, flow.y + 7 * size))
        flow.gap(7.5)
    for _ in range(int(studio.rng.integers(2, 8))):
        if flow.full:
            return
        dish(studio, flow, dots)
        if described:
            flow.line(words.phrase(int(studio.rng.integers(3, 8))), kind=flow.kind.sized(max(9.0, size * 0.72)))


def dish(studio: Studio, flow: Flow, dots: bool) -> None:
    words, kind = studio.words, flow.kind
    price = words.price(90) + words.choose(("", "", "元" if words.chinese > 0.5 else ""))
    room = flow.right - flow.left - width_of(price, kind) - 2 * kind.size
    name = fit(words.of("dishes"), kind, room)
    start = flow.left + width_of(name, kind) + 0.6 * kind.size
    end = flow.right - width_of(price, kind) - 0.6 * kind.size
    flow.cells([(name, 0.0, "left"), (price, 1.0, "right")])
    pitch = kind.size * 0.35
    y = flow.y - kind.size * ((flow.leading - 1) * 0.5 + 0.2)
    while dots and start < end:
        flow.sheet.draw.ellipse((start, y - 1, start + 1, y), fill=flow.colour)
        start += pitch
