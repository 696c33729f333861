"""`ocrweb validate`: every rule a dataset can break, and the repair of most of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ocrweb.cli.frame import GOOD, PROBLEMS, command, emit, say, text
from ocrweb.cli.parameters import DatasetArgument, JsonOption
from ocrweb.errors import OcrwebError

if TYPE_CHECKING:
    from ocrweb.services.datasets.validation import RepairPlan, ValidateOptions, ValidationReport

PROGRESS_EVERY = 5.0  # seconds
PLACES_SHOWN = 3


@command
def validate(
    dataset: DatasetArgument,
    fix: Annotated[
        bool, typer.Option("--fix", help="Mend what takes no guess; originals are kept for --undo.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="With --fix: leave DATASET alone and mend a copy here.")] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show what --fix would change, and change nothing.")
    ] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take back the newest --fix.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
    no_decode: Annotated[
        bool, typer.Option("--no-decode", help="Lists and labels only; no picture is opened.")
    ] = False,
    train_side: Annotated[int, typer.Option(min=32, max=8192, help="Side that training shrinks pictures to.")] = 640,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Threads that decode pictures.")] = 2,
    json: JsonOption = False,
) -> int:
    """Check a dataset before a second of training is spent: exit 0 = no errors, 1 = errors found."""
    from ocrweb.services.datasets import validation

    if sum((fix, preview, undo)) > 1:
        raise OcrwebError("dataset.one-of", names="--fix, --preview, --undo")
    if out is not None and not fix:
        raise OcrwebError("dataset.out-without-fix")
    options = validation.ValidateOptions(not no_decode, strict, train_side, workers)
    if undo:
        return _undo(dataset, as_json=json)
    if preview:
        return _preview(dataset, as_json=json)
    if fix:
        return _fix(dataset, out, options, as_json=json)
    report = validation.validate(dataset, options, _progress(), anew=True)
    if json:
        emit(report.to_dict())
    else:
        _print_report(report, str(dataset))
    return GOOD if report.ok else PROBLEMS


def _fix(dataset: Path, out: Path | None, options: ValidateOptions, *, as_json: bool) -> int:
    from ocrweb.services.datasets import validation

    repaired = validation.repair(dataset, "copy" if out else "in-place", out, options, _progress())
    if as_json:
        emit(repaired.to_dict())
        return GOOD if repaired.report.ok else PROBLEMS
    _print_changes(repaired.plan)
    result = repaired.result
    print(text("dataset_checks.repaired", changes=result.changes, folder=result.root))
    if result.backup:
        print(text("dataset_checks.backup", folder=result.backup))
    if repaired.report.findings:
        print("\n" + text("dataset_checks.left"))
    _print_report(repaired.report, str(result.root if out else dataset))
    return GOOD if repaired.report.ok else PROBLEMS


def _preview(dataset: Path, *, as_json: bool) -> int:
    from ocrweb.services.datasets import validation

    with validation.opened(dataset) as root:
        plan = validation.plan_repair(root)
    if as_json:
        emit(plan.to_dict())
    else:
        _print_changes(plan)
        if not plan.changes:
            print(text("dataset_checks.nothing-to-mend"))
    return GOOD


def _undo(dataset: Path, *, as_json: bool) -> int:
    from ocrweb.services.datasets import validation

    result = validation.undo(dataset)
    if as_json:
        emit({"undone": result.changes, "dataset": str(result.root)})
    else:
        print(text("dataset_checks.undone", changes=result.changes))
    return GOOD


def _print_changes(plan: RepairPlan) -> None:
    from ocrweb.services.datasets.validation import preview_text

    if plan.changes:
        print(preview_text(plan) + "\n")
    if plan.dropped_boxes:
        print(text("dataset_checks.dropped", count=len(plan.dropped_boxes)))
        for file, edit in plan.dropped_boxes:
            print(f"  {file}:{edit.line}  {edit.before}")


def _print_report(report: ValidationReport, shown: str) -> None:
    print_findings(report, shown)
    counts = report.counts
    key = "dataset_checks.bad" if not report.ok else "dataset_checks.good"
    print(text(key, **{name: value for name, value in counts.items() if name != "rules"}))
    if counts["fixable"]:
        print(text("dataset_checks.offer-fix", count=counts["fixable"]))
    if not report.decoded:
        print(text("dataset_checks.not-decoded"))


def print_findings(report: ValidationReport, shown: str) -> None:
    """Findings by rule, the gravest first, with a few places each and one hint. shown: what the person calls the dataset."""
    marks = {"error": "✗", "warning": "!", "info": "i"}
    groups: dict[tuple[str, str], list[Any]] = {}
    for found in report.findings:
        groups.setdefault((found.severity, found.rule), []).append(found)
    for (severity, rule), group in groups.items():
        several = len({found_severity for found_severity, name in groups if name == rule}) > 1
        count = len(group) if several else report.rules[rule]
        fixable = text("dataset_checks.fixable") if group[0].fixable else ""
        kind = text(f"dataset_checks.{severity}")
        print(f"{marks[severity]} {rule}  {count} × {kind}{fixable}")
        for found in group[:PLACES_SHOWN]:
            print(f"    {found.where or shown}  {found.message()}")
            if found.quote:
                print(f"        {found.quote}")
        if count > PLACES_SHOWN:
            print("    " + text("dataset_checks.more", count=count - PLACES_SHOWN))
        print(f"    → {group[0].hint()}")


def _progress() -> Callable[[int, int], None]:
    """A line on stderr every few seconds."""
    latest = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal latest
        if time.monotonic() - latest >= PROGRESS_EVERY:
            latest = time.monotonic()
            say(text("dataset_checks.progress", done=done, total=total))

    return tell
