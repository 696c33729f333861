"""Which pictures weights have learnt from: written down beside a run's, so that a run that starts from them is judged on others."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from pathlib import Path

from ocrweb.config.documents import parse_json
from ocrweb.data.sample import Sample
from ocrweb.disk import atomic
from ocrweb.disk.ordinary import read_ordinary
from ocrweb.rundir import names
from ocrweb.runtime.catalogue import resolve

ENDS = 64 * 1024  # bytes at both ends of a picture's file by which it is known: thousands of photos are not read for it


def learnt_before(run: Path, model: str) -> frozenset[str]:
    """Marks of the pictures that the run's starting weights have learnt from; empty where nobody wrote them down.

    model: as the settings name it. A run that goes on knows it by itself: the one that it started from may be gone. Raises
    what the catalogue raises.
    """
    own = _read(run, "before")
    if own is not None:
        return own
    weights = resolve(model).files.get("weights")
    return frozenset() if weights is None else (_read(weights.parent, "learnt") or frozenset())


def write_learnt(run: Path, before: Collection[str], train: Sequence[Sample]) -> None:
    """For whoever starts from this run, and for itself when it goes on. before: as `learnt_before` gives it. Raises usage.disk-full, usage.not-writable."""
    learnt = {*before, *(mark(sample.image) for sample in train)}
    atomic.write_text(run / names.LEARNT, json.dumps({"before": sorted(before), "learnt": sorted(learnt)}))


def without(samples: Sequence[Sample], learnt: Collection[str]) -> list[Sample]:
    """The samples whose pictures are not among those."""
    return [sample for sample in samples if mark(sample.image) not in learnt] if learnt else list(samples)


def mark(picture: Path) -> str:
    """By which a picture's content is known again under another name: its size, and a digest of its ends. "" without a file."""
    try:
        with picture.open("rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(0)
            digest = hashlib.blake2b(stream.read(ENDS), digest_size=10)
            stream.seek(max(ENDS, size - ENDS))
            digest.update(stream.read(ENDS))
    except OSError:
        return ""
    return f"{size}-{digest.hexdigest()}"


def _read(folder: Path, part: str) -> frozenset[str] | None:
    try:
        document = parse_json(read_ordinary(folder / names.LEARNT))
    except (OSError, ValueError):
        return None
    marks = document.get(part) if isinstance(document, dict) else None
    return frozenset(filter(None, map(str, marks))) if isinstance(marks, list) else None
