"""Picture → network input: resize, normalise, channels first."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import cv2
import numpy as np

from ocrweb.config.detection import ResizeOptions
from ocrweb.runtime.transform import PageTransform

STRIDE = 32  # the network halves the sides five times
# Pixels: pictures of shorter sides are laid on a square of the other size; PaddleOCR's is black, of 32.
TINY, CANVAS = 64, 96
MAX_SIDE = 4000  # with limit_type "min" the longest side would be unbounded; PaddleOCR's cap
MAX_AREA = 8_000_000  # … and its area: about 2 GB of activations. PaddleOCR has no such cap.


@dataclass(frozen=True, slots=True)
class NetworkInput:
    """blob: (1, 3, H, W) float32, normalised, H and W multiples of 32. page: how it maps back to the picture."""

    blob: np.ndarray
    page: PageTransform


def prepare(
    pixels: np.ndarray,
    resize: ResizeOptions,
    mean: tuple[float, float, float],
    std: tuple[float, float, float],
) -> NetworkInput:
    """Make the network input of one picture, as PaddleOCR's DetResizeForTest, NormalizeImage and ToCHWImage do.

    pixels: (H, W, 3) uint8, any size from 1x1. mean, std: of the picture scaled to 0..1, in the channel order of ``pixels``.
    """
    height, width = pixels.shape[:2]
    canvas = _pad_tiny(pixels)
    canvas_height, canvas_width = canvas.shape[:2]
    resized_width, resized_height = network_size(canvas_width, canvas_height, resize)
    if (resized_width, resized_height) != (canvas_width, canvas_height):
        canvas = cv2.resize(canvas, (resized_width, resized_height))
    page = PageTransform(
        width,
        height,
        resized_width,
        resized_height,
        padded_width=resized_width,
        padded_height=resized_height,
        scale_x=resized_width / canvas_width,
        scale_y=resized_height / canvas_height,
    )
    return NetworkInput(_normalised(canvas, page, tuple(mean), tuple(std)), page)


def normalise(pixels: np.ndarray, mean: tuple[float, ...], std: tuple[float, ...]) -> np.ndarray:
    """(H, W, 3) uint8 of a size that a network takes → (1, 3, H, W) float32."""
    height, width = pixels.shape[:2]
    return _normalised(pixels, PageTransform.stretched(width, height, width, height), tuple(mean), tuple(std))


def network_size(width: int, height: int, resize: ResizeOptions) -> tuple[int, int]:
    """Width and height of the network input for a picture: the aspect is kept up to rounding to multiples of 32.

    limit_type "max" never enlarges, "min" never shrinks a picture within `MAX_SIDE` and `MAX_AREA`; larger ones are
    shrunk to fit, so that a huge or extremely long picture cannot exhaust the memory.
    """
    longest, shortest = max(width, height), min(width, height)
    if resize.limit_type == "max":
        ratio = min(1.0, resize.limit_side / longest)
    else:
        ratio = max(1.0, resize.limit_side / shortest)
    wide, high = int(width * ratio), int(height * ratio)
    if resize.limit_type == "min":
        fit = min(1.0, MAX_SIDE / max(wide, high), (MAX_AREA / max(wide * high, 1)) ** 0.5)
        wide, high = int(wide * fit), int(high * fit)
    return _round_to_stride(wide), _round_to_stride(high)


def _round_to_stride(side: int) -> int:
    return max(STRIDE, round(side / STRIDE) * STRIDE)


def canvas_size(width: int, height: int) -> tuple[int, int]:
    """Width and height of a picture with the margin that a tiny one gets: a lone letter is found only beside a ground."""
    if max(width, height) < TINY:
        return CANVAS, CANVAS
    return width, height


def _pad_tiny(pixels: np.ndarray) -> np.ndarray:
    """Tiny pictures get a margin on the right and below, of the colour of their border, instead of being distorted."""
    height, width = pixels.shape[:2]
    wide, high = canvas_size(width, height)
    if (wide, high) == (width, height):
        return pixels
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    colour = np.median(border, axis=0).tolist()
    return cv2.copyMakeBorder(pixels, 0, high - height, 0, wide - width, cv2.BORDER_CONSTANT, value=colour)


def _normalised(
    picture: np.ndarray, page: PageTransform, mean: tuple[float, ...], std: tuple[float, ...]
) -> np.ndarray:
    """(H, W, 3) uint8 → (1, 3, padded H, padded W) float32: one look-up a channel, no intermediate float picture."""
    height, width = page.resized_height, page.resized_width
    padded = (page.padded_height, page.padded_width) != (height, width)
    blob = (np.zeros if padded else np.empty)((1, 3, page.padded_height, page.padded_width), np.float32)
    for channel, (plane, table) in enumerate(zip(cv2.split(picture), _tables(mean, std), strict=True)):
        if padded:
            blob[0, channel, :height, :width] = cv2.LUT(plane, table)
        else:
            cv2.LUT(plane, table, blob[0, channel])
    return blob


@functools.lru_cache(maxsize=16)
def _tables(mean: tuple[float, ...], std: tuple[float, ...]) -> list[np.ndarray]:
    """The normalised value of each of the 256 levels, per channel."""
    levels = np.arange(256) / 255.0
    return [((levels - m) / s).astype(np.float32) for m, s in zip(mean, std, strict=True)]
