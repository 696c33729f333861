"""Things that look like text and are none: bars, codes, logos, stamps, scribbles, pictures."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

from ocrweb.render.noise import colour
from ocrweb.render.sheet import Colour, Sheet, TextBox
from ocrweb.render.studio import Studio
from ocrweb.render.textures import clutter, thing
from ocrweb.render.warp import corners, mapped, matrix


def barcode(studio: Studio, sheet: Sheet, x: float, y: float, width: float, height: float) -> None:
    rng, at, end = studio.rng, x, x + width
    unit = max(1.0, width / 110)
    while at < end:
        thick = unit * int(rng.integers(1, 4))
        sheet.draw.rectangle((at, y, max(at, min(end, at + thick - 1)), y + height), fill=(15, 15, 15))
        at += thick + unit * int(rng.integers(1, 4))


def matrix_code(studio: Studio, sheet: Sheet, x: float, y: float, side: float) -> None:
    """A QR-like square."""
    count = int(studio.rng.integers(21, 34))
    unit = max(2, int(side / count))
    cells = studio.rng.random((count, count)) < 0.5
    for top, left in ((0, 0), (0, count - 7), (count - 7, 0)):
        cells[top : top + 7, left : left + 7] = True
        cells[top + 1 : top + 6, left + 1 : left + 6] = False
        cells[top + 2 : top + 5, left + 2 : left + 5] = True
    mask = np.kron(cells, np.ones((unit, unit), bool))
    sheet.image.paste((20, 20, 20), (int(x), int(y)), Image.fromarray((mask * 255).astype(np.uint8)))


def logo(studio: Studio, sheet: Sheet, centre: tuple[float, float], radius: float) -> None:
    """A few shapes in few colours around a point."""
    side = max(8, int(2 * radius))
    left, top = int(centre[0] - radius), int(centre[1] - radius)
    box = (left, top, left + side, top + side)
    patch = np.array(sheet.image.crop(box))
    tones: list[Colour] = [colour(studio.rng, 0, 150) for _ in range(3)]
    for _ in range(int(studio.rng.integers(2, 7))):
        place = studio.rng.normal(side / 2, side / 6, 2)
        thing(studio.rng, patch, (float(place[0]), float(place[1])), studio.between(0.1, 0.35) * side, tones)
    sheet.image.paste(Image.fromarray(patch), (left, top))


def picture(studio: Studio, sheet: Sheet, box: tuple[float, float, float, float]) -> None:
    """A photo in the page: left, top, right, bottom."""
    left, top, right, bottom = (int(value) for value in box)
    if right - left > 8 and bottom - top > 8:
        sheet.image.paste(Image.fromarray(clutter(studio.rng, bottom - top, right - left)), (left, top))


def scribble(studio: Studio, sheet: Sheet, x: float, y: float, size: float) -> None:
    """A signature or a tick: one pen stroke without letters."""
    rng = studio.rng
    count = int(rng.integers(5, 16))
    steps = np.cumsum(rng.normal((0.5, 0), (0.45, 0.9), (count, 2)), axis=0) * size * 0.6
    knots = np.vstack([(0, 0), steps]) + np.array([x, y])
    time = np.linspace(0, len(knots) - 1, 12 * len(knots))
    curve = np.stack([_smooth(knots[:, axis], time) for axis in (0, 1)], axis=1)
    ink = colour(rng, 0, 90) if studio.chance(0.5) else (120, 30, 20)
    sheet.draw.line([tuple(point) for point in curve], fill=ink, width=max(1, int(size / 14)), joint="curve")


def _smooth(knots: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Catmull-Rom through the knots."""
    padded = np.concatenate([knots[:1], knots, knots[-1:]])
    index = np.minimum(time.astype(int), len(knots) - 2)
    t = time - index
    a, b, c, d = (padded[index + shift] for shift in range(4))
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def handwriting(studio: Studio, page: np.ndarray, boxes: list[TextBox], size: float) -> np.ndarray:
    """A number or a word jotted on a printed page, with an ignored box: people disagree whether to label it."""
    height, width = page.shape[:2]
    kind = studio.type("hand", size)
    text = studio.words.choose(
        [studio.words.digits(int(studio.rng.integers(3, 9))), studio.words.of("names"), studio.words.money()]
    )
    note = Sheet(int(size * (len(text) + 3)), int(size * 2.2))
    note.write(size, size * 1.5, text, kind, (70, 40, 30) if studio.chance(0.5) else (30, 30, 30), mark="ignore")
    shape = corners(note.width, note.height) + studio.rng.uniform(
        (0, 0), (max(1, width - note.width), max(1, height - note.height))
    )
    turn = matrix(corners(note.width, note.height), _turned(shape, studio.rng.normal(0, 8)))
    ink = cv2.warpPerspective(note.pixels(), turn, (width, height), borderValue=(255, 255, 255))
    boxes.extend(TextBox(mapped(box.points, turn), box.text, ignore=True) for box in note.boxes)
    return cv2.min(page, ink)


def _turned(shape: np.ndarray, degrees: float) -> np.ndarray:
    angle, centre = np.radians(degrees), shape.mean(axis=0)
    return (shape - centre) @ np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))]) + centre


def stamp(studio: Studio, page: np.ndarray, boxes: list[TextBox], size: float) -> np.ndarray:
    """A rubber stamp: a ring or a frame, with or without a word that is ignored because print shines through."""
    height, width = page.shape[:2]
    side = int(size * studio.between(5, 9))
    mark = Sheet(side, side)
    ink = (60, 40, 200) if studio.chance(0.6) else (170, 60, 40)
    thick = max(2, int(size / 7))
    shape = (
        (thick, side * 0.3, side - thick, side * 0.7)
        if studio.chance(0.5)
        else (thick, thick, side - thick, side - thick)
    )
    (mark.draw.rectangle if shape[1] > thick else mark.draw.ellipse)(shape, outline=ink, width=thick)
    word = studio.words.choose(("PAID", "POSTED", "COPY", "已付", "RECEIVED", "现金付讫", "作废"))
    mark.write(side / 2, side * 0.56, word, studio.type("sans", size * 0.9), ink, align="centre", mark="ignore")
    place = corners(side, side) + studio.rng.uniform((0, 0), (max(1, width - side), max(1, height - side)))
    turn = matrix(corners(side, side), _turned(place, studio.rng.normal(0, 14)))
    layer = cv2.warpPerspective(mark.pixels(), turn, (width, height), borderValue=(255, 255, 255))
    boxes.extend(TextBox(mapped(box.points, turn), box.text, ignore=True) for box in mark.boxes)
    return cv2.multiply(page, layer, scale=1 / 255)
