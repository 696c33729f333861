"""What one check of the machine found, and all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ocrweb import messages
from ocrweb.errors import OcrwebError

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """One answer. id: its name in messages text/system (`check-<id>`, and `advice-<id>` when there is advice to give).

    detail: what was found, in words. ok needs nothing done; with warn something is slower or missing; fail stops work.
    broken: why the check itself could not run; then its hint is the advice.
    """

    id: str
    state: State
    detail: str
    broken: OcrwebError | None = None

    def title(self, lang: str | None = None) -> str:
        return messages.text(f"doctor.check-{self.id}", lang)

    def advice(self, lang: str | None = None) -> str:
        """What to do; empty when all is well."""
        if self.broken is not None:
            return self.broken.hint(lang)
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
