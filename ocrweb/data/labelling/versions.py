"""All labels of a dataset at one time, kept so that they can be compared and brought back."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ocrweb.config.documents import is_number, is_object, is_text, parse_json
from ocrweb.data.labelling.kept import KeptLabels, kept_from
from ocrweb.data.labelling.place import FOLDER
from ocrweb.disk.ordinary import read_ordinary
from ocrweb.imaging.encode import write_whole

_ID = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class LabelVersion:
    """id: 12 hex digits, the same for the same labels. at: seconds since 1970, when it was first kept. boxes: in all.

    labels: picture → its labels. why: the run that used them first, "" when a person kept them.
    """

    at: float
    boxes: int
    labels: Mapping[str, KeptLabels]
    why: str = ""

    @property
    def id(self) -> str:
        digest = hashlib.sha256()
        for picture, kept in sorted(self.labels.items()):
            digest.update(f"{picture}\0{kept.label}\0{kept.outlines}\n".encode("utf-8", "surrogateescape"))
        return digest.hexdigest()[:12]


def write_version(root: Path, version: LabelVersion) -> None:
    """Raises usage.disk-full, usage.not-writable."""
    document = {
        "at": version.at,
        "boxes": version.boxes,
        "why": version.why,
        "labels": {picture: kept.to_list() for picture, kept in version.labels.items()},
    }
    write_whole(_file(root, version.id), json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogateescape"))


def list_versions(root: Path) -> list[LabelVersion]:
    """The newest first; one that cannot be read, or whose labels are not those of its name, is left out."""
    folder = root / FOLDER / "versions"
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    read = [version for file in files if (version := read_version(root, file.stem)) is not None]
    return sorted(read, key=lambda version: -version.at)


def read_version(root: Path, identifier: str) -> LabelVersion | None:
    """None when there is none."""
    if not _ID.fullmatch(identifier):
        return None
    try:
        document = parse_json(read_ordinary(_file(root, identifier)).decode("utf-8", "surrogateescape"))
        at, boxes, why, labels = (document[name] for name in ("at", "boxes", "why", "labels"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not (is_number(at) and is_number(boxes) and is_text(why) and is_object(labels)):
        return None
    known = {picture: kept for picture, entry in labels.items() if (kept := kept_from(entry)) is not None}
    version = LabelVersion(float(at), int(boxes), known, why)
    return version if version.id == identifier else None


def _file(root: Path, identifier: str) -> Path:
    return root / FOLDER / "versions" / f"{identifier}.json"
