"""What a person may decide about a finding that no rule can mend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ocrweb.data.checks.finding import Finding

Deed = Literal[
    "drop-line", "take-out", "replace", "enlist", "pair", "list-all", "start-anew", "drop-field", "ignore-box", "swap-axes", "drop-outlines",
    "read-ignored", "call-right", "make-folder", "move-up",
]  # fmt: skip

_LINE: tuple[Deed, ...] = ("drop-line",)
_PICTURE: tuple[Deed, ...] = ("replace", "take-out")
_LABELS: tuple[Deed, ...] = ("start-anew", "take-out")
DEEDS: dict[str, tuple[Deed, ...]] = {
    "layout.inside": ("move-up",),
    "layout.missing": ("make-folder",),
    "layout.wrong-name": ("call-right",),
    "list.missing": ("list-all",),
    "list.backup-file": ("call-right",),
    "list.empty": ("list-all",),
    "list.unknown-encoding": ("list-all",),
    "list.huge-file": ("list-all",),
    "list.unreadable": ("list-all",),
    "list.format": _LINE,
    "list.absolute-path": _LINE,
    "list.prefix": _LINE,
    "list.other-part": _LINE,
    "list.duplicate": _LINE,
    "list.escapes": _LINE,
    "list.file-missing": _LINE,
    "list.unlisted": ("enlist", "take-out"),
    "pair.name-mismatch": ("pair", "drop-line"),
    "pair.shared-label": _LINE,
    "pair.image-without-label": _LABELS,
    "pair.label-without-image": _PICTURE,
    "label.unknown-encoding": _LABELS,
    "label.huge-file": _LABELS,
    "label.other-content": _LABELS,
    "label.unreadable": _LABELS,
    "label.swapped": ("swap-axes",),
    "label.maybe-swapped": ("swap-axes",),
    "label.too-few": _LINE,
    "label.not-a-number": _LINE,
    "label.whitespace": _LINE,
    "label.joined-lines": _LINE,
    "label.nearly-ignored": ("ignore-box",),
    "label.separator": _LINE,
    "label.no-text": _LINE,
    "label.more-points": _LINE,
    "label.maybe-points": _LINE,
    "label.other-field": ("drop-field",),
    "label.whole-page": _LINE,
    "label.lost-outline": ("drop-outlines",),
    "label.empty-file": ("take-out",),
    "label.out-of-picture": _LINE,
    "label.huge-coordinate": _LINE,
    "label.degenerate": _LINE,
    "label.self-crossing": _LINE,
    "label.duplicate-box": _LINE,
    "image.suffix": _PICTURE,
    "image.content": _PICTURE,
    "image.truncated": _PICTURE,
    "image.unreadable": _PICTURE,
    "image.tiny": _PICTURE,
    "image.huge": _PICTURE,
    "image.exif-rotated": _PICTURE,
    "split.leak": _PICTURE,
    "split.contradiction": _PICTURE,
    "stats.all-ignored": ("read-ignored",),
}


@dataclass(frozen=True, slots=True)
class Decision:
    """rule: of the finding. file: as the finding names it. line: from 1, None for a whole file. wanted: the name that the
    file should have, where the finding says one."""

    deed: Deed
    rule: str
    file: str
    line: int | None = None
    wanted: str = ""

    @property
    def where(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"

    @property
    def key(self) -> str:
        """Tells it from every other decision about the same dataset."""
        return f"{self.deed} {self.where}"


def decisions(findings: Iterable[Finding]) -> list[Decision]:
    """All that can be decided about what no repair mends, the likeliest first at each place."""
    found: dict[str, Decision] = {}
    for one in findings:
        if one.fixable:
            continue
        for deed in DEEDS.get(one.rule, ()):
            values = one.params
            wanted = str(values.get("wanted") or values.get("label") or values.get("folder") or "")
            decision = Decision(deed, one.rule, one.file, one.line, wanted)
            found.setdefault(decision.key, decision)
    return list(found.values())
