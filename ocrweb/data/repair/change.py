"""What a repair would do, change by change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ocrweb.data.checks.finding import make_visible

ChangeKind = Literal["rename", "make-folder", "unpack", "write", "delete"]


@dataclass(frozen=True, slots=True)
class LineEdit:
    """One line of a text file. line: its number before, from 1, None for a new line. before, after: None for no line."""

    line: int | None
    before: str | None
    after: str | None
    rules: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        shown = {"before": self.before, "after": self.after}
        visible = {name: None if text is None else make_visible(text) for name, text in shown.items()}
        return {"line": self.line, **visible, "rules": list(self.rules)}


@dataclass(frozen=True, slots=True)
class Change:
    """One step of a repair; steps are applied in their order.

    file: relative to the dataset, as it is called when its turn comes. target: the new name of a rename, the
    folder that a zip is unpacked into. content: the whole new file of a write; None when ``convert`` says which picture to write as PNG.
    rules: what it mends as a whole; ``edits`` say it line by line.
    """

    kind: ChangeKind
    file: str
    rules: tuple[str, ...]
    target: str = ""
    content: bytes | None = None
    convert: str = ""
    edits: tuple[LineEdit, ...] = ()

    @property
    def dropped(self) -> tuple[LineEdit, ...]:
        """Label lines that held a box and go."""
        gone = ("label.degenerate", "label.duplicate-box", "label.out-of-picture")
        return tuple(edit for edit in self.edits if edit.after is None and any(rule in gone for rule in edit.rules))

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "file": self.file,
            "target": self.target or None,
            "rules": list(self.rules),
            "edits": [edit.to_dict() for edit in self.edits],
        }


@dataclass(frozen=True, slots=True)
class RepairPlan:
    """All steps for one dataset; none when there is nothing to mend."""

    root: Path
    changes: tuple[Change, ...]

    @property
    def dropped_boxes(self) -> tuple[tuple[str, LineEdit], ...]:
        """File and line of every box that the repair takes away."""
        return tuple((change.file, edit) for change in self.changes for edit in change.dropped)

    def to_dict(self) -> dict[str, Any]:
        return {
            "changes": [change.to_dict() for change in self.changes],
            "dropped_boxes": [{"file": file, **edit.to_dict()} for file, edit in self.dropped_boxes],
        }
