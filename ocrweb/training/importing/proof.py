"""One detection on a rendered page, with each library that the console may run a network with."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ocrweb.config.detection import DecodeOptions, ResizeOptions
from ocrweb.errors import OcrwebError
from ocrweb.evaluation.matching import match
from ocrweb.render.page import render_page
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.detector import Detector, default_decode, default_resize
from ocrweb.runtime.engines.load import load_engine
from ocrweb.runtime.entry import ModelEntry

ENGINES = ("onnx", "openvino")
SEED = 7
TOLERANCE = 1e-3  # what float32 may leave 0..1 by


@dataclass(frozen=True, slots=True)
class Proof:
    """What the network found on the page. seconds: of its slower engine. found: of the texts that are there."""

    seconds: float
    boxes: int
    found: int
    texts: int


def prove(network: Path, card: ModelCard) -> Proof:
    """Run the network. Raises what loading raises, ``imports.does-not-run``, ``imports.bad-map``."""
    page = render_page("invoice", SEED)
    truth = [box.points for box in page.boxes if not box.ignore]
    entry = ModelEntry(card.name, "imported", card, {"onnx": network})
    seconds, boxes, found = 0.0, 0, 0
    for engine in ENGINES:
        start = time.perf_counter()
        try:
            detector = Detector(entry, load_engine(entry, engine, "f32", "cpu"))
            start = time.perf_counter()
            page_map = detector.probability(page.pixels)
        except OcrwebError as failure:
            if not failure.code.startswith("engine."):
                raise
            raise OcrwebError("imports.does-not-run", reason=failure) from failure
        seconds = max(seconds, time.perf_counter() - start)
        _check(page_map.map)
        quads = [region.quad for region in detector.regions(page_map).regions]
        boxes, found = len(quads), len(match(truth, [False] * len(truth), quads).pairs)
    return Proof(round(seconds, 3), boxes, found, len(truth))


def _check(values: np.ndarray) -> None:
    if not np.isfinite(values).all():
        raise OcrwebError("imports.bad-map", low="NaN", high="NaN")
    low, high = float(values.min()), float(values.max())
    if low < -TOLERANCE or high > 1 + TOLERANCE:
        raise OcrwebError("imports.bad-map", low=f"{low:.3g}", high=f"{high:.3g}")


def checked_card(card: ModelCard, name: str) -> ModelCard:
    """What of a stranger's card is used: how pictures are given and decoded, within the bounds that people have too.

    Raises ``model.bad-card``.
    """
    try:
        numbers = np.array([*card.mean, *card.std])
        if not np.isfinite(numbers).all() or np.abs(numbers).max() > 1000 or min(card.std) < 1e-3:
            raise ValueError("mean, std")
        DecodeOptions.model_validate(default_decode(card).model_dump())
        ResizeOptions.model_validate(default_resize(card).model_dump())
    except ValueError as failure:
        reason = " ".join(str(failure).split())[:200]
        raise OcrwebError("model.bad-card", where=name, reason=reason) from failure
    return ModelCard(
        name=name,
        mean=card.mean,
        std=card.std,
        limit_side=card.limit_side,
        limit_type=card.limit_type,
        threshold=card.threshold,
        box_threshold=card.box_threshold,
        unclip_ratio=card.unclip_ratio,
        bf16=False,
        licence="",
    )
