"""Another model's probability maps of training crops, as soft targets."""

from __future__ import annotations

import numpy as np

from ocrweb.errors import OcrwebError
from ocrweb.runtime.catalogue import resolve
from ocrweb.runtime.convert import onnx_of
from ocrweb.runtime.engines.base import Engine
from ocrweb.runtime.engines.openvino import OpenVinoEngine
from ocrweb.training.feed.samples import normalise


class TeacherMaps:
    """Called with a crop, (S, S, 3) uint8 BGR, S a multiple of 32; returns its (S, S) float32 probability map.

    The map is of the very crop that the student sees, after all augmentation. The network runs in float32 on one thread,
    is opened at the first call, and once more in each loader process. Raises what naming, converting and opening a model
    raises, at the latest at the first call, and ``pretrain.no-teacher`` for a model without an ONNX file or weights.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        entry = resolve(name)
        if entry.missing is not None:
            raise entry.missing
        if "onnx" not in entry.files and "weights" not in entry.files:
            raise OcrwebError("pretrain.no-teacher", name=name)
        self._mean, self._std = entry.card.mean, entry.card.std
        self._network = entry.files["onnx"] if "onnx" in entry.files else onnx_of(entry.files["weights"])
        self._engine: Engine | None = None

    def __call__(self, crop: np.ndarray) -> np.ndarray:
        if self._engine is None:
            self._engine = OpenVinoEngine(self._network, precision="f32", threads=1)
        return self._engine.run(normalise(crop, self._mean, self._std)[None])[0]

    def __reduce__(self) -> tuple[type[TeacherMaps], tuple[str]]:
        return TeacherMaps, (self._name,)
