"""Run all rules over the evidence and keep what is worth saying."""

from __future__ import annotations

import contextlib
import dataclasses
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ocrweb.config import paths
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.services.training.diagnosis.apply import apply_changes
from ocrweb.services.training.diagnosis.cause import Cause, Remedy
from ocrweb.services.training.diagnosis.evidence import Evidence, evidence_of_run, evidence_of_text
from ocrweb.services.training.diagnosis.log_text import READ_BYTES
from ocrweb.services.training.diagnosis.patterns import PATTERNS
from ocrweb.services.training.diagnosis.states import STATES

LAST_RESORT = {"process.failed", "process.unknown-error"}
MISPLACED = "data.labels-misplaced"
OF_MISPLACED = re.compile(r"result\.|loss\.flat$")  # what follows from labels that lie beside their text
_OF_A_LOG = (
    r"\bepochs?\b|\biter(ation)?s?\b|global_step|\blr\b|learning.rate|ppocr|paddle|torch|modelscope|cuda|checkpoint"
    r"|start\w{0,10} (to )?train|training (finished|failed|stopped)|error|exception|traceback|warning|训练|轮|损失|错误"
    r"|\d{4}[-/]\d\d[-/]\d\d[ t]\d\d:\d\d"
)


def diagnose(evidence: Evidence) -> tuple[Cause, ...]:
    """The causes, the surest first, each at most once; empty when nothing is wrong.

    What a worker said in general words is dropped as soon as a rule knows the cause, and so is what follows from labels that lie
    beside their text: its remedies would not help.
    """
    found: dict[str, Cause] = {}
    for cause in (*(pattern.match(evidence) for pattern in PATTERNS), *(rule(evidence) for rule in STATES)):
        if cause is not None and (cause.id not in found or cause.weight > found[cause.id].weight):
            found[cause.id] = cause
    if MISPLACED in found:
        found = {name: cause for name, cause in found.items() if not OF_MISPLACED.match(name)}
    known = [cause for cause in found.values() if cause.id not in LAST_RESORT]
    told = (_with_useful_remedies(cause, evidence.config) for cause in known or found.values())
    return tuple(sorted(told, key=lambda cause: -cause.weight))


def looks_like_a_log(evidence: Evidence) -> bool:
    """Whether anything in it is of a training: a step, a loss, a score, a word of a framework, an error, a known cause."""
    expression = re.compile(_OF_A_LOG, re.IGNORECASE)
    told = evidence.losses or evidence.hmeans or any(expression.search(line.text) for line in evidence.lines)
    return bool(told or diagnose(evidence))


def _with_useful_remedies(cause: Cause, config: Mapping[str, Any]) -> Cause:
    """Without the remedies that would leave the run's settings as they are."""
    kept = tuple(remedy for remedy in cause.remedies if not config or _changes_something(remedy, config))
    return dataclasses.replace(cause, remedies=kept)


def _changes_something(remedy: Remedy, config: Mapping[str, Any]) -> bool:
    if remedy.action != "train" or not remedy.changes:
        return True
    try:
        return bool(apply_changes(config, remedy.changes)[1])
    except OcrwebError:  # settings of another version
        return True


def diagnose_log(text: str) -> tuple[Cause, ...]:
    """Causes found in a pasted or uploaded log: ours, PaddleOCR's, ModelScope's, PyTorch's."""
    return diagnose(evidence_of_text(text))


def diagnose_run(run: Path, *, idle: float | None = None, read_bytes: int = READ_BYTES) -> tuple[Cause, ...]:
    """Causes found in a run folder. idle: seconds since the last log line of a run that is still going.

    read_bytes: of the beginning and of the end of its log.
    """
    return diagnose(evidence_of_run(run, idle=idle, read_bytes=read_bytes))


def words_for(cause: Cause, name: str) -> dict[str, list[str]]:
    """Remedy id → what to add to ``ocrweb train`` for it: settings as they would be in a run of that name, and relative
    ones (``learning_rate ×0.1``) where the present ones are not known."""
    config: Mapping[str, Any] = {}
    if not Path(name).is_file():
        config = evidence_of_run(names.find_run(paths.workdirs_dir(), names.typed_run(name)), read_bytes=1).config
    return {remedy.id: _words(remedy, config) for remedy in cause.remedies if remedy.action == "train"}


def _words(remedy: Remedy, config: Mapping[str, Any]) -> list[str]:
    if config:
        with contextlib.suppress(OcrwebError):  # settings of another version
            return [
                f"-o {shlex.quote(f'{change.key}={change.after}')}"
                for change in apply_changes(config, remedy.changes)[1]
            ]
    relative = ("×", "÷")
    return [
        f"{key} {value}" if str(value).startswith(relative) else f"-o {shlex.quote(f'{key}={value}')}"
        for key, value in remedy.changes.items()
    ]
