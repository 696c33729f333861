"""What an export is judged by: its maps and boxes beside Paddle's, its hmean, its speed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.config.detection import DecodeOptions
from ocrweb.data.sample import Sample
from ocrweb.evaluation.metric import DetectionMetric, Score
from ocrweb.evaluation.sweep import JudgedMap
from ocrweb.imaging.picture import read_picture
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.detector import Detector, default_decode
from ocrweb.runtime.device import choose_device
from ocrweb.runtime.engines.base import Engine
from ocrweb.runtime.engines.load import Loaded
from ocrweb.runtime.entry import ModelEntry
from ocrweb.runtime.seeing import Network
from ocrweb.training.export.parity import Gap, PageGap, compare

SPEED_SIDE = 960
ROUNDS = 3
Contestants = dict[str, Engine]


def detector_of(engine: Engine, card: ModelCard) -> Detector:
    """An engine under the rules of the runtime: the same resize, padding and decoding that users get."""
    return Detector(ModelEntry(card.name, "export", card), Loaded(engine, choose_device("cpu"), ()))


def blobs_of(detector: Detector, pictures: Sequence[Path | np.ndarray]) -> Iterator[np.ndarray]:
    """Network inputs of pictures, one at a time: together they would take gigabytes."""
    return (detector.prepare(picture).blob for picture in pictures)


def measure_gaps(
    reference: Engine, others: Contestants, detector: Detector, pictures: Sequence[Path], *, told: Callable[[int], None]
) -> dict[str, Gap]:
    """Every engine's maps and boxes of real pictures beside the reference's."""
    decode = default_decode(detector.card)
    pages: dict[str, list[PageGap]] = {name: [] for name in others}
    for number, path in enumerate(pictures):
        prepared = detector.prepare(read_picture(path).pixels)
        expected = reference.run(prepared.blob)[0]
        for name, engine in others.items():
            pages[name].append(compare(expected, engine.run(prepared.blob)[0], prepared.page, decode))
        told(number + 1)
    return {name: Gap(tuple(found)) for name, found in pages.items()}


def measure_speed(engines: Contestants, size: tuple[int, int] | None) -> dict[str, Any]:
    """Median and best milliseconds of a network run, taking turns so that other work on the machine hits all alike."""
    height, width = size or (SPEED_SIDE, SPEED_SIDE)
    blob = np.random.default_rng(0).standard_normal((1, 3, height, width)).astype(np.float32)
    times: dict[str, list[float]] = {name: [] for name in engines}
    for turn in range(ROUNDS + 1):
        for name, engine in engines.items():
            start = time.perf_counter()
            engine.run(blob)
            if turn:
                times[name].append(1000 * (time.perf_counter() - start))
    figures = {
        name: {
            "median_ms": round(statistics.median(found), 2),
            "best_ms": round(min(found), 2),
            "engine": engines[name].device,
        }
        for name, found in times.items()
    }
    return {"size": [height, width], "rounds": ROUNDS, "engines": figures}


def measure_hmean(
    engines: Contestants, detector: Detector, samples: Iterable[Sample], *, told: Callable[[int], None]
) -> dict[str, Score]:
    """Scores of several engines on the same labelled pictures, each read once and seen as the runtime sees it."""
    decode: DecodeOptions = default_decode(detector.card)
    metrics = {name: DetectionMetric() for name in engines}
    for number, sample in enumerate(samples):
        pixels = read_picture(sample.image).pixels
        for name, engine in engines.items():
            seen = detector.look(pixels, _network(engine))
            judged = JudgedMap(sample, seen.map, seen.page, seen.tiles)
            outlines, _ = judged.regions(decode)
            metrics[name].update(judged.labels, judged.ignored, outlines)
        told(number + 1)
    return {name: metric.summary() for name, metric in metrics.items()}


def _network(engine: Engine) -> Network:
    return lambda blob: engine.run(blob)[0]
