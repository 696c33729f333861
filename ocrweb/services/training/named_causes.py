"""What is wrong with a run or a log that somebody names."""

from __future__ import annotations

import os
from pathlib import Path

from ocrweb.config import paths
from ocrweb.disk.address import missing_path
from ocrweb.disk.names import some_of
from ocrweb.errors import OcrwebError
from ocrweb.messages import Sentence
from ocrweb.rundir import names
from ocrweb.rundir.names import LOG
from ocrweb.services.training import queue as training_queue
from ocrweb.services.training.diagnosis import Cause, diagnose, looks_like_a_log
from ocrweb.services.training.diagnosis.evidence import evidence_of_file, evidence_of_run


def diagnose_named(name: str) -> tuple[tuple[Cause, ...], tuple[Sentence, ...]]:
    """Causes, and what was not read, of a run by name or folder, or of a log file by path. Nothing is wrong with a run
    that waits for its turn.

    A folder in which another program wrote one log stands for that log.
    Raises `run.unknown` or `run.none` for a name, `usage.missing-path` for a path that is not there, `run.no-log` for a
    file that is no log of a training, `run.not-a-run` for a folder without run and log.
    """
    path = Path(name)
    typed = names.typed_run(name)
    if path.is_dir() and isinstance(typed, str) and not _is_known(typed):
        path = _only_log(path, name)
    if path.is_file():
        evidence = evidence_of_file(path)
        if not looks_like_a_log(evidence):
            raise OcrwebError("run.no-log", path=name)
        return diagnose(evidence), evidence.notes
    if not path.is_dir() and (path.suffix or len(path.parts) > 1):
        raise missing_path(name)
    run = names.find_run(paths.workdirs_dir(), typed)
    if training_queue.place_of(run):
        return (), ()
    evidence = evidence_of_run(run)
    return diagnose(evidence), evidence.notes


def _is_known(name: str) -> bool:
    """Whether a run has this name, beside which a folder of that name means nothing."""
    try:
        names.find_run(paths.workdirs_dir(), name)
    except OcrwebError:
        return False
    return True


def _only_log(folder: Path, name: str) -> Path:
    """The log that another program wrote into its output folder."""
    try:
        files = sorted(entry.name for entry in os.scandir(folder) if not entry.name.startswith("."))
    except OSError as failure:
        raise OcrwebError("dataset.unreadable", where=name, reason=failure.strerror or "") from failure
    logs = [file for file in files if file.endswith(".log") or file == LOG]
    if len(logs) == 1:
        return folder / logs[0]
    shown = f" ({some_of(logs or files)})" if files else ""
    raise OcrwebError("run.several-logs" if logs else "run.not-a-run", path=name, count=len(files), names=shown)
