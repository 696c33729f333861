"""Crops of known seeds as they were when somebody last looked at them: ``python -m tests.training.augment.kept`` keeps those of today.

Written with numpy 2 and OpenCV 4.13; other versions may round pixels otherwise, which the test allows for.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocrweb.config.augmentation import AugmentOptions, TpsOptions
from ocrweb.config.detection import ResizeOptions
from ocrweb.training.augment.compose import CropRecipe, Labelled, make_crop

FILE = Path(__file__).with_name("kept.json")
SIZE, GRID, SEEDS = 128, 4, 6
LARGE = ResizeOptions(limit_side=4096)
STILL = {"flip": 0.0, "rotation": 0.0, "perspective": 0.0, "colour": 0.0, "shadow": 0.0, "blur": 0.0, "jpeg": 0.0}
RECIPES = {
    "as usual": CropRecipe(SIZE, AugmentOptions(), ResizeOptions()),
    "not at all": CropRecipe(SIZE, AugmentOptions(enabled=False), LARGE),
    "small": CropRecipe(SIZE, AugmentOptions(**STILL, scale_min=0.2, scale_max=0.4), LARGE),
    "turned": CropRecipe(SIZE, AugmentOptions(**{**STILL, "flip": 0.5, "rotation": 40.0, "perspective": 0.2}, quarter_turns=0.5), LARGE),
    "bent": CropRecipe(SIZE, AugmentOptions(**STILL, tps=TpsOptions(probability=0.8, strength=0.06, grid=4)), LARGE, use_tps=True),
    "light": CropRecipe(SIZE, AugmentOptions(**{**STILL, "colour": 0.6, "shadow": 0.7, "blur": 0.7, "jpeg": 0.5}), LARGE),
    "no text aimed at": CropRecipe(SIZE, AugmentOptions(**STILL, empty_crops=0.9), LARGE),
}  # fmt: skip


def picture() -> Labelled:
    """Bars of uneven sizes and colours on a slope of grey; every third is ignored."""
    rows, columns = np.mgrid[:360, :520]
    pixels = np.stack([rows / 4 + 90, columns / 5 + 80, rows / 8 + columns / 8 + 60], axis=2).astype(np.uint8)
    polygons = []
    for number in range(14):
        x, y = 12 + 173 * (number % 3) + 7 * number, 10 + 70 * (number // 3)
        width, height = 60 + 13 * (number % 5), 10 + 4 * (number % 7)
        box = np.array([[x, y], [x + width, y + 5], [x + width - 3, y + height + 5], [x - 3, y + height]])
        cv2.fillPoly(pixels, [box], (15 * number, 255 - 17 * number, 40 + 9 * number))
        polygons.append(box + 0.5)
    return Labelled(pixels, polygons, [number % 3 == 2 for number in range(14)])


def drawn() -> dict[str, list[dict[str, Any]]]:
    """Of each recipe a crop a seed: its texts, their flags, and the mean colour of each of 4 × 4 parts."""
    return {name: [_told(make_crop(np.random.default_rng(seed), picture(), recipe)) for seed in range(SEEDS)] for name, recipe in RECIPES.items()}  # fmt: skip


def _told(crop: Labelled) -> dict[str, Any]:
    parts = crop.pixels.reshape(GRID, SIZE // GRID, GRID, SIZE // GRID, 3).mean(axis=(1, 3))
    return {
        "texts": [polygon.round(2).tolist() for polygon in crop.polygons],
        "ignored": crop.ignore,
        "colours": parts.round(1).tolist(),
        "unrest": round(float(np.abs(np.diff(crop.pixels.astype(float), axis=1)).mean()), 2),
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(drawn(), separators=(",", ":")) + "\n", encoding="utf-8")
