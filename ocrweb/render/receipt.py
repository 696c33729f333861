"""Till receipts: a narrow column of dense lines on thermal paper."""

from __future__ import annotations

import cv2
import numpy as np

from ocrweb.render import desk, distractors, ink, warp
from ocrweb.render.flow import Cell, Flow
from ocrweb.render.fonts import Type
from ocrweb.render.sheet import BLACK, WHITE, Align, Sheet, TextBox, width_of
from ocrweb.render.studio import Shot, Studio


def compose(studio: Studio, size: desk.Size | None) -> Shot:
    """A receipt; the default picture fits it closely, up to about 1,500 pixels tall."""
    fixed = size is not None
    size = size or (int(studio.between(900, 1450)), int(studio.between(480, 900)))
    page, boxes = write(studio, size)
    if not fixed:
        roomy = 1.9 if studio.chance(0.15) else 1.25
        size = (int(page.shape[0] * studio.between(1.0, roomy**0.5)), int(page.shape[1] * studio.between(1.0, roomy)))
    return (
        desk.scanned(studio, page, boxes, size)
        if studio.chance(0.75)
        else desk.photographed(studio, page, boxes, size, tilt=0.1)
    )


def write(studio: Studio, size: desk.Size) -> tuple[np.ndarray, list[TextBox]]:
    """The flat strip, ink on white, no larger than the picture. Till printers' letters are slim: it is written wide."""
    slim = studio.between(0.72, 1.0) if studio.chance(0.75) else 1.0
    height, width = size[0], int(size[1] / slim)
    letter = float(np.clip(studio.rng.lognormal(np.log(19), 0.3), 9.5, 42))
    style = studio.style("mono", "mono", "narrow", "sans", "sans", "narrow", "serif" if studio.chance(0.3) else "mono")
    kind = studio.type(style, letter)
    em = width_of("0", kind)
    strip = int(min(width, em * studio.between(34, 52) + 2 * letter))
    sheet = Sheet(strip, int(height * studio.between(0.75, 1.0)))
    flow = Flow(studio, sheet, kind, letter * studio.between(0.4, 1.6), studio.between(1.0, 1.55))
    if studio.chance(0.2):
        flow.y += letter * studio.between(0, 8)
    header(studio, flow)
    while not flow.full:
        details(studio, flow)
        goods(studio, flow)
        totals(studio, flow)
        if studio.chance(0.6):
            taxes(studio, flow)
        footer(studio, flow)
        if studio.chance(0.5):
            break
    bottom = int(min(sheet.height, flow.y + letter * studio.between(0.5, 4)))
    boxes = [box for box in sheet.boxes if box.points[:, 1].max() < bottom]
    page = sheet.pixels()[:bottom]
    if slim < 1:
        narrow = int(strip * slim)
        page = cv2.resize(page, (narrow, bottom), interpolation=cv2.INTER_AREA)
        boxes = warp.moved(boxes, np.diag([narrow / strip, 1.0, 1.0]))
    page = printed(studio, page, letter)
    if studio.chance(0.2):
        page = distractors.handwriting(studio, page, boxes, letter * studio.between(1.2, 2.4))
    if studio.chance(0.08):
        page = distractors.stamp(studio, page, boxes, letter * 1.5)
    return page, boxes


def printed(studio: Studio, page: np.ndarray, letter: float) -> np.ndarray:
    """The print head's mark: dots, weight, gaps, faded stretches."""
    rng = studio.rng
    if studio.chance(0.1):
        page = ink.thicken(rng, page)
    if letter > 14 and studio.chance(0.25):
        page = ink.perforate(rng, page, letter / studio.between(5, 9))
    if studio.chance(0.3):
        page = ink.erode(rng, page)
    if studio.chance(0.6):
        page = ink.fade(rng, page, studio.between(0.3, 0.85))
    return page


def header(studio: Studio, flow: Flow) -> None:
    words, size = studio.words, flow.kind.size
    align: Align = "centre" if studio.chance(0.85) else "left"
    if studio.chance(0.3):
        banner(studio, flow)
    name = flow.kind.sized(size * studio.between(1.0, 1.7), bold(studio, size))
    for line in words.company():
        flow.line(line, align, name)
        name = flow.kind
    for line in words.address() + (words.address()[:1] if studio.chance(0.3) else []):
        flow.line(line, align)
    for _ in range(int(studio.rng.integers(0, 4))):
        label, value = words.pair()
        joint = words.choose((" : ", ": ", ":", " "))
        flow.line(words.cased(f"{label}{joint}{value}"), align)
    flow.gap(studio.between(0, 1.5))
    if studio.chance(0.7):
        big = flow.kind.sized(size * studio.between(1, 1.5), bold(studio, size))
        flow.line(words.of("headings"), align, big)
        flow.gap(studio.between(0, 1))
    if studio.chance(0.5):
        flow.rule()


def bold(studio: Studio, size: float) -> int:
    """Stroke in pixels: now and then one, where the letters are large enough to stay open."""
    return int(size > 18 and studio.chance(0.3))


def banner(studio: Studio, flow: Flow) -> None:
    """The shop's name as a logo, on white or in white on black."""
    size = flow.kind.size * studio.between(1.8, 3.4)
    kind = studio.type("display", size)
    text = studio.words.cased(studio.words.of("companies"))
    width = width_of(text, kind)
    if width > (flow.right - flow.left) * 0.95:
        return
    top, middle = flow.y, (flow.left + flow.right) / 2
    colour = BLACK
    if studio.chance(0.4):
        box = (middle - width / 2 - size * 0.5, top + size * 0.1, middle + width / 2 + size * 0.5, top + size * 1.45)
        flow.sheet.draw.rounded_rectangle(box, radius=size * studio.between(0, 0.6), fill=BLACK)
        colour = WHITE
    elif studio.chance(0.4):
        distractors.logo(studio, flow.sheet, (middle, top + size), size)
        flow.y += size * 2.2
        top = flow.y
    flow.sheet.write(middle, top + size * 1.12, text, kind, colour, align="centre")
    flow.y = top + size * 1.6


def details(studio: Studio, flow: Flow) -> None:
    words = studio.words
    joint = words.choose((" : ", ": ", ":", " "))
    paired = studio.chance(0.4)
    column = studio.between(0.45, 0.62)
    aligned = studio.between(0.25, 0.4) if studio.chance(0.35) else None
    for _ in range(int(studio.rng.integers(1, 7))):
        label, value = words.pair()
        if paired and studio.chance(0.7):
            other = words.pair()
            flow.cells([(f"{label}{joint}{value}", 0.0, "left"), (f"{other[0]}{joint}{other[1]}", column, "left")])
        elif aligned:
            flow.cells([(label, 0.0, "left"), (f": {value}" if studio.chance(0.5) else value, aligned, "left")])
        elif studio.chance(0.15):
            flow.split(f"{words.date()} {words.time()}", words.code())
        else:
            flow.line(f"{label}{joint}{value}")
    flow.gap(studio.between(0, 0.8))


def goods(studio: Studio, flow: Flow) -> None:
    words, form = studio.words, studio.rng.random()
    places = np.cumsum(studio.rng.uniform(0.5, 1.0, 4))
    places = 0.3 + 0.7 * places / places[-1]
    if studio.chance(0.6):
        flow.rule()
    if studio.chance(0.7):
        titles = [words.cased(words.of("columns")) for _ in range(5)]
        used = range(4) if form > 0.6 else (3,)
        flow.cells([(titles[4], 0.0, "left"), *((titles[i], float(places[i]), "right") for i in used)])
        if studio.chance(0.5):
            flow.rule()
    tail = words.choose(("", "", " S", " SR", " T", "*"))
    for index in range(int(studio.rng.integers(1, 16))):
        quantity, amount = str(words.number(1, 12)), words.money()
        if form < 0.3:
            flow.split(f"{quantity} {words.goods()}" if form < 0.15 else words.goods(), amount + tail)
        elif form < 0.6:
            flow.line(words.goods() if studio.chance(0.8) else words.code())
            if studio.chance(0.7):
                sign = words.choose((" X ", " x ", " X  ", " @ "))
                cells: list[Cell] = [
                    (words.code(), 0.0, "left"),
                    (f"{quantity}{sign}{words.money()}", float(places[1]), "right"),
                ]
                flow.cells([*cells[studio.chance(0.4) :], (amount + tail, 1.0, "right")])
            else:
                flow.cells([(words.digits(7), 0.0, "left"), (amount, 1.0, "right")])
        else:
            if studio.chance(0.5):
                flow.line(words.goods())
            numbers = [quantity, words.money(), words.choose(("0.00", words.money(20), "SR")), amount]
            first = words.code() if studio.chance(0.6) else words.goods()[:12] if form > 0.8 else f"{index + 1}."
            flow.cells([(numbers[i], float(places[i]), "right") for i in (3, 2, 1, 0)] + [(first, 0.0, "left")])
    if studio.chance(0.6):
        flow.rule()


def totals(studio: Studio, flow: Flow) -> None:
    words, size = studio.words, flow.kind.size
    right_labels = studio.chance(0.45)
    place = studio.between(0.55, 0.78)
    unit = words.choose(("", "", "RM ", words.currency))
    for _ in range(int(studio.rng.integers(2, 9))):
        label = words.cased(words.of("totals")) + words.choose(("", "", ":", " :"))
        kind: Type | None = None
        if studio.chance(0.18):
            kind = flow.kind.sized(size * studio.between(1.1, 1.9), bold(studio, size))
        amount = unit + words.money()
        if right_labels:
            flow.cells([(amount, 1.0, "right"), (label, place, "right")], kind)
        else:
            flow.split(label, amount, kind)
        flow.gap(studio.between(0, 0.3))
    if studio.chance(0.5):
        flow.rule()


def taxes(studio: Studio, flow: Flow) -> None:
    words = studio.words
    flow.gap(studio.between(0, 1))
    if studio.chance(0.6):
        flow.line(words.of("headings"), "centre" if studio.chance(0.4) else "left")
    places = (0.0, studio.between(0.3, 0.45), studio.between(0.6, 0.75), 1.0)
    for row in range(int(studio.rng.integers(2, 5))):
        texts = (
            [words.percent(), words.money(), words.percent(), words.money(20)]
            if row
            else [words.cased(words.of("columns")) for _ in range(4)]
        )
        flow.cells(
            [(text, place, "right" if place == 1 else "left") for text, place in zip(texts, places, strict=True)]
        )


def footer(studio: Studio, flow: Flow) -> None:
    words = studio.words
    align: Align = "centre" if studio.chance(0.8) else "left"
    flow.gap(studio.between(0, 1.5))
    for _ in range(int(studio.rng.integers(1, 5))):
        flow.line(words.cased(words.of("footers")), align)
    size = flow.kind.size
    if studio.chance(0.25) and flow.y + 6 * size < flow.sheet.height:
        wide = (flow.right - flow.left) * studio.between(0.4, 0.9)
        left = (flow.left + flow.right - wide) / 2
        if studio.chance(0.75):
            distractors.barcode(studio, flow.sheet, left, flow.y + size * 0.5, wide, size * studio.between(1.5, 3.5))
            flow.y += size * 4.3
            flow.line("*" + words.digits(10) + "*" if studio.chance(0.4) else words.digits(13), "centre")
        else:
            side = min(wide, size * 7, flow.sheet.height - flow.y - size)
            distractors.matrix_code(studio, flow.sheet, (flow.left + flow.right - side) / 2, flow.y + size * 0.5, side)
            flow.y += side + size
    flow.gap(studio.between(0, 3))
