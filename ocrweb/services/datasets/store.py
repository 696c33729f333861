"""The console's datasets: folders under ``datasets/``, added whole or not at all, and never lost by a crash."""

from __future__ import annotations

import difflib
import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from ocrweb.config import paths
from ocrweb.config.named import named
from ocrweb.data.archive import extract_archive
from ocrweb.data.checks.layout import stands_for_folder
from ocrweb.data.checks.names import is_picture_name, list_name
from ocrweb.data.formats.folder import made_by
from ocrweb.data.formats.recognise import is_pdf_name, label_files
from ocrweb.data.formats.tree import SourceTree, read_source
from ocrweb.data.report import ValidationReport
from ocrweb.data.resize import finish_interrupted
from ocrweb.data.sample import SPLITS
from ocrweb.disk.address import is_pattern, missing_path
from ocrweb.disk.names import natural_key
from ocrweb.disk.ordinary import open_ordinary, read_ordinary
from ocrweb.disk.progress import Progress
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.bin import put_into_bin
from ocrweb.services.datasets.folder import LONGEST_NAME, dataset_name, free_dataset_name, is_taken, new_dataset_folder
from ocrweb.services.datasets.record import DatasetRecord, read_record, record_file, summary_of, write_record
from ocrweb.services.datasets.use import changing
from ocrweb.services.files.outputs import writing
from ocrweb.services.intake.allowed import check_allowed
from ocrweb.services.intake.limits import archive_limits

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class StoredDataset:
    """A dataset by its name. train, test: lines of its lists. linked: the folder lies elsewhere and is only known here.

    duplicate: nothing was added, because this one has the same content.
    """

    name: str
    path: Path
    record: DatasetRecord
    train: int
    test: int
    linked: bool = False
    duplicate: bool = False

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "path": str(self.path),
            "source": self.record.source,
            "added": self.record.added,
            "bytes": self.record.bytes,
            "files": self.record.files,
            "formats": list(self.record.formats),
            "train": self.train,
            "test": self.test,
            "linked": self.linked,
            "duplicate": self.duplicate,
            "validation": self.record.validation,
        }


def add_zip(zip_path: Path, name: str | None = None, progress: Progress | None = None) -> StoredDataset:
    """Unpack a zip as a new dataset, named after ``name``, else after the file; a taken name gets a number.

    The very same zip again gives the dataset of the first time, with ``duplicate``. progress: bytes unpacked and in all.
    Raises OcrwebError ``archive.…``, store.no-pictures, usage.missing-path, usage.disk-full, usage.not-writable; then nothing is left.
    """
    limits = archive_limits()
    if not zip_path.is_file():
        raise missing_path(zip_path)
    digest = ""
    if zip_path.stat().st_size <= limits.bytes:
        with open_ordinary(zip_path) as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        for known in list_datasets():
            if known.record.sha256 == digest:
                return replace(known, duplicate=True)

    def unpack(folder: Path) -> None:
        extracted = extract_archive(zip_path, folder, limits, progress, packed_folders=True)
        if not _is_about_pictures(read_source(folder)):
            archives = [left for left in extracted.skipped if left.reason == "archive"]
            if archives or any(map(stands_for_folder, extracted.files)):
                raise OcrwebError("archive.nested", where=zip_path.name)
            raise OcrwebError("store.no-pictures", name=zip_path.name if name is None else f"{name}.zip")

    wanted = dataset_name(name or zip_path.stem)
    return make_dataset(wanted, unpack, source=zip_path.name, sha256=digest)[0]


def add_folder(path: Path, name: str | None = None) -> StoredDataset:
    """Make a folder of this machine known without copying it.

    Raises batch.outside-root, usage.missing-path, store.own-folder: runs, exports and results are no pictures to hand out.
    """
    resolved = check_allowed(path)
    own = (paths.workdirs_dir(), paths.exports_dir(), paths.outputs_dir(), paths.models_dir())
    if paths.home().resolve().is_relative_to(resolved) or any(resolved.is_relative_to(room.resolve()) for room in own):
        raise OcrwebError("store.own-folder", path=str(path))
    if not resolved.is_dir():
        raise missing_path(path)
    for known in list_datasets():
        if known.path.resolve() == resolved:
            return replace(known, duplicate=True)
    root = paths.datasets_dir()
    record = _record_of(resolved, str(resolved), "")
    with writing(root):
        root.mkdir(parents=True, exist_ok=True)
        while True:
            free = free_dataset_name(dataset_name(name or resolved.name))
            try:
                (root / free).symlink_to(resolved, target_is_directory=True)
                break
            except FileExistsError:  # taken in this very moment
                continue
    write_record(free, record)
    return get_dataset(free)


def make_dataset(
    name: str, fill: Callable[[Path], Result], *, source: str = "", sha256: str = ""
) -> tuple[StoredDataset, Result]:
    """A new dataset that ``fill`` writes into the folder it is given, which does not exist yet; whole or not at all."""
    wanted = dataset_name(name)
    with new_dataset_folder() as working:
        result = fill(working / "dataset")
        record = _record_of(working / "dataset", source, sha256)
        with writing(paths.datasets_dir()):
            free = free_dataset_name(wanted)
            while True:
                try:
                    os.rename(working / "dataset", paths.datasets_dir() / free)
                    break
                except OSError:
                    if not (paths.datasets_dir() / free).exists():
                        raise
                    free = free_dataset_name(wanted)
    write_record(free, record)
    return get_dataset(free), result


def list_datasets() -> list[StoredDataset]:
    """All datasets, the newest first."""
    root = paths.datasets_dir()
    if not root.is_dir():
        return []
    finish_interrupted(root)
    names = [entry.name for entry in os.scandir(root) if entry.is_dir() and not entry.name.startswith(".")]
    found = [_stored(name) for name in sorted(names, key=natural_key)]
    return sorted(found, key=lambda dataset: -dataset.record.added)


def get_dataset(name: str) -> StoredDataset:
    """The dataset of a name. Raises OcrwebError usage.bad-name, store.unknown with the nearest name, store.none."""
    named(name)
    known = [dataset.name for dataset in list_datasets()]
    if name in known:
        return _stored(name)
    if not known:
        raise OcrwebError("store.none", name=name)
    nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
    raise OcrwebError("store.unknown", name=name, nearest=nearest[0] if nearest else known[0])


def resolve_dataset(name: str | Path) -> Path:
    """The folder of a dataset: of a stored one by its name, else the path itself.

    Raises OcrwebError store.unknown, store.none, usage.missing-path, dataset.not-a-folder.
    """
    text = str(name)
    path = Path(text).expanduser()
    plain = len(path.parts) == 1 and text not in ("", ".", "..", "~")
    if plain and (paths.datasets_dir() / text).is_dir():
        return paths.datasets_dir() / text
    if path.is_dir():
        return path
    if path.exists():
        raise OcrwebError("dataset.not-a-folder", path=text)
    if plain and not is_pattern(text):
        return get_dataset(text).path
    raise missing_path(text)


def rename_dataset(name: str, new: str) -> StoredDataset:
    """Give a dataset another name.

    Raises store.long-name, store.bad-name, store.name-taken, store.in-use, store.busy, store.unknown.
    """
    dataset = get_dataset(name)
    cleaned = dataset_name(new)
    if len(new.strip().encode("utf-8", "replace")) > LONGEST_NAME:
        raise OcrwebError("store.long-name", name=f"{new.strip()[:30]}…", count=LONGEST_NAME, thirds=LONGEST_NAME // 3)
    if cleaned != new.strip():
        raise OcrwebError("store.bad-name", name=new, nearest=cleaned)
    if cleaned == name:
        return dataset
    if is_taken(cleaned, but=name):
        raise OcrwebError("store.name-taken", name=cleaned)
    with changing(dataset.name, dataset.path), writing(dataset.path):
        write_record(cleaned, dataset.record)
        os.rename(dataset.path, paths.datasets_dir() / cleaned)
        record_file(name).unlink(missing_ok=True)
    return get_dataset(cleaned)


def delete_dataset(name: str) -> str:
    """Move a dataset into the bin, of a linked one only the link; its id there, see `bin.restore_dataset`.

    Raises store.in-use, store.busy, store.unknown.
    """
    dataset = get_dataset(name)
    with changing(dataset.name, dataset.path), writing(dataset.path):
        return put_into_bin(name)


def keep_validation(name: str, report: ValidationReport) -> StoredDataset:
    """Remember the summary of a check with its dataset; of one that others put there, its size too."""
    dataset = get_dataset(name)
    record = replace(dataset.record, validation=summary_of(report))
    if not record.bytes:
        size, files = _extent(read_source(dataset.path))
        record = replace(record, bytes=size, files=files)
    write_record(name, record)
    return get_dataset(name)


def _stored(name: str) -> StoredDataset:
    path = paths.datasets_dir() / name
    train, test = (_count_lines(path / list_name(split)) for split in SPLITS)
    return StoredDataset(name, path, read_record(name), train, test, linked=path.is_symlink())


def _count_lines(file: Path) -> int:
    try:
        return sum(bool(line.strip()) for line in read_ordinary(file).splitlines())
    except OSError:
        return 0


def _record_of(folder: Path, source: str, sha256: str) -> DatasetRecord:
    tree = read_source(folder)
    return DatasetRecord(source, round(time.time(), 3), sha256, *_extent(tree), _formats(tree))


def _extent(tree: SourceTree) -> tuple[int, int]:
    """Bytes and files."""
    return sum(tree.path(file).stat().st_size for file in tree.files), len(tree.files)


def _is_about_pictures(tree: SourceTree) -> bool:
    """Whether a folder can be a dataset. Lists or labels without their pictures are one: the check says what they miss."""
    listed = any(list_name(split) in tree.files for split in SPLITS)
    return listed or any(is_picture_name(file) or is_pdf_name(file) for file in tree.files) or bool(label_files(tree))


def _formats(tree: SourceTree) -> tuple[str, ...]:
    """Other tools' labels; none when the folder has the training layout already."""
    if any(list_name(split) in tree.files for split in SPLITS):
        return ()
    return made_by(tree).formats
