"""How pages of known seeds looked when they were last judged by eye: python -m tests.render.kept keeps those of today.

A page is kept as means of squares of 16 pixels, which fonts' and compilers' last bits do not change, and its boxes in pixels.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ocrweb.render.page import KINDS, render_page

FILE = Path(__file__).parent / "pages.npz"
SIZE, SQUARE = (448, 384), 16
SEEDS = (11, 12, 13, 14)
PAGES = [(kind, seed) for kind in KINDS for seed in SEEDS]


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
