"""A sentence inside another one: it is a value that waits for the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from ocrweb.messages.catalogue import text


@runtime_checkable
class Told(Protocol):
    """Whatever says itself in a language: a `Sentence`, a coded error, a finding, a line of the checklist."""

    def message(self, lang: str | None = None) -> str: ...


@dataclass(frozen=True, slots=True)
class Sentence:
    """key: ``area.name`` of kind ``text``. params: its values."""

    key: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def message(self, lang: str | None = None) -> str:
        return text(self.key, lang, **self.params)
