"""Rules about the boxes of one label file, over all of them at once."""

from __future__ import annotations

import numpy as np

from ocrweb.data.checks.label_line import LARGEST_COORDINATE

SMALLEST_AREA = 1.0
UPRIGHT_SLOPE = 0.1
OVER_SHARE = 0.05
NEARLY_ALL = 0.9
MARGIN = 1.0  # pixels by which a box may stick out
WHOLE = 0.97  # share of both sides of a picture that no single text takes among others
SURELY_OVER = 0.05  # share of the shorter side; people draw a little over the edge, whichever way round


def signed_area(quads: np.ndarray) -> np.ndarray:
    """(N,) float64, square pixels; positive when the points run clockwise as seen (y grows downwards)."""
    x, y = quads[..., 0], quads[..., 1]
    return 0.5 * np.sum(x * np.roll(y, -1, axis=1) - np.roll(x, -1, axis=1) * y, axis=1)


def are_shares(points: np.ndarray) -> bool:
    """Whether coordinates, all of a file, are shares of a picture's sides: in pixels all of them would lie on its first one.

    points: (…, 2).
    """
    near = (points >= -OVER_SHARE).all() and (points <= 1 + OVER_SHARE).all()
    return bool(points.size and near and (points % 1 != 0).any())


def is_usable(quads: np.ndarray) -> np.ndarray:
    """(N,) bool: coordinates small enough to calculate with."""
    return (np.abs(quads) <= LARGEST_COORDINATE).all(axis=(1, 2))


def is_plain(quads: np.ndarray) -> np.ndarray:
    """(N,) bool: convex, clockwise, with an area, and the first side runs to the right: no rule below can apply."""
    sides = quads[:, [1, 2, 3, 0]] - quads
    after = sides[:, [1, 2, 3, 0]]
    turns = sides[..., 0] * after[..., 1] - sides[..., 1] * after[..., 0]
    across, down = quads[:, 2] - quads[:, 0], quads[:, 3] - quads[:, 1]
    area = 0.5 * (across[:, 0] * down[:, 1] - across[:, 1] * down[:, 0])
    level = sides[:, 0, 0] > np.abs(sides[:, 0, 1])
    return (turns > 0).all(axis=1) & (area >= SMALLEST_AREA) & level


def is_convex(quads: np.ndarray) -> np.ndarray:
    """(N,) bool: a box with an area, whichever way round its corners run and wherever they start."""
    sides = quads[:, [1, 2, 3, 0]] - quads
    after = sides[:, [1, 2, 3, 0]]
    turns = sides[..., 0] * after[..., 1] - sides[..., 1] * after[..., 0]
    same = (turns > 0).all(axis=1) | (turns < 0).all(axis=1)
    return same & (np.abs(signed_area(quads)) >= SMALLEST_AREA)


def is_read_well(quads: np.ndarray) -> np.ndarray:
    """(N,) bool: convex and clockwise, as nearly every tool writes nearly every box."""
    return is_convex(quads) & (signed_area(quads) > 0)


def is_crossing(quads: np.ndarray) -> np.ndarray:
    """(N,) bool: two opposite sides cut each other (a bow tie) although the four corners span an area."""
    first = _segments_cross(quads[:, 0], quads[:, 1], quads[:, 2], quads[:, 3])
    second = _segments_cross(quads[:, 1], quads[:, 2], quads[:, 3], quads[:, 0])
    crossing = first | second
    if crossing.any():
        crossing &= np.abs(signed_area(untangle(quads))) >= SMALLEST_AREA
    return crossing


def is_degenerate(quads: np.ndarray) -> np.ndarray:
    """(N,) bool: no area to learn from, whatever the order of the points."""
    return (np.abs(signed_area(quads)) < SMALLEST_AREA) & ~is_crossing(quads)


def is_counter_clockwise(quads: np.ndarray) -> np.ndarray:
    return signed_area(quads) < 0


def starts_oddly(quads: np.ndarray) -> np.ndarray:
    """(N,) bool: a clockwise, upright rectangle that is wider than high and does not start at its top left.

    Tilted and vertical text may start anywhere: there the start says how the text runs.
    """
    low, high = quads.min(axis=1), quads.max(axis=1)
    size = high - low
    corner = np.minimum(np.abs(quads - low[:, None]), np.abs(high[:, None] - quads)).max(axis=1)
    upright = (corner <= UPRIGHT_SLOPE * size.min(axis=1)[:, None]).all(axis=1)
    wide = size[:, 0] >= 1.5 * size[:, 1]
    away = (quads[:, 0] - low > 0.5 * size).any(axis=1)
    better = (start_at_top_left(quads)[:, 0] - low <= 0.5 * size).all(axis=1)
    return upright & wide & away & better & (signed_area(quads) > 0)


def repeats(quads: np.ndarray) -> np.ndarray:
    """(N,) int: index of the earlier box with the very same points, -1 for a box that is new."""
    first: dict[bytes, int] = {}
    keys = np.ascontiguousarray(quads + 0.0)
    return np.array(
        [-1 if (earlier := first.setdefault(key.tobytes(), i)) == i else earlier for i, key in enumerate(keys)],
        dtype=int,
    ).reshape(-1)


def overhang(quads: np.ndarray, size: tuple[int, int] | None) -> tuple[np.ndarray, np.ndarray]:
    """How boxes lie against the picture.

    size: (width, height), None when unknown: then only the left and the upper edge count.
    Returns (N,) pixels by which a box sticks out and (N,) bool: it lies outside altogether.
    """
    edge = np.array(size if size else (np.inf, np.inf), dtype=float)
    low, high = quads.min(axis=1), quads.max(axis=1)
    out = np.maximum(-low, high - edge).max(axis=1)
    outside = ((high <= 0) & (low < 0)) | ((low >= edge) & (high > edge))
    return np.maximum(out, 0.0), outside.any(axis=1)


def is_whole_page(quads: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(N,) bool: a box over the whole picture that has others within it: a frame, or a page that was marked as one text."""
    low, high = np.clip(quads.min(axis=1), 0, size), np.clip(quads.max(axis=1), 0, size)
    whole = (high - low > WHOLE * np.array(size, float)).all(axis=1)
    return whole & (len(quads) - whole.sum() > 0)


def fits(quads: np.ndarray, size: tuple[int, int] | None) -> bool:
    """Whether the boxes were made for a picture of this size: none that has an area lies outside of it altogether.

    If one does, those that stick out are as wrong as it is, and cutting them at the edge would mend nothing.
    """
    return not (overhang(quads, size)[1] & ~is_degenerate(quads)).any()


def swapped(quads: np.ndarray, size: tuple[int, int] | None) -> bool | None:
    """Whether x and y are in each other's place: True surely, None when they are if they are in other files of the dataset.

    The boxes run the wrong way round, and exchanged they fit; surely, when as they are they do not. Some tools write right
    boxes the wrong way round too. size: (width, height), None when unknown: then nothing is sure.
    """
    turned = is_counter_clockwise(quads)[~is_degenerate(quads)]
    if not turned.any() or turned.mean() < NEARLY_ALL or overhang(quads[..., ::-1], size)[0].max() > MARGIN:
        return False
    if size is None:
        return None
    return True if overhang(quads, size)[0].max() > max(MARGIN, SURELY_OVER * min(size)) else None


def untangle(quads: np.ndarray) -> np.ndarray:
    """The same corners in clockwise order around their middle, from the one nearest to the top left."""
    middle = quads.mean(axis=1, keepdims=True)
    angle = np.arctan2(quads[..., 1] - middle[..., 1], quads[..., 0] - middle[..., 0])
    ordered = np.take_along_axis(quads, np.argsort(angle, axis=1, kind="stable")[..., None], axis=1)
    return start_at_top_left(ordered)


def start_at_top_left(quads: np.ndarray) -> np.ndarray:
    """The same outline, starting at the corner with the smallest x + y."""
    start = quads.sum(axis=2).argmin(axis=1)
    order = (start[:, None] + np.arange(4)) % 4
    return np.take_along_axis(quads, order[..., None], axis=1)


def clockwise(quads: np.ndarray) -> np.ndarray:
    """The same outlines with the points clockwise; the start stays."""
    turned = quads[:, [0, 3, 2, 1]]
    return np.where(is_counter_clockwise(quads)[:, None, None], turned, quads)


def _segments_cross(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> np.ndarray:
    return (_side(a, b, c) * _side(a, b, d) < 0) & (_side(c, d, a) * _side(c, d, b) < 0)


def _side(a: np.ndarray, b: np.ndarray, p: np.ndarray) -> np.ndarray:
    return (b[:, 0] - a[:, 0]) * (p[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (p[:, 0] - a[:, 0])
