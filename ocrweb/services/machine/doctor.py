"""What works on this machine, and what to do about the rest.

Runs on Python alone: a check whose own library is absent is a finding like any other.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable

from ocrweb.errors import OcrwebError
from ocrweb.services.machine.check import Check, DoctorReport
from ocrweb.services.machine.missing import missing_library

SOFTWARE, MACHINE, PLACE = "doctor_software", "doctor_machine", "doctor_place"
PROBES = (
    ("python", SOFTWARE), ("libraries", SOFTWARE), ("opencv", SOFTWARE), ("engines", SOFTWARE), ("device", MACHINE),
    ("bf16", MACHINE), ("memory", MACHINE), ("shm", PLACE), ("disk", PLACE), ("rights", PLACE), ("port", PLACE),
    ("fonts", SOFTWARE), ("paddle", SOFTWARE), ("detection", MACHINE),
)  # fmt: skip


def diagnose_machine(port: int = 7860, on_check: Callable[[Check], None] | None = None) -> DoctorReport:
    """Run every check, whatever the others say. port: where the console listens or is to listen."""
    checks = []
    for name, module in PROBES:
        checks.append(_checked(name, module, port))
        if on_check is not None:
            on_check(checks[-1])
    return DoctorReport(tuple(checks))


def _checked(name: str, module: str, port: int) -> Check:
    """One check; when it cannot even run, that is its finding."""
    try:
        probe = getattr(importlib.import_module(f"{__package__}.{module}"), f"check_{name}")
        found: Check = probe(port) if name == "port" else probe()
    except Exception as failure:
        reason = _reason(failure)
        return Check(name, "fail", reason.message(), reason)
    return found


def _reason(failure: Exception) -> OcrwebError:
    if missing := missing_library(failure):
        return missing
    try:
        from ocrweb.services.files.reports import internal_error
    except ImportError:
        return OcrwebError("usage.no-report", kind=type(failure).__name__)
    return internal_error(failure)
