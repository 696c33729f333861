"""Light, focus and compression of a crop. Pictures are (H, W, 3) uint8 BGR."""

from __future__ import annotations

import cv2
import numpy as np

from ocrweb.config.augmentation import AugmentOptions


def vary(rng: np.random.Generator, options: AugmentOptions, picture: np.ndarray) -> np.ndarray:
    """Shadow, blur, colour and JPEG noise, each as often and as strong as the options say."""
    if not options.enabled:
        return picture
    if rng.random() < options.shadow:
        picture = _shadowed(rng, picture)
    if rng.random() < options.blur:
        picture = _blurred(rng, picture)
    if options.colour > 0:
        picture = cv2.LUT(picture, _colour_tables(rng, options.colour))
        if rng.random() < options.colour / 3:
            picture = _paler(rng, picture)
    if rng.random() < options.jpeg:
        picture = _compressed(rng, picture)
    return picture


def _colour_tables(rng: np.random.Generator, strength: float) -> np.ndarray:
    """(256, 1, 3) uint8: gamma, contrast around the middle, brightness, and a tint, as one table a channel."""
    level = np.linspace(0, 1, 256)[:, None]
    gamma = np.exp(rng.uniform(-strength, strength) * 0.8)
    contrast = np.exp(rng.uniform(-strength, strength) * 0.8)
    brightness = rng.uniform(-strength, strength) * 0.4
    tint = 1 + rng.uniform(-strength, strength, 3) * 0.3
    changed = ((level**gamma - 0.5) * contrast + 0.5 + brightness) * tint
    return np.rint(np.clip(changed, 0, 1) * 255).astype(np.uint8).reshape(256, 1, 3)


def _paler(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Towards grey."""
    share = float(rng.uniform(0.3, 1.0))
    grey = np.array([0.114, 0.587, 0.299])
    return cv2.transform(picture, (1 - share) * np.eye(3) + share * np.tile(grey, (3, 1)))


def _shadowed(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Darker on one side of a soft line, as under a hand or a lamp."""
    height, width = picture.shape[:2]
    angle = rng.uniform(0, 2 * np.pi)
    across = np.cos(angle) * np.linspace(-1, 1, 32) + np.sin(angle) * np.linspace(-1, 1, 32)[:, None]
    edge, softness = rng.uniform(-0.6, 0.6), rng.uniform(0.05, 0.5)
    dark = 1 / (1 + np.exp(np.clip((across - edge) / softness, -30, 30)))
    light = (1 - rng.uniform(0.2, 0.6) * dark).astype(np.float32)
    light = cv2.resize(light, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.multiply(picture, cv2.merge([light] * 3), dtype=cv2.CV_8U)


def _blurred(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    if rng.random() < 0.5:
        return cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.5, 1.6)))
    length, angle = int(rng.integers(3, 8)), rng.uniform(0, np.pi)
    kernel = np.zeros((length, length), np.float32)
    middle = (length - 1) / 2
    reach = np.linspace(-middle, middle, 2 * length)
    columns, rows = middle + np.cos(angle) * reach, middle + np.sin(angle) * reach
    kernel[np.rint(rows).astype(int), np.rint(columns).astype(int)] = 1
    return cv2.filter2D(picture, -1, kernel / kernel.sum())


def _compressed(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(15, 70))])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))
