"""Carry out a repair: on a copy, or in place with a backup; take it back."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ocrweb.data.archive import LAYOUT, extract_archive
from ocrweb.data.archive_limits import archive_limits
from ocrweb.data.formats.whole import whole_folder
from ocrweb.data.repair.change import Change, RepairPlan
from ocrweb.data.repair.journal import FOLDER, Journal, Step, list_journals, load_journal, new_backup_folder
from ocrweb.disk.atomic import link_or_copy, replacing
from ocrweb.disk.ordinary import open_ordinary
from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import encode_picture, write_error, write_whole
from ocrweb.imaging.picture import read_picture

Mode = Literal["copy", "in-place"]


@dataclass(frozen=True, slots=True)
class RepairResult:
    """root: the dataset that is mended now. backup: what `undo_repair` needs; None for a copy or when nothing changed."""

    root: Path
    backup: Path | None
    changes: int


def apply_repair(plan: RepairPlan, mode: Mode, target: Path | None = None) -> RepairResult:
    """Do all changes or none.

    copy: the dataset is copied to ``target``, which must not exist or be empty, and mended there.
    in-place: originals go to ``.ocrweb_repair/<time>`` inside the dataset first; when anything fails, it is taken back.
    Raises OcrwebError usage.disk-full, usage.not-writable, dataset.target-exists, and of a zip that is unpacked ``archive.…``.
    """
    if mode == "copy":
        return _repair_copy(plan, target)
    finish_interrupted(plan.root)
    if not plan.changes:
        return RepairResult(plan.root, None, 0)
    return _repair_in_place(plan)


def undo_repair(root: Path, backup: Path | None = None) -> RepairResult:
    """Take back a repair: the given one, else the newest.

    Raises OcrwebError dataset.no-backup, and dataset.changed-since when a mended file was edited afterwards.
    """
    journals = list_journals(root)
    if backup is None and not journals:
        raise OcrwebError("dataset.no-backup", path=str(root / FOLDER))
    journal = load_journal(backup or journals[-1])
    if journal.done:
        _refuse_later_edits(journal)
    try:
        _take_back(journal)
        _remove_backup(journal)
    except OSError as failure:
        raise write_error(failure, root) from failure
    return RepairResult(root, None, len(journal.steps))


def finish_interrupted(root: Path) -> int:
    """Take back repairs that a crash cut short; returns how many."""
    interrupted = [journal for path in list_journals(root) if not (journal := load_journal(path)).done]
    for journal in reversed(interrupted):
        _take_back(journal)
        _remove_backup(journal)
    return len(interrupted)


def _repair_copy(plan: RepairPlan, target: Path | None) -> RepairResult:
    if target is None:
        raise OcrwebError("dataset.no-target")
    with whole_folder(target, "dataset.target-exists") as partial:
        ignored = shutil.ignore_patterns(FOLDER)
        shutil.copytree(plan.root, partial, symlinks=True, ignore=ignored, dirs_exist_ok=True)
        for change in plan.changes:
            _do(partial, change)
    return RepairResult(target, None, len(plan.changes))


def _repair_in_place(plan: RepairPlan) -> RepairResult:
    try:
        folder = new_backup_folder(plan.root, time.strftime("%Y%m%d_%H%M%S"))
    except OSError as failure:
        raise write_error(failure, plan.root) from failure
    journal = Journal(folder, ())
    try:
        journal = _prepare(plan, folder).save(done=False)
        for number, change in enumerate(plan.changes):
            _do(plan.root, change)
            if change.kind == "unpack":
                journal = journal.left(number, _digest_of(plan.root / change.target)).save(done=False)
        journal.save(done=True)
    except BaseException as failure:
        _take_back(journal)
        _remove_backup(journal)
        if isinstance(failure, OSError):
            raise write_error(failure, plan.root) from failure
        raise
    return RepairResult(plan.root, folder, len(plan.changes))


def _prepare(plan: RepairPlan, folder: Path) -> Journal:
    """Keep every original that a write or a delete replaces; the journal is complete before the first step."""
    before: dict[str, str] = {}  # name when its turn comes → name now
    steps = []
    for number, change in enumerate(plan.changes):
        source = plan.root / _name_now(change.file, before)
        kept = change.kind in ("write", "delete") and source.is_file()
        if kept:
            link_or_copy(source, folder / "files" / str(number))
        if change.kind == "rename":
            before[change.target] = _name_now(change.file, before)
        digest = hashlib.sha256(change.content).hexdigest() if change.content is not None else ""
        steps.append(Step(change.kind, change.file, change.target, digest, kept))
    return Journal(folder, tuple(steps))


def _name_now(name: str, before: dict[str, str]) -> str:
    """What a file is called before the renames of the plan: its own, and that of its folder."""
    name = before.get(name, name)
    folder, slash, rest = name.partition("/")
    return f"{before.get(folder, folder)}{slash}{rest}"


def _do(root: Path, change: Change) -> None:
    path = root / change.file
    if change.kind == "rename":
        target = root / change.target
        target.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(target) and not os.path.samefile(path, target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
        os.rename(path, target)
    elif change.kind == "make-folder":
        path.mkdir(exist_ok=True)
    elif change.kind == "unpack":
        extract_archive(path, root / change.target, archive_limits(), kept=LAYOUT - {change.target})
    elif change.kind == "delete":
        path.unlink()
    elif change.convert:
        write_whole(path, encode_picture(read_picture(root / change.convert).pixels, ".png"))
    else:
        write_whole(path, change.content or b"")


def _take_back(journal: Journal) -> None:
    """Undo the steps from the last to the first; those that were never done are left alone."""
    root = journal.root
    for number in reversed(range(len(journal.steps))):
        step, original = journal.steps[number], journal.original(number)
        path = root / step.file
        if step.kind == "rename":
            if (root / step.target).exists() and not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                os.rename(root / step.target, path)
        elif step.kind == "make-folder":
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
        elif step.kind == "unpack":
            if step.digest and _digest_of(root / step.target) == step.digest:  # what else lies there is somebody's own
                shutil.rmtree(root / step.target)
        elif step.kept:
            _put_back(original, path)
        elif step.kind == "write":
            path.unlink(missing_ok=True)


def _put_back(original: Path, path: Path) -> None:
    if path.exists() and os.path.samefile(original, path):
        return
    with replacing(path) as temporary:
        temporary.unlink()
        link_or_copy(original, temporary)


def _digest_of(folder: Path) -> str:
    """sha256 over the names and contents of all files in a folder, "" without one."""
    if not folder.is_dir():
        return ""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with open_ordinary(path) as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        total.update(f"{content} {path.relative_to(folder)}\n".encode("utf-8", "surrogateescape"))
    return total.hexdigest()


def _refuse_later_edits(journal: Journal) -> None:
    for step in journal.steps:
        if step.kind == "unpack":
            packed = journal.root / step.file
            if not packed.is_file() or _digest_of(journal.root / step.target) != step.digest:
                raise OcrwebError("dataset.changed-since", where=step.target if packed.is_file() else step.file)
        if step.kind == "write" and step.digest:
            path = journal.root / step.file
            if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != step.digest:
                raise OcrwebError("dataset.changed-since", where=step.file)


def _remove_backup(journal: Journal) -> None:
    shutil.rmtree(journal.folder, ignore_errors=True)
    parent = journal.folder.parent
    if parent.is_dir() and not any(parent.iterdir()):
        parent.rmdir()
