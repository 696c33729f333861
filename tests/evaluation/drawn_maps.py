"""Probability maps as a network would give them, drawn."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from ocrweb.data.sample import LabelledBox, Sample
from ocrweb.evaluation.sweep import JudgedMap
from ocrweb.runtime.transform import PageTransform

WIDTH, HEIGHT = 320, 256


def box(x: int, y: int, width: int = 100, height: int = 24) -> np.ndarray:
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], dtype=np.float32)


def judged(
    texts: list[tuple[np.ndarray, float]], false_alarms: list[tuple[np.ndarray, float]], name: str = "page.png"
) -> JudgedMap:
    """A map that shows shrunk kernels of some labelled texts and of things that are none, at given probabilities."""
    canvas = np.zeros((HEIGHT, WIDTH), np.float32)
    for outline, probability in [*texts, *false_alarms]:
        (left, top), (right, bottom) = outline.min(axis=0), outline.max(axis=0)
        margin = (1 - 0.4**2) * (right - left) * (bottom - top) / (2 * (right - left + bottom - top))
        cv2.rectangle(
            canvas,
            (round(float(left + margin)), round(float(top + margin))),
            (round(float(right - margin)), round(float(bottom - margin))),
            probability,
            cv2.FILLED,
        )
    boxes = tuple(LabelledBox(outline, "text", False) for outline, _ in texts)
    page = PageTransform.stretched(WIDTH, HEIGHT, WIDTH, HEIGHT)
    return JudgedMap(Sample(Path(name), None, boxes), canvas, page)
