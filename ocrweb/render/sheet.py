"""A flat sheet to write on: letters go to pixels, and where they lie goes to boxes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw

from ocrweb.geometry.air import with_air
from ocrweb.render.fonts import Type, draws

Colour = tuple[int, int, int]
Align = Literal["left", "centre", "right"]
BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)


@dataclass(slots=True)
class TextBox:
    """points: (4, 2) float64, clockwise from the text's own top-left. ignore: not to be counted."""

    points: np.ndarray
    text: str
    ignore: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text that one font draws."""

    text: str
    chinese: bool


def runs_of(text: str, kind: Type) -> list[Run]:
    """Split into pieces for the Latin and for the Chinese face; what neither can draw is dropped."""
    runs: list[Run] = []
    for character in text:
        chinese = ord(character) >= 0x2E80 or character in "—…·“”‘’"
        if chinese and not draws(kind.chinese.file, character):
            continue
        if runs and runs[-1].chinese == chinese:
            runs[-1] = Run(runs[-1].text + character, chinese)
        else:
            runs.append(Run(character, chinese))
    return runs


def width_of(text: str, kind: Type) -> float:
    """Advance width in pixels."""
    return sum(kind.font(chinese=run.chinese).getlength(run.text) for run in runs_of(text, kind))


def fit(text: str, kind: Type, width: float) -> str:
    """The longest beginning of the text, cut at a space or a character, that is no wider."""
    while text and width_of(text, kind) > width:
        head, _, _ = text.rpartition(" ")
        text = head if head else text[: max(0, min(len(text) - 1, int(len(text) * width / width_of(text, kind))))]
    return text.rstrip()


@dataclass
class Sheet:
    """width, height in pixels; colours are blue, green, red. boxes gather what was written."""

    width: int
    height: int
    colour: Colour = WHITE
    boxes: list[TextBox] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.image = Image.new("RGB", (self.width, self.height), self.colour)
        self.draw = ImageDraw.Draw(self.image)

    @classmethod
    def over(cls, pixels: np.ndarray) -> Sheet:
        """A sheet that starts as a picture, (H, W, 3) uint8."""
        sheet = cls(pixels.shape[1], pixels.shape[0])
        sheet.image = Image.fromarray(pixels)
        sheet.draw = ImageDraw.Draw(sheet.image)
        return sheet

    def pixels(self) -> np.ndarray:
        return np.array(self.image)

    def write(
        self,
        x: float,
        y: float,
        text: str,
        kind: Type,
        colour: Colour = BLACK,
        *,
        align: Align = "left",
        mark: str = "line",
    ) -> tuple[float, float, float, float]:
        """Write on the baseline y; x is the left edge, the centre or the right edge.

        mark: ``line`` makes one box, ``word`` one a word, ``ignore`` one ignored box, ``none`` no box at all.
        Returns the ink's left, top, right, bottom.
        """
        runs = runs_of(text, kind)
        if align != "left":
            full = sum(kind.font(chinese=run.chinese).getlength(run.text) for run in runs)
            x -= full if align == "right" else full / 2
        start, ink = x, []
        for run in runs:
            font = kind.font(chinese=run.chinese)
            self.draw.text(
                (x, y), run.text, font=font, fill=colour, anchor="ls", stroke_width=kind.stroke, stroke_fill=colour
            )
            ink += self._ink(x, y, run, kind, by_word=mark == "word")
            x += font.getlength(run.text)
        for rectangle, piece in ink if mark == "word" else _joined(ink):
            if mark != "none":
                self.boxes.append(TextBox(with_air(rectangle, kind.size), piece.strip(), ignore=mark == "ignore"))
        edges = np.array([rectangle for rectangle, _ in ink] or [(start, y, start, y)])
        left, top = edges[:, :2].min(axis=0)
        right, bottom = edges[:, 2:].max(axis=0)
        return float(left), float(top), float(right), float(bottom)

    def _ink(self, x: float, y: float, run: Run, kind: Type, *, by_word: bool) -> list[tuple[tuple[float, ...], str]]:
        font = kind.font(chinese=run.chinese)
        if not by_word:
            box = font.getbbox(run.text.rstrip(), anchor="ls", stroke_width=kind.stroke) if run.text.strip() else None
            lead = font.getlength(run.text[: len(run.text) - len(run.text.lstrip())]) if box else 0
            return [((x + max(box[0], lead), y + box[1], x + box[2], y + box[3]), run.text)] if box else []
        found: list[tuple[tuple[float, ...], str]] = []
        offset = 0
        for word in run.text.split(" "):
            if word:
                before = font.getlength(run.text[:offset])
                box = font.getbbox(word, anchor="ls", stroke_width=kind.stroke)
                found.append(((x + before + box[0], y + box[1], x + before + box[2], y + box[3]), word))
            offset += len(word) + 1
        return found


def _joined(ink: list[tuple[tuple[float, ...], str]]) -> list[tuple[tuple[float, ...], str]]:
    if not ink:
        return []
    edges = np.array([rectangle for rectangle, _ in ink])
    around = (*edges[:, :2].min(axis=0), *edges[:, 2:].max(axis=0))
    return [(tuple(map(float, around)), "".join(text for _, text in ink))]
