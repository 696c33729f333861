"""Labels on packages and plates: a few lines in several sizes, codes and symbols, close up."""

from __future__ import annotations

import numpy as np

from ocrweb.render import capture, desk, distractors, textures, warp
from ocrweb.render.flow import Flow
from ocrweb.render.menu import contrasting
from ocrweb.render.noise import colour
from ocrweb.render.sheet import Sheet
from ocrweb.render.studio import Shot, Studio


def compose(studio: Studio, size: desk.Size | None) -> Shot:
    """One to three labels on a surface; the default picture is about 900 pixels either way."""
    height, width = size or (int(studio.between(700, 1100)), int(studio.between(700, 1100)))
    ground, boxes = textures.surface(studio.rng, height, width), []
    count = int(studio.rng.integers(1, 4))
    tall = count > 1 and height > width
    for index in range(count):
        cell = (height // count, width) if tall else (height, width // count)
        sheet = write(studio, cell)
        flat = warp.corners(sheet.width, sheet.height)
        shape = warp.tilted(studio.rng, flat, studio.rng.normal(0, 12), studio.between(0, 0.3))
        offset = np.array([0, index * cell[0]] if tall else [index * cell[1], 0])
        target = warp.fitted(shape, cell[1], cell[0], min(cell) * studio.between(0.02, 0.15)) + offset
        transform = warp.matrix(flat, target)
        page = textures.with_grain(studio.rng, sheet.pixels(), studio.between(0, 4))
        ground = warp.place(page, transform, ground, shadow=studio.between(0.1, 0.7))
        boxes += warp.moved(sheet.boxes, transform)
    ground = capture.shade(studio.rng, ground, studio.between(0.1, 0.9))
    return Shot(capture.photograph(studio.rng, ground, studio.between(0, 0.9)), boxes)


def write(studio: Studio, cell: desk.Size) -> Sheet:
    """One flat label that fits into a cell, (height, width)."""
    words, (height, width) = studio.words, cell
    wide = int(width * studio.between(0.65, 1.0))
    tall = int(min(height, wide * studio.between(0.35, 1.2)))
    ground = colour(studio.rng, 200, 255) if studio.chance(0.55) else colour(studio.rng, 0, 255)
    sheet = Sheet(max(40, wide), max(40, tall), ground)
    letter = studio.size(13, 38)
    flow = Flow(
        studio,
        sheet,
        studio.type(studio.style("sans", "narrow", "mono", "display", "sans"), letter),
        letter * studio.between(0.5, 1.5),
        studio.between(1.05, 1.6),
    )
    flow.colour = contrasting(studio, ground)
    if studio.chance(0.4):
        sheet.draw.rectangle(
            (2, 2, sheet.width - 3, sheet.height - 3), outline=flow.colour, width=int(studio.rng.integers(1, 6))
        )
    while not flow.full:
        form = studio.rng.random()
        if form < 0.25:
            big = studio.type(studio.style("display", "sans"), letter * studio.between(1.2, 2.6))
            if flow.y + 1.4 * big.size < sheet.height:
                flow.line(
                    words.choose([words.word(), words.goods(), words.code(), *words.company()[:1]]),
                    "left" if studio.chance(0.5) else "centre",
                    big,
                )
        elif form < 0.6:
            flow.line(": ".join(words.pair()))
        elif form < 0.75:
            flow.cells([(words.word(), 0.0, "left"), (words.price(), 1.0, "right")])
        elif form < 0.85 and flow.y + 5 * letter < sheet.height:
            distractors.barcode(
                studio,
                sheet,
                flow.left,
                flow.y + letter * 0.4,
                studio.between(0.4, 0.95) * (flow.right - flow.left),
                letter * 2.4,
            )
            flow.gap(3.2)
        elif form < 0.9 and flow.y + 6 * letter < sheet.height:
            distractors.matrix_code(studio, sheet, flow.left, flow.y + letter * 0.4, letter * 4.5)
            flow.gap(5.4)
        else:
            flow.line(
                words.phrase(words.number(1, 5)), kind=flow.kind.sized(max(9.0, letter * studio.between(0.5, 0.9)))
            )
    return sheet
