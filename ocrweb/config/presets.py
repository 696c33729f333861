"""Starting points for a training run: a few settings laid over the defaults."""

from __future__ import annotations

import difflib
from typing import Any

from ocrweb.errors import OcrwebError
from ocrweb.messages import Sentence

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
    "documents": {
        "batch_size": 3,
        "epochs": 1000,
        "learning_rate": 0.0015,
        "max_minutes": 40,
        "crop_size": 480,
        "augmentation": {"flip": 0.0, "rotation": 3.0, "scale_min": 0.7, "scale_max": 1.5, "perspective": 0.02},
        "loss": {"main": "bce"},
        "evaluation": {"limit_side": 1600},
    },
    "street": {
        "batch_size": 3,
        "epochs": 1000,
        "learning_rate": 0.0015,
        "max_minutes": 60,
        "crop_size": 480,
        "augmentation": {"flip": 0.0, "scale_min": 0.6, "scale_max": 1.7},
        "loss": {"main": "bce"},
        "targets": {"min_text_size": 6},
        "evaluation": {"limit_side": 736, "limit_type": "min"},
    },
}
"""safe: what a new user gets. reference: the settings of the original console. small-gpu: 4 GB of GPU memory.
cpu: an hour on a laptop. documents: flat scans and photos, where text lies straight and is never mirrored; large enough for small print.
street: words at angles in photos, small ones too, judged at the size that keeps them legible.

The loss is what was measured to be better: cross-entropy on real receipts and street pictures, where neighbours stand
close; dice on small crops of drawn pages, where cross-entropy loses eight points: a new user gets dice."""


def preset(name: str) -> dict[str, Any]:
    """The settings of a preset; OcrwebError ``usage.unknown-name`` with the nearest one."""
    if name not in PRESETS:
        nearest = difflib.get_close_matches(name, PRESETS, n=1, cutoff=0.0)[0]
        raise OcrwebError("usage.unknown-name", what=Sentence("command.word-preset"), name=name, nearest=nearest)
    return PRESETS[name]
