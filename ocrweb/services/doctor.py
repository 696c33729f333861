"""What works on this machine, and what to do about the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from ocrweb import messages
from ocrweb.services.reports import internal_error

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """One answer. id: its name in messages text/system (`check-<id>`, and `advice-<id>` when there is advice to give).

    detail: what was found, in words. ok needs nothing done; with warn something is slower or missing; fail stops work.
    """

    id: str
    state: State
    detail: str

    def title(self, lang: str | None = None) -> str:
        return messages.text(f"doctor.check-{self.id}", lang)

    def advice(self, lang: str | None = None) -> str:
        """What to do; empty when all is well."""
        return "" if self.state == "ok" else messages.text(f"doctor.advice-{self.id}", lang)

    def to_dict(self, lang: str | None = None) -> dict[str, str]:
        return {"id": self.id, "state": self.state, "detail": self.detail, "advice": self.advice(lang)}


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """ok: nothing failed; warnings are allowed."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        return all(check.state != "fail" for check in self.checks)

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        return {"ok": self.ok, "checks": [check.to_dict(lang) for check in self.checks]}


def diagnose_machine(port: int = 7860, on_check: Callable[[Check], None] | None = None) -> DoctorReport:
    """Run every check, whatever the others say. port: where the console listens or is to listen."""
    from ocrweb.services import doctor_machine as machine
    from ocrweb.services import doctor_software as software

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
