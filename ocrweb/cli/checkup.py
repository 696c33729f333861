"""What `ocrweb doctor` says, on Python alone."""

from __future__ import annotations

from ocrweb.cli.frame import GOOD, PROBLEMS, emit, text
from ocrweb.services.machine.check import Check
from ocrweb.services.machine.doctor import diagnose_machine

MARKS = {"ok": "✓", "warn": "!", "fail": "✗"}


def checkup(port: int, *, as_json: bool) -> int:
    """Check this machine and say what was found; the exit code."""
    report = diagnose_machine(port, None if as_json else _tell)
    if as_json:
        emit(report.to_dict())
    else:
        print(text("doctor.good" if report.ok else "doctor.bad"))
    return GOOD if report.ok else PROBLEMS


def _tell(check: Check) -> None:
    print(f"{MARKS[check.state]} {check.title()}: {check.detail}", flush=True)
    if advice := check.advice():
        print(f"  → {advice}", flush=True)
