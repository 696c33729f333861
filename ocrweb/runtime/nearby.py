"""Text at a place that somebody points at, however weak it is in the map; and a loose outline drawn to the text in it."""

from __future__ import annotations

import cv2
import numpy as np

from ocrweb.config.detection import DecodeOptions
from ocrweb.runtime.decode import region_around
from ocrweb.runtime.region import TextRegion
from ocrweb.runtime.transform import PageTransform

WEAKER = (1.0, 0.7, 0.5, 0.35, 0.25, 0.17, 0.1, 0.06, 0.03)  # shares of the usual threshold, one after the other
LEAST = 0.004  # probability under which there is nothing
WINDOW = 900  # map pixels around the place that are looked at
REACH = 5  # map pixels from the place to the next kernel
LARGEST = 0.3  # of the picture
LOOSE = 0.35  # heights by which a drawn outline may have missed the text
SPECK = 0.06  # of the largest kernel in an outline: less is not text beside it


def region_at(
    visible: np.ndarray, page: PageTransform, x: float, y: float, options: DecodeOptions
) -> TextRegion | None:
    """The region at a place of the picture, found by ever weaker thresholds; None where the map shows nothing.

    visible: (h, w) float32, 0..1. x, y: picture pixels.
    """
    column, row = round(x * page.scale_x - 0.5), round(y * page.scale_y - 0.5)
    if not (0 <= column < visible.shape[1] and 0 <= row < visible.shape[0]):
        return None
    left, top = max(0, column - WINDOW), max(0, row - WINDOW)
    part = np.ascontiguousarray(visible[top : row + WINDOW + 1, left : column + WINDOW + 1])
    for share in WEAKER:
        threshold = options.threshold * share
        if threshold < LEAST:
            break
        pixels = _kernel_at(part > threshold, column - left, row - top)
        if pixels is None:
            continue
        region = region_around(pixels + np.array([left, top]), visible, page, _weaker(options, share))
        if region is None or _area(region.quad) > LARGEST * page.width * page.height:
            continue
        if cv2.pointPolygonTest(region.quad.astype(np.float32), (x, y), True) >= -0.15 * _height(region.quad):
            return region
    return None


def region_within(
    visible: np.ndarray, page: PageTransform, outline: np.ndarray, options: DecodeOptions
) -> TextRegion | None:
    """The text that a loosely drawn outline holds; a side where the text goes on beyond it stays as drawn.

    outline: (P, 2), picture pixels. None where the map shows nothing in it.
    """
    drawn = np.asarray(outline, np.float64)
    scaled = drawn * (page.scale_x, page.scale_y) - 0.5
    rectangle = cv2.minAreaRect(scaled.astype(np.float32))
    margin = LOOSE * min(rectangle[1])
    asked = _filled(visible.shape, cv2.boxPoints(rectangle))
    loose = _filled(visible.shape, _grown(rectangle, margin))
    for share in WEAKER:
        threshold = options.threshold * share
        if threshold < LEAST:
            break
        found = _kernels_in((visible > threshold).astype(np.uint8), asked, loose)
        if found is None:
            continue
        region = region_around(found[0], visible, page, _weaker(options, share))
        if region is not None:
            return TextRegion(_kept_inside(region.quad, drawn, page.to_picture(found[1] + 0.5)), region.score)
    return None


def _weaker(options: DecodeOptions, share: float) -> DecodeOptions:
    """A kernel of a weaker threshold is larger already, and is grown less."""
    return options.model_copy(update={"unclip_ratio": max(0.6, options.unclip_ratio * share**0.25)})


def _kernel_at(text: np.ndarray, column: int, row: int) -> np.ndarray | None:
    """(P, 2) x then y: the pixels of the kernel at a place, or of the nearest within reach."""
    _, numbers = cv2.connectedComponents(text.astype(np.uint8), connectivity=8)
    number = int(numbers[row, column])
    if not number:
        low, left = max(0, row - REACH), max(0, column - REACH)
        around = numbers[low : row + REACH + 1, left : column + REACH + 1]
        rows, columns = np.nonzero(around)
        if not len(rows):
            return None
        nearest = int(np.argmin((rows + low - row) ** 2 + (columns + left - column) ** 2))
        number = int(around[rows[nearest], columns[nearest]])
    rows, columns = np.nonzero(numbers == number)
    return np.stack([columns, rows], axis=1)


def _kernels_in(text: np.ndarray, asked: np.ndarray, loose: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """(P, 2) and (Q, 2), x then y: the pixels of the kernels in an outline, and how those go on beyond it that do.

    A kernel of which the outline was drawn a little short is taken whole; one that goes on is cut.
    """
    count, numbers = cv2.connectedComponents(text, connectivity=8)
    whole = np.bincount(numbers.reshape(-1), minlength=count).astype(float)
    inside = np.bincount(numbers[asked > 0], minlength=count).astype(float)
    near = np.bincount(numbers[loose > 0], minlength=count).astype(float)
    inside[0] = 0
    if inside.max() < 2:
        return None
    chosen = inside > SPECK * inside.max()
    meant = chosen & (near >= 0.8 * whole) & (inside >= 0.4 * whole)
    cut = (chosen & ~meant)[numbers]
    kept = (meant[numbers] & (loose > 0)) | (cut & (asked > 0))
    return _pixels(kept), _pixels(cut & (loose == 0))


def _pixels(mask: np.ndarray) -> np.ndarray:
    rows, columns = np.nonzero(mask)
    return np.stack([columns, rows], axis=1)


def _kept_inside(quad: np.ndarray, drawn: np.ndarray, beyond: np.ndarray) -> np.ndarray:
    """The sides beyond which text goes on come back to the drawn outline. beyond: (Q, 2) picture points of that text."""
    along, across = quad[1] - quad[0], quad[3] - quad[0]
    size = np.array([np.linalg.norm(along), np.linalg.norm(across)])
    if not len(beyond) or size.min() < 1:
        return quad
    axes = np.stack([along / size[0], across / size[1]])
    given, other = (drawn - quad[0]) @ axes.T, (beyond - quad[0]) @ axes.T
    low, high = np.zeros(2), size.astype(float)
    low = np.where(other.min(axis=0) < low, np.maximum(low, given.min(axis=0)), low)
    high = np.where(other.max(axis=0) > high, np.minimum(high, given.max(axis=0)), high)
    if (high - low).min() < 1:
        return quad
    corners = np.array([low, [high[0], low[1]], high, [low[0], high[1]]])
    return np.asarray(quad[0] + corners @ axes, np.float32)


def _filled(shape: tuple[int, ...], corners: np.ndarray) -> np.ndarray:
    mask = np.zeros(shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.rint(corners).astype(np.int32), (1,))
    return mask


def _grown(rectangle: cv2.typing.RotatedRect, margin: float) -> np.ndarray:
    (centre, (width, height), angle) = rectangle
    return np.asarray(cv2.boxPoints((centre, (width + 2 * margin, height + 2 * margin), angle)))


def _height(quad: np.ndarray) -> float:
    return float(min(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[3] - quad[0])))


def _area(quad: np.ndarray) -> float:
    return float(cv2.contourArea(quad.astype(np.float32)))
