"""Train with one setting after the other, for as long each, and score each on labelled pictures kept for choosing.

usage: python -m benchmarks.recipes.search TRAIN DEV LOG [--minutes 8 | --epochs 40] [--seeds 1,2] [--only NAME …]
       [-o KEY=VALUE …]

TRAIN and DEV are datasets; DEV is for choosing alone. Each training is a line of JSON in LOG as soon as it is done, and what
is in LOG is not done again: stop it whenever you like. All of it runs at the lowest priority. On a machine that is busy
give --epochs: a training that ends by the clock learns less there, one that ends by its steps only takes longer. The table is
printed at the end, or with --table alone.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.recipes.settings import AS_IT_IS, SETTINGS

LOWEST = 19
ENDLESS = 10000  # epochs of a training that ends by the clock
RATIOS = ("hmean", "precision", "recall")


@dataclass(frozen=True)
class Trial:
    """One training. It ends after ``minutes``, or after ``epochs``; the other is 0. words: settings for all, and of ``name``."""

    name: str
    seed: int
    minutes: float
    epochs: int
    train: str
    dev: str
    words: tuple[str, ...]

    @property
    def key(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)


def trials(options: argparse.Namespace) -> list[Trial]:
    """Every setting with every seed; each seed goes through all settings before the next, so that a half log compares."""
    named = {name: words for name, words in SETTINGS.items() if name in (options.only or SETTINGS)}
    train, dev = (str(Path(folder).resolve()) for folder in (options.train, options.dev))
    return [
        Trial(
            name, seed, 0.0 if options.epochs else options.minutes, options.epochs, train, dev, (*options.word, *words)
        )
        for seed in options.seeds
        for name, words in named.items()
    ]


def read_log(path: Path) -> list[dict[str, Any]]:
    """The lines of a log; half a line, as a full disk or a kill leaves, is passed over."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return [one for one in found if isinstance(one, dict) and "trial" in one]


def search(wanted: Sequence[Trial], log: Path, run: Callable[[Trial], dict[str, Any]]) -> None:
    """Do what the log does not have yet."""
    done = {json.dumps(one["trial"], sort_keys=True) for one in read_log(log)}
    for number, trial in enumerate(wanted, start=1):
        if json.dumps(json.loads(trial.key), sort_keys=True) in done:
            continue
        began = time.time()
        figures = run(trial)
        row = {"trial": asdict(trial), "seconds": round(time.time() - began, 1), **figures}
        torn = log.is_file() and not log.read_bytes().endswith(b"\n") and log.stat().st_size > 0
        with log.open("a", encoding="utf-8") as file:
            file.write("\n" * torn + json.dumps(row, ensure_ascii=False) + "\n")
        shown = row.get("hmean", row.get("error"))
        print(f"{number}/{len(wanted)} {trial.name}, seed {trial.seed}: {shown}", file=sys.stderr, flush=True)


def train_and_score(trial: Trial) -> dict[str, Any]:
    """Figures of one training in a data root of its own: on DEV, on its held-out pictures, and its steps; or its error."""
    with tempfile.TemporaryDirectory(prefix="ocrweb-recipe-") as home:
        words = [f"dataset={trial.train}", f"seed={trial.seed}", f"max_minutes={trial.minutes}"]
        words += [f"epochs={trial.epochs or ENDLESS}"]
        words += ["name=trial", *trial.words]
        given = [part for word in words for part in ("-o", word)]
        trained = ocrweb(home, "train", *given)
        if "error" in trained:
            return {"error": trained["error"]["code"]}
        if trained["state"] != "finished":
            return {"error": (trained.get("cause") or {}).get("code", trained["state"])}
        scored = ocrweb(home, "eval", "--model", "latest", "--data", trial.dev)
        if "error" in scored:
            return {"error": scored["error"]["code"]}
        validation = {
            "validation": trained.get("hmean"),
            "base": trained.get("base_hmean"),
            "steps": trained.get("step"),
        }
        return {**{name: scored[name] for name in RATIOS}, **validation, "outcome": trained.get("outcome")}


def ocrweb(home: str, *words: str) -> dict[str, Any]:
    """The document of a command at the lowest priority; its complaints go to stderr."""
    done = subprocess.run(
        [sys.executable, "-m", "ocrweb", *words, "--json"],
        env={**os.environ, "OCRWEB_HOME": home},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        preexec_fn=lambda: os.nice(LOWEST),
    )
    try:
        document = json.loads(done.stdout)
    except ValueError:
        return {"error": {"code": f"exit {done.returncode}"}}
    return dict(document)


def table(rows: Iterable[dict[str, Any]]) -> list[str]:
    """The settings by their mean hmean on DEV, the best first, and what each gains over ``as it is`` with the same seeds."""
    by_name: dict[str, dict[int, float]] = {}
    failed = []
    for row in rows:
        trial = row["trial"]
        if "hmean" in row:
            by_name.setdefault(trial["name"], {})[trial["seed"]] = row["hmean"]
        else:
            failed.append(f"{trial['name']}, seed {trial['seed']}: {row.get('error')}")
    usual = by_name.get(AS_IT_IS, {})
    lines = ["| setting | hmean | seeds | gain |", "|---|---|---|---|"]
    for name, scores in sorted(by_name.items(), key=lambda item: -statistics.mean(item[1].values())):
        gains = [score - usual[seed] for seed, score in scores.items() if seed in usual]
        gain = f"{statistics.mean(gains):+.4f}" if gains and name != AS_IT_IS else "–"
        lines.append(f"| {name} | {statistics.mean(scores.values()):.4f} | {len(scores)} | {gain} |")
    return lines + [f"failed: {one}" for one in failed]


def main(words: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train")
    parser.add_argument("dev")
    parser.add_argument("log", type=Path)
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=float, default=8.0)
    length.add_argument("--epochs", type=int, default=0)
    parser.add_argument("--seeds", type=lambda text: [int(one) for one in text.split(",")], default=[1, 2])
    parser.add_argument("--only", nargs="+", choices=list(SETTINGS))
    parser.add_argument("-o", dest="word", action="append", default=[], metavar="KEY=VALUE", help="for every training")
    parser.add_argument("--table", action="store_true", help="only print what the log has")
    options = parser.parse_args(words)
    if not options.table:
        search(trials(options), options.log, train_and_score)
    print("\n".join(table(read_log(options.log))))


if __name__ == "__main__":
    main()
