"""Did a training help? Base and result by one rule, with what chance alone explains taken off.

Pure numbers: (pictures, 3) int64 arrays hold matched boxes, labels and detections of each picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ocrweb.config.judgement import (
    ELSEWHERE,
    IMPROVED,
    LEARNT_FROM,
    MOVED,
    NOTHING,
    POOR_BELOW,
    TEST_WORSE,
    THRESHOLDS,
    WORSE,
)
from ocrweb.errors import OcrwebError

DRAWS, SEED, OUTSIDE = 1000, 20, 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """A model on labelled pictures. own: at its best thresholds, chosen on the validation pictures; usual: at 0.3 / 0.6;
    given: at the thresholds that the base model is used with. near: at about its own thresholds; others: so too, each
    picture judged by the labels of another one; moved: so too, with all labels moved, turned or scaled in one way to where they
    fit best; None where that says nothing. Each (pictures, 3)."""

    own: np.ndarray
    usual: np.ndarray
    given: np.ndarray
    near: np.ndarray | None = None
    others: np.ndarray | None = None
    moved: np.ndarray | None = None


def hmean_of(counts: np.ndarray) -> float:
    """2 * matched / (labels + detections) of all pictures together; 0 where both are none."""
    matched, labels, detections = (int(value) for value in counts.sum(axis=0))
    return 2.0 * matched / (labels + detections) if labels + detections else 0.0


def interval(counts: np.ndarray) -> tuple[float, float]:
    """The middle 95 % of the hmean when pictures are drawn again with replacement; seeded."""
    return _middle(_hmeans(counts, _draws(len(counts))))


def gain(new: np.ndarray, base: np.ndarray) -> tuple[float, float]:
    """The middle 95 % of the difference in hmean on the same drawn pictures: beyond noise where 0 lies outside."""
    draws = _draws(len(new))
    return _middle(_hmeans(new, draws) - _hmeans(base, draws))


def doubt(new: Counted, base: Counted | None, *, seen: bool, tests: tuple[Counted, Counted] | None = None) -> str:
    """Why figures must not be believed, one of `judgement.DOUBTS`; "" when nothing speaks against them.

    seen: the pictures were learnt from. tests: the result and the base on the test pictures, when there are any.
    A poor result that fits the labels of other pictures as well has learnt where text usually stands, not where it is; so
    has a good one when the base sees text, but next to none of what is labelled. And labels that the base's boxes fit only after all were
    moved, turned or scaled the same way lie beside their text.
    """
    if base is not None and base.near is not None and base.moved is not None and beside(base.near, base.moved):
        return MOVED
    poor = hmean_of(new.own) < POOR_BELOW or (base is not None and _sees_other_text(base.own))
    if poor and new.near is not None and new.others is not None and gain(new.near, new.others)[0] <= 0:
        return ELSEWHERE
    if seen:
        return LEARNT_FROM
    return TEST_WORSE if tests and gain(tests[0].own, tests[1].own)[1] < 0 else ""


def doubt_error(doubted: str) -> OcrwebError:
    """A doubt in words. doubted: one of `judgement.DOUBTS`."""
    return {
        LEARNT_FROM: OcrwebError("train.doubt-learnt-from"),
        ELSEWHERE: OcrwebError("train.doubt-labels-elsewhere"),
        MOVED: OcrwebError("train.doubt-labels-moved"),
        TEST_WORSE: OcrwebError("train.doubt-test-worse"),
    }[doubted]


def _sees_other_text(base: np.ndarray) -> bool:
    _, labels, detections = base.sum(axis=0)
    return bool(2 * detections >= labels and hmean_of(base) < POOR_BELOW / 4)


def beside(near: np.ndarray, moved: np.ndarray) -> bool:
    """Whether labels lie beside their text. near, moved: of `Counted`, of a network that sees text."""
    fits = hmean_of(moved)
    return fits >= POOR_BELOW and fits > 2 * hmean_of(near) and gain(moved, near)[0] > 0


def decide(new: Counted, base: Counted | None, *, destroyed: bool = False, doubted: str = "") -> str:
    """The outcome of a training, one of `judgement.OUTCOMES`.

    base: None for a network that started from nothing. destroyed: the last that training made of the weights scores
    under half the base's, and the base's own weights were kept. doubted: as `doubt` says: such figures prove no gain.
    Better or worse is said beyond noise alone.
    """
    if destroyed or doubted == TEST_WORSE:
        return WORSE
    found = _by_figures(new, base)
    return NOTHING if doubted and found != WORSE else found


def _by_figures(new: Counted, base: Counted | None) -> str:
    if base is None:
        return IMPROVED if interval(new.own)[0] > 0 else NOTHING
    low, high = gain(new.own, base.own)
    if low > 0:
        return IMPROVED
    if high < 0:
        return WORSE
    return THRESHOLDS if gain(new.own, base.given)[0] > 0 else NOTHING


def verdict(new: Counted, base: Counted | None) -> dict[str, Any]:
    """The figures beside an outcome: hmean of both by the same rule, their intervals, and both at 0.3 / 0.6."""
    figures: dict[str, Any] = {
        "hmean": round(hmean_of(new.own), 4),
        "interval": _rounded(interval(new.own)),
        "usual_hmean": round(hmean_of(new.usual), 4),
    }
    if base is not None:
        figures |= {
            "base_hmean": round(hmean_of(base.own), 4),
            "base_interval": _rounded(interval(base.own)),
            "base_usual_hmean": round(hmean_of(base.usual), 4),
            "base_given_hmean": round(hmean_of(base.given), 4),
            "gain": _rounded(gain(new.own, base.own)),
        }
    return figures


def _draws(pictures: int) -> np.ndarray:
    """(DRAWS, pictures): how often each picture is in each draw."""
    generator = np.random.default_rng(SEED)
    return generator.multinomial(pictures, np.full(pictures, 1.0 / pictures), size=DRAWS)


def _hmeans(counts: np.ndarray, draws: np.ndarray) -> np.ndarray:
    sums = draws @ counts
    below = sums[:, 1] + sums[:, 2]
    return np.divide(2.0 * sums[:, 0], below, out=np.zeros(len(sums)), where=below > 0)


def _middle(values: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(values, (OUTSIDE / 2, 1 - OUTSIDE / 2))
    return float(low), float(high)


def _rounded(pair: tuple[float, float]) -> list[float]:
    return [round(value, 4) for value in pair]
