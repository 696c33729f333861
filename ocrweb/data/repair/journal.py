"""The record of a repair in place: what was done to which file, so that it can be taken back after a crash too."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ocrweb.config.documents import parse_json
from ocrweb.disk.names import claim_folder
from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import write_whole

FOLDER = ".ocrweb_repair"
NAME = "journal.json"


@dataclass(frozen=True, slots=True)
class Step:
    """kind: of the `Change`. digest: sha256 of what a write or an unpacking left, to notice later edits.

    kept: the file existed before and a copy of it lies in the backup.
    """

    kind: str
    file: str
    target: str = ""
    digest: str = ""
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Journal:
    """folder: the backup of one repair, with the originals in ``files``. done: all steps were applied."""

    folder: Path
    steps: tuple[Step, ...]
    done: bool = False

    @property
    def root(self) -> Path:
        return self.folder.parent.parent

    def original(self, number: int) -> Path:
        """Where the backup of a step's file lies."""
        return self.folder / "files" / str(number)

    def left(self, number: int, digest: str) -> Journal:
        """With what a step has left."""
        steps = list(self.steps)
        steps[number] = replace(steps[number], digest=digest)
        return replace(self, steps=tuple(steps))

    def save(self, *, done: bool) -> Journal:
        saved = replace(self, done=done)
        document = {"version": 1, "done": done, "steps": [asdict(step) for step in self.steps]}
        write_whole(self.folder / NAME, json.dumps(document).encode())
        return saved


def load_journal(folder: Path) -> Journal:
    """Raises OcrwebError dataset.no-backup when there is none or it cannot be read."""
    try:
        document = parse_json((folder / NAME).read_bytes())
        steps = tuple(Step(**step) for step in document["steps"])
        return Journal(folder, steps, bool(document["done"]))
    except (OSError, ValueError, KeyError, TypeError) as failure:
        raise OcrwebError("dataset.no-backup", path=str(folder)) from failure


def list_journals(root: Path) -> list[Path]:
    """Backups of a dataset, the newest last."""
    folder = root / FOLDER
    return sorted(path.parent for path in folder.glob(f"*/{NAME}")) if folder.is_dir() else []


def new_backup_folder(root: Path, stamp: str) -> Path:
    """Make ``.ocrweb_repair/<stamp>``; a second one of the same second gets a number."""
    (root / FOLDER).mkdir(exist_ok=True)
    folder = claim_folder(root / FOLDER, stamp)
    (folder / "files").mkdir()
    return folder
