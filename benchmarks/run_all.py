"""Make README's figures anew, one after the other, and say which have moved.

    bash benchmarks/run_all.sh [--long] [--only WORD] [--data DIR] [--out DIR]

`benchmarks/figures.yml` holds commands and figures. A figure that needs a dataset which is not here (a folder of
that name in the one of ``--data``, else in the project's), and a ratio that the machine was too noisy to tell, are said to be unknown. Trainings of hours by hand (README names each command) are not among them.
Exit 0 when nothing has moved, 1 when something has or failed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from benchmarks._measure import machine, say
from ocrweb.config import paths
from ocrweb.disk.child import module_command, module_environment

FIGURES = Path(__file__).with_name("figures.yml")
WITHIN = 0.1
State = Literal["the same", "moved", "too noisy", "failed", "not here"]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. now: None when it is unknown, and state says why."""

    run: str
    figure: str
    was: float
    now: float | None
    state: State


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    out = given.out.resolve() if given.out else paths.outputs_dir() / "benchmarks"
    out.mkdir(parents=True, exist_ok=True)
    rows = [row for entry in wanted(given) for row in measured(entry, out, given.data)]
    document = {"machine": machine(), "figures": [dict(zip(Row.__slots__, values(row), strict=True)) for row in rows]}
    (out / "run_all.json").write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(markdown(rows))
    say(f"→ {out / 'run_all.json'}")
    return 1 if any(row.state in ("moved", "failed") for row in rows) else 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks/run_all.sh", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--long", action="store_true", help="those of hours too")
    parser.add_argument("--only", default="", help="commands that hold this word alone")
    parser.add_argument("--data", type=Path, default=Path.cwd(), help="folder in which the datasets lie")
    parser.add_argument("--out", type=Path, help="folder of the documents; default: outputs/benchmarks")
    return parser.parse_args(arguments)


def wanted(given: argparse.Namespace) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.safe_load(FIGURES.read_text(encoding="utf-8"))
    return [entry for entry in entries if given.only in entry["run"] and (given.long or not entry.get("long"))]


def measured(entry: dict[str, Any], out: Path, data: Path) -> Iterator[Row]:
    """The figures of one command, which is run once."""
    missing = [name for name in entry.get("needs", []) if not (data / name).is_dir()]
    document = None
    if not missing:
        say(f"ocrweb {entry['run']}")
        command = module_command("ocrweb", *entry["run"].split(), "--json")
        environment = module_environment({**os.environ, "OCRWEB_HOME": str(paths.home())})  # names are found from there
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, cwd=data, env=environment)
        name = re.sub(r"[^a-z0-9]+", "_", entry["run"].lower()).strip("_")
        (out / f"{name}.json").write_text(done.stdout, encoding="utf-8")
        document = read(done.stdout)
    for figure, claim in entry["tells"].items():
        yield judged(entry["run"], figure, claim, document, missing=bool(missing))


def read(printed: str) -> dict[str, Any] | None:
    try:
        document = json.loads(printed)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def judged(run: str, figure: str, claim: dict[str, float], document: Any, *, missing: bool) -> Row:
    """figure: keys and places of the document, with strokes between them. A null there is a ratio that noise hid."""
    was = claim["was"]
    if missing or document is None:
        return Row(run, figure, was, None, "not here" if missing else "failed")
    found = document
    for key in figure.split("/"):
        try:
            found = found[int(key)] if isinstance(found, list) else found[key]
        except (KeyError, IndexError, ValueError, TypeError):
            return Row(run, figure, was, None, "failed")
    if found is None:
        return Row(run, figure, was, None, "too noisy")
    now = float(found)
    return Row(
        run, figure, was, now, "moved" if abs(now - was) > claim.get("within", WITHIN) * abs(was) else "the same"
    )


def values(row: Row) -> list[Any]:
    return [getattr(row, name) for name in Row.__slots__]


def markdown(rows: list[Row]) -> str:
    lines = ["| command | figure | README | now | |", "|---|---|---|---|---|"]
    for row in rows:
        now = "" if row.now is None else f"{row.now:g}"
        state = f"**{row.state}**" if row.state in ("moved", "failed") else row.state
        lines.append(f"| `ocrweb {row.run}` | {row.figure} | {row.was:g} | {now} | {state} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
