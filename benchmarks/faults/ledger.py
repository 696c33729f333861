"""What the console has acknowledged, and what the campaign itself has spoilt."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Ledger:
    """datasets: name → lines of its lists. batches: id → results that were told. runs: name → the furthest step told.
    exports: names. spoilt: file or folder → digest of what the campaign left there, "" for nothing.
    """

    datasets: dict[str, int] = field(default_factory=dict)
    batches: dict[str, int] = field(default_factory=dict)
    runs: dict[str, int] = field(default_factory=dict)
    exports: set[str] = field(default_factory=set)
    spoilt: dict[Path, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def copy(self) -> Ledger:
        """As it is now: what to walk through while visitors go on telling."""
        with self._lock:
            return Ledger(
                dict(self.datasets), dict(self.batches), dict(self.runs), set(self.exports), dict(self.spoilt)
            )

    def told_dataset(self, name: str, lines: int) -> None:
        with self._lock:
            self.datasets[name] = lines

    def told_batch(self, identifier: str, done: int) -> None:
        with self._lock:
            self.batches[identifier] = max(done, self.batches.get(identifier, 0))

    def told_run(self, name: str, step: int) -> None:
        with self._lock:
            self.runs[name] = max(step, self.runs.get(name, 0))

    def told_export(self, name: str) -> None:
        with self._lock:
            self.exports.add(name)

    def forget(self, kind: str, name: str) -> None:
        """It was deleted by a visitor, and that was acknowledged."""
        with self._lock:
            {"dataset": self.datasets, "batch": self.batches, "run": self.runs}[kind].pop(name, None)

    def spoil(self, path: Path) -> None:
        """The campaign changed or removed this."""
        with self._lock:
            self.spoilt[path] = digest(path)

    def is_spoilt(self, path: Path) -> bool:
        """Whether the campaign harmed this, something above it, or something below it."""
        with self._lock:
            harmed = list(self.spoilt)
        return any(path == each or path.is_relative_to(each) or each.is_relative_to(path) for each in harmed)

    def is_left_spoilt(self, path: Path) -> bool:
        """Whether a file still is as the campaign left it."""
        with self._lock:
            left = self.spoilt.get(path)
        return bool(left) and left == digest(path)


def digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
