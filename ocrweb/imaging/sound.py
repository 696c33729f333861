"""Picture files that this process wrote after it had decoded them: the first check of them need not do so again."""

from __future__ import annotations

import os
import threading
from pathlib import Path

MOST = 100_000
State = tuple[int, int, int, int]

_sound: dict[State, None] = {}
_lock = threading.Lock()


def note_sound(file: Path) -> None:
    """The file holds what was decoded, or was encoded from it. Of very many the first are forgotten."""
    with _lock:
        _sound[_state(file)] = None
        if len(_sound) > MOST:
            _sound.pop(next(iter(_sound)))


def is_sound(file: Path) -> bool:
    """Whether it was noted and is the same since, wherever its folder lies now. Told once: who looks again, looks."""
    if not _sound:
        return False
    try:
        state = _state(file)
    except OSError:  # it vanished a moment ago
        return False
    with _lock:
        return _sound.pop(state, 0) is None


def _state(file: Path) -> State:
    state = os.stat(file)
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns
