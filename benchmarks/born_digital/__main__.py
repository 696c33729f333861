"""A detector trained on PDFs with no label made by hand, tested on paper copies of other documents of the same layouts.

    PYTHON -m benchmarks.born_digital.make PDFS --count 24      (PYTHON: see there)
    python -m benchmarks.born_digital PDFS [--train 10] [--minutes 26] [--also DATASET…]

Of each layout the first ``--train`` documents are trained on, clean and as paper; the others are tested on as paper that
lies, bends and is lit otherwise (another seed). The figure to reach is the base model's hmean and half of what it lacks.
``--also``: datasets of real pictures to test both models on.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks._measure import finish, machine, say, table
from ocrweb.config.model_names import DEFAULT
from ocrweb.services.datasets.importing import ImportOptions, import_sources

TEST_SEED = 77
MOSTLY_TEST = 0.9  # an import keeps a page to train from


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    layouts: dict[str, list[Path]] = defaultdict(list)
    for file in sorted(given.pdfs.glob("*.pdf")):
        layouts[file.stem.split("_")[0]].append(file)
    train = [file for files in layouts.values() for file in files[: given.train]]
    held_back = [file for files in layouts.values() for file in files[given.train :]]
    with tempfile.TemporaryDirectory() as place:
        say(f"{len(train)} documents to train from, {len(held_back)} held back, {len(layouts)} layouts")
        learnt = import_sources(train, Path(place, "train"))
        held = import_sources(
            held_back, Path(place, "test"), ImportOptions("pdf", MOSTLY_TEST, TEST_SEED, looks="paper")
        )
        run = trained(Path(place, "train"), given)
        tests = [(str(Path(place, "test")), "held back"), *((path, Path(path).name) for path in given.also)]
        scores = {
            name: {side: score(model, path) for side, model in (("base", DEFAULT), ("run", run))}
            for path, name in tests
        }
    base = scores["held back"]["base"]["hmean"]
    document: dict[str, Any] = {
        "benchmark": "born_digital", "machine": machine(), "run": run, "scores": scores, "reach": round(base + (1 - base) / 2, 4),
        "documents": {"train": len(train), "test": len(held_back)}, "lines": {"train": learnt.account.lines, "test": held.account.lines},
        "accounted": learnt.accounted and held.accounted,
    }  # fmt: skip
    rows = [[name, f"{pair['base']['hmean']:.4f}", f"{pair['run']['hmean']:.4f}"] for name, pair in scores.items()]
    finish("born_digital", document, table(["tested on", "base", "trained"], rows), as_json=given.json, out=given.out)
    return 0 if scores["held back"]["run"]["hmean"] >= document["reach"] else 1


def trained(dataset: Path, given: argparse.Namespace) -> str:
    """The name of a run with the settings for documents."""
    options = (
        "--preset",
        "documents",
        "-o",
        f"dataset={dataset}",
        "-o",
        f"max_minutes={given.minutes}",
        "-o",
        "name=born_digital",
    )
    return str(ocrweb("train", *options, accept=(0, 1))["name"])


def score(model: str, dataset: str) -> dict[str, Any]:
    answer = ocrweb("eval", "--model", model, "--data", dataset)
    return {name: answer[name] for name in ("hmean", "precision", "recall", "pictures")}


def ocrweb(*arguments: str, accept: tuple[int, ...] = (0,)) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-m", "ocrweb", *arguments, "--json"], stdout=subprocess.PIPE, check=False)
    if done.returncode not in accept:
        raise SystemExit(f"ocrweb {arguments[0]} ended with {done.returncode}")
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.born_digital", description=__doc__)
    parser.add_argument("pdfs", type=Path, help="folder with LAYOUT_NUMBER.pdf")
    parser.add_argument("--train", type=int, default=10, help="documents of each layout")
    parser.add_argument("--minutes", type=float, default=26)
    parser.add_argument("--also", nargs="*", default=[], help="datasets of real pictures")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--out", type=Path, help="JSON file; default: outputs/benchmarks/born_digital.json")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
