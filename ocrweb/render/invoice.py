"""Invoices and forms: a page with a head, two columns of details, a table and small print."""

from __future__ import annotations

import numpy as np

from ocrweb.render import desk, distractors, ink
from ocrweb.render.flow import Flow
from ocrweb.render.noise import colour
from ocrweb.render.sheet import BLACK, WHITE, Colour, Sheet, fit, width_of
from ocrweb.render.studio import Shot, Studio


def compose(studio: Studio, size: desk.Size | None) -> Shot:
    """An invoice; the default picture is about 960 × 1,280."""
    size = size or (int(studio.between(1000, 1400)), int(studio.between(800, 1100)))
    page, boxes = write(studio, size)
    if studio.chance(0.5):
        return desk.scanned(studio, page, boxes, size)
    return desk.photographed(studio, page, boxes, size, tilt=0.2)


def write(studio: Studio, size: desk.Size) -> tuple[np.ndarray, list]:
    """The flat page, ink on white."""
    height, width = size
    letter = studio.size(9.5, 19) if studio.chance(0.85) else studio.size(19, 30)
    sheet = Sheet(width, height)
    flow = Flow(
        studio,
        sheet,
        studio.type(studio.style("sans", "sans", "serif", "narrow", "mono"), letter),
        width * studio.between(0.03, 0.09),
        studio.between(1.2, 1.8),
    )
    accent = colour(studio.rng, 20, 140)
    head(studio, flow, accent)
    while not flow.full:
        parties(studio, flow)
        table(studio, flow, accent)
        closing(studio, flow)
        if studio.chance(0.6):
            small_print(studio, flow)
        if studio.chance(0.25):
            break
    page, boxes = sheet.pixels(), sheet.boxes
    if studio.chance(0.3):
        page = ink.fade(studio.rng, page, 0.4)
    if studio.chance(0.25):
        page = distractors.stamp(studio, page, boxes, letter * 1.6)
    if studio.chance(0.15):
        page = distractors.handwriting(studio, page, boxes, letter * studio.between(1.4, 2.2))
    return page, boxes


def head(studio: Studio, flow: Flow, accent: Colour) -> None:
    words, size, sheet = studio.words, flow.kind.size, flow.sheet
    big = studio.type(studio.style("sans", "serif", "display"), size * studio.between(1.5, 3))
    title = words.of("headings")
    if studio.chance(0.3):
        sheet.draw.rectangle((0, 0, sheet.width, big.size * 2.2), fill=accent)
        sheet.write(flow.left, big.size * 1.5, fit(title, big, flow.right - flow.left), big, WHITE)
        flow.y = big.size * 2.4
    elif studio.chance(0.5):
        flow.line(title, "centre", big)
        if studio.chance(0.5):
            middle, half = (flow.left + flow.right) / 2, width_of(title, big) / 2
            for lift in (2, 5)[: int(studio.rng.integers(1, 3))]:
                sheet.draw.line((middle - half, flow.y + lift, middle + half, flow.y + lift), fill=accent)
    else:
        flow.colour = accent
        flow.line(title, "right", big)
        flow.colour = BLACK
        flow.y = max(flow.left * 0.7, flow.y - big.size * flow.leading)
    if studio.chance(0.5):
        radius = size * studio.between(1.5, 3)
        distractors.logo(studio, sheet, (flow.left + radius, flow.y + radius), radius)
        flow.gap(radius * 2.2 / size)
    bold = flow.kind.sized(size * studio.between(1.0, 1.4), 1 if size > 15 else 0)
    for line in words.company():
        flow.line(line, kind=bold)
    for line in words.address():
        flow.line(line)
    flow.gap(1)


def parties(studio: Studio, flow: Flow) -> None:
    words = studio.words
    joint = words.choose((": ", "：" if words.chinese > 0.5 else " : ", " "))
    place = studio.between(0.5, 0.68)
    framed, top = studio.chance(0.3), flow.y
    for _ in range(int(studio.rng.integers(2, 8))):
        first, second = words.pair(), words.pair()
        cells = [(f"{second[0]}{joint}{second[1]}", place, "left"), (f"{first[0]}{joint}{first[1]}", 0.01, "left")]
        flow.cells(cells if studio.chance(0.75) else cells[1:])  # type: ignore[arg-type]
    if framed:
        flow.sheet.draw.rectangle((flow.left - 3, top, flow.right + 3, flow.y + 3), outline=(90, 90, 90))
    flow.gap(studio.between(0.5, 2))


def table(studio: Studio, flow: Flow, accent: Colour) -> None:
    words, size, sheet = studio.words, flow.kind.size, flow.sheet
    count = int(studio.rng.integers(3, 7))
    widths = np.concatenate([[studio.between(2, 4)], studio.rng.uniform(0.8, 1.4, count - 1)])
    if (flow.right - flow.left) / widths.sum() < size * 4:
        widths = widths[:2]
    edges = np.concatenate([[0], np.cumsum(widths) / widths.sum()])
    lines, zebra, inverse = studio.rng.random() < 0.6, studio.chance(0.3), studio.chance(0.35)
    upright = lines and studio.chance(0.6)
    pitch = size * flow.leading * studio.between(1.0, 1.6)
    top, tint = flow.y, int(studio.between(215, 245))
    rows = int(studio.rng.integers(3, 16))
    for row in range(rows + 1):
        y, base = flow.y, flow.y + pitch * 0.5 + size * 0.34
        if y + 2.2 * pitch > sheet.height:
            break
        fill = accent if row == 0 and inverse else (tint, tint, tint) if zebra and row % 2 else None
        if fill:
            sheet.draw.rectangle((flow.left, y, flow.right, y + pitch), fill=fill)
        texts = [
            words.cased(words.of("columns")) if row == 0 else item(studio, column) for column in range(len(widths))
        ]
        for column, text in enumerate(texts):
            start, end = (flow.left + edge * (flow.right - flow.left) for edge in edges[column : column + 2])
            text = fit(text, flow.kind, end - start - size)
            ink_colour = WHITE if row == 0 and inverse else BLACK
            if text and column == 0:
                sheet.write(start + size * 0.4, base, text, flow.kind, ink_colour)
            elif text:
                sheet.write(end - size * 0.4, base, text, flow.kind, ink_colour, align="right")
        flow.y += pitch
        if lines:
            sheet.draw.line((flow.left, flow.y, flow.right, flow.y), fill=(110, 110, 110))
    for edge in edges if upright else ():
        x = flow.left + edge * (flow.right - flow.left)
        sheet.draw.line((x, top, x, flow.y), fill=(110, 110, 110))
    flow.gap(0.5)


def item(studio: Studio, column: int) -> str:
    words = studio.words
    if column == 0:
        return words.goods()
    return words.choose([words.money(), words.money(), str(words.number(1, 200)), words.percent(), words.code()[:8]])


def closing(studio: Studio, flow: Flow) -> None:
    words = studio.words
    place = studio.between(0.6, 0.8)
    for _ in range(int(studio.rng.integers(1, 6))):
        amount = words.price(9000)
        flow.cells([(amount, 0.99, "right"), (words.of("totals"), place, "right" if studio.chance(0.5) else "left")])
    flow.gap(studio.between(0.5, 2))


def small_print(studio: Studio, flow: Flow) -> None:
    words, size = studio.words, flow.kind.size
    fine = flow.kind.sized(max(8.0, size * studio.between(0.65, 1.0)))
    for _ in range(int(studio.rng.integers(1, 6))):
        flow.line(words.of("footers") if studio.chance(0.5) else words.phrase(12), kind=fine)
    if flow.y + 6 * size < flow.sheet.height and studio.chance(0.6):
        if studio.chance(0.5):
            distractors.scribble(studio, flow.sheet, flow.left + size, flow.y + 2.5 * size, size * 1.5)
        elif studio.chance(0.5):
            distractors.matrix_code(studio, flow.sheet, flow.right - 6 * size, flow.y, 5 * size)
        else:
            distractors.barcode(studio, flow.sheet, flow.left, flow.y + size, 12 * size, 2 * size)
        flow.gap(5)
