"""Deleted models lie in the bins of their folders for a week: runs, exports with their zip, imported models."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ocrweb.config import paths
from ocrweb.disk.names import free_name
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.runtime.catalogue import is_named
from ocrweb.services.files.bin import Bin, Binned
from ocrweb.services.files.outputs import writing

MODEL, ZIP = "model", "archive.zip"
BINS = {
    "run": Bin(paths.workdirs_dir, MODEL),
    "export": Bin(paths.exports_dir, MODEL),
    "imported": Bin(paths.models_dir, MODEL),
}


@dataclass(frozen=True, slots=True)
class BinnedModel:
    """A deleted model. id: of its place. kind: run, export or imported. deleted: seconds since 1970. bytes: of its files."""

    id: str
    kind: str
    name: str
    deleted: float
    bytes: int


def put_run(folder: Path) -> str:
    """The id in the bin, as of the other two. Raises usage.not-writable."""
    found: list[str] = []
    with writing(folder):
        names.remove_run(folder, lambda run: found.append(_put("run", run, {MODEL: run})))
    return found[0]


def put_export(folder: Path) -> str:
    archive = folder.with_name(f"{folder.name}.zip")
    return _put("export", folder, {MODEL: folder} | ({ZIP: archive} if archive.is_file() else {}))


def put_imported(folder: Path) -> str:
    return _put("imported", folder, {MODEL: folder})


def list_binned() -> list[BinnedModel]:
    """What can come back, the latest first."""
    found = [
        BinnedModel(f"{kind}:{binned.id}", kind, binned.name, binned.deleted, _bytes(binned.folder))
        for kind, each in BINS.items()
        for binned in each.listed()
    ]
    return sorted(found, key=lambda binned: -binned.deleted)


def restore_model(identifier: str) -> str:
    """Bring a model back; its name, with a number when another has it by now. Raises store.not-in-bin, usage.disk-full."""
    kind, _, place = identifier.partition(":")
    if kind not in BINS:
        raise OcrwebError("store.not-in-bin")
    root, binned = BINS[kind].folder.parent, BINS[kind].find(place)
    with writing(root):
        name = free_name(binned.name, lambda name: is_named(name) or os.path.lexists(root / name))
        BINS[kind].take_out(binned, _targets(binned, root / name))
    return name


def empty_model_bins() -> int:
    """Remove all that lies in them; how many models."""
    return sum(each.empty() for each in BINS.values())


def sweep_model_bins() -> None:
    for each in BINS.values():
        each.sweep()


def _put(kind: str, folder: Path, parts: dict[str, Path]) -> str:
    return f"{kind}:{BINS[kind].put(folder.name, parts, b'{}')}"


def _targets(binned: Binned, folder: Path) -> dict[str, Path]:
    zipped = {ZIP: folder.with_name(f"{folder.name}.zip")} if (binned.folder / ZIP).is_file() else {}
    return {MODEL: folder} | zipped


def _bytes(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_symlink() and path.is_file())
