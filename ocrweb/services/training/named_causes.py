"""What is wrong with a run or a log that somebody names."""

from __future__ import annotations

import os
from pathlib import Path

from ocrweb.config import paths
from ocrweb.errors import OcrwebError
from ocrweb.messages import Sentence
from ocrweb.rundir import names
from ocrweb.services.training import queue as training_queue
from ocrweb.services.training.diagnosis import Cause, diagnose, looks_like_a_log
from ocrweb.services.training.diagnosis.evidence import evidence_of_file, evidence_of_run


def diagnose_named(name: str) -> tuple[tuple[Cause, ...], tuple[Sentence, ...]]:
    """Causes, and what was not read, of a run by name or folder, or of a log file by path. Nothing is wrong with a run
    that waits for its turn.

    Raises `run.unknown` or `run.none` for a name, `usage.missing-path` for a path that is not there, `run.no-log` for a
    file that is no log of a training.
    """
    path = Path(name)
    if path.is_file():
        evidence = evidence_of_file(path)
        if not looks_like_a_log(evidence):
            raise OcrwebError("run.no-log", path=name)
        return diagnose(evidence), evidence.notes
    if not path.is_dir() and (path.suffix or len(path.parts) > 1):
        raise OcrwebError("usage.missing-path", path=name, cwd=os.getcwd())
    run = names.find_run(paths.workdirs_dir(), names.typed_run(name))
    if training_queue.place_of(run):
        return (), ()
    evidence = evidence_of_run(run)
    return diagnose(evidence), evidence.notes
