"""Validate and repair datasets for the page and the command line alike."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrweb.data.checks.finding import Finding, make_visible
from ocrweb.data.foreign import foreign_finding
from ocrweb.data.icdar import open_tree
from ocrweb.data.repair.apply import Mode, RepairResult, apply_repair, finish_interrupted, undo_repair
from ocrweb.data.repair.by_hand import plan_decisions
from ocrweb.data.repair.change import Change, RepairPlan
from ocrweb.data.repair.decisions import Decision, decisions
from ocrweb.data.repair.plan import plan_repair
from ocrweb.data.repair.preview import preview_text
from ocrweb.data.report import SEVERITIES, ValidationReport
from ocrweb.data.validate import ValidateOptions, validate_dataset
from ocrweb.disk.names import free_name
from ocrweb.disk.progress import Progress
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.opened import dataset_path, opened
from ocrweb.services.datasets.reports import checked, known_report
from ocrweb.services.datasets.use import changing
from ocrweb.services.files.table import Table

__all__ = [
    "SEVERITIES",
    "Change",
    "Decision",
    "Finding",
    "RepairPlan",
    "RepairResult",
    "Repaired",
    "ValidateOptions",
    "ValidationReport",
    "dataset_path",
    "decide",
    "decisions",
    "findings_csv",
    "findings_json",
    "make_visible",
    "opened",
    "plan_repair",
    "preview_text",
    "repair",
    "undo",
    "validate",
]


@dataclass(frozen=True, slots=True)
class Repaired:
    """report: of the dataset after the repair; what it still finds needs a human. result.root: where it lies now."""

    plan: RepairPlan
    result: RepairResult
    report: ValidationReport

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        repaired = {
            "dataset": str(self.result.root),
            "backup": str(self.result.backup) if self.result.backup else None,
            **self.plan.to_dict(),
        }
        return {**self.report.to_dict(lang), "repair": repaired}


def validate(
    name: str | Path,
    options: ValidateOptions = ValidateOptions(),
    progress: Progress | None = None,
    shown: str | None = None,
    *,
    anew: bool = False,
) -> ValidationReport:
    """Check a folder, a zip (unpacked for that time) or an uploaded dataset. shown: what findings call it, by default
    its name as given. anew: as in `checked`.

    Raises as `validate_dataset`, and OcrwebError ``archive.…`` for a zip that cannot be unpacked safely.
    """
    shown = str(name) if shown is None else shown
    path = dataset_path(name)
    if not path.is_file():
        return checked(path, options, progress, shown, anew=anew)
    with opened(path) as root:
        return validate_dataset(root, options, progress, shown)


def repair(
    name: str | Path,
    mode: Mode = "in-place",
    target: Path | None = None,
    options: ValidateOptions = ValidateOptions(),
    progress: Progress | None = None,
) -> Repaired:
    """Mend a dataset and check what is left.

    A zip is never changed: it is unpacked and mended in ``target``, by default a new folder beside it.
    Raises as `apply_repair`; in place also store.busy and store.in-use.
    """
    source = dataset_path(name)
    if (mode == "copy" or source.is_file()) and (foreign := _foreign(source, str(name), options)):
        return foreign
    if source.is_file():
        target = target or source.parent / free_name(
            f"{source.stem}_repaired", lambda name: (source.parent / name).exists()
        )
        with opened(source) as root:
            plan = plan_repair(root)
            result = apply_repair(plan, "copy", target)
    elif mode == "in-place":
        plan, result = mend_in_place(str(name), source)
    else:
        plan = plan_repair(source)
        result = apply_repair(plan, mode, target)
    shown = str(name) if result.root == source else str(result.root)
    return Repaired(plan, result, checked(result.root, options, progress, shown=shown))


def _foreign(source: Path, shown: str, options: ValidateOptions) -> Repaired | None:
    """Of another tool's folder, or of plain pictures, no copy is made: nothing would be mended in it."""
    with opened(source) as root:
        if foreign_finding(open_tree(root), shown) is None:
            return None
        report = validate_dataset(root, options, shown=shown)
    return Repaired(RepairPlan(source, ()), RepairResult(source, None, 0), report)


def mend_in_place(name: str, root: Path) -> tuple[RepairPlan, RepairResult]:
    """Make every change that can be made. Raises as `apply_repair`, store.busy, store.in-use."""
    with changing(name, root):
        finish_interrupted(root)  # else the plan is one for half-mended files
        plan = plan_repair(root)
        return plan, apply_repair(plan, "in-place")


def decide(name: str, root: Path, decided: Sequence[Decision], picture: bytes | None = None) -> RepairResult:
    """Carry out what a person decided about findings, in place with a backup; `undo` takes it back.

    picture: as in `plan_decisions`. Raises ``image.…`` of it, labels.changed-meanwhile when the files are others than those the findings speak of, and as `mend_in_place`.
    """
    with changing(name, root):
        finish_interrupted(root)
        if known_report(root) is None:
            raise OcrwebError("labels.changed-meanwhile", name=name)
        return apply_repair(plan_decisions(root, decided, picture), "in-place")


def undo(name: str | Path, backup: Path | None = None) -> RepairResult:
    """Take back the newest repair made in place. Raises as `undo_repair`, store.busy, store.in-use."""
    folder = dataset_path(name)
    with changing(str(name), folder):
        return undo_repair(folder, backup)


def findings_csv(report: ValidationReport, lang: str | None = None) -> str:
    """Rows of rule, severity, file, line, message, hint, fixable, quote; opens in a spreadsheet.

    A cell that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    table = io.StringIO()
    columns = ["rule", "severity", "file", "line", "message", "hint", "fixable", "quote"]
    Table(table, columns).add_all(found.to_dict(lang) for found in report.findings)
    return table.getvalue()


def findings_json(report: ValidationReport, lang: str | None = None) -> str:
    """The document that ``ocrweb validate --json`` prints."""
    return json.dumps(report.to_dict(lang), ensure_ascii=False, indent=2)
