"""How drawn pictures looked when they were last judged by eye: python -m tests.imaging.kept keeps those of today.

Kept as means of squares of 8 pixels, which another compiler's last bits do not change.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from ocrweb.imaging.draw import draw_polygons, heat_map, overlay_map

FILE = Path(__file__).parent / "drawn.npz"
SQUARE = 8


def boxes(scale: float = 1.0) -> list[np.ndarray]:
    """Text of several sizes, one at each border, one turned, one with more corners."""
    found = [np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], float) for x, y, w, h in
             ((100, 60, 180, 30), (0, 0, 60, 20), (340, 2, 58, 24), (2, 270, 90, 26), (300, 276, 98, 22), (60, 150, 40, 8))]  # fmt: skip
    found.append(cv2.boxPoints(((220, 180), (120, 28), 20)))
    found.append(np.array([[150, 230], [200, 215], [250, 230], [250, 255], [150, 255]], float))
    return [scale * box for box in found]


def page(scale: int = 1) -> np.ndarray:
    shade = np.linspace(90, 250, 400 * scale, dtype=np.float32)
    return np.repeat(np.repeat(shade[None, :, None], 300 * scale, axis=0), 3, axis=2).astype(np.uint8)


def probabilities() -> np.ndarray:
    ramp = np.linspace(0, 1, 100, dtype=np.float32)[None].repeat(75, axis=0)
    ramp[:20] = 0.03
    ramp[40:44, 30:60] = 1
    return ramp


DRAWN: dict[str, Callable[[], np.ndarray]] = {
    "plain": lambda: draw_polygons(page(), boxes(), numbers=False),
    "numbered": lambda: draw_polygons(page(), boxes()),
    "many": lambda: draw_polygons(page(), boxes() * 3, (200, 60, 10)),
    "large": lambda: draw_polygons(page(3), boxes(3)),
    "huge text": lambda: draw_polygons(page(2), [box * 2 for box in boxes(2)][:2]),
    "long": lambda: draw_polygons(page()[:48], [box / 6 for box in boxes()]),
    "tall": lambda: draw_polygons(page()[:, :24], [box / 16 for box in boxes()]),
    "heat over it": lambda: overlay_map(page(), probabilities()),
    "faint heat": lambda: overlay_map(page(), probabilities(), 0.3),
    "heat": lambda: heat_map(cv2.resize(probabilities(), (400, 296))),
}


def looks(name: str) -> np.ndarray:
    """(H / 8, W / 8, C) uint8."""
    drawn = DRAWN[name]()
    height, width = (side // SQUARE * SQUARE for side in drawn.shape[:2])
    squares = drawn[:height, :width].reshape(height // SQUARE, SQUARE, width // SQUARE, SQUARE, -1)
    return np.asarray(squares.mean(axis=(1, 3)).round(), np.uint8)


def main() -> None:
    np.savez_compressed(FILE, **{name: looks(name) for name in DRAWN})  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
