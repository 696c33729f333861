"""What a model found suspicious in a dataset's labels, kept with it; what a person has changed since is left out."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.config.documents import fits, is_number, is_object, is_text, parse_json
from ocrweb.data.checks.label_file import scan_label_bytes
from ocrweb.data.labelling.dismissed import NAME as DISMISSED
from ocrweb.data.labelling.dismissed import DismissedSet, read_dismissed
from ocrweb.data.labelling.drawn import LabelFiles, drawn_boxes
from ocrweb.data.labelling.files import read_files
from ocrweb.data.labelling.place import FOLDER
from ocrweb.disk.ordinary import read_ordinary
from ocrweb.geometry.iou import intersection_area
from ocrweb.geometry.polygon import area
from ocrweb.imaging.encode import write_whole
from ocrweb.services.labels.entries import LabelledSet
from ocrweb.services.labels.facts import label_version

NAME = f"{FOLDER}/suspects.json"
SAME = 0.9  # IoU: the very box that the model spoke against
COVERED = 0.5  # of text that was missing: somebody has drawn a box there
KINDS = {"model": is_text, "pictures": is_number, "boxes": is_number, "versions": is_object}


@dataclass(frozen=True, slots=True)
class KnownSuspects:
    """suspects: as ``suspects --json`` gives them, highest score first. versions: of each picture's labels, when a model looked."""

    suspects: tuple[dict[str, Any], ...]
    pictures: int
    boxes: int
    model: str
    versions: Mapping[str, str]


def keep_suspects(root: Path, known: KnownSuspects) -> None:
    """Raises usage.disk-full, usage.not-writable."""
    document = {
        "suspects": list(known.suspects),
        "pictures": known.pictures,
        "boxes": known.boxes,
        "model": known.model,
        "versions": dict(known.versions),
    }
    write_whole(root / NAME, json.dumps(document, ensure_ascii=False).encode())


def known_suspects(root: Path) -> KnownSuspects | None:
    """As they were found; None before a model has looked."""
    try:
        state = os.stat(root / NAME)
    except OSError:
        return None
    return _read(root / NAME, state.st_mtime_ns, state.st_ino)


def living_suspects(labelled: LabelledSet, only: str | None = None) -> list[dict[str, Any]]:
    """Those that still hold: not dismissed, and about labels that nobody has changed since. only: of this picture."""
    known = known_suspects(labelled.root)
    if known is None:
        return []
    dismissed = _dismissed(labelled.root, *_stamp(labelled.root / DISMISSED))
    changed: dict[str, LabelFiles | None] = {}
    found = []
    for entry in known.suspects:
        picture = entry["picture"]
        if only not in (None, picture):
            continue
        place = labelled.places.get(picture)
        box = None if entry["box"] is None else np.array(entry["box"], np.float64).reshape(4, 2)
        if place is None or dismissed.holds(picture, entry["kind"], box, entry.get("of")):
            continue
        if picture not in changed:
            same = label_version(place) == known.versions.get(picture)
            changed[picture] = None if same else read_files(place.label)
        files = changed[picture]
        if files is None:
            found.append(entry)
        elif (line := _line_now(entry["kind"], box, files)) is not None:
            found.append({**entry, "label_line": line or None})
    return found


def suspicions(labelled: LabelledSet, only: str | None = None) -> Mapping[str, float]:
    """Picture → the highest chance that something is wrong with its labels; 0 where a model has looked and found nothing.
    only: this picture."""
    known = known_suspects(labelled.root)
    if known is None:
        return {}
    seen = known.versions if only is None else {only} & known.versions.keys()
    highest = dict.fromkeys(seen, 0.0)
    for entry in living_suspects(labelled, only):
        highest[entry["picture"]] = max(highest.get(entry["picture"], 0.0), entry["score"])
    return highest


def _line_now(kind: str, box: np.ndarray | None, files: LabelFiles) -> int | None:
    """The line of the label that a suspect is about, as the labels are now: 0 for none, None when it does not hold any more."""
    if box is None:
        return 0
    quads = [np.array(drawn.points, np.float64) for drawn in drawn_boxes(files)]
    shared = [intersection_area(quad, box) for quad in quads]
    lines = scan_label_bytes(files.label or b"").lines
    if kind == "missing":
        covered = sum(shared) / max(area(box), 1e-6)
        return 0 if covered < COVERED else None
    if kind == "cut":
        parts = [index for index, quad in enumerate(quads) if shared[index] > SAME * max(area(quad), 1e-6)]
        return lines[parts[0]] if len(parts) > 1 else None
    for index, quad in enumerate(quads):
        if shared[index] > SAME * (area(quad) + area(box) - shared[index]):
            return lines[index]
    return None


@functools.lru_cache(maxsize=8)
def _read(file: Path, changed: int, inode: int) -> KnownSuspects | None:
    try:
        document = parse_json(read_ordinary(file))
    except (OSError, ValueError):
        return None
    if not fits(document, KINDS) or not isinstance(document.get("suspects"), list):
        return None
    entries = tuple(filter(_is_entry, document["suspects"]))
    try:
        return KnownSuspects(entries, document["pictures"], document["boxes"], document["model"], document["versions"])
    except KeyError:
        return None


def _is_entry(entry: Any) -> bool:
    if not isinstance(entry, dict) or not {"picture", "kind", "score", "box", "label_line"} <= entry.keys():
        return False
    box = entry["box"]
    known = is_text(entry["picture"]) and is_text(entry["kind"]) and is_number(entry["score"])
    return known and (box is None or (isinstance(box, list) and len(box) == 8 and all(map(is_number, box))))


@functools.lru_cache(maxsize=8)
def _dismissed(root: Path, changed: int, inode: int) -> DismissedSet:
    return DismissedSet(read_dismissed(root))


def _stamp(file: Path) -> tuple[int, int]:
    try:
        state = os.stat(file)
    except OSError:
        return 0, 0
    return state.st_mtime_ns, state.st_ino
