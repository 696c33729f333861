"""Write a page from top to bottom: centred lines, split lines, columns, rules."""

from __future__ import annotations

from collections.abc import Sequence

from ocrweb.render.fonts import Type
from ocrweb.render.sheet import BLACK, Align, Colour, Sheet, fit, width_of
from ocrweb.render.studio import Studio

Cell = tuple[str, float, Align]


class Flow:
    """A cursor on a sheet.

    left, right: margins in pixels. y: the bottom of what was written so far. leading: line pitch over letter size.
    """

    def __init__(self, studio: Studio, sheet: Sheet, kind: Type, margin: float, leading: float) -> None:
        self.studio = studio
        self.sheet = sheet
        self.kind = kind
        self.left, self.right = margin, sheet.width - margin
        self.leading = leading
        self.y = margin * 0.7
        self.colour: Colour = BLACK

    @property
    def full(self) -> bool:
        """Whether no further line fits."""
        return self.y + 1.3 * self.kind.size * self.leading > self.sheet.height

    def step(self, kind: Type | None = None) -> float:
        """Move to the next baseline."""
        self.y += (kind or self.kind).size * self.leading
        return self.y - (kind or self.kind).size * (self.leading - 1) * 0.5 - (kind or self.kind).size * 0.2

    def gap(self, lines: float) -> None:
        self.y += lines * self.kind.size

    def line(
        self, text: str, align: Align = "left", kind: Type | None = None, mark: str = "line", indent: float = 0.0
    ) -> None:
        """One line; too long a text is cut at a word."""
        if self.full:
            return
        kind = kind or self.kind
        text = fit(text, kind, self.right - self.left - indent)
        x = {"left": self.left + indent, "right": self.right, "centre": (self.left + self.right) / 2}[align]
        self.sheet.write(x, self.step(kind), text, kind, self.colour, align=align, mark=mark)

    def cells(self, cells: Sequence[Cell], kind: Type | None = None) -> None:
        """Cells of one row, each a box: text, place between the margins 0..1, alignment. A cell that would touch is left out."""
        if self.full:
            return
        kind = kind or self.kind
        baseline = self.step(kind)
        taken: list[tuple[float, float]] = []
        for text, place, align in cells:
            if not text:
                continue
            width = width_of(text, kind)
            x = self.left + place * (self.right - self.left)
            start = x - {"left": 0.0, "centre": width / 2, "right": width}[align]
            if start < 0 or start + width > self.sheet.width:
                continue
            if any(start < end + 0.9 * kind.size and start + width > begin - 0.9 * kind.size for begin, end in taken):
                continue
            taken.append((start, start + width))
            self.sheet.write(x, baseline, text, kind, self.colour, align=align)

    def split(self, first: str, second: str, kind: Type | None = None) -> None:
        """A text at the left margin and one at the right margin."""
        kind = kind or self.kind
        room = self.right - self.left - width_of(second, kind) - 1.5 * kind.size
        self.cells([(second, 1.0, "right"), (fit(first, kind, room), 0.0, "left")], kind)

    def rule(self) -> None:
        """A divider that is not text: drawn, dashed, or typed in signs."""
        if self.full:
            return
        studio, size = self.studio, self.kind.size
        style = studio.words.choose(("-", "-", "=", "*", "_", ".", "drawn", "drawn", "dashed"))
        if len(style) == 1:
            advance = max(1.0, width_of(style, self.kind))
            count = int((self.right - self.left) * studio.between(0.85, 1.0) / advance)
            self.sheet.write(self.left, self.step(), style * count, self.kind, self.colour, mark="none")
            return
        y = int(self.y + size * 0.5)
        pitch = int(max(3, size * 0.6))
        thick = int(studio.rng.integers(1, 3))
        for x in range(int(self.left), int(self.right), pitch) if style == "dashed" else ():
            self.sheet.draw.line((x, y, x + pitch // 2, y), fill=self.colour, width=thick)
        if style == "drawn":
            self.sheet.draw.line((self.left, y, self.right, y), fill=self.colour, width=thick)
        self.y += size * 0.9
