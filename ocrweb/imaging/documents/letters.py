"""The letters that a PDF's page says it holds, and which of its ink is theirs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocrweb.imaging.documents.page import DocumentPage

COLUMNS = 18  # float32 of a letter, as `ocrweb.imaging.documents.read_letters` sends them
HIDDEN, UPRIGHT_SINGULAR = 1, 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Letters:
    """N letters, without blanks, in the order of the file; positions in pixels of the page as it is drawn.

    codes: (N,) int32, Unicode; 0 where the font does not say. hidden: (N,) bool, declared invisible. run: (N,) int32,
    the text object that draws it. place: (N,), 0, 1, … on the whole page. after_blank: (N,) int8, 1 and 0: whether a
    blank is written before it, -1 when the page writes none at all, so that only gaps tell. origin: (N, 2), where the pen stood. along: (N, 2), unit vector in writing direction.
    em: (N,) size of the font. box: (N, 4) left, top, right, bottom of the upright box around the glyph. centre, size:
    (N, 2) of the glyph's box in its own direction; size is along and across. advance: (N,).
    """

    codes: np.ndarray
    hidden: np.ndarray
    run: np.ndarray
    place: np.ndarray
    after_blank: np.ndarray
    origin: np.ndarray
    along: np.ndarray
    em: np.ndarray
    box: np.ndarray
    centre: np.ndarray
    size: np.ndarray
    advance: np.ndarray

    def __len__(self) -> int:
        return len(self.codes)

    def only(self, chosen: np.ndarray) -> Letters:
        """The letters of a mask or of indexes."""
        return Letters(*(getattr(self, name)[chosen] for name in self.__slots__))


@dataclass(frozen=True, slots=True, eq=False)
class Printed:
    """A page with its own text. ink: (H, W) uint8, how far each pixel changes when the text is not drawn, so that text
    that is white, covered or cut off has none. pictures: (P, 4) left, top, right, bottom of pictures on it, pixels."""

    page: DocumentPage
    ink: np.ndarray
    letters: Letters
    pictures: np.ndarray


def letters_of(data: bytes | bytearray, to_points: tuple[float, ...]) -> Letters:
    """What the reading process sent → letters in pixels. to_points: of the page, as of `DocumentPage`."""
    rows = np.frombuffer(data, np.float32).reshape(-1, COLUMNS).astype(np.float64)
    area = _Place.of(to_points)
    box, loose = area.upright(rows[:, 3:7]), area.upright(rows[:, 7:11])
    origin = area.pixels(rows[:, 11:13])
    pen, up = rows[:, 13:15] @ area.turn.T, rows[:, 15:17] @ area.turn.T
    length = np.linalg.norm(pen, axis=1)
    along = np.where(length[:, None] > 1e-9, pen / np.maximum(length, 1e-9)[:, None], (1.0, 0.0))
    em = np.linalg.norm(up, axis=1) * np.abs(rows[:, 17])
    centre = (box[:, :2] + box[:, 2:]) / 2
    advance = 2 * (((loose[:, :2] + loose[:, 2:]) / 2 - origin) * along).sum(axis=1)
    size = _own_size(box[:, 2:] - box[:, :2], along, em, advance)
    codes, hidden, run = rows[:, 0].astype(np.int32), rows[:, 1] == HIDDEN, rows[:, 2].astype(np.int32)
    blank = np.array([is_character(code) and chr(code).isspace() for code in codes.tolist()], bool)
    after_blank = (
        np.append(False, blank[:-1])[: len(rows)].astype(np.int8) if blank.any() else np.full(len(rows), -1, np.int8)
    )
    usable = ~blank & (em > 0) & np.isfinite(np.column_stack([origin, along, em, box, size, advance])).all(axis=1)
    place = np.cumsum(usable) - 1
    return Letters(
        codes, hidden, run, place, after_blank, origin, along, em, box, centre, size, advance
    ).only(usable)  # fmt: skip


def is_character(code: int) -> bool:
    """Whether a code is a character's, and not half of one."""
    return 0 < code <= 0x10FFFF and not 0xD800 <= code < 0xE000


def boxes_of(data: bytes | bytearray, to_points: tuple[float, ...]) -> np.ndarray:
    """(P, 4) float32 left, bottom, right, top in points → left, top, right, bottom in pixels, float64."""
    return _Place.of(to_points).upright(np.frombuffer(data, np.float32).reshape(-1, 4).astype(np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """From a page's points to its pixels. turn: (2, 2)."""

    turn: np.ndarray
    shift: np.ndarray

    @classmethod
    def of(cls, to_points: tuple[float, ...]) -> _Place:
        a, b, c, d, e, f = to_points
        return cls(np.linalg.inv(np.array([(a, c), (b, d)])), np.array([e, f]))

    def pixels(self, points: np.ndarray) -> np.ndarray:
        return np.asarray((points - self.shift) @ self.turn.T)

    def upright(self, edges: np.ndarray) -> np.ndarray:
        """(N, 4) left, bottom, right, top in points → left, top, right, bottom in pixels."""
        first, second = self.pixels(edges[:, :2]), self.pixels(edges[:, 2:])
        return np.hstack([np.minimum(first, second), np.maximum(first, second)])


def _own_size(outer: np.ndarray, along: np.ndarray, em: np.ndarray, advance: np.ndarray) -> np.ndarray:
    """Sides of the turned rectangle whose upright box has the sides ``outer``; near 45 degrees only their sum is known."""
    cosine, sine = np.abs(along).T
    det = cosine**2 - sine**2
    clear = np.abs(det) > UPRIGHT_SINGULAR
    safe = np.where(clear, det, 1.0)
    wide = (outer[:, 0] * cosine - outer[:, 1] * sine) / safe
    tall = (outer[:, 1] * cosine - outer[:, 0] * sine) / safe
    both = outer.sum(axis=1) / np.maximum(cosine + sine, 1e-9)
    guess = np.clip(np.minimum(advance, both), 0, None)
    return np.column_stack([np.where(clear, wide, guess), np.where(clear, tall, np.minimum(both, em))])
