"""The shipped faces, their styles, and which of them are held out for evaluation."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import ImageFont

from ocrweb.config.paths import ASSETS

FOLDER = ASSETS / "fonts"
FontSet = Literal["train", "held-out"]
Style = Literal["sans", "narrow", "serif", "mono", "display", "hand"]


@dataclass(frozen=True, slots=True)
class Face:
    """One font file. chinese: it has Chinese characters; held_out: pages to train from never use it.

    scale: factor on the size, so that faces of one nominal size look equally tall.
    """

    file: str
    style: Style
    chinese: bool = False
    held_out: bool = False
    scale: float = 1.0


FACES = (
    Face("inter.ttf", "sans"),
    Face("inter-bold.ttf", "sans"),
    Face("open-sans.ttf", "sans"),
    Face("open-sans-bold.ttf", "sans"),
    Face("roboto.ttf", "sans"),
    Face("roboto-condensed.ttf", "narrow"),
    Face("roboto-condensed-bold.ttf", "narrow"),
    Face("archivo-narrow.ttf", "narrow"),
    Face("oswald.ttf", "display", scale=0.9),
    Face("anton.ttf", "display", scale=0.9),
    Face("bebas-neue.ttf", "display", scale=1.05),
    Face("roboto-slab-bold.ttf", "display"),
    Face("libre-baskerville.ttf", "serif", scale=0.9),
    Face("merriweather.ttf", "serif", scale=0.95),
    Face("playfair-display-bold.ttf", "serif"),
    Face("abril-fatface.ttf", "display"),
    Face("lobster.ttf", "display"),
    Face("pacifico.ttf", "display", scale=0.85),
    Face("courier-prime.ttf", "mono"),
    Face("courier-prime-bold.ttf", "mono"),
    Face("cutive-mono.ttf", "mono"),
    Face("ibm-plex-mono.ttf", "mono"),
    Face("share-tech-mono.ttf", "mono"),
    Face("vt323.ttf", "mono", scale=1.2),
    Face("special-elite.ttf", "mono"),
    Face("press-start-2p.ttf", "display", scale=0.75),
    Face("caveat.ttf", "hand", scale=1.25),
    Face("patrick-hand.ttf", "hand", scale=1.1),
    Face("indie-flower.ttf", "hand", scale=1.05),
    Face("noto-sans-sc.otf", "sans", chinese=True, scale=0.95),
    Face("zcool-qingke-huangyou.ttf", "display", chinese=True),
    Face("long-cang.ttf", "hand", chinese=True, scale=1.15),
    Face("zhi-mang-xing.ttf", "hand", chinese=True, scale=1.1),
    Face("fira-sans.ttf", "sans", held_out=True),
    Face("share-tech.ttf", "display", held_out=True),
    Face("kalam.ttf", "hand", held_out=True),
    Face("ibm-plex-mono-bold.ttf", "mono", held_out=True),
    Face("ma-shan-zheng.ttf", "hand", chinese=True, held_out=True),
    Face("noto-serif-sc.ttf", "serif", chinese=True, held_out=True, scale=0.95),
)
# Styles to fall back on where the held-out set lacks one.
_NEAREST: dict[str, tuple[Style, ...]] = {
    "sans": ("sans", "serif", "display"),
    "narrow": ("narrow", "sans", "display"),
    "serif": ("serif", "sans"),
    "mono": ("mono", "sans", "serif"),
    "display": ("display", "sans", "serif"),
    "hand": ("hand", "display"),
}


def faces(style: Style, *, chinese: bool, fonts: FontSet) -> list[Face]:
    """The faces of a style in one set; where the set has none, those of the nearest style. Never empty."""
    mine = [face for face in FACES if face.held_out == (fonts == "held-out") and face.chinese == chinese]
    for candidate in _NEAREST[style]:
        if found := [face for face in mine if face.style == candidate]:
            return found
    return mine


@functools.lru_cache(maxsize=512)
def load(file: str, size: int) -> ImageFont.FreeTypeFont:
    """A font file at a pixel size."""
    return ImageFont.truetype(str(FOLDER / file), size, layout_engine=ImageFont.Layout.BASIC)


@functools.cache
def draws(file: str, character: str) -> bool:
    """Whether a face has a glyph for a character."""
    return _looks(file, character) not in (_looks(file, "\uffff"), None)


@functools.cache
def _looks(file: str, character: str) -> bytes | None:
    """The character's pixels at a small size, None when there are none."""
    mask = load(file, 24).getmask(character)
    return repr(mask.size).encode() + bytes(mask) if mask.getbbox() else None


@dataclass(frozen=True, slots=True)
class Type:
    """A size and a pair of faces, for Latin and for Chinese letters; stroke thickens the letters by that many pixels."""

    latin: Face
    chinese: Face
    size: float
    stroke: int = 0

    def font(self, *, chinese: bool) -> ImageFont.FreeTypeFont:
        face = self.chinese if chinese else self.latin
        return load(face.file, max(5, round(self.size * face.scale)))

    def sized(self, size: float, stroke: int | None = None) -> Type:
        return Type(self.latin, self.chinese, size, self.stroke if stroke is None else stroke)


def pick(rng: np.random.Generator, style: Style, size: float, fonts: FontSet) -> Type:
    """A random pair of faces of one style."""
    latin = faces(style, chinese=False, fonts=fonts)
    chinese = faces("hand" if style == "hand" else style, chinese=True, fonts=fonts)
    if style not in ("hand", "display") and fonts == "train":
        chinese = [face for face in chinese if face.style == "sans"]
    return Type(latin[rng.integers(len(latin))], chinese[rng.integers(len(chinese))], size)
