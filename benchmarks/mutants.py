"""Do the tests notice? Small faults in a copy of the code, one at a time, and the tests of the module over each.

    python -m benchmarks.mutants [--count 5] [--areas data runtime] [--seed 1] [--slow] [--again FILE…] [--out FILE] [--json]

count: faults in each area. The same seed and code give the same faults. One at a time, at the lowest priority; a fault
whose tests do not end counts as noticed. Faults that change nothing anybody could see are argued one by one in
benchmarks/mutating/equivalent.yml and count nowhere. The score is in docs/testing.md.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from benchmarks._measure import finish, say, table
from benchmarks.mutating.again import found_again, together
from benchmarks.mutating.areas import AREAS, Mutant, draw
from benchmarks.mutating.trial import ENDLESS, EQUIVALENT, NOTICED, SURVIVED, UNASKED, Trial, Verdict

ROOT = Path(__file__).parent.parent
ARGUED = Path(__file__).parent / "mutating" / "equivalent.yml"


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    os.nice(19)
    mutants = [mutant for area in given.areas for mutant in draw(ROOT, area, given.count, given.seed)]
    argued = equivalent()
    verdicts = [Verdict(mutant, EQUIVALENT) for mutant in mutants if (mutant.module, line_of(mutant)) in argued]
    mutants = [mutant for mutant in mutants if (mutant.module, line_of(mutant)) not in argued]
    before: dict[str, Any] = {}
    if given.again:
        before = together(json.loads(path.read_text(encoding="utf-8")) for path in given.again)
        mutants = [mutant for _, mutant in found_again(ROOT, before["survivors"], described) if mutant is not None]
        verdicts = [Verdict(mutant, EQUIVALENT) for mutant in mutants if (mutant.module, line_of(mutant)) in argued]
        mutants = [mutant for mutant in mutants if (mutant.module, line_of(mutant)) not in argued]
    with (
        tempfile.TemporaryDirectory(prefix="ocrweb-mutants-") as place,
        contextlib.closing(Trial(ROOT, Path(place), slow=given.slow)) as trial,
    ):
        for number, mutant in enumerate(mutants, 1):
            verdicts.append(trial.judge(mutant))
            say(f"{number}/{len(mutants)} {verdicts[-1].outcome}: {described(mutant)} {verdicts[-1].by}")
    document = completed(before, verdicts) if before else report(verdicts, given.seed)
    rows = [
        [name, str(row["mutants"]), str(row["noticed"]), f"{row['score']:.2f}"]
        for name, row in document["areas"].items()
    ]
    finish("mutants", document, table(["area", "faults", "noticed", "score"], rows), as_json=given.json, out=given.out)
    return 0 if document["score"] >= 0.85 else 1


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--count", type=int, default=5, help="faults in each area")
    parser.add_argument("--areas", nargs="+", choices=AREAS, default=list(AREAS))
    parser.add_argument("--slow", action="store_true", help="ask the slow tests too when the others noticed nothing")
    parser.add_argument("--again", type=Path, nargs="+", default=[], help="ask about the survivors of these reports")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=None)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def report(verdicts: Sequence[Verdict], seed: int) -> dict[str, Any]:
    """Of each area and of all: faults, noticed ones and their share; and the survivors with the text that changed."""
    judged = [verdict for verdict in verdicts if verdict.outcome not in (UNASKED, EQUIVALENT)]
    areas = {area: [v for v in judged if v.mutant.area == area] for area in AREAS}
    return {
        "seed": seed,
        **share(judged),
        "equivalent": sum(verdict.outcome == EQUIVALENT for verdict in verdicts),
        "unasked": [described(verdict.mutant) for verdict in verdicts if verdict.outcome == UNASKED],
        "areas": {area: share(found) for area, found in areas.items() if found},
        "survivors": [described(verdict.mutant) for verdict in judged if verdict.outcome == SURVIVED],
    }


def completed(before: dict[str, Any], verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """A report with what its survivors have come to; those whose code is gone count no more."""
    now = report(verdicts, before["seed"])
    for area, row in before["areas"].items():
        old = sum(survivor.startswith(f"ocrweb/{area}/") for survivor in before["survivors"])
        new = now["areas"].get(area, {"mutants": 0, "noticed": 0})
        row["mutants"] += new["mutants"] - old
        row["noticed"] += new["noticed"]
        row["score"] = round(row["noticed"] / max(1, row["mutants"]), 3)
    count, noticed = (sum(row[name] for row in before["areas"].values()) for name in ("mutants", "noticed"))
    sums = {"mutants": count, "noticed": noticed, "score": round(noticed / max(1, count), 3)}
    return {
        **before, **sums, "survivors": now["survivors"], "unasked": before["unasked"] + now["unasked"],
        "equivalent": before["equivalent"] + now["equivalent"],
    }  # fmt: skip


def share(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    noticed = sum(verdict.outcome in (NOTICED, ENDLESS) for verdict in verdicts)
    return {"mutants": len(verdicts), "noticed": noticed, "score": round(noticed / max(1, len(verdicts)), 3)}


def equivalent() -> frozenset[tuple[str, str]]:
    """The faults that are argued to change nothing: module and `line_of`."""
    return frozenset((entry["module"], entry["line"]) for entry in yaml.safe_load(ARGUED.read_text(encoding="utf-8")))


def line_of(mutant: Mutant) -> str:
    """The lines that a fault changes, as they read with it, without their indent; what was taken out as it read before."""
    source, fault = (ROOT / mutant.module).read_bytes(), mutant.fault
    if fault.new == "pass":
        return f"without: {' '.join(source[fault.start : fault.stop].decode().split())}"
    first, last = source.rfind(b"\n", 0, fault.start) + 1, source.find(b"\n", fault.stop)
    return (source[first : fault.start] + fault.new.encode() + source[fault.stop : last]).decode().strip()


def described(mutant: Mutant) -> str:
    """Place, kind, and the text before and after."""
    fault = mutant.fault
    before = (ROOT / mutant.module).read_bytes()[fault.start : fault.stop].decode()
    old, new = (" ".join(text.split())[:90] for text in (before, fault.new))
    return f"{mutant.module}:{fault.line} {fault.kind}: {json.dumps(old, ensure_ascii=False)} → {json.dumps(new, ensure_ascii=False)}"


if __name__ == "__main__":
    sys.exit(main())
