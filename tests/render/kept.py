"""How pages of known seeds looked when they were last judged by eye: python -m tests.render.kept keeps those of today.

A page is kept as means of squares of 16 pixels, which fonts' and compilers' last bits do not change, and its boxes in pixels.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ocrweb.render.page import KINDS, render_page

FILE = Path(__file__).parent / "pages.npz"
SIZE, SQUARE = (448, 384), 16
SEEDS = {  # together they go every way through the code that a hundred pages of each kind go
    "invoice": (11, 130, 194, 197, 205),
    "receipt": (11, 13, 106, 119, 140, 181, 194, 214),
    "menu": (115, 120, 193),
    "note": (100, 135, 145, 180),
    "screen": (12, 13, 125, 132, 165),
    "sign": (168, 188),
    "scene": (111, 150),
    "label": (13, 105, 151),
}
PAGES = [(kind, seed) for kind in KINDS for seed in SEEDS[kind]]


def looks(kind: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Means (28, 24, 3) uint8; boxes (N, 9) int16: four points and whether it is ignored."""
    page = render_page(kind, seed, SIZE)
    height, width = SIZE[0] // SQUARE, SIZE[1] // SQUARE
    means = page.pixels.reshape(height, SQUARE, width, SQUARE, 3).mean(axis=(1, 3)).round().astype(np.uint8)
    boxes = [[*box.points.ravel().round(), box.ignore] for box in page.boxes]
    return means, np.array(boxes, np.int16).reshape(-1, 9)


def main() -> None:
    kept = {}
    for kind, seed in PAGES:
        kept[f"{kind}/{seed}/means"], kept[f"{kind}/{seed}/boxes"] = looks(kind, seed)
    np.savez_compressed(FILE, **kept)


if __name__ == "__main__":
    main()
