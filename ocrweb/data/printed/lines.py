"""Letters → lines as a reader sees them, at any angle."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ocrweb.geometry.quad import smallest_rectangle
from ocrweb.imaging.documents.letters import Letters, is_character

COLUMN_GAP = 1.1  # em; a blank of a typewriter with narrow letters beside it is 1.0
APART = 0.55  # em
WORD_GAP = 0.16  # em
SPACED = (0.25, 0.9)  # em between the letters of a text that is set wide
SPACED_GAP = 3.2  # times that
SAME_BASELINE = 0.2  # em
BAND = 0.7  # em over the baseline: what letters of a line have in common
SAME_ANGLE = 0.3  # degrees
CURVE, CURVE_STEP = 4, 2.2  # letters, and em between two of them
BEND = (1.5, 45.0)  # degrees from one letter to the next
RULE = 4  # equal signs in a row draw a line or lead to a price; they are no words


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """letters: indexes in reading order. along: (2,) unit vector of reading. frame: (start, lowest, end, highest) around
    the glyphs, along and across it, in pixels; across grows upwards. em: of its largest letters. rule: no words, but a drawn line of signs."""

    letters: np.ndarray
    text: str
    along: np.ndarray
    frame: tuple[float, float, float, float]
    em: float
    rule: bool

    @property
    def up(self) -> np.ndarray:
        return upwards(self.along)


def upwards(along: np.ndarray) -> np.ndarray:
    return np.array([along[..., 1], -along[..., 0]]).T


def lines_of(letters: Letters) -> list[Line]:
    """Every letter is in one line; letters drawn twice in one place count once.

    Words that stand further apart than `COLUMN_GAP` are different lines, as columns of a bill are; words that do not
    follow each other in the file, as those of a newspaper's columns, already from `APART`.
    """
    letters = _upright_stacks(letters)
    curved = _curves(letters)
    straight = np.setdiff1d(np.arange(len(letters)), np.concatenate([*curved, np.zeros(0, int)]))
    lines = [line for group, along in _directions(letters, straight) for line in _in_direction(letters, group, along)]
    return lines + [_on_a_curve(letters, part) for part in curved]


def _upright_stacks(letters: Letters) -> Letters:
    """Letters of a script that is set downwards are read downwards: one text object has them on many baselines."""
    origin, along, em = letters.origin, letters.along.copy(), letters.em
    base = (origin * upwards(along)).sum(axis=1) if len(letters) else np.zeros(0)
    moved = origin.copy()
    for run in np.unique(letters.run[letters.run >= 0]):
        own = np.flatnonzero(letters.run == run)
        if len(own) > 1 and np.ptp(base[own]) > 0.5 * em[own].max() and len({*np.round(along[own], 3).ravel()}) <= 2:
            along[own] = -upwards(along[own])
            moved[own] = letters.centre[own]
    changed = (moved != origin).any(axis=1)
    size = np.where(changed[:, None], letters.size[:, ::-1], letters.size)
    return replace(letters, origin=moved, along=along, size=size)


def _curves(letters: Letters) -> list[np.ndarray]:
    """Indexes of letters that follow each other along a bend, as those of a stamp do."""
    if len(letters) < CURVE:
        return []
    degrees = np.degrees(np.arctan2(letters.along[:, 1], letters.along[:, 0]))
    turn = np.abs((np.diff(degrees) + 180) % 360 - 180)
    step = np.linalg.norm(np.diff(letters.centre, axis=0), axis=1) / np.minimum(letters.em[1:], letters.em[:-1])
    follows = (np.diff(letters.place) == 1) & (turn > BEND[0]) & (turn < BEND[1]) & (step < CURVE_STEP)
    parts = np.split(np.arange(len(letters)), np.flatnonzero(~follows) + 1)
    return [part for part in parts if len(part) >= CURVE]


def _on_a_curve(letters: Letters, part: np.ndarray) -> Line:
    """One line with the smallest rectangle around its letters."""
    box = letters.box[part]
    corners = np.concatenate([box[:, :2], box[:, 2:], box[:, [0, 3]], box[:, [2, 1]]])
    quad = smallest_rectangle(corners)
    sides = quad[1] - quad[0], quad[3] - quad[0]
    along = max(sides, key=lambda side: float(np.hypot(*side)))
    along = along / np.hypot(*along) * (1 if along @ letters.along[part].mean(axis=0) >= 0 else -1)
    places = corners @ np.array([along, upwards(along)]).T
    frame = (*places.min(axis=0).tolist(), *places.max(axis=0).tolist())
    step = np.linalg.norm(np.diff(letters.centre[part], axis=0), axis=1)
    apart = (letters.after_blank[part[1:]] == 1) | (step > 1.6 * np.median(step))
    signs = [chr(code) if is_character(code) else "�" for code in letters.codes[part].tolist()]
    text = signs[0] + "".join(" " + sign if gap else sign for gap, sign in zip(apart, signs[1:], strict=True))
    return Line(part, "" if "�" in text else text, along, frame, float(letters.em[part].max()), rule=False)


def _directions(letters: Letters, chosen: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Indexes of letters with the same direction of reading, and that direction."""
    if not len(chosen):
        return
    degrees = np.degrees(np.arctan2(letters.along[chosen, 1], letters.along[chosen, 0]))
    right = np.round(degrees / 90) * 90
    degrees = np.where(np.abs(degrees - right) < SAME_ANGLE, right, degrees) % 360
    order = np.argsort(degrees, kind="stable")
    breaks = np.flatnonzero(np.diff(degrees[order]) > SAME_ANGLE) + 1
    for part in np.split(order, breaks):
        if np.ptp(degrees[part]) > 4 * SAME_ANGLE:  # text on a curve
            for angle in np.unique(degrees[part]):
                yield chosen[part[degrees[part] == angle]], _direction(angle)
        else:
            yield np.sort(chosen[part]), _direction(float(np.median(degrees[part])))


def _direction(degrees: float) -> np.ndarray:
    turn = np.radians(degrees)
    return np.array([np.cos(turn), np.sin(turn)])


@dataclass(frozen=True, slots=True, eq=False)
class _Framed:
    """Letters of one direction in its frame: start and end along it, lowest and highest, baseline across it. Each (N,)."""

    index: np.ndarray
    start: np.ndarray
    end: np.ndarray
    low: np.ndarray
    high: np.ndarray
    base: np.ndarray
    em: np.ndarray


def _in_direction(letters: Letters, group: np.ndarray, along: np.ndarray) -> Iterator[Line]:
    framed = _framed(letters, group, along)
    segments = [part for row in _rows(framed) for part in _split_at_gaps(letters, framed, row)]
    for part in _joined(framed, segments):
        order = part[np.argsort(framed.start[part], kind="stable")]
        order = _once(letters, framed, order)
        for piece, rule in _without_rules(letters.codes[framed.index[order]], order):
            yield _line(letters, framed, piece, along, rule)


def _framed(letters: Letters, group: np.ndarray, along: np.ndarray) -> _Framed:
    up = upwards(along)
    centre, half = letters.centre[group], letters.size[group] / 2
    u, v = centre @ along, centre @ up
    return _Framed(
        group, u - half[:, 0], u + half[:, 0], v - half[:, 1], v + half[:, 1], letters.origin[group] @ up,
        letters.em[group],
    )  # fmt: skip


def _rows(framed: _Framed) -> Iterator[np.ndarray]:
    """Letters on one baseline."""
    order = np.argsort(framed.base, kind="stable")
    start = 0
    for place in range(1, len(order) + 1):
        if place == len(order) or framed.base[order[place]] - framed.base[order[start]] > SAME_BASELINE * min(
            framed.em[order[place]], framed.em[order[place - 1]]
        ):
            yield order[start:place]
            start = place


def _split_at_gaps(letters: Letters, framed: _Framed, row: np.ndarray) -> list[np.ndarray]:
    order = row[np.argsort(framed.start[row], kind="stable")]
    reach = np.maximum.accumulate(framed.end[order])
    gaps = framed.start[order[1:]] - reach[:-1]
    em = np.minimum(framed.em[order[1:]], framed.em[order[:-1]])
    middle = float(np.median(gaps / em)) if len(gaps) else 0.0
    limit = max(COLUMN_GAP, SPACED_GAP * middle) if SPACED[0] < middle < SPACED[1] else COLUMN_GAP
    place = letters.place[framed.index[order]]
    limits = np.where(np.diff(place) == 1, limit, min(limit, APART)) if limit == COLUMN_GAP else limit
    return np.split(order, np.flatnonzero(gaps > limits * em) + 1)


def _joined(framed: _Framed, segments: list[np.ndarray]) -> list[np.ndarray]:
    """Segments of one line on baselines of their own, as a raised price's cents are, become one."""
    start = np.array([framed.start[part].min() for part in segments])
    end = np.array([framed.end[part].max() for part in segments])
    em = np.array([framed.em[part].max() for part in segments])
    low = np.array([np.median(framed.base[part]) for part in segments])
    high = low + BAND * em
    owner = np.arange(len(segments))
    for index in range(len(segments)):
        shared = np.minimum(high, high[index]) - np.maximum(low, low[index])
        close = np.maximum(start, start[index]) - np.minimum(end, end[index]) <= 0.6 * np.minimum(em, em[index])
        beside = close & (shared > 0.5 * BAND * np.minimum(em, em[index]))
        first = owner[beside].min()
        owner[np.isin(owner, owner[beside])] = first
    return [np.concatenate([segments[i] for i in np.flatnonzero(owner == one)]) for one in np.unique(owner)]


def _once(letters: Letters, framed: _Framed, order: np.ndarray) -> np.ndarray:
    """Without letters drawn again almost in the same place, as for a bold face or a shadow."""
    kept = [order[0]]
    for index in order[1:]:
        last = kept[-1]
        same = letters.codes[framed.index[index]] == letters.codes[framed.index[last]]
        wide = max(framed.end[last] - framed.start[last], 0.2 * framed.em[last])
        if not (same and framed.start[index] - framed.start[last] < 0.4 * wide):
            kept.append(index)
    return np.array(kept)


def _without_rules(codes: np.ndarray, order: np.ndarray) -> Iterator[tuple[np.ndarray, bool]]:
    """Pieces of a line, parted at rows of one sign (``-----``, ``.....``), which are pieces of their own."""
    changes = np.flatnonzero(np.diff(codes)) + 1
    stretches = np.split(np.arange(len(order)), changes)
    words: list[np.ndarray] = []
    for stretch in stretches:
        sign = int(codes[stretch[0]])
        if len(stretch) < RULE or not is_character(sign) or chr(sign).isalnum():
            words.append(stretch)
            continue
        if words:
            yield order[np.concatenate(words)], False
        words = []
        yield order[stretch], True
    if words:
        yield order[np.concatenate(words)], False


def _line(letters: Letters, framed: _Framed, part: np.ndarray, along: np.ndarray, rule: bool) -> Line:
    em = float(framed.em[part].max())
    index = framed.index[part]
    characters = [chr(code) if is_character(code) else "�" for code in letters.codes[index].tolist()]
    starts = _begins_word(letters, index, (framed.start[part[1:]] - framed.end[part[:-1]]) / em)
    words = [characters[0], *(" " + one if begins else one for begins, one in zip(starts, characters[1:], strict=True))]
    if sum(unicodedata.bidirectional(one) in ("R", "AL") for one in characters) > len(characters) / 2:
        words.reverse()
    text = "".join(words)
    frame = (
        float(framed.start[part].min()), float(framed.low[part].min()),
        float(framed.end[part].max()), float(framed.high[part].max()),
    )  # fmt: skip
    return Line(index, "" if "�" in text else " ".join(text.split()), along, frame, em, rule)


def _begins_word(letters: Letters, index: np.ndarray, gaps: np.ndarray) -> np.ndarray:
    """Whether a blank stands before each letter but the first: as it is written, or where the gap (em) is wide."""
    typical = float(np.median(gaps)) if len(gaps) else 0.0
    wide = gaps > max(WORD_GAP, 1.8 * typical)
    follows = (np.diff(letters.place[index]) == 1) & (np.diff(letters.run[index]) == 0)
    written = letters.after_blank[index[1:]]
    return np.where(follows & (written >= 0), (written == 1) | (gaps > APART + typical), wide)
