"""Who is measured: our detector in each precision, and RapidOCR's on the same network."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks._home import data_root
from benchmarks._measure import say
from ocrweb.config.detection import DecodeOptions, ResizeOptions
from ocrweb.config.model_names import DEFAULT
from ocrweb.runtime.catalogue import resolve
from ocrweb.runtime.detector import Detector
from ocrweb.runtime.device import has_bf16
from ocrweb.runtime.engines.load import load_engine
from ocrweb.runtime.int8 import find_copy
from ocrweb.runtime.result import DetectionResult
from ocrweb.services.models.int8_copy import make_int8_copy

USUAL = DecodeOptions(threshold=0.3, box_threshold=0.6)
Contestant = Callable[[np.ndarray], Sequence[np.ndarray]]


def precisions() -> list[str]:
    """Those that our runtime has here; int8 when `int8_copy` or `ocrweb models --int8` made the default model's copy."""
    copy = find_copy(resolve(DEFAULT))
    return ["f32", *(["bf16"] if has_bf16() else []), *(["int8"] if copy is not None else [])]


@contextlib.contextmanager
def int8_copy() -> Iterator[None]:
    """The default model has a copy in int8 as long as this lasts, made of rendered pages in a data root of its own."""
    with tempfile.TemporaryDirectory(prefix="ocrweb-int8-") as place, data_root(Path(place)):
        copy = make_int8_copy(DEFAULT, told=lambda stage, share: say(f"int8: {stage} {share:.0%}"))
        say(f"int8: {copy.facts()}")
        yield


def ours(precision: str = "auto", engine: str = "auto", streams: int = 1) -> Detector:
    entry = resolve(DEFAULT)
    return Detector(entry, load_engine(entry, engine, precision, "cpu", streams=streams))


def rapidocr(resize: ResizeOptions) -> Contestant:
    """RapidOCR's own detector on the same ONNX file, with the decode settings of ours."""
    from rapidocr import RapidOCR

    from ocrweb.runtime.device import cpu_threads

    settings = {
        "Det.limit_side_len": resize.limit_side,
        "Det.limit_type": resize.limit_type,
        "Det.thresh": USUAL.threshold,
        "Det.box_thresh": USUAL.box_threshold,
        "Det.unclip_ratio": USUAL.unclip_ratio,
        "Det.use_dilation": False,
        "EngineConfig.onnxruntime.intra_op_num_threads": cpu_threads(),
        "Global.log_level": "error",
    }
    detector = RapidOCR(params=settings)._load_det_model()

    def run(pixels: np.ndarray) -> Sequence[np.ndarray]:
        boxes = detector(pixels).boxes
        return [] if boxes is None else list(np.asarray(boxes, np.float32))

    return run


def boxes_of(detector: Detector, resize: ResizeOptions) -> Contestant:
    return lambda pixels: [region.quad for region in detector.detect(pixels, USUAL, resize).regions]


def to_json(result: DetectionResult) -> str:
    return json.dumps(result.to_dict(), ensure_ascii=False)
