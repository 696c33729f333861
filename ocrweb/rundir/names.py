"""Names of a run's files and folders, and finding a run by what a person typed."""

from __future__ import annotations

import difflib
import re
import time
from collections.abc import Callable
from pathlib import Path

from ocrweb.config.named import named
from ocrweb.disk.names import claim_folder, plain_name
from ocrweb.disk.passing import passing_name, remove_folder
from ocrweb.errors import OcrwebError

CONFIG = "config.yml"
LOG = "log.txt"
EVENTS = "events.jsonl"
STATUS = "status.json"
METRICS = "metrics.csv"
BEST = "best.pdparams"
LATEST = "latest.pdparams"
LATEST_OPTIMIZER = "latest.pdopt"
SAMPLES = "samples"
CANDIDATES = "candidates"
CARD = "model.yml"
LEARNT = "learnt.json"
NETWORK = "model.onnx"
OUTPUT = "worker.txt"
RANK_CAUSE = "rank-{rank}.json"
LATEST_LINK = "latest"

_RUN = re.compile(r"^\d{8}_\d{6}_.+$")


def create_run(workdirs: Path, name: str) -> Path:
    """Make the folder ``<YYYYMMDD_HHMMSS>_<name>`` and point ``latest`` at it. Never reuses a folder.

    name: any text; characters that folders dislike become ``-``. OcrwebError ``run.not-writable`` when it cannot be made.
    """
    stem = f"{time.strftime('%Y%m%d_%H%M%S')}_{run_stem(name)}"
    try:
        workdirs.mkdir(parents=True, exist_ok=True)
        folder = claim_folder(workdirs, stem)
        try:
            (folder / SAMPLES).mkdir()
        except OSError:
            folder.rmdir()
            raise
    except OSError as error:
        raise OcrwebError("run.not-writable", path=str(workdirs), reason=error.strerror or str(error)) from error
    point_latest(folder)
    return folder


def remove_run(folder: Path, away: Callable[[Path], object] = remove_folder) -> None:
    """At once out of sight, so that a crash leaves no half run; ``latest`` goes to the newest that is left.

    away: moves the folder elsewhere instead.
    """
    link = folder.parent / LATEST_LINK
    was_latest = link.is_symlink() and link.resolve() == folder.resolve()
    away(folder)
    if was_latest:
        left = list_runs(folder.parent)
        if left:
            point_latest(left[0])
        else:
            link.unlink(missing_ok=True)


def run_stem(name: str) -> str:
    """A `plain_name` of at most 60 characters."""
    return plain_name(name, 60, "run")


def point_latest(folder: Path) -> None:
    """Make ``latest`` beside the folder a relative link to it, replaced in one step; skipped where links do not exist."""
    link = folder.parent / LATEST_LINK
    temporary = folder.parent / passing_name(LATEST_LINK)
    try:
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(folder.name, target_is_directory=True)
        temporary.replace(link)
    except OSError:
        temporary.unlink(missing_ok=True)


def list_runs(workdirs: Path) -> list[Path]:
    """The run folders, newest first."""
    if not workdirs.is_dir():
        return []
    runs = (path for path in workdirs.iterdir() if _RUN.match(path.name) and path.is_dir() and not path.is_symlink())
    return sorted(runs, key=lambda path: path.name, reverse=True)


def typed_run(text: str) -> str | Path:
    """A run as somebody types it at this machine: the folder when a path leads to one, else the name itself."""
    try:
        return Path(text).resolve() if (Path(text) / CONFIG).is_file() else text
    except OSError:  # no disk takes it
        return text


def find_run(workdirs: Path, run: str | Path) -> Path:
    """A run by folder name, by ``latest``, or by the name it was given (the newest of that name).

    run: a text is a name and never leads anywhere, because pages and programs send it; a path is a folder that is known.
    OcrwebError `usage.bad-name`, ``run.unknown`` with the nearest existing name, ``run.none`` when there is no run at all.
    """
    if isinstance(run, Path):
        return run
    text = named(run)
    runs = list_runs(workdirs)
    if text == LATEST_LINK and runs:
        linked = (workdirs / LATEST_LINK).resolve()  # not the last name: a clock that was set back sorts it wrongly
        return next((run for run in runs if run.resolve() == linked), runs[0])
    for run in runs:
        if text in (run.name, given_name(run)):
            return run
    if not runs:
        raise OcrwebError("run.none", path=workdirs.name)  # visitors need not know where it lies
    known = [run.name for run in runs] + [given_name(run) for run in runs]
    nearest = difflib.get_close_matches(text, known, n=1, cutoff=0.0)
    raise OcrwebError("run.unknown", name=text, nearest=nearest[0] if nearest else runs[0].name)


def given_name(run: Path) -> str:
    """The part of the folder's name after date and time."""
    return run.name.split("_", 2)[2] if _RUN.match(run.name) else run.name
