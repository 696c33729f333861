"""Pictures of a dataset with their boxes, and with the maps that training makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from ocrweb.config.groups.targets import TargetOptions
from ocrweb.data.sample import LabelledBox
from ocrweb.data.targets import TargetMaps, make_targets
from ocrweb.imaging.draw import overlay_map

TEXT_COLOUR = (225, 105, 65)  # BGR, the page's blue
IGNORED_COLOUR = (150, 130, 140)
KERNEL_COLOUR = (96, 174, 39)
MARKED_COLOUR = (40, 40, 230)
_STRIPE = 0.012  # of the longer side


def draw_boxes(pixels: np.ndarray, boxes: Sequence[LabelledBox], marked: frozenset[int] = frozenset()) -> np.ndarray:
    """A copy of a picture with the outlines of its boxes: blue for text, grey and hatched for ignored ones.

    pixels: (H, W, 3) uint8 BGR. marked: indexes of boxes that have a finding, drawn in red.
    """
    canvas = hatch(pixels, [box.outline for box in boxes if box.ignore])
    thickness = max(1, round(max(canvas.shape[:2]) / 600))
    for index, box in enumerate(boxes):
        colour = MARKED_COLOUR if index in marked else IGNORED_COLOUR if box.ignore else TEXT_COLOUR
        cv2.polylines(canvas, [_drawable(box.outline)], True, colour, thickness, cv2.LINE_AA)
    return canvas


def hatch(pixels: np.ndarray, polygons: Sequence[np.ndarray]) -> np.ndarray:
    """A copy of a picture with grey stripes over some of its parts."""
    mask = np.zeros(pixels.shape[:2], np.uint8)
    for polygon in polygons:
        cv2.fillPoly(mask, [_drawable(polygon)], (1,))
    return _striped(pixels, mask > 0)


def draw_kernels(
    pixels: np.ndarray, boxes: Sequence[LabelledBox], options: TargetOptions = TargetOptions()
) -> np.ndarray:
    """The picture under its shrink map: kernels green, what nothing is learnt from hatched."""
    height, width = pixels.shape[:2]
    maps = _targets(boxes, height, width, options)
    canvas = _striped(pixels, maps.shrink_mask == 0)
    kernel = maps.shrink_map > 0
    canvas[kernel] = (0.4 * canvas[kernel] + 0.6 * np.array(KERNEL_COLOUR)).astype(np.uint8)
    return canvas


def draw_thresholds(
    pixels: np.ndarray, boxes: Sequence[LabelledBox], options: TargetOptions = TargetOptions()
) -> np.ndarray:
    """The picture under its threshold map as heat: hottest on the outlines of texts."""
    height, width = pixels.shape[:2]
    maps = _targets(boxes, height, width, options)
    rise = (maps.threshold_map - 0.3) / 0.4 * maps.threshold_mask
    return overlay_map(pixels, rise.astype(np.float32))


def scaled(boxes: Sequence[LabelledBox], width: float, height: float) -> tuple[LabelledBox, ...]:
    """The boxes of a picture whose width and height became so many times as large."""
    factors = np.array([width, height], np.float32)
    return tuple(
        replace(box, points=box.points * factors, polygon=None if box.polygon is None else box.polygon * factors)
        for box in boxes
    )


def _striped(pixels: np.ndarray, where: np.ndarray) -> np.ndarray:
    """A copy with diagonal grey stripes where ``where`` (H, W) bool says so."""
    canvas = pixels.copy()
    period = max(4, round(max(where.shape) * _STRIPE))
    ys, xs = np.nonzero(where)
    stripes = (xs + ys) % period < max(1, period // 3)
    canvas[ys[stripes], xs[stripes]] = IGNORED_COLOUR
    return canvas


def _targets(boxes: Sequence[LabelledBox], height: int, width: int, options: TargetOptions) -> TargetMaps:
    return make_targets(
        [box.outline for box in boxes],
        [box.ignore for box in boxes],
        height,
        width,
        shrink_ratio=options.shrink_ratio,
        min_text_size=options.min_text_size,
    )


def _drawable(points: np.ndarray) -> np.ndarray:
    """Whole pixels that OpenCV can draw, however far out a bad label lies."""
    return np.clip(np.rint(points), -16_000, 16_000).astype(np.int32)
