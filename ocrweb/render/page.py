"""One rendered picture from a kind and a seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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
class RenderedPage:
    """pixels: (H, W, 3) uint8, blue green red. boxes: text in the picture's pixels, illegible ones ignored. kind: of KINDS."""

    pixels: np.ndarray
    boxes: tuple[LabelledBox, ...]
    kind: str


def render_page(
    kind: str | None, seed: int, size: tuple[int, int] | None = None, fonts: FontSet = "train"
) -> RenderedPage:
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
    return RenderedPage(shot.pixels, settle(shot.pixels, shot.boxes), chosen)
