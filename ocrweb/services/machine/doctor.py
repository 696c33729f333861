"""What works on this machine, and what to do about the rest."""

from __future__ import annotations

from collections.abc import Callable

from ocrweb.services.files.reports import internal_error
from ocrweb.services.machine.check import Check, DoctorReport


def diagnose_machine(port: int = 7860, on_check: Callable[[Check], None] | None = None) -> DoctorReport:
    """Run every check, whatever the others say. port: where the console listens or is to listen."""
    from ocrweb.services.machine import doctor_machine as machine
    from ocrweb.services.machine import doctor_software as software

    probes: tuple[tuple[str, Callable[[], Check]], ...] = (
        ("python", software.check_python),
        ("libraries", software.check_libraries),
        ("opencv", software.check_opencv),
        ("engines", software.check_engines),
        ("device", machine.check_device),
        ("bf16", machine.check_bf16),
        ("memory", machine.check_memory),
        ("shm", machine.check_shm),
        ("disk", machine.check_disk),
        ("rights", machine.check_rights),
        ("port", lambda: machine.check_port(port)),
        ("fonts", software.check_fonts),
        ("paddle", software.check_paddle),
        ("detection", machine.check_detection),
    )
    checks = []
    for name, probe in probes:
        try:
            check = probe()
        except Exception as failure:  # a check that cannot even run is a finding of its own
            check = Check(name, "fail", internal_error(failure).message())
        checks.append(check)
        if on_check is not None:
            on_check(check)
    return DoctorReport(tuple(checks))
