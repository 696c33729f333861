"""Shrink text polygons to kernels and grow kernels back: the Vatti offset of DB (Liao et al., 2020).

Coordinates are cut to whole pixels before the offset and its result is whole pixels again. That is what PaddleOCR's
integer Clipper paths do; boxes and training targets agree with it only when ours do the same.
"""

from __future__ import annotations

import numpy as np
import pyclipper

from ocrweb.geometry.polygon import area, perimeter

ARC_TOLERANCE = 0.25  # Clipper's default: how far a chord may leave the round corner, in pixels


def shrink(polygon: np.ndarray, shrink_ratio: float) -> list[np.ndarray]:
    """Shrink a text polygon to its kernel: D = A * (1 - r^2) / L (DB paper, label generation).

    polygon: (P, 2), x then y, pixels, P >= 3. shrink_ratio: 0..1, the paper uses 0.4; 1 leaves the polygon as it is.
    Returns zero, one or several (Q, 2) int32 outlines; narrow necks part, and a degenerate polygon yields none.
    """
    return offset(polygon, -area(polygon) * (1 - shrink_ratio**2) / max(perimeter(polygon), 1e-9))


def unclip(kernel: np.ndarray, unclip_ratio: float) -> list[np.ndarray]:
    """Grow a shrunk text kernel back to text size: D = A * r / L (DB paper, inference).

    kernel: (P, 2), x then y, map pixels, P >= 3. unclip_ratio: > 0, the paper uses 1.5.
    Returns zero, one or several (Q, 2) int32 outlines; a degenerate kernel yields none.
    """
    return offset(kernel, area(kernel) * unclip_ratio / max(perimeter(kernel), 1e-9))


def unclip_quads(quads: np.ndarray, unclip_ratio: float) -> np.ndarray:
    """`unclip` of many convex quads at once, without a polygon library: (N, 4, 2) → (N, Q, 2) float32, map pixels.

    quads: clockwise as seen on the screen. Each outline is the four sides moved outwards by D, with round corners, on
    whole pixels; corners are repeated where a smaller outline has fewer points than Q. Its smallest rotated rectangle
    is that of `unclip`'s outline.
    """
    if len(quads) == 0:
        return np.zeros((0, 4, 2), np.float32)
    exact = quads.astype(np.float64)
    sides = np.roll(exact, -1, axis=1) - exact
    lengths = np.hypot(sides[..., 0], sides[..., 1]).sum(axis=1)
    following = np.roll(exact, -1, axis=1)
    areas = 0.5 * np.abs((exact[..., 0] * following[..., 1] - exact[..., 1] * following[..., 0]).sum(axis=1))
    distance = areas * unclip_ratio / np.maximum(lengths, 1e-9)

    corners = np.trunc(exact)
    sides = np.roll(corners, -1, axis=1) - corners
    heading = np.arctan2(sides[..., 1], sides[..., 0])
    before = np.roll(heading, 1, axis=1)
    turn = np.mod(heading - before, 2 * np.pi)

    tolerance = np.minimum(ARC_TOLERANCE, ARC_TOLERANCE * distance)
    chord = np.arccos(1 - tolerance / np.maximum(distance, 1e-9))
    steps_a_turn = np.minimum(np.pi / np.maximum(chord, 1e-9), distance * np.pi)
    steps = np.maximum(np.rint(steps_a_turn[:, None] / (2 * np.pi) * turn), 1)  # (N, 4)
    step = 2 * np.pi / np.maximum(steps_a_turn, 1e-9)

    index = np.arange(int(steps.max()) + 1)
    angle = before[..., None] + np.minimum(index * step[:, None, None], turn[..., None])
    angle = np.where(index >= steps[..., None], heading[..., None], angle) - np.pi / 2
    arcs = np.stack([np.cos(angle), np.sin(angle)], axis=-1) * distance[:, None, None, None]
    outlines = np.floor(corners[:, :, None, :] + arcs + 0.5)
    return outlines.reshape(len(quads), -1, 2).astype(np.float32)


def offset(polygon: np.ndarray, distance: float) -> list[np.ndarray]:
    """Move an outline by a distance in pixels, outwards when positive, with round corners.

    polygon: (P, 2), x then y. Returns zero, one or several (Q, 2) int32 outlines.
    """
    clipper = pyclipper.PyclipperOffset()
    try:
        clipper.AddPath(np.trunc(polygon).astype(np.int64).tolist(), pyclipper.JT_ROUND, pyclipper.ET_CLOSEDPOLYGON)
    except pyclipper.ClipperException:  # fewer than three distinct points
        return []
    return [np.array(outline, dtype=np.int32) for outline in clipper.Execute(distance)]
