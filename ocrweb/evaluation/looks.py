"""What a region of text looks like, as one of a few named groups: height, angle, crowding, darkness, script, length."""

from __future__ import annotations

import itertools
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import shapely

from ocrweb.geometry.quad import smallest_rectangle

Look = Literal["height", "angle", "crowding", "darkness", "script", "length"]
LOOKS: tuple[Look, ...] = get_args(Look)
OF_WRITING: tuple[Look, ...] = ("script", "length")  # known of labels alone: a detection is not read
EDGES: dict[Look, tuple[float, ...]] = {
    "height": (12, 24, 48),  # pixels of the network's input
    "angle": (5, 30, 60),  # degrees from level
    "crowding": (0.25, 1),  # own heights to the nearest other region
    "darkness": (85, 170),  # mean grey, 0 black
    "length": (2, 4, 9),  # characters
}
SCRIPTS = {"CJK": "han", "HIRAGANA": "kana", "KATAKANA": "kana", "HANGUL": "hangul", "DIGIT": "digits"}
NO_TEXT = "unknown"
CLEARLY_LONG = 2.5  # times its shorter side: two letters or more, a vertical line of two signs or more


def names_of(look: Look) -> list[str]:
    """The groups of a look in order: ``0-12``, ``12-24`` …, ``48-``; of scripts none are fixed."""
    if look == "script":
        return []
    bounds = [0, *EDGES[look]]
    return [*(f"{low:g}-{high:g}" for low, high in itertools.pairwise(bounds)), f"{bounds[-1]:g}-"]


def groups_by(look: Look, values: Sequence[float]) -> list[str]:
    """The group that each value belongs to; a value on an edge belongs to the higher one."""
    names = names_of(look)
    return [names[place] for place in np.searchsorted(EDGES[look], values, side="right")]


def heights(outlines: Sequence[np.ndarray]) -> list[float]:
    """The shorter side of each outline, (P, 2), in its pixels: of four points the mean of the two short ones."""
    return [float(min(_sides(outline))) for outline in outlines]


def angles(outlines: Sequence[np.ndarray]) -> list[float]:
    """Degrees, 0 to 90, between each outline and the level. One that is not clearly long, as of one letter, stands as level
    as it can: either of its sides may be the line.
    """
    return [_angle(_corners(outline)) for outline in outlines]


def distances(outlines: Sequence[np.ndarray]) -> list[float]:
    """From each outline to the nearest other one, in its own heights; infinite where it is alone, 0 where they touch."""
    if len(outlines) < 2:
        return [np.inf] * len(outlines)
    shapes = [shapely.convex_hull(shapely.MultiPoint(outline)) for outline in outlines]
    (of, _), apart = shapely.STRtree(shapes).query_nearest(
        shapes, exclusive=True, all_matches=False, return_distance=True
    )
    nearest = np.full(len(shapes), np.inf)
    nearest[of] = apart
    return [float(value) for value in nearest / [max(1.0, height) for height in heights(outlines)]]


def greys(outlines: Sequence[np.ndarray], pixels: np.ndarray) -> list[float]:
    """The mean grey, 0 to 255, of the upright rectangle around each outline. pixels: (height, width, 3) uint8 BGR."""
    height, width = pixels.shape[:2]
    means = []
    for outline in outlines:
        (left, top), (right, bottom) = np.floor(outline.min(axis=0)), np.ceil(outline.max(axis=0))
        rows = slice(int(np.clip(top, 0, height - 1)), int(np.clip(bottom, 1, height)))
        columns = slice(int(np.clip(left, 0, width - 1)), int(np.clip(right, 1, width)))
        means.append(float(pixels[rows, columns].reshape(-1, 3).mean(axis=0) @ (0.114, 0.587, 0.299)))
    return means


def script_of(text: str) -> str:
    """The script most of a text is written in (``latin``, ``han`` …); ``digits`` when it has no letter, ``unknown`` without text."""
    scripts = Counter(_script(letter) for letter in text if letter.isalpha())
    if scripts:
        return scripts.most_common(1)[0][0]
    return "digits" if any(letter.isdigit() for letter in text) else "signs" if text.strip() else NO_TEXT


def _script(letter: str) -> str:
    first = unicodedata.name(letter, "other").partition(" ")[0]
    return SCRIPTS.get(first, first.lower())


def _corners(outline: np.ndarray) -> np.ndarray:
    return outline if len(outline) == 4 else smallest_rectangle(outline)


def _sides(outline: np.ndarray) -> tuple[float, float]:
    corners = _corners(outline)
    lengths = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    return float(lengths[0] + lengths[2]) / 2, float(lengths[1] + lengths[3]) / 2


def _angle(corners: np.ndarray) -> float:
    along = (corners[1] - corners[0]) + (corners[2] - corners[3])
    across = (corners[3] - corners[0]) + (corners[2] - corners[1])
    long, short = sorted((float(np.hypot(*along)), float(np.hypot(*across))), reverse=True)
    x, y = np.abs(along if np.hypot(*along) == long else across)
    angle = float(np.degrees(np.arctan2(y, x)))
    return angle if long >= CLEARLY_LONG * short else min(angle, 90 - angle)
