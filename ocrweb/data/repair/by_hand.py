"""What a person decides about a finding that no rule can mend: this line goes, or this picture does. Undone as a repair is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ocrweb.data.checks.finding import Finding
from ocrweb.data.checks.names import images_name, labels_name, list_name
from ocrweb.data.checks.textfile import LARGEST, decode_text
from ocrweb.data.checks.tree import Tree
from ocrweb.data.icdar import open_tree, read_limited
from ocrweb.data.outlines import outlines_name
from ocrweb.data.repair.change import Change, LineEdit, RepairPlan
from ocrweb.data.sample import SPLITS, Split
from ocrweb.data.validate import plan_split

Deed = Literal["drop-line", "take-out"]


@dataclass(frozen=True, slots=True)
class Decision:
    """rule: of the finding. file: as the finding names it. line: that goes, from 1; None to take the picture of the file out."""

    rule: str
    file: str
    line: int | None = None

    @property
    def deed(self) -> Deed:
        return "take-out" if self.line is None else "drop-line"

    @property
    def where(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


def decisions(findings: Iterable[Finding]) -> list[Decision]:
    """One for each place that no repair mends and that a picture or a line can be taken out of."""
    found: dict[tuple[str, int | None], Decision] = {}
    for one in findings:
        folder = one.file.partition("/")[0]
        split = next((split for split in SPLITS if folder in _names(split)), None)
        if one.fixable or split is None or (one.line is None and folder == list_name(split)):
            continue
        found.setdefault((one.file, one.line), Decision(one.rule, one.file, one.line))
    return list(found.values())


def plan_decisions(root: Path, decided: Sequence[Decision]) -> RepairPlan:
    """The changes that carry them out. Raises what opening the dataset raises, dataset.unreadable."""
    tree = open_tree(root)
    lines = {(one.file, one.line): one.rule for one in decided if one.line is not None}
    out = {one.file: one.rule for one in decided if one.line is None}
    deleted: dict[str, str] = {}  # file → rule
    for split in SPLITS:
        entries = plan_split(tree, split).entries
        for entry in entries:
            rule = next((out[name] for name in (entry.image, entry.label) if name in out), None)
            if rule is None:
                continue
            deleted |= {name: rule for name in (entry.image, entry.label) if name}
            if entry.line is not None:
                lines.setdefault((list_name(split), entry.line), rule)
        kept = {
            name
            for entry in entries
            if entry.line is not None and (list_name(split), entry.line) not in lines
            for name in (entry.image, entry.label)
            if name not in out
        }
        deleted = {name: rule for name, rule in deleted.items() if name not in kept}
    deleted |= {name: rule for name, rule in out.items() if name in tree.files}
    changes = [_without(tree, file, lines) for file in sorted({file for file, _ in lines}) if file not in deleted]
    for name, rule in sorted(deleted.items()):
        for file in (name, outlines_name(name)):
            if file in tree.files and file not in tree.escaping:
                changes.append(Change("delete", tree.real(file), (rule,)))
    return RepairPlan(root, tuple(change for change in changes if change is not None))


def _without(tree: Tree, file: str, gone: dict[tuple[str, int], str]) -> Change | None:
    """The file without the lines that go."""
    kind: Literal["list", "label"] = "list" if "/" not in file else "label"
    decoded = decode_text(read_limited(tree.path(file), LARGEST[kind]), kind)
    if decoded.lines is None:
        return None
    edits = [
        LineEdit(number, line, None, (gone[file, number],))
        for number, line in enumerate(decoded.lines, start=1)
        if (file, number) in gone
    ]
    numbers = {edit.line for edit in edits}
    left = "".join(f"{line}\n" for number, line in enumerate(decoded.lines, start=1) if number not in numbers)
    rules = tuple(dict.fromkeys(rule for edit in edits for rule in edit.rules))
    content = left.encode("utf-8", "surrogateescape")
    return Change("write", tree.real(file), rules, content=content, edits=tuple(edits))


def _names(split: Split) -> tuple[str, ...]:
    return images_name(split), labels_name(split), list_name(split)
