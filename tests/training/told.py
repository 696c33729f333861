"""What a program of its own tells, kept instead of printed."""

from __future__ import annotations

from typing import Any


class Told:
    """Takes the place of a `Teller`: events keep what was told, in order."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def stage(self, stage: str, share: float) -> None:
        self.event("stage", stage=stage, share=share)

    def event(self, kind: str, **fields: Any) -> None:
        self.events.append({"kind": kind, **fields})
