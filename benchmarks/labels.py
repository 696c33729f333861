"""Wrong labels found by themselves: faults are put into a dataset's labels, and the list of suspects is judged.

    ocrweb bench labels FOLDER [--split train] [--seeds 2] [--every-kind] [--json]
    ocrweb bench labels FOLDER --person [--pictures 40] [--after 60] [--learn 60:RUN …]
    python -m benchmarks.labels FOLDER [FOLDER …] --fit weights.json

5 % of the labels are removed, 3 % joined with a neighbour, 3 % shifted by a third, 2 % put on nothing; --every-kind also
cuts, ignores and counts. The list is judged by its average precision and by the faults among its first entries, twice as
many as there are faults. --person counts what somebody needs who brings a model's labels to the true ones: `benchmarks.labelling.person`;
--learn has them let a model learn after so many pictures (`ocrweb labels DIR --learn` made it of those), and go on with its boxes.
--fit writes the weights that the product ships, from the train parts of the folders; judge them
on other pictures.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from benchmarks._measure import finish, machine, say, table
from benchmarks.labelling.faults import EVERY, USUAL, Fault, Spoiler
from benchmarks.labelling.fit import fit, truth
from benchmarks.labelling.person import Person
from benchmarks.labelling.ranking import Named, Quality, judge
from ocrweb.config.model_names import DEFAULT
from ocrweb.data.icdar import read_split
from ocrweb.data.sample import Sample, Split
from ocrweb.evaluation.suspects.candidates import Candidate, Look, candidates
from ocrweb.evaluation.suspects.suspects import suspects
from ocrweb.evaluation.sweep import JudgedMap
from ocrweb.runtime.detector import default_decode
from ocrweb.services.detect.request import DetectRequest

FIT_SEEDS = (0, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A clean picture as the model saw it. gray: (H, W) uint8."""

    judged: JudgedMap
    gray: np.ndarray

    def with_labels(self, sample: Sample) -> Look:
        return Look(replace(self.judged, sample=sample), self.gray)


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    if given.fit:
        rows = (row for folder in given.folders for row in all_candidates(look_at(folder, "train", given.model)))
        given.fit.write_text(json.dumps(fit(rows), indent=1) + "\n", encoding="utf-8")
        return 0
    if given.person:
        return correct(given)
    shares = EVERY if given.every_kind else USUAL
    rows, document = [], {"machine": machine(), "model": given.model, "lists": []}
    for folder in given.folders:
        seen = look_at(folder, given.split, given.model)
        found = [spoil_and_judge(seen, shares, seed) for seed in range(given.seeds)]
        precision, early = (statistics.mean(getattr(one, name) for one in found) for name in ("precision", "early"))
        unnamed = sum((one.unnamed for one in found), start=type(found[0].unnamed)())
        rows.append(
            [f"{folder.name} {given.split}", str(len(seen)), f"{precision:.3f}", f"{early:.3f}", _counted(unnamed)]
        )
        document["lists"].append(
            {"folder": folder.name, "split": given.split, "pictures": len(seen), "faults": [one.faults for one in found],
             "average_precision": round(precision, 4), "early": round(early, 4), "unnamed": dict(unnamed)}
        )  # fmt: skip
    heads = ["labels", "pictures", "average precision", "within twice as many", "never named"]
    finish("labels", document, table(heads, rows), as_json=given.json, out=given.out)
    return 0


def correct(given: argparse.Namespace) -> int:
    """A simulated person at the pictures, in the order of the list."""
    rows, document = [], {"machine": machine(), "model": given.model, "learnt": dict(given.learn), "people": []}
    for folder in given.folders:
        person, pictures = Person(), 0
        for model, after, most in sittings(given):
            usual = default_decode(DetectRequest(model).detector().card)
            seen = look_at(folder, given.split, model, most, after)
            person.work([one.judged for one in seen], usual)
            pictures += len(seen)
        actions = person.actions
        rows.append(
            [
                f"{folder.name} {given.split}",
                str(pictures),
                str(actions.boxes),
                str(actions.total),
                f"{actions.ratio:.3f}",
                f"{actions.of_drags:.3f}",
            ]
        )
        told = {**asdict(actions), "total": actions.total, "ratio": round(actions.ratio, 4)}
        told["ratio_to_a_drag_each"] = round(actions.of_drags, 4)
        document["people"].append({"folder": folder.name, "split": given.split, "pictures": pictures, **told})
    heads = ["labels", "pictures", "boxes", "actions", "of drawing every box", "of a drag for every box"]
    finish("labels", document, table(heads, rows), as_json=given.json, out=given.out)
    return 0


def sittings(given: argparse.Namespace) -> Iterator[tuple[str, int, int | None]]:
    """The model whose boxes are corrected, the pictures left out before, and how many at most."""
    starts = [(given.after, given.model), *((given.after + count, model) for count, model in sorted(given.learn))]
    end = None if given.pictures is None else given.after + given.pictures
    for (start, model), (following, _) in zip(starts, [*starts[1:], (end, "")], strict=True):
        yield model, start, None if following is None else following - start


def learnt_after(text: str) -> tuple[int, str]:
    count, _, model = text.partition(":")
    return int(count), model


def look_at(folder: Path, split: Split, model: str, most: int | None = None, after: int = 0) -> list[Seen]:
    """Every picture once, but the first ``after``; the faults are put into its labels afterwards."""
    detector = DetectRequest(model).detector()
    seen = []
    for sample in read_split(folder, split)[after:][:most]:
        page = detector.probability(sample.image)
        gray = cv2.cvtColor(page.picture, cv2.COLOR_BGR2GRAY)
        seen.append(Seen(JudgedMap(sample, page.map.astype(np.float16), page.page, page.tiles, gray), gray))
        if len(seen) % 20 == 0:
            say(f"{folder.name}: {len(seen)} pictures")
    return seen


def spoiled(seen: Sequence[Seen], shares: Mapping[str, float], seed: int) -> tuple[list[Look], list[Fault]]:
    sizes = [(one.judged.page.width, one.judged.page.height) for one in seen]
    spoiler = Spoiler([one.judged.sample for one in seen], sizes, seed)
    samples = spoiler.spoil(shares)
    return [one.with_labels(sample) for one, sample in zip(seen, samples, strict=True)], spoiler.faults


def spoil_and_judge(seen: Sequence[Seen], shares: Mapping[str, float], seed: int) -> Quality:
    looks, faults = spoiled(seen, shares, seed)
    named = [
        Named(picture, one.kind, one.score, one.box)
        for picture, look in enumerate(looks)
        for one in suspects(look)
        if one.box is not None
    ]
    return judge(named, faults)


def all_candidates(seen: Sequence[Seen]) -> Iterator[tuple[Candidate, bool]]:
    """What the weights are fitted to."""
    for seed in FIT_SEEDS:
        looks, faults = spoiled(seen, EVERY, seed)
        for picture, look in enumerate(looks):
            here = [fault for fault in faults if fault.picture == picture]
            for candidate in candidates(look):
                yield candidate, truth(candidate, picture, here)


def _counted(kinds: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "none"


def parse(arguments: Iterable[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ocrweb bench labels", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="a dataset with clean labels")
    parser.add_argument("--split", choices=("train", "test"), default="train")
    parser.add_argument("--seeds", type=int, default=2, help="how often other faults are put in")
    parser.add_argument("--every-kind", action="store_true", help="also cut, wrongly ignored and wrongly counted ones")
    parser.add_argument("--person", action="store_true", help="count what a simulated person needs to correct them")
    parser.add_argument("--pictures", type=int, help="at most; of --person")
    parser.add_argument("--after", type=int, default=0, help="pictures left out at first; of --person")
    parser.add_argument("--model", default=DEFAULT)
    parser.add_argument(
        "--learn", type=learnt_after, action="append", default=[], metavar="COUNT:MODEL",
        help="after so many pictures this one's boxes are corrected, which learnt from them; of --person",
    )  # fmt: skip
    parser.add_argument("--fit", type=Path, help="write weights instead of judging them")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--out", type=Path)
    return parser.parse_args(None if arguments is None else list(arguments))


if __name__ == "__main__":
    sys.exit(main())
