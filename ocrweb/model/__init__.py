"""The networks in Paddle; imported in worker processes only.

``from ocrweb.model import DBResNet18`` loads Paddle; importing the package alone does not, so that the files of
weights and graphs can be read without it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ocrweb.model.architecture import Architecture, build_model
    from ocrweb.model.detector import DBResNet18
    from ocrweb.model.host_memory import keep_freed_memory
    from ocrweb.model.losses import DBLoss, DBLossParts, DBTargets
    from ocrweb.model.onnx_graph.detector import OnnxDetector, from_onnx
    from ocrweb.model.output import DBOutput
    from ocrweb.model.weights import LoadReport, load_weights, save_weights

_HOMES = {
    "Architecture": "architecture",
    "DBResNet18": "detector",
    "DBOutput": "output",
    "DBLoss": "losses",
    "DBLossParts": "losses",
    "DBTargets": "losses",
    "LoadReport": "weights",
    "OnnxDetector": "onnx_graph.detector",
    "build_model": "architecture",
    "from_onnx": "onnx_graph.detector",
    "keep_freed_memory": "host_memory",
    "load_weights": "weights",
    "save_weights": "weights",
}
__all__ = [
    "Architecture",
    "DBLoss",
    "DBLossParts",
    "DBOutput",
    "DBResNet18",
    "DBTargets",
    "LoadReport",
    "OnnxDetector",
    "build_model",
    "from_onnx",
    "keep_freed_memory",
    "load_weights",
    "save_weights",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
