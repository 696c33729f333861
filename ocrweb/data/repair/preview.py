"""A repair as a diff to read before it is done."""

from __future__ import annotations

from collections.abc import Iterator

from ocrweb.data.checks.finding import make_visible
from ocrweb.data.repair.change import Change, RepairPlan

SHOWN_LINES = 400


def preview_text(plan: RepairPlan, limit: int = SHOWN_LINES) -> str:
    """The changes in the manner of ``diff -u``, invisible characters shown; at most ``limit`` lines, then a count."""
    lines: list[str] = []
    more = 0
    for line in _lines(plan):
        if len(lines) < limit:
            lines.append(line)
        else:
            more += 1
    return "\n".join([*lines, *([f"… +{more}"] if more else [])])


def _lines(plan: RepairPlan) -> Iterator[str]:
    for change in plan.changes:
        yield from _change_lines(change)


def _change_lines(change: Change) -> Iterator[str]:
    rules = ", ".join(change.rules)
    if change.kind == "rename":
        yield f"rename {make_visible(change.file)} → {make_visible(change.target)}  # {rules}"
    elif change.kind == "unpack":
        yield f"unpack {make_visible(change.file)} → {change.target}/  # {rules}"
    elif change.kind == "make-folder":
        yield f"mkdir {change.file}/  # {rules}"
    elif change.kind == "delete":
        yield f"delete {make_visible(change.file)}  # {rules}"
    elif change.convert:
        yield f"convert {make_visible(change.convert)} → {make_visible(change.file)}  # {rules}"
    else:
        yield f"--- {make_visible(change.file)}  # {rules}"
        for edit in change.edits:
            yield f"@@ {edit.line or '+'} @@" + (f" {', '.join(edit.rules)}" if edit.rules else "")
            if edit.before is not None:
                yield f"-{make_visible(edit.before)}"
            if edit.after is not None:
                yield f"+{make_visible(edit.after)}"
