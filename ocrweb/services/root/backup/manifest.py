"""What a backup says about itself: a head in front of the files, a list with their digests behind them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from ocrweb.config.documents import parse_json
from ocrweb.errors import OcrwebError

FORMAT, SCHEMA = "ocrweb-backup", 1
HEAD, LIST, ROOT = "ocrweb-backup.json", "manifest.json", "root"  # members of the archive; the files lie below ROOT
LARGEST = 1 << 30  # bytes of a list that is read: some millions of files


@dataclass(frozen=True, slots=True)
class Kept:
    """One file of a backup. path: from the data root, with "/". bytes: its size. sha256: of its content, in hex."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """made: seconds since 1970. version: of the program. layout: of the data root. kinds: what was taken.

    running: runs that were at work; theirs is the state of one instant, from which they can be resumed.
    linked: datasets that lie elsewhere, name → folder; only this is kept of them. latest: the run that ``latest`` led to.
    skipped: what is neither a file nor a folder, or could not be read.
    """

    made: float
    version: str
    layout: int
    kinds: tuple[str, ...]
    running: tuple[str, ...] = ()
    linked: dict[str, str] = field(default_factory=dict)
    latest: str = ""
    skipped: tuple[str, ...] = ()
    files: tuple[Kept, ...] = ()

    @property
    def bytes(self) -> int:
        return sum(kept.bytes for kept in self.files)

    def summary(self) -> dict[str, Any]:
        """What a person or a script wants to know of it: all but the single files."""
        document = {key: value for key, value in asdict(self).items() if key != "files"}
        return document | {"files": len(self.files), "bytes": self.bytes}


def encode(document: dict[str, Any]) -> bytes:
    """JSON in ASCII: a name that is not valid UTF-8 keeps its bytes as escapes."""
    return json.dumps(document, indent=1).encode("ascii")


def head(layout: int) -> bytes:
    return encode({"format": FORMAT, "schema": SCHEMA, "layout": layout})


def check_head(data: bytes, layout: int) -> None:
    """Raise backup.not-a-backup, or backup.newer for one that a later version made."""
    try:
        document = parse_json(data)
        known, newest, theirs = document["format"] == FORMAT, int(document["schema"]), int(document["layout"])
    except (ValueError, KeyError, TypeError) as failure:
        raise OcrwebError("backup.not-a-backup") from failure
    if not known:
        raise OcrwebError("backup.not-a-backup")
    if newest > SCHEMA or theirs > layout:
        raise OcrwebError("backup.newer")


def parse_manifest(data: bytes) -> Manifest:
    """The list as it was written. Raises ValueError, KeyError or TypeError for anything else."""
    document = parse_json(data)
    return Manifest(
        made=float(document["made"]),
        version=str(document["version"]),
        layout=int(document["layout"]),
        kinds=tuple(map(str, document["kinds"])),
        running=tuple(map(str, document["running"])),
        linked={str(name): str(folder) for name, folder in document["linked"].items()},
        latest=str(document["latest"]),
        skipped=tuple(map(str, document["skipped"])),
        files=tuple(Kept(str(e["path"]), int(e["bytes"]), str(e["sha256"])) for e in document["files"]),
    )
