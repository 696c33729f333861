"""What tells a model's weights apart from all others, wherever they lie and whatever they are called."""

from __future__ import annotations

import functools
from pathlib import Path

from ocrweb.runtime.entry import ModelEntry, digest_of

Stamp = tuple[tuple[str, int, int], ...]


def digest_of_entry(entry: ModelEntry) -> str:
    """As `ModelEntry.digest`, read once a version of the file; the name of a model that is only a name here."""
    return (_digest(entry.path, entry.stamp()) if entry.path is not None else "") or entry.name


@functools.lru_cache(maxsize=500)
def _digest(path: Path, stamp: Stamp) -> str:
    return digest_of(path)
