"""Numbers that the owner of a machine sets in its environment."""

from __future__ import annotations

import os

from ocrweb.errors import OcrwebError

LARGEST = 1e6


def number(name: str, usual: float, *, zero: bool = False) -> float:
    """The number in the variable of this name, `usual` without one. zero: it may be 0; never less, nor `LARGEST`.

    Raises ``usage.bad-value``.
    """
    given = os.environ.get(name) or usual
    try:
        value = float(given)
    except ValueError as failure:
        raise _refused(name, given, zero) from failure
    if not (0 < value < LARGEST or (zero and value == 0)):
        raise _refused(name, given, zero)
    return value


def _refused(name: str, given: object, zero: bool) -> OcrwebError:
    return OcrwebError("usage.bad-value", name=name, value=given, expected=">= 0" if zero else "> 0")
