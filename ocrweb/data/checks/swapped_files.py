"""Which files of a dataset have, or may have, x and y in each other's place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ocrweb.data.checks.examine import OF_CORNERS, Examined
from ocrweb.data.checks.rules import Severity


@dataclass
class SwappedFiles:
    """surely: the first file that is swapped for sure. maybe: files that may be if another one is. mendable: findings of their
    corners that a repair would mend."""

    surely: str = ""
    maybe: dict[str, None] = field(default_factory=dict)
    mendable: Counter[Severity] = field(default_factory=Counter)

    def note(self, examined: Examined) -> None:
        label = examined.entry.label or ""
        if not self.surely and any(found.rule == "label.swapped" for found in examined.findings):
            self.surely = label
        if examined.maybe_swapped:
            self.maybe[label] = None
            self.mendable.update(
                found.severity for found in examined.findings if found.rule in OF_CORNERS and found.fixable
            )
