"""Deleted datasets lie in the bin for a week, from where they come back as they were."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from ocrweb.config import paths
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.folder import free_dataset_name
from ocrweb.services.datasets.record import DatasetRecord, known_record, read_record, record_file, write_record
from ocrweb.services.files.bin import Bin, Binned
from ocrweb.services.files.outputs import writing

DATA = "dataset"
_bin = Bin(paths.datasets_dir, DATA)
empty_bin, sweep_bin = _bin.empty, _bin.sweep


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
    return _bin.folder


def put_into_bin(name: str) -> str:
    """Move a stored dataset, which the caller holds, with its record into the bin; its id there. Raises OSError."""
    record = json.dumps(dataclasses.asdict(read_record(name)), ensure_ascii=False, indent=1).encode()
    identifier = _bin.put(name, {DATA: paths.datasets_dir() / name}, record)
    record_file(name).unlink(missing_ok=True)
    return identifier


def list_bin() -> list[BinnedDataset]:
    """What can come back, the latest first; what has lain there for too long goes."""
    return [_binned(binned) for binned in _bin.listed()]


def restore_dataset(identifier: str) -> str:
    """Bring a dataset back; its name, with a number when another has it by now. Raises store.not-in-bin, usage.disk-full."""
    binned = _bin.find(identifier)
    record = known_record(binned.record)
    with writing(paths.datasets_dir()):
        name = free_dataset_name(binned.name)
        write_record(name, record)
        try:
            _bin.take_out(binned, {DATA: paths.datasets_dir() / name})
        except OcrwebError:
            record_file(name).unlink(missing_ok=True)
            raise
    return name


def _binned(binned: Binned) -> BinnedDataset:
    record: DatasetRecord = known_record(binned.record)
    linked = (binned.folder / DATA).is_symlink()
    return BinnedDataset(binned.id, binned.name, binned.deleted, record.bytes, linked)
