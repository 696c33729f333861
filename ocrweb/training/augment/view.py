"""From which angle and distance a picture is seen: flip, rotation, scale and perspective as one 3x3 matrix.

Coordinates are continuous, x then y, with the picture covering (0, 0) to (width, height), as labels are scaled when a
picture is resized for detection.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocrweb.config.augmentation import AugmentOptions
from ocrweb.config.detection import ResizeOptions

_SMALLEST_SHARE = 0.6
"""A picture's longest side covers at least this part of the crop, if ``scale_max`` allows it."""


@dataclass(frozen=True, slots=True)
class PictureSize:
    """width, height: in pixels. text_heights: (N,) of the texts that are learnt from, in pixels."""

    width: int
    height: int
    text_heights: np.ndarray


def detection_scale(width: int, height: int, resize: ResizeOptions) -> float:
    """By how much detection enlarges a picture, under 1 when it shrinks it."""
    if resize.limit_type == "max":
        return min(1.0, resize.limit_side / max(width, height))
    return max(1.0, resize.limit_side / min(width, height))


def text_heights(areas: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Shorter side of the rectangle with the same area and length of outline, in pixels: (N,), (N,) → (N,)."""
    return (lengths - np.sqrt(np.maximum(lengths**2 - 16 * areas, 0))) / 4


def draw_scale(
    rng: np.random.Generator, options: AugmentOptions, size: PictureSize, crop_size: int, base: float
) -> float:
    """A scale around the one of detection (``base``), log-uniform, corrected so that texts have a sensible height."""
    if not options.enabled:
        return base
    scale = base * float(np.exp(rng.uniform(np.log(options.scale_min), np.log(options.scale_max))))
    scale = min(max(scale, _SMALLEST_SHARE * crop_size / max(size.width, size.height)), base * options.scale_max)
    if len(size.text_heights):
        typical = max(float(np.median(size.text_heights)), 1e-3)
        scale = min(max(scale, options.text_height_min / typical), options.text_height_max / typical)
    return scale


def draw_view(rng: np.random.Generator, options: AugmentOptions, size: PictureSize, scale: float) -> np.ndarray:
    """(3, 3) float64, picture → stage, an unbounded plane from which the crop is cut: flip, turns, rotation, scale."""
    to_centre = shift(-size.width / 2, -size.height / 2)
    if not options.enabled:
        return np.diag([scale, scale, 1.0]) @ to_centre
    mirrored = rng.random() < options.flip
    quarters = int(rng.integers(1, 4)) if rng.random() < options.quarter_turns else 0
    angle = np.deg2rad(rng.uniform(-options.rotation, options.rotation)) + quarters * np.pi / 2
    cosine, sine = np.cos(angle) * scale, np.sin(angle) * scale
    turn = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])
    return turn @ np.diag([-1.0 if mirrored else 1.0, 1.0, 1.0]) @ to_centre


def draw_perspective(rng: np.random.Generator, options: AugmentOptions, crop_size: int) -> np.ndarray:
    """(3, 3) float64, crop → crop: its four corners moved independently, in every other picture."""
    strength = rng.uniform(0, options.perspective) * crop_size
    if strength == 0.0 or not options.enabled or rng.random() < 0.5:
        return np.eye(3)
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32) * crop_size
    moved = corners + rng.uniform(-strength, strength, (4, 2)).astype(np.float32)
    return np.asarray(cv2.getPerspectiveTransform(corners, moved))


def shift(x: float, y: float) -> np.ndarray:
    """(3, 3) float64 that moves by (x, y)."""
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])


def move_points(points: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Points (T, 2) through a (3, 3) matrix, float64."""
    moved = points @ matrix[:, :2].T + matrix[:, 2]
    return moved[:, :2] / moved[:, 2:]
