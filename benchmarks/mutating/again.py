"""Asking again about the survivors of earlier reports, once tests were added."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.mutating.areas import Mutant
from benchmarks.mutating.faults import faults_of


def together(reports: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """One report of several, each of areas of its own."""
    whole: dict[str, Any] = {"areas": {}, "survivors": [], "unasked": [], "equivalent": 0}
    for report in reports:
        whole["seed"] = report["seed"]
        whole["areas"] |= {area: dict(row) for area, row in report["areas"].items()}
        whole["survivors"] += report["survivors"]
        whole["unasked"] += report["unasked"]
        whole["equivalent"] += report.get("equivalent", 0)
    return whole


def found_again(
    root: Path, survivors: Iterable[str], described: Callable[[Mutant], str]
) -> Iterator[tuple[str, Mutant | None]]:
    """Each survivor with its fault in the present code, which may have moved by some lines; None when its text is gone."""
    for survivor in survivors:
        place, _, change = survivor.partition(" ")
        module, _, line = place.rpartition(":")
        area = module.split("/")[1]
        source = (root / module).read_bytes() if (root / module).is_file() else b""
        alike = [
            mutant
            for mutant in (Mutant(area, module, fault) for fault in faults_of(source))
            if described(mutant).partition(" ")[2] == change
        ]
        yield survivor, min(alike, key=lambda mutant: abs(mutant.fault.line - int(line)), default=None)
