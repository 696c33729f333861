"""Loss scaling for float16 (Micikevicius et al. 2018, section 3.2): small gradients would vanish without it."""

from __future__ import annotations

START, LEAST, GREATEST = 2.0**12, 1.0, 2.0**16
GOOD_STEPS = 1000  # in a row, before a greater scale is tried


class LossScale:
    """The factor on the loss. value: 0 takes the usual start.

    Paddle's own scaler looks at one process's gradients, before they are averaged, and works on a GPU alone.
    """

    def __init__(self, value: float = 0.0) -> None:
        self.value = value or START
        self._good = 0

    def take(self, *, finite: bool) -> bool:
        """Take in whether a step's gradients were finite; True when they were not and a smaller scale may help."""
        if finite:
            self._good += 1
            if self._good >= GOOD_STEPS:
                self.value, self._good = min(self.value * 2.0, GREATEST), 0
            return False
        self._good = 0
        if self.value <= LEAST:
            return False
        self.value = max(self.value / 2.0, LEAST)
        return True
