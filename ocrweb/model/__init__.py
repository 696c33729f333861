"""The networks in Paddle; imported in worker processes only.

``from ocrweb.model import DBResNet18`` loads Paddle; importing the package alone does not, so that the files of
weights and graphs can be read without it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ocrweb.model.detector import DBResNet18
    from ocrweb.model.losses import DBLoss, DBLossParts, DBTargets
    from ocrweb.model.output import DBOutput
    from ocrweb.model.weights import LoadReport, load_weights, save_weights

_HOMES = {
    "DBResNet18": "detector",
    "DBOutput": "output",
    "DBLoss": "losses",
    "DBLossParts": "losses",
    "DBTargets": "losses",
    "LoadReport": "weights",
    "load_weights": "weights",
    "save_weights": "weights",
}
__all__ = [
    "DBLoss",
    "DBLossParts",
    "DBOutput",
    "DBResNet18",
    "DBTargets",
    "LoadReport",
    "load_weights",
    "save_weights",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
