"""What is measured of a page with faults of every kind: ``python -m tests.evaluation.suspects.kept`` keeps it.

The weights of `suspects` were fitted on these very measures: whoever changes one has to fit anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ocrweb.evaluation.suspects.candidates import Look, candidates
from tests.evaluation.suspects.test_suspects import LINES, look

FILE = Path(__file__).with_name("evidence.json")


def page() -> Look:
    """Of eight lines one is bare, one cut, two joined, one shifted, one ignored; one label lies on nothing."""
    left, top, width, height = LINES[5]
    labels = [
        (LINES[0][0] + 40, LINES[0][1] + 5, LINES[0][2] - 10, 24), (60, 100, 330, 90), (left, top, width // 2 - 6, height),
        (left + width // 2, top, width // 3, height + 2), LINES[4], (500, 100, 180, 30), LINES[6],
    ]  # fmt: skip
    return look(LINES, labels, ignored=(6,))


def measured() -> list[dict[str, Any]]:
    return [
        {
            "kind": one.kind,
            "labels": list(one.labels),
            "box": one.box.round(1).tolist(),
            "evidence": {name: round(float(value), 4) for name, value in one.evidence.items()},
        }
        for one in candidates(page())
    ]


if __name__ == "__main__":
    FILE.write_text(json.dumps(measured(), indent=0) + "\n", encoding="utf-8")
