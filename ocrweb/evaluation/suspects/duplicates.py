"""Pictures that show the same page twice, although their files differ."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

SIDE = 48  # pixels of a thumbnail: lines of text are rows in it, words are not
ALIKE = 0.96  # correlation: copies of another size, light or compression reach 0.99, receipts of one shop 0.93
SAME_FORM = 1.1  # ratio of the aspect ratios


def thumbnail(gray: np.ndarray) -> np.ndarray:
    """(H, W) uint8 → (SIDE * SIDE + 1,) float32: the blurred page with mean 0 and length 1, and its aspect ratio."""
    small = cv2.resize(gray, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    ground = cv2.GaussianBlur(small, (0, 0), SIDE / 6)  # shadows and the light of a photo are no content
    flat = (small - ground).reshape(-1)
    flat -= flat.mean()
    length = float(np.linalg.norm(flat))
    return np.append(flat / length if length > 1 else flat * 0, gray.shape[1] / gray.shape[0]).astype(np.float32)


def alike(first: Sequence[np.ndarray], second: Sequence[np.ndarray]) -> list[tuple[int, int, float]]:
    """Pairs (index in first, index in second, correlation) of thumbnails that show the same page, surest first."""
    if not len(first) or not len(second):
        return []
    one, other = np.stack(first), np.stack(second)
    close = one[:, :-1] @ other[:, :-1].T
    form = one[:, -1:] / other[:, -1:].T
    rows, columns = np.nonzero((close > ALIKE) & (form < SAME_FORM) & (form > 1 / SAME_FORM))
    found = [(int(a), int(b), min(1.0, float(close[a, b]))) for a, b in zip(rows, columns, strict=True)]
    return sorted(found, key=lambda row: -row[2])
