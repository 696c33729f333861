"""Which pictures to label next: those that the model is unsure of, and that stand for others, each layout once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

Reason = Literal["unsure", "scales", "stands-for", "unlike", "nothing"]
GRID = 12  # cells a side of the layout
SHARP = 6.0  # how fast likeness falls with the distance of two pictures
ALIKE = 0.8  # likeness from which a picture stands for another
SAME_LAYOUT = 0.35  # likeness from which two pages have one layout: of receipts of one shop it was 0.4 and more, of others below 0.2
BASE = 0.25  # weight of a picture that the model is quite sure of
CERTAIN = (0.1, 0.9)  # probabilities outside of which nothing is in doubt


@dataclass(frozen=True, slots=True, eq=False)
class Impression:
    """What the model made of a picture. features: (F,) float32. unsure: share of the text that it is unsure of, 0..1.

    places: separate places that it is unsure of. disagreement: between two sizes, 0 alike to 1 nothing in common.
    """

    features: np.ndarray
    unsure: float
    places: int
    disagreement: float


@dataclass(frozen=True, slots=True)
class Pick:
    """index: of the picture. score: 0..1, how much it adds to those before it, of what the first added. reason: why, most of
    all. count: pictures that it stands for, itself left out."""

    index: int
    score: float
    reason: Reason
    count: int


def impression(pixels: np.ndarray, large: np.ndarray, small: np.ndarray) -> Impression:
    """pixels: (H, W, 3) uint8 BGR. large, small: (h, w) float32 maps of it, as a network saw it in two sizes."""
    text = large > CERTAIN[0]
    doubtful = text & (large < CERTAIN[1])
    sure = float((large >= CERTAIN[1]).sum())
    core = cv2.morphologyEx(doubtful.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))  # rims are no doubt
    places, _, stats, _ = cv2.connectedComponentsWithStats(core)
    counted = int((stats[1:, cv2.CC_STAT_AREA] >= 12).sum()) if places > 1 else 0
    again = cv2.resize(small, large.shape[::-1], interpolation=cv2.INTER_LINEAR)
    common, either = float(np.minimum(large, again).sum()), float(np.maximum(large, again).sum())
    unsure = float(core.sum()) / max(float(core.sum()) + sure, 1.0)
    return Impression(_features(pixels, large), unsure, counted, 1 - common / either if either > 1 else 0.0)


def pick(impressions: Sequence[Impression], count: int) -> list[Pick]:
    """The pictures that together stand for all, those that the model is unsure of more than others.

    Each in turn is the one that adds most: to how well every picture has one like it among the chosen, weighed by how
    little the model knows of it. Of pages of one layout one is chosen, as long as there are others.
    """
    if not impressions:
        return []
    alike = likeness(np.stack([one.features for one in impressions]))
    unsure, scales = (_ranks([getattr(one, name) for one in impressions]) for name in ("unsure", "disagreement"))
    weight = BASE + 0.6 * unsure + 0.4 * scales
    covered = np.zeros(len(impressions))
    left = np.ones(len(impressions), bool)
    picks: list[Pick] = []
    first = 0.0
    for _ in range(min(count, len(impressions))):
        gains = (np.maximum(alike - covered[None], 0) * weight[None]).sum(axis=1)
        new = left & (covered < SAME_LAYOUT)
        gains = np.where(new if new.any() else left, gains + 1e-6 * weight, -1.0)
        index = int(gains.argmax())
        first = first or float(gains[index])
        near = (alike[index] > ALIKE) & (covered <= ALIKE)
        stands_for = int(near.sum()) - int(near[index])
        reason = _reason(
            impressions[index], unsure[index], scales[index], stands_for, float(covered[index]), bool(picks)
        )
        most = picks[-1].score if picks else 1.0
        score = min(most, round(max(0.0, float(gains[index]) / max(first, 1e-9)), 4))
        picks.append(Pick(index, score, reason, stands_for))
        covered = np.maximum(covered, alike[index])
        left[index] = False
    return picks


def likeness(features: np.ndarray) -> np.ndarray:
    """(N, N) 0..1 of (N, F) features: 1 for a picture and its copy. Far is what is far in this pile: by the mean distance, to
    which copies of one page add little, however many they are."""
    squared = (features**2).sum(axis=1)
    distance = np.sqrt(np.maximum(squared[:, None] + squared[None] - 2 * features @ features.T, 0))
    apart = distance[~np.eye(len(features), dtype=bool)]
    usual = float(apart.mean()) if apart.size else 1.0
    return np.exp(-SHARP * (distance / max(usual, 1e-6)) ** 2 / 2)


def _reason(one: Impression, unsure: float, scales: float, stands_for: int, covered: float, later: bool) -> Reason:
    if one.places == 0 and one.disagreement == 0:
        return "nothing"
    told: dict[Reason, float] = {
        "unsure": unsure if one.places else 0.0,
        "scales": 0.9 * scales,
        "stands-for": min(1.0, 0.35 + 0.1 * stands_for) if stands_for > 1 else 0.0,
        "unlike": 0.75 * (1 - covered) if later else 0.0,
    }
    return max(told, key=lambda reason: told[reason])


def _ranks(values: Sequence[float]) -> np.ndarray:
    """0 for the least, 1 for the most; equal values have an equal rank."""
    array = np.asarray(values, float)
    if len(array) < 2:
        return np.zeros(len(array))
    below = (array[None] < array[:, None]).sum(axis=1)
    same = (array[None] == array[:, None]).sum(axis=1)
    ranks = (below + (same - 1) / 2) / (len(array) - 1)
    return np.where(array > 0, ranks, 0.0)


def _features(pixels: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Where text lies, how large it is, and what the page looks like."""
    layout = cv2.resize(seen, (GRID, GRID), interpolation=cv2.INTER_AREA).reshape(-1)
    page = cv2.resize(pixels, (GRID, GRID), interpolation=cv2.INTER_AREA).astype(np.float32).reshape(-1) / 255
    _, _, stats, _ = cv2.connectedComponentsWithStats((seen > 0.3).astype(np.uint8))
    heights = np.minimum(stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT])
    sizes, _ = np.histogram(heights, bins=(0, 2, 4, 6, 9, 13, 20, 40, 1000), density=False)
    form = np.array([np.log(pixels.shape[1] / pixels.shape[0]), np.log1p(len(heights)) / 3], np.float32)
    parts = (2 * layout, 0.5 * (page - page.mean()), sizes / max(1, len(heights)), form)
    return np.concatenate([np.asarray(part, np.float32) for part in parts])
