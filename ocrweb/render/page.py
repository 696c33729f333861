"""One rendered picture from a kind and a seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ocrweb.data.sample import LabelledBox
from ocrweb.errors import OcrwebError
from ocrweb.messages import Sentence
from ocrweb.render import invoice, label, menu, note, receipt, scene, screen
from ocrweb.render.fonts import FontSet
from ocrweb.render.legible import settle
from ocrweb.render.studio import Shot, Studio

Composer = Callable[[Studio, tuple[int, int] | None], Shot]
COMPOSERS: dict[str, Composer] = {
    "invoice": invoice.compose,
    "receipt": receipt.compose,
    "menu": menu.compose,
    "note": note.compose,
    "screen": screen.compose,
    "sign": scene.close_up,
    "scene": scene.compose,
    "label": label.compose,
}
KINDS = tuple(COMPOSERS)
SHARES = {
    "invoice": 0.16,
    "receipt": 0.26,
    "menu": 0.1,
    "note": 0.08,
    "screen": 0.1,
    "sign": 0.08,
    "scene": 0.14,
    "label": 0.08,
}
# Till receipts and street signs say more English than Chinese where this tool is measured; the rest is even.
_CHINESE = {"receipt": (0.0, 0.0, 0.0, 0.1, 0.9), "scene": (0.0, 0.0, 0.0, 0.15, 0.9), "sign": (0.0, 0.1, 0.5, 1.0)}


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """pixels: (H, W, 3) uint8, blue green red. boxes: text in the picture's pixels, illegible ones ignored. kind: of KINDS."""

    pixels: np.ndarray
    boxes: tuple[LabelledBox, ...]
    kind: str


def render_page(kind: str | None, seed: int, size: tuple[int, int] | None = None, fonts: FontSet = "train") -> Page:
    """Draw a page; the same arguments give the same bytes on one version of this project and its libraries.

    kind: one of KINDS, or None for any, in the shares of SHARES. seed: ≥ 0. size: (height, width) in pixels, at least
    64 each, or None for what suits the kind. Raises usage.unknown-name.
    """
    if kind is not None and kind not in COMPOSERS:
        raise OcrwebError(
            "usage.unknown-name", what=Sentence("command.word-page-kind"), name=kind, nearest=", ".join(KINDS)
        )
    rng = np.random.default_rng([int(seed), KINDS.index(kind) + 1 if kind else 0])
    chosen = kind or str(rng.choice(KINDS, p=[SHARES[name] for name in KINDS]))
    chinese = float(rng.choice(_CHINESE[chosen])) if chosen in _CHINESE else None
    shot = COMPOSERS[chosen](Studio.open(rng, fonts, chinese), size)
    return Page(shot.pixels, settle(shot.pixels, shot.boxes), chosen)


def render_crop(kind: str | None, seed: int, side: int = 320, fonts: FontSet = "train") -> Page:
    """Draw a small page and cut a square with text out of it: several times faster than a page, for training.

    side: of the square in pixels. Letters are as large as on whole pages. One crop in ten is cut anywhere, text or not.
    """
    rng = np.random.default_rng([int(seed), 0xC0])
    height, width = (int(side * value) for value in rng.uniform(1.25, 1.7, 2))
    page = render_page(kind, seed, (height, width), fonts)
    legible = [box for box in page.boxes if not box.ignore]
    corner = rng.uniform(0, 1, 2) * (width - side, height - side)
    if legible and rng.random() < 0.9:
        middle = legible[int(rng.integers(len(legible)))].points.mean(axis=0)
        corner = middle - rng.uniform(0.2, 0.8, 2) * side
    left, top = np.clip(corner, 0, (width - side, height - side)).astype(int)
    pixels = np.ascontiguousarray(page.pixels[top : top + side, left : left + side])
    return replace(page, pixels=pixels, boxes=cut(page.boxes, left, top, side))


def cut(boxes: tuple[LabelledBox, ...], left: int, top: int, side: int) -> tuple[LabelledBox, ...]:
    """The boxes of a square part: whole ones stay, cut ones are cut, ones with little left are ignored."""
    frame = np.array([(0, 0), (side, 0), (side, side), (0, side)], np.float32)
    kept = []
    for box in boxes:
        points = (box.points - (left, top)).astype(np.float32)
        if points.min() >= 0 and points.max() <= side:
            kept.append(replace(box, points=points))
            continue
        covered, shape = cv2.intersectConvexConvex(points, frame)
        if covered < 6 or shape is None:
            continue
        whole = abs(cv2.contourArea(points))
        tall = float(np.linalg.norm(points[0] - points[3]))
        little = covered < 0.25 * whole or covered < 0.6 * tall * tall
        ignore = box.ignore or little
        quad = np.clip(cv2.boxPoints(cv2.minAreaRect(shape)), 0, side).astype(np.float32)
        kept.append(LabelledBox(quad, "###" if ignore else box.text, ignore))
    return tuple(kept)
