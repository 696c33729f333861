"""Target maps of DB training: what the network should answer on a picture with these text polygons.

Source: Liao et al., "Real-time Scene Text Detection with Differentiable Binarization" (2020), and the rasterising
rules of PaddleOCR's MakeShrinkMap and MakeBorderMap, which published weights were trained with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocrweb.geometry.offset import offset

_FAR = 16_000.0
"""Vertices further out are pulled in, in pixels: OpenCV draws with 16 fractional bits."""
_ZERO = np.float32(0)


@dataclass(frozen=True)
class TargetMaps:
    """Four maps of one picture, each (H, W).

    shrink_map: uint8, 1 on shrunk text kernels. shrink_mask: uint8, 0 where nothing is learnt (ignored text).
    threshold_map: float32 in [thresh_min, thresh_max], highest on the outline of a text.
    threshold_mask: uint8, 1 in the band and inside of every text that is not ignored.
    """

    shrink_map: np.ndarray
    shrink_mask: np.ndarray
    threshold_map: np.ndarray
    threshold_mask: np.ndarray


def make_targets(
    polygons: Sequence[np.ndarray],
    ignore: Sequence[bool],
    height: int,
    width: int,
    *,
    shrink_ratio: float = 0.4,
    thresh_min: float = 0.3,
    thresh_max: float = 0.7,
    min_text_size: float = 8,
) -> TargetMaps:
    """Draw the shrink map and the threshold map of one picture.

    polygons: each (P, 2), x then y in pixels, any number of points, either orientation. ignore: one flag a polygon.
    min_text_size: a text whose upright extent is shorter on either axis is ignored in the shrink map, in pixels.

    Never fails on a polygon: one with fewer than three points, a coordinate that is not finite, less than one pixel of
    area, or no kernel left after shrinking is ignored; one that lies fully outside is left out.

    Equal to the published maps, with one difference: the distance to an edge is the true distance to the segment.
    The published ports take the distance to the nearer end point wherever the pixel sees the edge under less than
    90 degrees, even if its foot falls on the edge; there, near the corners, their values are a little lower than ours.
    (They also lose single pixels on an edge to the square root of a negative rounding error; ours are right there.)
    """
    corner = np.array([width - 1, height - 1], np.float64)
    kept, ignored = _drawable(polygons, ignore, corner)
    inside = [np.clip(polygon, 0, corner) for polygon in kept]
    threshold_map, threshold_mask = _threshold_maps(
        [polygon for polygon, skip in zip(kept, ignored, strict=True) if not skip], height, width, shrink_ratio
    )
    threshold_map *= thresh_max - thresh_min
    threshold_map += thresh_min

    shrink_map = np.zeros((height, width), np.uint8)
    shrink_mask = np.ones((height, width), np.uint8)
    areas, lengths = _measure(inside)
    for polygon, skip, area, length in zip(inside, ignored, areas, lengths, strict=True):
        too_small = area < 1 or (polygon.max(axis=0) - polygon.min(axis=0)).min() < min_text_size
        kernels = [] if skip or too_small else _kernels(polygon, area, length, shrink_ratio)
        for kernel in kernels:
            cv2.fillPoly(shrink_map, [kernel], (1,))
        if not kernels:
            cv2.fillPoly(shrink_mask, [polygon.astype(np.int32)], (0,))
    return TargetMaps(shrink_map, shrink_mask, threshold_map, threshold_mask)


def _drawable(
    polygons: Sequence[np.ndarray], ignore: Sequence[bool], corner: np.ndarray
) -> tuple[list[np.ndarray], list[bool]]:
    """The polygons, as float64, that are finite and meet the picture, with their flags."""
    kept, ignored = [], []
    for points, skip in zip(polygons, ignore, strict=True):
        polygon = np.asarray(points, np.float64).reshape(-1, 2)
        if not len(polygon) or not np.isfinite(polygon).all():
            continue
        if (polygon.max(axis=0) >= 0).all() and (polygon.min(axis=0) <= corner).all():
            kept.append(np.clip(polygon, -_FAR, _FAR))
            ignored.append(bool(skip))
    return kept, ignored


def _sides(polygons: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All sides of all polygons: where they begin (S, 2), where they end (S, 2), first side of each polygon (N,)."""
    counts = np.array([len(polygon) for polygon in polygons])
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    begins = np.concatenate(polygons)
    following = np.arange(1, len(begins) + 1)
    following[first + counts - 1] = first
    return begins, begins[following], first


def _measure(polygons: list[np.ndarray]) -> tuple[list[float], list[float]]:
    """Area and length of outline of each polygon, in pixels: `geometry.polygon` for many at once."""
    if not polygons:
        return [], []
    begins, ends, first = _sides(polygons)
    crossed = begins[:, 0] * ends[:, 1] - begins[:, 1] * ends[:, 0]
    areas = 0.5 * np.abs(np.add.reduceat(crossed, first))
    return areas.tolist(), np.add.reduceat(np.hypot(*(ends - begins).T), first).tolist()


def _kernels(polygon: np.ndarray, area: float, length: float, shrink_ratio: float) -> list[np.ndarray]:
    """Shrunk outlines, each (Q, 2) int32; none when nothing is left.

    The ratio goes up in its own steps (0.4, 0.8) until the kernel is in one piece; the pieces of the last step are kept.
    """
    pieces: list[np.ndarray] = []
    for ratio in np.arange(shrink_ratio, 1, shrink_ratio).tolist():
        pieces = offset(polygon, -area * (1 - ratio**2) / length)
        if len(pieces) == 1:
            break
    return pieces


def _threshold_maps(
    polygons: list[np.ndarray], height: int, width: int, shrink_ratio: float
) -> tuple[np.ndarray, np.ndarray]:
    """1 - d/D around each outline, d = distance to it, D = A(1 - r^2)/L, float32; and the padded texts, uint8."""
    mask = np.zeros((height, width), np.uint8)
    drawn, reaches, frames = [], [], []
    for polygon, area, length in zip(polygons, *_measure(polygons), strict=True):
        reach = area * (1 - shrink_ratio**2) / max(length, 1e-9)
        padded = offset(polygon, reach) if reach > 0 else []
        if padded:
            cv2.fillPoly(mask, [padded[0]], (1,))
            drawn.append(polygon)
            reaches.append(reach)
            frames.append((padded[0].min(axis=0), padded[0].max(axis=0) + 1))
    nearness = np.ones((height, width), np.float32)
    if drawn:
        _lower_to_outlines(nearness, drawn, np.array(reaches), np.array(frames))
    np.sqrt(nearness, out=nearness)
    np.subtract(1.0, nearness, out=nearness)
    return nearness, mask


def _lower_to_outlines(
    squared: np.ndarray, polygons: list[np.ndarray], reaches: np.ndarray, frames: np.ndarray
) -> None:
    """Lower a map of (d/D)^2 to each outline: d is the distance to its nearest side, D its reach, both in pixels.

    squared: (H, W) float32, at most 1, so each side touches only the pixels within its reach. reaches: (N,).
    frames: (N, 2, 2), first and one past the last pixel that a polygon may touch.
    The position of a pixel along and across a side is a sum of one part for its column and one for its row.
    """
    height, width = squared.shape
    begins, ends, first = _sides(polygons)
    counts = np.diff(first, append=len(begins))
    reach, frame = np.repeat(reaches, counts)[:, None], np.repeat(frames, counts, axis=0)
    start, stop = np.maximum(frame[:, 0], 0), np.minimum(frame[:, 1], (width, height))
    lowest = np.maximum(np.floor(np.minimum(begins, ends) - reach), start).astype(int)
    highest = np.minimum(np.ceil(np.maximum(begins, ends) + reach) + 1, stop).astype(int)
    seen = (lowest < highest).all(axis=1) & (begins != ends).any(axis=1)
    begins, ends, reach = begins[seen], ends[seen], reach[seen]

    sides = ends - begins
    lengths = np.hypot(sides[:, 0], sides[:, 1])[:, None]
    unit = sides / (lengths * reach)
    xs, ys = np.arange(width), np.arange(height)
    along_x = (unit[:, :1] * (xs - begins[:, :1])).astype(np.float32)
    along_y = (unit[:, 1:] * (ys - begins[:, 1:])).astype(np.float32)[:, :, None]
    across_x = (unit[:, 1:] * (xs - begins[:, :1])).astype(np.float32)
    across_y = (unit[:, :1] * (begins[:, 1:] - ys)).astype(np.float32)[:, :, None]
    scaled = (lengths / reach).astype(np.float32)
    windows = zip(lowest[seen].tolist(), highest[seen].tolist(), strict=True)
    for index, ((left, top), (right, bottom)) in enumerate(windows):
        along = along_x[index, left:right] + along_y[index, top:bottom]
        across = across_x[index, left:right] + across_y[index, top:bottom]
        beyond = np.maximum(along, _ZERO)
        np.minimum(beyond, scaled[index], out=beyond)
        beyond -= along
        beyond *= beyond
        across *= across
        across += beyond
        window = squared[top:bottom, left:right]
        np.minimum(window, across, out=window)
