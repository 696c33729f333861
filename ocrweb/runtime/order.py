"""Reading order: lines from top to bottom, in a line from left to right."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ocrweb.runtime.region import TextRegion

SAME_LINE = 0.5  # centres closer than this share of the lower box's height are in one line
ELONGATED = 1.5  # boxes at least this much wider than high tell how the page is tilted


def reading_order(regions: Sequence[TextRegion]) -> list[TextRegion]:
    """The same regions, line by line from the top, each line from the left.

    The tilt of the page (median direction of its elongated boxes, within 45 degrees) is taken out first. A line is
    followed from box to box, so it may bend. The result does not depend on the order of the input.
    """
    if len(regions) < 2:
        return list(regions)
    return [regions[index] for index in _order(np.stack([region.quad for region in regions]).astype(np.float64))]


def _order(quads: np.ndarray) -> list[int]:
    """Indices of (N, 4, 2) quads, clockwise from the top-left, in reading order."""
    top, side = quads[:, 1] - quads[:, 0], quads[:, 3] - quads[:, 0]
    widths, heights = np.hypot(top[:, 0], top[:, 1]), np.hypot(side[:, 0], side[:, 1])
    tilt = _tilt(top, widths, heights)
    centres = quads.mean(axis=1) @ np.array([[math.cos(tilt), -math.sin(tilt)], [math.sin(tilt), math.cos(tilt)]])
    xs, ys = centres[:, 0].tolist(), centres[:, 1].tolist()
    spans = heights.tolist()

    by_height = np.lexsort((*quads.reshape(len(quads), 8).T, centres[:, 0], centres[:, 1])).tolist()
    reach = SAME_LINE * max(spans)
    lines: list[list[int]] = []
    lowest: list[float] = []  # centre of the lowest box of each line
    open_lines: list[int] = []  # those that a box may still join; boxes come from the top
    for index in by_height:
        open_lines = [line for line in open_lines if ys[index] - lowest[line] <= reach]
        for line in reversed(open_lines):
            nearest = min(lines[line], key=lambda member: abs(xs[member] - xs[index]))
            if abs(ys[nearest] - ys[index]) < SAME_LINE * min(spans[nearest], spans[index]):
                lines[line].append(index)
                lowest[line] = ys[index]
                break
        else:
            open_lines.append(len(lines))
            lines.append([index])
            lowest.append(ys[index])
    lines.sort(key=lambda members: sum(ys[member] for member in members) / len(members))
    return [index for members in lines for index in sorted(members, key=lambda member: (xs[member], ys[member]))]


def _tilt(top: np.ndarray, widths: np.ndarray, heights: np.ndarray) -> float:
    """Direction of the text lines in radians, 0 when no box is elongated."""
    telling = widths > ELONGATED * heights
    if not telling.any():
        return 0.0
    angles = np.arctan2(top[telling, 1], top[telling, 0])
    return float(np.clip(np.median(angles), -math.pi / 4, math.pi / 4))
