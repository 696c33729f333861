"""`ocrweb doctor`: what works on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ocrweb.cli.frame import GOOD, PROBLEMS, command, emit, text

if TYPE_CHECKING:
    from ocrweb.services.machine.check import Check

MARKS = {"ok": "✓", "warn": "!", "fail": "✗"}


@command
def doctor(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The console's port.")] = 7860,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> int:
    """Check device, libraries and versions, memory, disk, rights, the port and a real detection; say what to do."""
    from ocrweb.services.machine.doctor import diagnose_machine

    report = diagnose_machine(port, None if json else _tell)
    if json:
        emit(report.to_dict())
    else:
        print(text("doctor.good" if report.ok else "doctor.bad"))
    return GOOD if report.ok else PROBLEMS


def _tell(check: Check) -> None:
    print(f"{MARKS[check.state]} {check.title()}: {check.detail}", flush=True)
    if advice := check.advice():
        print(f"  → {advice}", flush=True)
