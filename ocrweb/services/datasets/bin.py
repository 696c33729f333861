"""The bin: a deleted dataset lies on the same disk for a week, from where it comes back as it was."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from ocrweb.config import paths
from ocrweb.disk.passing import remove_folder, sweep
from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import write_whole
from ocrweb.services.datasets.folder import free_dataset_name
from ocrweb.services.datasets.record import DatasetRecord, known_record, read_record, record_file, write_record
from ocrweb.services.files.outputs import writing

KEEP_SECONDS = 7 * 86_400.0
HALF_DONE_SECONDS = 86_400.0  # no move into the bin takes a day
DATA, RECORD = "dataset", "record.json"
_ENTRY = re.compile(r"(\d+)-[0-9a-f]{8}-(.+)")


@dataclass(frozen=True, slots=True)
class BinnedDataset:
    """A deleted dataset. id: of its place in the bin. deleted: seconds since 1970. bytes: of its data when it was added.

    linked: only the link to a folder elsewhere was deleted.
    """

    id: str
    name: str
    deleted: float
    bytes: int
    linked: bool


def bin_dir() -> Path:
    return paths.datasets_dir() / ".bin"


def put_into_bin(name: str) -> str:
    """Move a stored dataset, which the caller holds, with its record into the bin; its id there. Raises OSError."""
    sweep_bin()
    entry = bin_dir() / f"{int(time.time())}-{uuid.uuid4().hex[:8]}-{name}"
    entry.mkdir(parents=True)
    record = json.dumps(dataclasses.asdict(read_record(name)), ensure_ascii=False, indent=1).encode()
    write_whole(entry / RECORD, record)
    os.rename(paths.datasets_dir() / name, entry / DATA)
    record_file(name).unlink(missing_ok=True)
    return entry.name


def list_bin() -> list[BinnedDataset]:
    """What can come back, the latest first; what has lain there for too long goes."""
    sweep_bin()
    found = [_binned(entry) for entry in _entries() if os.path.lexists(entry / DATA)]
    return sorted(found, key=lambda binned: (-binned.deleted, binned.name))


def restore_dataset(identifier: str) -> str:
    """Bring a dataset back; its name, with a number when another has it by now. Raises store.not-in-bin, usage.disk-full."""
    entry = _entry(identifier)
    record = known_record(entry / RECORD)
    with writing(paths.datasets_dir()):
        name = free_dataset_name(_binned(entry).name)
        write_record(name, record)
        try:
            os.rename(entry / DATA, paths.datasets_dir() / name)
        except FileNotFoundError as failure:  # another window was faster
            record_file(name).unlink(missing_ok=True)
            raise OcrwebError("store.not-in-bin") from failure
        remove_folder(entry)
    return name


def empty_bin() -> int:
    """Remove all that lies in the bin; how many datasets."""
    gone = list_bin()
    with writing(bin_dir()):
        for entry in _entries():
            remove_folder(entry)
    return len(gone)


def sweep_bin() -> None:
    """Remove what has lain in the bin for longer than it is kept, and what a killed process left."""
    if not bin_dir().is_dir():
        return
    sweep(bin_dir())
    now = time.time()
    for entry in _entries():
        kept = KEEP_SECONDS if os.path.lexists(entry / DATA) else HALF_DONE_SECONDS
        if now - _binned(entry).deleted > kept:
            with contextlib.suppress(OSError):  # another process was faster
                remove_folder(entry)


def _entries() -> list[Path]:
    root = bin_dir()
    return [entry for entry in root.iterdir() if _ENTRY.fullmatch(entry.name)] if root.is_dir() else []


def _entry(identifier: str) -> Path:
    found = next((entry for entry in _entries() if entry.name == identifier), None)
    if found is None:
        raise OcrwebError("store.not-in-bin")
    return found


def _binned(entry: Path) -> BinnedDataset:
    matched = _ENTRY.fullmatch(entry.name)
    assert matched is not None
    record: DatasetRecord = known_record(entry / RECORD)
    return BinnedDataset(entry.name, matched[2], float(matched[1]), record.bytes, (entry / DATA).is_symlink())
