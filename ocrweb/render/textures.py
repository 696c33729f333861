"""Surfaces without text: desks, walls, windows, leaves, cloth, and random clutter. All (H, W, 3) uint8."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from ocrweb.render.noise import cloud, colour, grain, spread
from ocrweb.render.sheet import Colour

Texture = Callable[[np.random.Generator, int, int], np.ndarray]


def blend(field: np.ndarray, first: Colour, second: Colour) -> np.ndarray:
    """Colours between two, by a (H, W) field of 0..1."""
    table = np.linspace(np.array(first), np.array(second), 256).clip(0, 255).astype(np.uint8)[:, None]
    index = (np.clip(field, 0, 1) * 255).astype(np.uint8)
    return cv2.LUT(cv2.merge([index, index, index]), table.reshape(1, 256, 3))


def gradient(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """A plain wall or sky: one colour running into another."""
    angle = rng.uniform(0, 2 * np.pi)
    across = np.linspace(-1, 1, width, dtype=np.float32)[None] * np.float32(np.cos(angle))
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None] * np.float32(np.sin(angle))
    return blend((across + down + 1.4) / 2.8, colour(rng), colour(rng))


def plaster(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Concrete, carpet, marble: clouds of one hue with grain."""
    base = colour(rng, 30, 235)
    lift = rng.uniform(10, 70)
    field = cloud(rng, height, width, spread(rng, 20, 500), 4)
    picture = blend(field, base, tuple(int(min(255, c + lift)) for c in base))  # type: ignore[arg-type]
    return with_grain(rng, picture, rng.uniform(1, 9))


def wood(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Planks: streaks along one side with joints between."""
    field = cv2.resize(cloud(rng, max(8, height), max(8, width // 24), spread(rng, 8, 40), 3), (width, height))
    field = 0.5 + 0.5 * np.sin(field * rng.uniform(8, 40) + cloud(rng, height, width, 200, 2) * 4)
    red = rng.uniform(70, 200)
    dark = (red * 0.35, red * 0.6, red)
    light = tuple(min(255, c * rng.uniform(1.1, 1.6)) for c in dark)
    picture = blend(field, dark, light)  # type: ignore[arg-type]
    pitch = int(spread(rng, 50, 300))
    for y in range(int(rng.integers(pitch)), height, pitch):
        cv2.line(picture, (0, y), (width, y), tuple(c * 0.5 for c in dark), int(rng.integers(1, 4)))
    return np.ascontiguousarray(np.rot90(cv2.resize(picture, (height, width)))) if rng.random() < 0.5 else picture


def bricks(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Bricks or tiles, row by row, each a little different."""
    tall = int(spread(rng, 10, 70))
    wide = int(tall * rng.uniform(1, 3.2))
    shift = 0.5 if rng.random() < 0.6 else 0.0
    base, joint = np.array(colour(rng, 30, 220)), colour(rng, 60, 230)
    variety = rng.uniform(2, 25)
    picture = np.full((height, width, 3), joint, np.uint8)
    gap = max(1, int(tall * rng.uniform(0.03, 0.15)))
    rows, columns = height // tall + 2, width // wide + 3
    shades = base + rng.normal(0, variety, (rows, columns, 1)) + rng.normal(0, variety / 4, (rows, columns, 3))
    for row in range(rows):
        left = -int((row % 2) * shift * wide)
        for column in range(columns):
            x, y = left + column * wide, row * tall
            tone = tuple(float(c) for c in np.clip(shades[row, column], 0, 255))
            cv2.rectangle(picture, (x, y), (x + wide - gap, y + tall - gap), tone, -1)
    return with_grain(rng, picture, rng.uniform(1, 10))


def windows(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """A facade: a grid of panes, some lit, with frames and sills."""
    picture = gradient(rng, height, width)
    tall, wide = int(spread(rng, 20, 160)), int(spread(rng, 14, 120))
    fill = rng.uniform(0.4, 0.9)
    dark, lit = np.array(colour(rng, 10, 110)), np.array(colour(rng, 120, 250))
    for y in range(int(rng.integers(-tall, 1)), height, tall):
        for x in range(int(rng.integers(-wide, 1)), width, wide):
            tone = (lit if rng.random() < 0.25 else dark) + rng.normal(0, 10, 3)
            corner = (int(x + wide * fill), int(y + tall * fill))
            cv2.rectangle(picture, (x, y), corner, tuple(float(c) for c in np.clip(tone, 0, 255)), -1)
            if rng.random() < 0.3:
                middle = (x + corner[0]) // 2
                cv2.line(picture, (middle, y), (middle, corner[1]), (200, 200, 200), 1)
    return picture


def leaves(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Foliage: thousands of small lit and shaded blades, drawn once and tiled by mirroring."""
    size = 320
    tile = np.full((size, size, 3), (20, 40, 25), np.uint8)
    greens = rng.uniform(30, 230, 900)
    blade = spread(rng, 3, 16)
    centres, angles = rng.integers(0, size, (900, 2)), rng.uniform(0, 180, 900)
    warm = rng.uniform(0.3, 1.0)
    for (x, y), angle, green in zip(centres.tolist(), angles.tolist(), greens.tolist(), strict=True):
        axes = (max(1, int(blade * (0.5 + green / 200))), max(1, int(blade * 0.4)))
        cv2.ellipse(tile, (x, y), axes, angle, 0, 360, (green * 0.4, green, green * warm), -1, cv2.LINE_AA)
    tile = np.vstack([np.hstack([tile, tile[:, ::-1]]), np.hstack([tile[::-1], tile[::-1, ::-1]])])
    tile = np.tile(tile, (-(-height // (2 * size)), -(-width // (2 * size)), 1))[:height, :width]
    light = (100 + 155 * cloud(rng, height, width, 250, 3)).astype(np.uint8)
    return cv2.multiply(tile, cv2.merge([light] * 3), scale=1 / 255)


def cloth(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Stripes or checks at an angle."""
    pitch, angle = spread(rng, 5, 90), rng.choice([0.0, np.pi / 2, rng.uniform(0, np.pi)])
    x = np.arange(width, dtype=np.float32)[None]
    y = np.arange(height, dtype=np.float32)[:, None]
    sharp = rng.uniform(1, 12)
    first = np.tanh(sharp * np.sin((x * np.cos(angle) + y * np.sin(angle)) * np.float32(2 * np.pi / pitch)))
    if rng.random() < 0.5:
        second = np.tanh(sharp * np.sin((x * np.sin(angle) - y * np.cos(angle)) * np.float32(2 * np.pi / pitch)))
        first = (first + second) / 2
    return with_grain(rng, blend(first * 0.5 + 0.5, colour(rng), colour(rng)), rng.uniform(0, 8))


def clutter(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Dead leaves: overlapping things of every size, which has the statistics of natural pictures."""
    picture = gradient(rng, height, width)
    count = int(spread(rng, 40, 500))
    reach = max(height, width)
    radii = np.clip(reach * 0.012 / rng.random(count) ** 0.55, 3, reach * 0.35)
    radii[rng.random(count) < 0.3] *= 0.3
    palette = [colour(rng) for _ in range(int(rng.integers(4, 16)))]
    for radius in -np.sort(-radii) if rng.random() < 0.7 else radii:
        thing(rng, picture, (float(rng.uniform(0, width)), float(rng.uniform(0, height))), float(radius), palette)
    return picture


def thing(
    rng: np.random.Generator, picture: np.ndarray, centre: tuple[float, float], radius: float, palette: list[Colour]
) -> None:
    """One round, boxy, long or ragged shape with shading, drawn in place."""
    tone = np.clip(np.array(palette[rng.integers(len(palette))]) + rng.normal(0, 12), 0, 255)
    fill, kind = tuple(map(float, tone)), rng.random()
    x, y = centre
    if kind < 0.3:
        axes = (int(radius) + 1, int(radius * rng.uniform(0.3, 1)) + 1)
        cv2.ellipse(picture, (int(x), int(y)), axes, float(rng.uniform(0, 180)), 0, 360, fill, -1, cv2.LINE_AA)
        return
    if kind < 0.4:
        angle = rng.uniform(0, np.pi)
        ends = np.array(
            [
                (x - 2 * radius * np.cos(angle), y - 2 * radius * np.sin(angle)),
                (x + 2 * radius * np.cos(angle), y + 2 * radius * np.sin(angle)),
            ]
        )
        cv2.line(picture, ends[0].astype(int), ends[1].astype(int), fill, int(rng.integers(1, 7)), cv2.LINE_AA)
        return
    corners = 4 if kind < 0.8 else int(rng.integers(3, 8))
    if corners == 4:
        half = np.array([radius, radius * spread(rng, 0.15, 1.2)])
        shape = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half
        turn = rng.normal(0, 0.12) if rng.random() < 0.75 else rng.uniform(0, np.pi)
    else:
        around = np.sort(rng.uniform(0, 2 * np.pi, corners))
        shape, turn = np.stack([np.cos(around), np.sin(around)], 1) * radius, 0.0
    rotate = np.array([(np.cos(turn), -np.sin(turn)), (np.sin(turn), np.cos(turn))])
    points = (shape @ rotate.T + (x, y)).astype(np.int32)
    cv2.fillPoly(picture, [points], fill, cv2.LINE_AA)
    if rng.random() < 0.4:
        cv2.polylines(
            picture,
            [points],
            True,
            tuple(map(float, np.clip(tone * rng.uniform(0.3, 1.6), 0, 255))),
            int(rng.integers(1, 4)),
            cv2.LINE_AA,
        )


def shelves(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Rows of packets and books: upright blocks of many colours with plain or striped fronts."""
    picture = np.full((height, width, 3), colour(rng, 20, 120), np.uint8)
    tall = int(spread(rng, 18, 110))
    for y in range(0, height, tall):
        x = 0
        while x < width:
            wide = int(tall * rng.uniform(0.15, 0.9)) + 2
            tone, top = colour(rng), y + int(tall * rng.uniform(0.05, 0.4))
            cv2.rectangle(picture, (x, top), (x + wide - 2, y + int(tall * 0.92)), tone, -1)
            if rng.random() < 0.5:
                band = top + int(tall * rng.uniform(0.1, 0.5))
                cv2.rectangle(
                    picture, (x, band), (x + wide - 2, band + int(tall * rng.uniform(0.05, 0.25))), colour(rng), -1
                )
            x += wide
    return picture


def grille(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Railings, louvres, escalator steps: bars before something else."""
    picture = gradient(rng, height, width) if rng.random() < 0.5 else plaster(rng, height, width)
    pitch, tone = spread(rng, 4, 45), colour(rng)
    thick, upright = max(1, int(pitch * rng.uniform(0.15, 0.6))), rng.random() < 0.6
    lean = rng.normal(0, 0.15) * (height if upright else width)
    for at in np.arange(0, width if upright else height, pitch).tolist():
        start, end = (int(at), int(at + lean))
        ends = ((start, 0), (end, height)) if upright else ((0, start), (width, end))
        cv2.line(picture, *ends, tone, thick, cv2.LINE_AA)
    return picture


def with_grain(rng: np.random.Generator, picture: np.ndarray, sigma: float) -> np.ndarray:
    """Add grey grain of this standard deviation, in grey levels."""
    if sigma < 0.5:
        return picture
    speck = (grain(rng, *picture.shape[:2]) * sigma).astype(np.int16)
    return cv2.add(picture, cv2.merge([speck] * 3), dtype=cv2.CV_8U)


SURFACES: tuple[Texture, ...] = (plaster, wood, wood, cloth, bricks, gradient, clutter, leaves)
WALLS: tuple[Texture, ...] = (clutter, bricks, windows, leaves, gradient, gradient, plaster, shelves, grille)


def surface(rng: np.random.Generator, height: int, width: int, choices: tuple[Texture, ...] = SURFACES) -> np.ndarray:
    """One of several textures at random."""
    return choices[int(rng.integers(len(choices)))](rng, height, width)
