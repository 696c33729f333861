"""``events.jsonl``: what happened in a run, one JSON object a line, for programs.

Every event has ``time`` (seconds since 1970), ``kind`` and ``step`` (optimizer steps done). Kinds and their fields:
``start`` steps, epochs, device, precision, parameters · ``weights`` matched, missing, reshaped ·
``unlabelled`` pictures, unreadable, judged · ``step`` epoch, iter, iters, loss, loss_shrink, loss_threshold,
loss_binary, loss_unlabelled, lr, ips, eta, memory · ``eval`` epoch, hmean, precision, recall, thresholds, best · ``checkpoint`` file · ``blend`` steps, hmean, before ·
``warning`` code, params · ``end`` state, cause.
"""

from __future__ import annotations

import errno
import json
import math
import os
import time
from pathlib import Path
from typing import Any

from ocrweb.config.documents import is_number, parse_json

FIGURES = {
    "step": (
        "epoch",
        "loss",
        "loss_shrink",
        "loss_threshold",
        "loss_binary",
        "loss_unlabelled",
        "lr",
        "ips",
        "eta",
        "memory",
    ),
    "eval": ("epoch", "hmean", "precision", "recall"),
}  # what is drawn and reckoned with


class EventWriter:
    """Appends whole lines; one writer a run."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        # a killed writer, or a full disk, leaves half a line: the next one closes it, and readers skip it
        self._torn = bool(self._file.tell()) and not _ends_with_newline(path)

    def write(self, kind: str, step: int, **fields: Any) -> None:
        """OSError when the disk is full; a later event is whole again."""
        event = {"time": round(time.time(), 3), "kind": kind, "step": step, **_finite(fields)}
        line = b"\n" * self._torn + json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        self._torn = True
        if self._file.write(line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._file.name))
        self._torn = False

    def close(self) -> None:
        self._file.close()


class EventReader:
    """Reads only what was added since the last call, and never half a line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0

    def read(self) -> list[dict[str, Any]]:
        """The new events, oldest first; none while the file does not exist. A file that shrank is read from its start."""
        try:
            with self._path.open("rb") as file:
                size = file.seek(0, 2)
                if size < self._offset:
                    self._offset = 0
                file.seek(self._offset)
                whole, newline, _ = file.read(size - self._offset).rpartition(b"\n")
        except FileNotFoundError:
            return []
        self._offset += len(whole) + len(newline)
        return [event for event in map(_parse, whole.split(b"\n")) if event is not None]


def _parse(line: bytes) -> dict[str, Any] | None:
    """One event, or None for an empty or a torn line (a killed writer leaves at most one)."""
    try:
        event = parse_json(line)
    except ValueError:
        return None
    return event if _is_sound(event) else None


def _is_sound(event: Any) -> bool:
    if not isinstance(event, dict) or not isinstance(event.get("kind"), str) or not is_number(event.get("step")):
        return False
    figures = FIGURES.get(event["kind"], ())
    return all(event.get(name) is None or is_number(event[name]) for name in figures)


def _finite(fields: dict[str, Any]) -> dict[str, Any]:
    """JSON has no infinity and no NaN: such numbers become null."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in fields.items()
    }


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1) == b"\n"
