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
from ocrweb.geometry.outlines import Outlines

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
    outlines, ignored = _drawable(polygons, ignore, width, height)
    learnt = [polygon for polygon, skip in zip(outlines.split(), ignored, strict=True) if not skip]
    threshold_map, threshold_mask = _distance_maps(Outlines.of(learnt), height, width, shrink_ratio)
    threshold_map *= np.float32(thresh_min - thresh_max)
    threshold_map += np.float32(thresh_max)

    shrink_map = np.zeros((height, width), np.uint8)
    shrink_mask = np.ones((height, width), np.uint8)
    inside = outlines.with_points(np.clip(outlines.points, 0, (width - 1, height - 1)))
    areas, lengths = inside.areas_and_lengths()
    lowest, highest = inside.bounds()
    usable = ~ignored & (areas >= 1) & ((highest - lowest).min(axis=1, initial=np.inf) >= min_text_size)
    whole = inside.with_points(inside.points.astype(np.int32)).split()
    for index, polygon in enumerate(inside.split()):
        kernels = _kernels(polygon, areas[index], lengths[index], shrink_ratio) if usable[index] else []
        for kernel in kernels:
            cv2.fillPoly(shrink_map, [kernel], (1,))
        if not kernels:
            cv2.fillPoly(shrink_mask, [whole[index]], (0,))
    return TargetMaps(shrink_map, shrink_mask, threshold_map, threshold_mask)


def _drawable(
    polygons: Sequence[np.ndarray], ignore: Sequence[bool], width: int, height: int
) -> tuple[Outlines, np.ndarray]:
    """The polygons that are finite and meet the picture, and the flag of each, (N,) bool."""
    points = [np.asarray(polygon, np.float64).reshape(-1, 2) for polygon in polygons]
    filled = [index for index, polygon in enumerate(points) if len(polygon)]
    lowest, highest = Outlines.of([points[index] for index in filled]).bounds()
    meets = np.isfinite(lowest + highest) & (highest >= 0) & (lowest <= (width - 1, height - 1))
    kept = [index for index, seen in zip(filled, meets.all(axis=1).tolist(), strict=True) if seen]
    outlines = Outlines.of([points[index] for index in kept])
    return outlines.with_points(np.clip(outlines.points, -_FAR, _FAR)), np.array([ignore[i] for i in kept], bool)


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


def _distance_maps(texts: Outlines, height: int, width: int, shrink_ratio: float) -> tuple[np.ndarray, np.ndarray]:
    """d/D around each outline, d = distance to it, D = A(1 - r^2)/L, at most 1, float32; and the padded texts, uint8."""
    mask = np.zeros((height, width), np.uint8)
    areas, lengths = texts.areas_and_lengths()
    reaches = areas * (1 - shrink_ratio**2) / np.maximum(lengths, 1e-9)
    drawn, reach_of, padded = [], [], []
    for polygon, reach in zip(texts.split(), reaches.tolist(), strict=True):
        around = offset(polygon, reach) if reach > 0 else []
        if around:
            cv2.fillPoly(mask, [around[0]], (1,))
            drawn.append(polygon)
            reach_of.append(reach)
            padded.append(around[0])
    distance = np.ones((height, width), np.float32)
    if drawn:
        _lower_to_outlines(distance, Outlines.of(drawn), np.array(reach_of), Outlines.of(padded))
    np.sqrt(distance, out=distance)
    return distance, mask


def _lower_to_outlines(squared: np.ndarray, texts: Outlines, reaches: np.ndarray, padded: Outlines) -> None:
    """Lower a map of (d/D)^2 to each outline: d is the distance to its nearest side, D its reach, both in pixels.

    squared: (H, W) float32, at most 1, so each side touches only the pixels within its reach. reaches: (N,).
    padded: the texts grown by their reach; nothing changes outside their bounds.
    The position of a pixel along and across a side is a sum of one part for its column and one for its row.
    """
    height, width = squared.shape
    begins, ends = texts.sides()
    counts = texts.counts
    reach = np.repeat(reaches, counts)[:, None]
    start, stop = (np.repeat(bound, counts, axis=0) for bound in padded.bounds())
    lowest = np.maximum(np.floor(np.minimum(begins, ends) - reach), np.maximum(start, 0)).astype(int)
    highest = np.ceil(np.maximum(begins, ends) + reach) + 1
    highest = np.minimum(highest, np.minimum(stop + 1, (width, height))).astype(int)
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
