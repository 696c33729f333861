"""What a diagnosis says: a cause with the line that proves it, and remedies that can be carried out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from ocrweb import messages

Action = Literal["train", "repair", "resize", "golden", "doctor", "detect", "none"]


@dataclass(frozen=True, slots=True)
class Remedy:
    """One thing to do.

    id: names its texts. action: what a button prepares: a new run (``train``, with ``changes``), the dataset's repair
    or resize, the golden set, the self-check, a detection; ``none`` is advice. changes: config keys with their new
    values; a value given as a string that starts with ``×`` multiplies the present one, e.g. ``"×0.1"``.
    """

    id: str
    action: Action = "none"
    changes: dict[str, Any] = field(default_factory=dict)

    def text(self, lang: str | None = None) -> str:
        return messages.text(f"remedies.{self.id}", lang)

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        return {"id": self.id, "text": self.text(lang), "action": self.action, "changes": self.changes}


@dataclass(frozen=True, slots=True)
class Cause:
    """id: ``area.name`` with its texts in ``messages/<lang>/causes``. evidence: the line that proves it, "" when the
    proof is an absence. line: its number in the log counted from 1, or None. weight: the surer and the nearer to the
    root, the higher; the list is sorted by it."""

    id: str
    evidence: str
    line: int | None
    remedies: tuple[Remedy, ...]
    weight: int = 50
    params: dict[str, Any] = field(default_factory=dict)

    def title(self, lang: str | None = None) -> str:
        return messages.field("causes", self.id, "title", lang, **self._told(lang))

    def explanation(self, lang: str | None = None) -> str:
        return messages.field("causes", self.id, "explanation", lang, **self._told(lang))

    def _told(self, lang: str | None) -> dict[str, Any]:
        return {
            name: value.message(lang) if isinstance(value, messages.Told) else value
            for name, value in self.params.items()
        }

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title(lang),
            "explanation": self.explanation(lang),
            "evidence": self.evidence,
            "line": self.line,
            "remedies": [remedy.to_dict(lang) for remedy in self.remedies],
        }
