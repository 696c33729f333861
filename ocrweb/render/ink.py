"""What printing and age do to ink on paper."""

from __future__ import annotations

import cv2
import numpy as np

from ocrweb.render.noise import cloud, grain, spread


def fade(rng: np.random.Generator, page: np.ndarray, least: float) -> np.ndarray:
    """Weaken the ink unevenly: whole page, bands, and patches. least: the smallest share that stays, 0..1."""
    height, width = page.shape[:2]
    strength = np.full((height, width), np.float32(rng.uniform(max(least, 0.55), 1.0)))
    if rng.random() < 0.4:
        patches = cloud(rng, height, width, spread(rng, 60, 600), 2)
        strength *= 1 - (1 - least) * np.clip((patches - rng.uniform(0.5, 0.9)) * 4, 0, 1)
    if rng.random() < 0.25:
        bands = cv2.resize(rng.uniform(least, 1, (1, int(rng.integers(8, 90)))).astype(np.float32), (width, 1))
        strength *= bands
    if rng.random() < 0.3:
        rows = cv2.resize(rng.uniform(least, 1, (int(rng.integers(10, 200)), 1)).astype(np.float32), (1, height))
        strength *= np.maximum(rows, 0.3)
    return weaken(page, strength)


def weaken(page: np.ndarray, strength: np.ndarray) -> np.ndarray:
    """Scale the distance from white by a (H, W) field of 0..1."""
    absorbed = cv2.bitwise_not(page)
    factor = np.clip(strength * 255, 0, 255).astype(np.uint8)
    return cv2.bitwise_not(cv2.multiply(absorbed, cv2.merge([factor] * 3), scale=1 / 255))


def perforate(rng: np.random.Generator, page: np.ndarray, pitch: float) -> np.ndarray:
    """Print as a dot matrix: ink stays in dots of this pitch in pixels, at least 2."""
    pitch = max(2.0, pitch)
    height, width = page.shape[:2]
    row = np.cos(np.arange(height, dtype=np.float32) * np.float32(2 * np.pi / pitch))[:, None]
    column = np.cos(np.arange(width, dtype=np.float32) * np.float32(2 * np.pi / pitch))[None]
    depth = rng.uniform(0.2, 0.5)
    dots = np.broadcast_to(row, (height, width)) if rng.random() < 0.5 else (row + column) / 2
    return weaken(page, np.clip(1 - depth + depth * dots, 0, 1))


def erode(rng: np.random.Generator, page: np.ndarray) -> np.ndarray:
    """Pepper the ink with missing grains, as on rough paper or a worn ribbon."""
    height, width = page.shape[:2]
    field = grain(rng, height, width)
    if rng.random() < 0.6:
        field = cv2.GaussianBlur(field, (0, 0), rng.uniform(0.5, 1.2)) * 2
    return weaken(page, np.clip(rng.uniform(0.8, 1.8) + field * rng.uniform(0.2, 0.6), 0, 1))


def thicken(rng: np.random.Generator, page: np.ndarray) -> np.ndarray:
    """Spread the ink by about a pixel."""
    kernel = np.ones((2, 2) if rng.random() < 0.6 else (1, 2), np.uint8)
    return cv2.erode(page, kernel)


def on_paper(page: np.ndarray, paper: np.ndarray) -> np.ndarray:
    """Lay the ink of a white page on a paper picture of the same size."""
    return cv2.multiply(page, paper, scale=1 / 255)


def paper(rng: np.random.Generator, height: int, width: int, lightness: float) -> np.ndarray:
    """A sheet of paper: nearly one colour, with fibres, stains and creases. lightness: 0..255."""
    tint = np.clip(lightness + rng.normal(0, 4, 3) - np.array([rng.uniform(0, 12), 2, 0]), 0, 255)
    shade = np.full((height, width), 255, np.float32)
    if rng.random() < 0.6:
        shade -= rng.uniform(2, 25) * cloud(rng, height, width, spread(rng, 30, 600), 3)
    if rng.random() < 0.5:
        shade += grain(rng, height, width) * rng.uniform(0.5, 3.5)
    if rng.random() < 0.35:
        shade += creases(rng, height, width)
    shade = np.clip(shade, 0, 255)
    return cv2.merge([cv2.convertScaleAbs(shade, alpha=float(channel) / 255) for channel in tint])


def creases(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Folds and crumples as light and dark flanks, (H, W) float32 grey levels around 0."""
    small = (max(2, height // 2), max(2, width // 2))
    relief = np.zeros(small, np.float32)
    down, across = np.mgrid[0 : small[0], 0 : small[1]].astype(np.float32)
    for _ in range(int(rng.integers(1, 5 if rng.random() < 0.6 else 14))):
        angle = rng.choice([0.0, np.pi / 2]) + rng.normal(0, 0.05) if rng.random() < 0.5 else rng.uniform(0, np.pi)
        x, y = rng.uniform(0, small[1]), rng.uniform(0, small[0])
        distance = (across - x) * np.float32(np.cos(angle)) + (down - y) * np.float32(np.sin(angle))
        relief += rng.uniform(4, 22) * np.sign(distance) * np.exp(-np.abs(distance) / spread(rng, 2, 60))
    return cv2.resize(relief, (width, height))
