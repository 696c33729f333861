"""python -m benchmarks.faults --minutes 30 [--seed S] [--rounds N] [--place FOLDER]

Kills, fills, removes, corrupts, cuts and skews around a real console at work, and looks after each round whether all
that was acknowledged is still there and whole. The same seed plays the same rounds. Exit 0: nothing was violated; else
1, with the seed, the round, what was violated, and the folder with everything in it.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path

from benchmarks._measure import say
from benchmarks.faults.campaign import run_campaign


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(10**6)
    place = given.place or Path(tempfile.mkdtemp(prefix="ocrweb-faults-"))
    say(f"seed {seed}, {given.minutes:g} minutes, in {place}")
    verdict = run_campaign(place, seed, given.minutes, say, given.rounds)
    document = {
        "seed": seed, "rounds": verdict.rounds, "minutes": round(verdict.seconds / 60, 1),
        "faults": dict(verdict.faults), "deeds": dict(verdict.deeds),
        "violations": [{"round": number, "what": what} for number, what in verdict.violations],
        "place": str(place) if verdict.violations else None,
    }  # fmt: skip
    if given.out:
        given.out.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if given.json:
        print(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        print(
            f"seed {seed}: {verdict.rounds} rounds in {verdict.seconds / 60:.1f} minutes, {len(verdict.violations)} violations"
        )
        for number, what in verdict.violations:
            print(f"  round {number}: {what}")
        if verdict.violations:
            print(
                f"everything is kept in {place}; again: python -m benchmarks.faults --seed {seed} --rounds {verdict.violations[0][0]}"
            )
    return 1 if verdict.violations else 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.faults", description=(__doc__ or "").partition("\n\n")[2]
    )
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--rounds", type=int, help="end after so many")
    parser.add_argument("--place", type=Path, help="an empty or new folder to play in")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--out", type=Path, help="the JSON document goes here too")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
