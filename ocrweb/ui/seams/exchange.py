"""Parts of Gradio's scripts, exchanged for ones that do the same with less work; what is not as it is known here stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gradio.route_utils import BUILD_PATH_LIB


@dataclass(frozen=True)
class Exchange:
    """script: a script's name before its digest. instead: with ``%(name)s`` for the groups of `known`."""

    script: str
    known: re.Pattern[str]
    instead: str

    def of(self, script: str) -> str:
        """The script with the part exchanged, if that is in it once."""
        found = list(self.known.finditer(script))
        if len(found) != 1:
            return script
        return script[: found[0].start()] + self.instead % found[0].groupdict() + script[found[0].end() :]


def exchanged(exchanges: Iterable[Exchange]) -> dict[str, str]:
    """By the name of Gradio's own script, the one that is served in its place."""
    changed: dict[str, str] = {}
    for exchange in exchanges:
        for file in Path(BUILD_PATH_LIB).glob(f"{exchange.script}-*.js"):
            before = changed.get(file.name) or file.read_text(encoding="utf-8")
            if (after := exchange.of(before)) != before:
                changed[file.name] = after
    return changed
