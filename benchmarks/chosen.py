"""Whether chosen pictures teach more than others: models trained on some of a pile, scored on pictures of their own.

    ocrweb bench chosen POOL DEV LOG [--count 20] [--seeds 1,2,3,4,5] [--epochs 60] [-o KEY=VALUE …] [--table]

POOL is a dataset whose training part is the pile: `ocrweb choose` sees its pictures, never its labels. Three models a seed are
trained: with the COUNT that were chosen, with COUNT others by chance, and with twice as many by chance, those COUNT among them; the
last for half the epochs, so that all make as many steps. Each is scored on the test part of DEV. What is told: how far of the way from COUNT to twice
COUNT by chance the chosen ones bring; nothing is told when trainings with twice as many are no better than the model that all start from,
for then they were too short to learn from labels (receipts: with 200 steps they were worse, so give them a thousand). Each training is a line of JSON in LOG as soon as it is done and is not done again: stop it
whenever you like. All of it runs on one core (--cores) at the lowest priority. The sets lie beside LOG.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks._measure import finish, limit_cores, machine, table
from benchmarks.recipes.search import RATIOS, Trial, ocrweb, read_log, search, train_and_score
from ocrweb.config.model_names import DEFAULT
from ocrweb.data.icdar import read_split
from ocrweb.data.icdar_write import write_split
from ocrweb.data.sample import Sample
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.labels.choose import ChooseRequest, choose

CHOSEN, RANDOM, TWICE, START = "chosen", "random", "twice as many", "before any training"


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    limit_cores(given.cores)
    if not given.table:
        search(trials(given), given.log, score)
    rows = [row for row in read_log(given.log) if "hmean" in row]
    document = {"machine": machine(), "count": given.count, **judged(rows)}
    lines = [[name, *(f"{value:.4f}" for value in values.values())] for name, values in document["hmean"].items()]
    seeds = sorted({seed for values in document["hmean"].values() for seed in values})
    text = table(["pictures", *(f"seed {seed}" for seed in seeds)], lines) if lines else "nothing was trained yet"
    way = document["of_the_way"]
    told = (
        f"{way:.2f} of the way"
        if way is not None
        else "cannot be told: twice as many are no better, or seeds are missing"
    )
    finish("chosen", document, f"{text}\n\n{told}", as_json=given.json, out=given.out)
    return 0


def trials(given: argparse.Namespace) -> list[Trial]:
    """The model that all start from, then each seed through all three sets before the next, so that a half log compares."""
    sets = given.log.resolve().parent / f"{given.log.stem}-sets"
    pile = {sample.image.name: sample for sample in read_split(given.pool, "train")}
    picked = chosen_of(pile.values(), given.count, given.model, sets)
    words, dev = (f"model={given.model}", *given.word), str(given.dev.resolve())
    found = [Trial(START, 0, 0.0, 0, "", dev, words)]
    for seed in given.seeds:
        for name, pictures in {CHOSEN: picked, **by_chance(list(pile), given.count, seed)}.items():
            folder = put_set(sets / f"{name} {'' if name == CHOSEN else seed}".strip(), [pile[one] for one in pictures])
            epochs = max(1, given.epochs // 2) if name == TWICE else given.epochs
            found.append(Trial(name, seed, 0.0, epochs, str(folder), dev, words))
    return found


def score(trial: Trial) -> dict[str, Any]:
    """Figures on DEV of one training, or of the model that all start from; or the error."""
    if trial.name != START:
        return train_and_score(trial)
    model = trial.words[0].partition("=")[2]
    with tempfile.TemporaryDirectory(prefix="ocrweb-recipe-") as home:
        scored = ocrweb(home, "eval", "--model", model, "--data", trial.dev)
    return {"error": scored["error"]["code"]} if "error" in scored else {name: scored[name] for name in RATIOS}


def by_chance(pictures: Sequence[str], count: int, seed: int) -> dict[str, list[str]]:
    drawn = random.Random(seed).sample(sorted(pictures), min(2 * count, len(pictures)))
    return {RANDOM: drawn[:count], TWICE: drawn}


def chosen_of(pile: Iterable[Sample], count: int, model: str, sets: Path) -> list[str]:
    """Names of the pictures that are chosen from a folder that holds the pictures of the pile and nothing else."""
    kept = sets / f"chosen-{count}.json"
    if not kept.is_file():
        bare = sets / "pictures"
        shutil.rmtree(bare, ignore_errors=True)
        bare.mkdir(parents=True)
        for sample in pile:
            shutil.copyfile(sample.image, bare / sample.image.name)
        report = choose(ChooseRequest(bare, count, DetectRequest(model)))
        kept.write_text(json.dumps([Path(one.picture).name for one in report.chosen], indent=1), encoding="utf-8")
    return list(json.loads(kept.read_text(encoding="utf-8")))


def put_set(folder: Path, samples: Sequence[Sample]) -> Path:
    """A dataset of these pictures without a test part: a training holds some of its own out."""
    if not folder.is_dir():
        making = folder.with_name(f"{folder.name}.partial")
        shutil.rmtree(making, ignore_errors=True)
        write_split(making, "train", samples)
        write_split(making, "test", ())
        making.rename(folder)
    return folder


def judged(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """hmean of each set by its seed, and how far of the way the chosen ones bring, by the means over seeds that all three have."""
    hmean: dict[str, dict[int, float]] = {}
    for row in rows:
        hmean.setdefault(row["trial"]["name"], {})[row["trial"]["seed"]] = row["hmean"]
    sets = [hmean.get(name, {}) for name in (CHOSEN, RANDOM, TWICE)]
    seeds = sorted(set.intersection(*(set(values) for values in sets)))
    way = None
    if seeds:
        chosen, less, more = (statistics.mean(values[seed] for seed in seeds) for values in sets)
        way = (
            round((chosen - less) / (more - less), 3)
            if more > max(less, *hmean.get(START, {0: 0.0}).values())
            else None
        )
    return {"hmean": hmean, "seeds": seeds, "of_the_way": way}


def parse(arguments: Iterable[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="ocrweb bench chosen", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pool", type=Path)
    parser.add_argument("dev", type=Path)
    parser.add_argument("log", type=Path)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seeds", type=lambda text: [int(one) for one in text.split(",")], default=[1, 2, 3, 4, 5])
    parser.add_argument("--epochs", type=int, default=60, help="of the smaller sets")
    parser.add_argument("--model", default=DEFAULT, help="that chooses and that learns")
    parser.add_argument("-o", dest="word", action="append", default=[], metavar="KEY=VALUE", help="for every training")
    parser.add_argument("--cores", type=int, default=1)
    parser.add_argument("--table", action="store_true", help="only tell what the log has")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--out", type=Path)
    return parser.parse_args(None if arguments is None else list(arguments))


if __name__ == "__main__":
    sys.exit(main())
