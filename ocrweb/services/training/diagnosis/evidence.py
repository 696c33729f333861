"""What the rules look at: the log's text, and of our own runs the events, the state and the config as well."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ocrweb.config.documents import parse_yaml
from ocrweb.messages import Sentence
from ocrweb.rundir import lines, names
from ocrweb.rundir.events import EventReader
from ocrweb.rundir.status import FAILED, FINISHED, RunStatus, read_status
from ocrweb.services.training.diagnosis.harmless import telling_lines
from ocrweb.services.training.diagnosis.log_text import READ_BYTES, LogLine, lines_of, read_log

LONGEST_EVIDENCE = 300
FAILED_LINE = lines.failed_line("")[:-1].strip()
_FIGURES = str.maketrans("123456789", "0" * 9)


@dataclass(frozen=True)
class Evidence:
    """lines: the log, its first and last `READ_BYTES` when it is long, numbered from 1.

    events, status, config: of an ocrweb run; empty or None for a foreign log. exit_code: of the worker when known.
    weights: whether usable weights lie in the run folder; None when that is not known. idle: seconds since the last
    line was written, for a run that is still going. notes: what of the log was not read.
    """

    lines: tuple[LogLine, ...]
    events: tuple[dict[str, Any], ...] = ()
    status: RunStatus | None = None
    config: dict[str, Any] = field(default_factory=dict)
    exit_code: int | None = None
    weights: bool | None = None
    idle: float | None = None
    notes: tuple[Sentence, ...] = ()

    def find(self, pattern: str) -> LogLine | None:
        """The last line in which the regular expression occurs, upper and lower case alike; never a harmless one."""
        expression = re.compile(pattern, re.IGNORECASE)
        return next((line for line in self._distinct if expression.search(line.text)), None)

    def failed_with(self, pattern: str) -> LogLine | None:
        """The last word of a worker of ours whose code is meant by the expression; its sentence is in any language."""
        cause = self.status.cause if self.status is not None and self.status.state == FAILED else None
        if not cause or not re.search(pattern, str(cause.get("code", "")), re.IGNORECASE):
            return None
        return self.find(FAILED_LINE) or LogLine(0, str(cause.get("message", "")))

    @cached_property
    def telling(self) -> tuple[LogLine, ...]:
        """The lines without those that libraries write on healthy machines too."""
        return tuple(telling_lines(self.lines))

    @cached_property
    def _distinct(self) -> tuple[LogLine, ...]:
        """The lines from the last to the first, without those that say again what a later one says: most of a log are
        steps, which differ in their figures alone."""
        steps = {line.number for line, _ in self.losses}
        found: dict[str, LogLine] = {}
        for line in reversed(self.telling):
            found.setdefault(line.text.translate(_FIGURES) if line.number in steps else line.text, line)
        return tuple(found.values())

    @cached_property
    def losses(self) -> tuple[tuple[LogLine, float], ...]:
        """Each logged total loss with its line; of ours, of PaddleOCR's and of PyTorch's usual forms."""
        return tuple((line, value) for line in self.lines if (value := _number_after(line.text, "loss")) is not None)

    @cached_property
    def hmeans(self) -> tuple[tuple[LogLine, float], ...]:
        """Each logged hmean in the order of the log, those of ``best metric`` lines left out."""
        return tuple(
            (line, value)
            for line in self.lines
            if "best metric" not in line.text.lower() and (value := _number_after(line.text, "hmean")) is not None
        )

    @cached_property
    def only_base(self) -> bool:
        """Whether a run of ours has measured its base model and nothing that it has learnt itself."""
        steps = [event.get("step") for event in self.events if event.get("kind") == "eval"]
        return bool(steps) and not any(steps)

    @property
    def measured_on(self) -> Sentence:
        """What pictures the logged scores are of."""
        if not self.config:
            return Sentence("diagnosis.on-log")
        group = self.config.get("evaluation")
        ratio = group.get("validation_ratio") if isinstance(group, dict) else None
        return Sentence("diagnosis.on-training" if ratio == 0 else "diagnosis.on-held-out")

    @property
    def time_limit(self) -> float:
        """Minutes after which its limit has ended the run; 0 when something else has, or it still goes on."""
        status, minutes = self.status, self.config.get("max_minutes")
        if status is None or status.state != FINISHED or not isinstance(minutes, int | float):
            return 0.0
        group = self.config.get("evaluation")
        impatient = isinstance(group, dict) and bool(group.get("patience"))
        by_time = not impatient or status.seconds >= 60 * minutes
        return float(minutes) if minutes > 0 and status.step < status.steps and by_time else 0.0

    @property
    def batch_size(self) -> int | None:
        """From the config, else from the log's own config dump."""
        value = self.config.get("batch_size")
        if isinstance(value, int):
            return value
        line = self.find(r"batch_size(?:_per_card)?['\"]?\s*[:=]\s*\d+")
        found = re.search(r"batch_size(?:_per_card)?['\"]?\s*[:=]\s*(\d+)", line.text, re.IGNORECASE) if line else None
        return int(found[1]) if found else None


def quote(line: LogLine) -> str:
    """The line as evidence: trimmed, at most 300 characters."""
    return line.text.strip()[:LONGEST_EVIDENCE]


def evidence_of_text(text: str, *, cut: bool = False) -> Evidence:
    """A pasted or uploaded log. cut: its middle was left out already."""
    log = lines_of(text, cut=cut)
    return Evidence(log.lines, notes=log.notes)


def evidence_of_file(path: Path) -> Evidence:
    """A log file of any size and encoding."""
    text, cut = read_log(path)
    return evidence_of_text(text, cut=cut)


def evidence_of_run(run: Path, *, idle: float | None = None, read_bytes: int = READ_BYTES) -> Evidence:
    """Everything a run folder tells. Absent files are no evidence, not an error. read_bytes: as `read_log`."""
    import yaml

    try:
        config = parse_yaml((run / names.CONFIG).read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError):
        config = {}
    parts = [read_log(run / name, read_bytes) for name in (names.LOG, names.OUTPUT)]
    log = lines_of("\n".join(text for text, _ in parts if text), cut=any(cut for _, cut in parts))
    return Evidence(
        lines=log.lines,
        notes=log.notes,
        events=tuple(EventReader(run / names.EVENTS).read()),
        status=read_status(run),
        config=config if isinstance(config, dict) else {},
        weights=(run / names.BEST).is_file() or (run / names.LATEST).is_file(),
        idle=idle,
    )


def _number_after(text: str, name: str) -> float | None:
    found = re.search(
        rf"(?<![\w]){name}['\"]?\s*[:=]\s*(nan|[-+]?inf|[-+]?\d[\d.]*(?:e[-+]?\d+)?)", text, re.IGNORECASE
    )
    try:
        return float(found[1].rstrip(".")) if found else None
    except ValueError:
        return None
