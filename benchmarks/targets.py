"""Training samples a second and core: decode, augmentation and target maps, against the published chain.

    ocrweb bench targets [--data DIR] [--pictures N] [--size 640] [--rounds 3]

Both run in this process on one core, on the same pictures, taking turns. Times are of the processor, so that other
programs disturb them little. The peer is a rewrite of PaddleOCR's chain (see _published.py), which itself cannot be
installed beside this project; measured on its own code, on another day, it took 76 ms a picture.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np

from benchmarks import _published as published
from benchmarks._measure import finish, limit_cores, machine, table
from benchmarks._pictures import rendered
from ocrweb.config.augmentation import AugmentOptions
from ocrweb.config.detection import ResizeOptions
from ocrweb.data.icdar import read_split
from ocrweb.data.sample import Sample
from ocrweb.errors import OcrwebError
from ocrweb.imaging.picture import read_picture
from ocrweb.training.augment.compose import CropRecipe, make_crop
from ocrweb.training.feed.samples import SampleRecipe, draw_targets, labelled, normalise

Answer = TypeVar("Answer")
STAGES = ("decode", "augment", "targets", "normalise")
RECIPE = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Stages:
    """Seconds of each stage, one entry a sample."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {name: [] for name in STAGES}

    def timed(self, stage: str, action: Callable[..., Answer], *arguments: Any) -> Answer:
        start = time.thread_time()
        answer = action(*arguments)
        self.seconds[stage].append(time.thread_time() - start)
        return answer

    def to_dict(self) -> dict[str, float]:
        """Means, as training pays for every sample; and the median of whole samples."""
        whole = [sum(parts) for parts in zip(*self.seconds.values(), strict=True)]
        means = {f"{name}_ms": round(1000 * statistics.mean(values), 2) for name, values in self.seconds.items()}
        mean = statistics.mean(whole)
        return {
            **means,
            "mean_ms": round(1000 * mean, 2),
            "median_ms": round(1000 * statistics.median(whole), 2),
            "samples_per_second": round(1 / mean, 1),
        }


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    limit_cores(1)
    cv2.setNumThreads(1)
    try:
        name, samples = pictures(given.data, given.pictures)
        ours, theirs = measure(samples, given.size, given.rounds)
    except OcrwebError as error:
        print(f"{error.message()}\n  → {error.hint()}", file=sys.stderr)
        return 2
    document: dict[str, Any] = {
        "benchmark": "targets",
        "machine": machine(),
        "pictures": name,
        "count": len(samples),
        "size": given.size,
        "ocrweb": ours.to_dict(),
        "published chain": theirs.to_dict(),
    }
    ratio = document["published chain"]["mean_ms"] / document["ocrweb"]["mean_ms"]
    document["times_as_fast"] = round(ratio, 2)
    columns = [*(f"{stage}_ms" for stage in STAGES), "mean_ms", "median_ms", "samples_per_second"]
    rows = [[who, *(f"{document[who][column]:.1f}" for column in columns)] for who in ("ocrweb", "published chain")]
    head = ["one core, processor time", *(f"{stage} ms" for stage in STAGES), "mean ms", "median ms", "samples/s"]
    text = f"{len(samples)} pictures ({name}) to {given.size}²\n\n{table(head, rows)}\n\n{ratio:.2f} times as fast"
    finish("targets", document, text, as_json=given.json, out=given.out)
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="ocrweb bench targets", description=__doc__.splitlines()[0] if __doc__ else None
    )
    parser.add_argument("--data", type=Path, help="a dataset (its train split); default: rendered receipts")
    parser.add_argument("--pictures", type=int, help="at most so many")
    parser.add_argument("--size", type=int, default=640, help="side of the crop")
    parser.add_argument("--rounds", type=int, default=3, help="samples of each picture")
    parser.add_argument("--out", type=Path, help="JSON file; default: outputs/benchmarks/targets.json")
    parser.add_argument("--json", action="store_true", help="print the JSON document")
    return parser.parse_args(arguments)


def pictures(folder: Path | None, count: int | None) -> tuple[str, list[Sample]]:
    if folder is None:
        shown = rendered(count or 24)
        return shown.name, list(shown.samples)
    return folder.name, read_split(folder, "train")[:count]


def measure(samples: list[Sample], size: int, rounds: int) -> tuple[Stages, Stages]:
    """Ours and theirs, taking turns picture by picture; the first picture also warms both up."""
    recipe = SampleRecipe(CropRecipe(size, AugmentOptions(), ResizeOptions()), *RECIPE)
    run_ours(Stages(), samples[0], recipe, 0)
    run_published(Stages(), samples[0], size, 0)
    ours, theirs = Stages(), Stages()
    for turn in range(rounds):
        for index, sample in enumerate(samples):
            run_ours(ours, sample, recipe, turn * len(samples) + index)
            run_published(theirs, sample, size, turn * len(samples) + index)
    return ours, theirs


def run_ours(stages: Stages, sample: Sample, recipe: SampleRecipe, seed: int) -> None:
    rng = np.random.default_rng(seed)
    pixels = stages.timed("decode", read_picture, sample.image).pixels
    crop = stages.timed("augment", make_crop, rng, labelled(pixels, sample.boxes), recipe.crop)
    stages.timed("targets", draw_targets, crop, recipe)
    stages.timed("normalise", normalise, crop.pixels, recipe.mean, recipe.std)


def run_published(stages: Stages, sample: Sample, size: int, seed: int) -> None:
    rng = np.random.default_rng(seed)

    def augmented(pixels: np.ndarray) -> tuple[np.ndarray, published.Texts]:
        return published.crop(rng, *published.augment(rng, pixels, published.learnt(sample)), size)

    def targets(texts: published.Texts) -> None:
        published.border_map(texts, size)
        published.shrink_map(texts, size)

    pixels = stages.timed("decode", published.read_pixels, sample.image)
    crop, texts = stages.timed("augment", augmented, pixels)
    stages.timed("targets", targets, texts)
    stages.timed("normalise", published.normalise, crop)


if __name__ == "__main__":
    sys.exit(main())
