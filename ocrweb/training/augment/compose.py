"""One labelled picture → one labelled training crop: everything geometric in one warp with one interpolation."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocrweb.config.augmentation import AugmentOptions
from ocrweb.config.detection import ResizeOptions
from ocrweb.geometry.outlines import Outlines
from ocrweb.training.augment.crop import cut_texts, draw_window
from ocrweb.training.augment.light import vary
from ocrweb.training.augment.tps import Bend, draw_bend, subdivide
from ocrweb.training.augment.view import (
    PictureSize,
    detection_scale,
    draw_perspective,
    draw_scale,
    draw_view,
    move_points,
    shift,
    text_heights,
)

_HALVING = 0.5
"""Under this scale a picture may be halved first, averaging; four neighbours alone would skip pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """A picture or a crop with its texts.

    pixels: (H, W, 3) uint8 BGR. polygons: each (P, 2) float64 in its pixels. ignore: one flag a polygon.
    """

    pixels: np.ndarray
    polygons: list[np.ndarray]
    ignore: list[bool]


@dataclass(frozen=True, slots=True)
class CropRecipe:
    """How crops are made. crop_size: side in pixels. resize: how detection will resize pictures; scales centre on it."""

    crop_size: int
    augmentation: AugmentOptions
    resize: ResizeOptions
    use_tps: bool = False


def make_crop(rng: np.random.Generator, picture: Labelled, recipe: CropRecipe) -> Labelled:
    """Draw one crop of a picture: (crop_size, crop_size, 3), its texts moved exactly and clipped to it."""
    options, size = recipe.augmentation, recipe.crop_size
    height, width = picture.pixels.shape[:2]
    texts = Outlines.of(picture.polygons)
    learnt = Outlines.of([p for p, ignored in zip(picture.polygons, picture.ignore, strict=True) if not ignored])
    seen = PictureSize(width, height, text_heights(*learnt.areas_and_lengths()))
    scale = draw_scale(rng, options, seen, size, detection_scale(width, height, recipe.resize))
    view = draw_view(rng, options, seen, scale)

    corners = move_points(np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64), view)
    aims = _moved(learnt, view) if rng.random() >= options.empty_crops else Outlines.of([])
    left, top = draw_window(rng, (corners.min(axis=0), corners.max(axis=0)), aims, size)
    matrix = draw_perspective(rng, options, size) @ shift(-left, -top) @ view
    bend = None
    if recipe.use_tps and options.enabled and rng.random() < options.tps.probability:
        bend = draw_bend(rng, options.tps, size)

    source = picture.pixels
    if scale < _HALVING and rng.random() < 0.5:
        source, matrix_of_source = _halved(source, matrix, scale)
    else:
        matrix_of_source = matrix
    pixels = vary(rng, options, _warp(source, matrix_of_source, size, bend))
    texts = _moved(texts, matrix)
    if bend is not None:
        fine = Outlines.of([subdivide(polygon, size / 20) for polygon in texts.split()])
        texts = fine.with_points(bend.move(fine.points))
    return Labelled(pixels, *cut_texts(texts, picture.ignore, size, options.min_visible))


def _moved(texts: Outlines, matrix: np.ndarray) -> Outlines:
    return texts.with_points(move_points(texts.points, matrix))


def _halved(pixels: np.ndarray, matrix: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """The picture halved until at most half of it remains to be shrunk, and the matrix from there."""
    while scale < _HALVING and min(pixels.shape[:2]) >= 2:
        height, width = pixels.shape[:2]
        pixels = cv2.resize(pixels, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        matrix = matrix @ np.diag([width / (width // 2), height / (height // 2), 1.0])
        scale *= 2
    return pixels, matrix


def _warp(pixels: np.ndarray, matrix: np.ndarray, size: int, bend: Bend | None) -> np.ndarray:
    """The crop, (size, size, 3); around the picture lies the mean colour of its border."""
    to_pixels = shift(-0.5, -0.5) @ matrix @ shift(0.5, 0.5)  # OpenCV counts pixel centres from 0
    border = [pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]
    around = np.concatenate(border).mean(axis=0).tolist()
    if bend is not None:
        x, y = bend.field()
        grid = np.arange(size, dtype=np.float32)
        x, y = x + grid, y + grid[:, None]
        back = np.linalg.inv(to_pixels)
        back = (back / back[2, 2]).astype(np.float32)
        depth = back[2, 0] * x + back[2, 1] * y + np.float32(1)
        map_x = (back[0, 0] * x + back[0, 1] * y + back[0, 2]) / depth
        map_y = (back[1, 0] * x + back[1, 1] * y + back[1, 2]) / depth
        return cv2.remap(pixels, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=around)
    if np.allclose(to_pixels[2], (0, 0, 1), atol=1e-12):
        return cv2.warpAffine(pixels, to_pixels[:2], (size, size), flags=cv2.INTER_LINEAR, borderValue=around)
    return cv2.warpPerspective(pixels, to_pixels, (size, size), flags=cv2.INTER_LINEAR, borderValue=around)
