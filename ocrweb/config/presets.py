"""Starting points for a training run: a few settings laid over the defaults."""

from __future__ import annotations

import difflib
from typing import Any

from ocrweb.errors import OcrwebError

PRESETS: dict[str, dict[str, Any]] = {
    "safe": {"batch_size": 2, "epochs": 20, "learning_rate": 0.001},
    "reference": {"batch_size": 8, "epochs": 5, "learning_rate": 0.007},
    "small-gpu": {"batch_size": 1, "epochs": 20, "learning_rate": 0.0005, "optimizer": {"accumulate": 4}},
    "cpu": {
        "batch_size": 2,
        "epochs": 20,
        "learning_rate": 0.0005,
        "device": "cpu",
        "crop_size": 480,
        "max_minutes": 60,
    },
}
"""safe: what a new user gets. reference: the settings of the original console. small-gpu: 4 GB of GPU memory.
cpu: an hour on a laptop."""


def preset(name: str) -> dict[str, Any]:
    """The settings of a preset; OcrwebError ``usage.unknown-name`` with the nearest one."""
    if name not in PRESETS:
        nearest = difflib.get_close_matches(name, PRESETS, n=1, cutoff=0.0)[0]
        raise OcrwebError("usage.unknown-name", what="preset", name=name, nearest=nearest)
    return PRESETS[name]
