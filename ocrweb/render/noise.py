"""Random fields: grain, clouds, and points scattered at random. Everything takes the generator that decides."""

from __future__ import annotations

import functools

import cv2
import numpy as np

TILE = 1024


@functools.cache
def _grain_tile() -> np.ndarray:
    return np.random.default_rng(20240229).standard_normal((TILE, TILE), dtype=np.float32)


def grain(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """White Gaussian noise of variance 1, (height, width) float32: pieces of one fixed tile, shifted and mirrored."""
    tile = _grain_tile()
    tile = tile[:: 1 if rng.random() < 0.5 else -1, :: 1 if rng.random() < 0.5 else -1]
    down, right = rng.integers(0, TILE, 2)
    rows = (np.arange(height) + down) % TILE
    columns = (np.arange(width) + right) % TILE
    return np.ascontiguousarray(tile[rows][:, columns])


def cloud(rng: np.random.Generator, height: int, width: int, cell: float, octaves: int = 3) -> np.ndarray:
    """Smooth noise in 0..1, (height, width) float32; cell: size of the largest lumps in pixels."""
    scale = max(1, int(cell / 2 ** (octaves - 1) / 4))
    small_height, small_width = -(-height // scale), -(-width // scale)
    total = np.zeros((small_height, small_width), np.float32)
    for octave in range(octaves):
        pitch = max(1.0, cell / scale / 2**octave)
        grid = rng.random((int(small_height / pitch) + 2, int(small_width / pitch) + 2), dtype=np.float32)
        total += cv2.resize(grid, (small_width, small_height), interpolation=cv2.INTER_CUBIC) / 2**octave
    low, high = float(total.min()), float(total.max())
    total = (total - low) / max(1e-6, high - low)
    return cv2.resize(total, (width, height), interpolation=cv2.INTER_LINEAR)


def spread(rng: np.random.Generator, low: float, high: float) -> float:
    """A number between two bounds, evenly over their ratio; both > 0."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def colour(rng: np.random.Generator, low: int = 0, high: int = 255) -> tuple[int, int, int]:
    """A colour whose lightness is even in the bounds and whose hue is free, often pale."""
    light = rng.uniform(low, high)
    tint = rng.normal(0, 1, 3) * rng.choice([6, 18, 55], p=[0.45, 0.38, 0.17])
    return tuple(int(value) for value in np.clip(light + tint - tint.mean(), 0, 255))  # type: ignore[return-value]
