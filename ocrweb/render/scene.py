"""Streets and halls: walls at angles, things, foliage, people-like shapes, and signs with one box a word."""

from __future__ import annotations

import cv2
import numpy as np

from ocrweb.render import board, capture, desk, textures, warp
from ocrweb.render.noise import colour, spread
from ocrweb.render.sheet import TextBox
from ocrweb.render.studio import Shot, Studio


def compose(studio: Studio, size: desk.Size | None) -> Shot:
    """A street picture with several signs; the default picture is about 1,280 × 720."""
    size = size or (
        (720, 1280) if studio.chance(0.7) else (int(studio.between(700, 1100)), int(studio.between(700, 1280)))
    )
    return shoot(studio, size, signs=int(studio.rng.integers(3, 15)), letters=(9, 60))


def close_up(studio: Studio, size: desk.Size | None) -> Shot:
    """One to three signs near by, at strong angles."""
    size = size or (int(studio.between(640, 1000)), int(studio.between(640, 1100)))
    return shoot(studio, size, signs=int(studio.rng.integers(1, 4)), letters=(28, 110))


def shoot(studio: Studio, size: desk.Size, *, signs: int, letters: tuple[float, float]) -> Shot:
    rng, (height, width) = studio.rng, size
    ground = surroundings(studio, height, width)
    boxes: list[TextBox] = []
    taken = np.zeros((height // 8 + 1, width // 8 + 1), np.uint8)
    for _ in range(signs):
        ground = hang(studio, ground, taken, boxes, letters)
    for _ in range(int(rng.integers(0, 5))):
        pole(studio, ground, boxes)
    ground = capture.shade(rng, ground, studio.between(0.2, 1.0))
    if studio.chance(0.5):
        ground = lights(studio, ground)
    rough = studio.between(0.1, 1.0)
    return Shot(capture.photograph(rng, ground, rough), boxes)


def surroundings(studio: Studio, height: int, width: int) -> np.ndarray:
    """Walls, floor and sky as tilted planes, with things and people-like shapes before them."""
    rng = studio.rng
    small = (height // 2, width // 2)
    picture = textures.surface(rng, *small, textures.WALLS)
    for _ in range(int(rng.integers(2, 9))):
        wall = textures.surface(rng, int(rng.integers(80, 320)), int(rng.integers(80, 400)), textures.WALLS)
        shape = warp.tilted(rng, warp.corners(wall.shape[1], wall.shape[0]), rng.normal(0, 6), studio.between(0, 0.8))
        shape = shape * studio.size(0.5, 2.2) + rng.uniform((-0.4, -0.4), (0.8, 0.8)) * (small[1], small[0])
        picture = warp.place(wall, warp.matrix(warp.corners(wall.shape[1], wall.shape[0]), shape), picture)
    palette = [colour(rng) for _ in range(8)]
    for _ in range(int(spread(rng, 2, 30))):
        at = (float(rng.uniform(0, small[1])), float(rng.uniform(0, small[0])))
        textures.thing(rng, picture, at, studio.size(3, 60), palette)
    for _ in range(int(rng.integers(0, 6))):
        person(studio, picture)
    if studio.chance(0.5):
        picture = cv2.GaussianBlur(picture, (0, 0), studio.between(0.4, 1.5))
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC)


def person(studio: Studio, picture: np.ndarray) -> None:
    """A head, a trunk and legs, roughly."""
    rng, tall = studio.rng, studio.size(30, 220)
    x, y = int(rng.integers(0, picture.shape[1])), int(rng.integers(picture.shape[0] // 4, picture.shape[0]))
    skin = tuple(float(c) for c in np.array([110, 140, 190]) * studio.between(0.4, 1.2))
    coat, legs = colour(rng), colour(rng, 0, 120)
    half = int(tall * 0.13)
    cv2.rectangle(picture, (x - half, y + int(tall * 0.3)), (x - 1, y + int(tall * 0.85)), legs, -1)
    cv2.rectangle(picture, (x + 1, y + int(tall * 0.3)), (x + half, y + int(tall * 0.85)), legs, -1)
    cv2.ellipse(
        picture,
        (x, y + int(tall * 0.12)),
        (int(half * 1.3), int(tall * 0.26)),
        float(rng.normal(0, 6)),
        0,
        360,
        coat,
        -1,
        cv2.LINE_AA,
    )
    cv2.ellipse(
        picture, (x, y - int(tall * 0.2)), (int(tall * 0.065), int(tall * 0.09)), 0, 0, 360, skin, -1, cv2.LINE_AA
    )
    cv2.ellipse(
        picture,
        (x, y - int(tall * 0.23)),
        (int(tall * 0.07), int(tall * 0.06)),
        0,
        180,
        360,
        colour(rng, 0, 90),
        -1,
        cv2.LINE_AA,
    )


def hang(
    studio: Studio, ground: np.ndarray, taken: np.ndarray, boxes: list[TextBox], letters: tuple[float, float]
) -> np.ndarray:
    """Put one sign where none is yet; far too small ones become ignored boxes by their height."""
    rng, (height, width) = studio.rng, ground.shape[:2]
    letter = float(
        np.clip(rng.lognormal(np.log((letters[0] * letters[1]) ** 0.5), 0.55), letters[0] * 0.6, letters[1] * 1.5)
    )
    drawn = max(16.0, letter)
    sign = board.make(studio, drawn)
    flat = warp.corners(sign.pixels.shape[1], sign.pixels.shape[0])
    turn = rng.normal(0, 5) if studio.chance(0.75) else rng.normal(0, 25)
    shape = warp.tilted(rng, flat, turn, studio.between(0, 0.5) if studio.chance(0.7) else 0.0)
    if studio.chance(0.5):
        middle = shape.mean(axis=0)
        shape = (shape - middle) * (studio.between(0.45, 1.0), 1.0) + middle
    shape = (shape - shape.mean(axis=0)) * (letter / drawn)
    reach = shape.max(axis=0)
    if reach[0] * 2 > width * 1.1 or reach[1] * 2 > height * 1.1:
        shape = shape * (min(width / reach[0], height / reach[1]) / 2.1)
    for _ in range(6):
        target = shape + rng.uniform((0.03, 0.03), (0.97, 0.97)) * (width, height)
        cells = (target / 8).astype(np.int32)
        mask = np.zeros_like(taken)
        cv2.fillConvexPoly(mask, cells, (1,))
        if not (mask & taken).any():
            break
    else:
        return ground
    cv2.fillConvexPoly(taken, cells, (1,))
    cv2.polylines(taken, [cells], True, (1,), 2)
    transform = warp.matrix(flat, target)
    boxes += warp.moved(sign.boxes, transform)
    pixels = textures.with_grain(rng, sign.pixels, studio.between(0, 5))
    if letter / drawn < 0.7:
        pixels = cv2.GaussianBlur(pixels, (0, 0), 0.5 * drawn / letter)
    shadow = studio.between(0.1, 0.6) if sign.alpha is None and studio.chance(0.5) else 0.0
    return warp.place(pixels, transform, ground, sign.alpha, shadow)


def pole(studio: Studio, ground: np.ndarray, boxes: list[TextBox]) -> None:
    """A thin bar across the picture; a wide one hides text, so the boxes it crosses are ignored."""
    rng, (height, width) = studio.rng, ground.shape[:2]
    thick = int(studio.size(1, 14))
    x = rng.uniform(0, width)
    ends = (
        np.array([(x, 0), (x + rng.normal(0, width * 0.1), height)])
        if studio.chance(0.7)
        else np.array([(0, rng.uniform(0, height)), (width, rng.uniform(0, height))])
    )
    cv2.line(ground, ends[0].astype(int), ends[1].astype(int), colour(rng), thick, cv2.LINE_AA)
    along = (ends[1] - ends[0]) / np.linalg.norm(ends[1] - ends[0])
    for box in boxes:
        side = (box.points - ends[0]) @ np.array([-along[1], along[0]])
        tall = float(np.linalg.norm(box.points[0] - box.points[3]))
        if side.min() - thick / 2 < 0 < side.max() + thick / 2 and thick > 0.3 * tall:
            box.ignore = True


def lights(studio: Studio, picture: np.ndarray) -> np.ndarray:
    """Lamps and their glow."""
    height, width = picture.shape[:2]
    glow = np.zeros((height // 4, width // 4, 3), np.uint8)
    for _ in range(int(studio.rng.integers(1, 8))):
        at = studio.rng.integers(0, (width // 4, height // 4)).tolist()
        cv2.circle(glow, at, int(studio.size(1, 14)), colour(studio.rng, 170, 255), -1)
    soft = cv2.addWeighted(glow, 0.6, cv2.GaussianBlur(glow, (0, 0), studio.between(2, 14)), 1.0, 0)
    return cv2.add(picture, cv2.resize(soft, (width, height)))
