"""The starting points, each as it is offered."""

from __future__ import annotations

import pytest

from ocrweb.config.loader import build
from ocrweb.config.presets import PRESETS, preset
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError

COMMON = {"batch_size": 3, "epochs": 1000, "learning_rate": 0.0015, "crop_size": 480, "loss": {"main": "bce"}}
OFFERED = {
    "safe": {"batch_size": 2, "epochs": 20, "learning_rate": 0.001},
    "reference": {"batch_size": 8, "epochs": 5, "learning_rate": 0.007},
    "small-gpu": {"batch_size": 1, "epochs": 20, "learning_rate": 0.0005, "optimizer": {"accumulate": 4}},
    "cpu": {
        "batch_size": 2, "epochs": 20, "learning_rate": 0.0005, "device": "cpu", "crop_size": 480, "max_minutes": 60,
    },
    "documents": {
        **COMMON, "max_minutes": 40, "evaluation": {"limit_side": 1600},
        "augmentation": {"flip": 0.0, "rotation": 3.0, "scale_min": 0.7, "scale_max": 1.5, "perspective": 0.02},
    },
    "street": {
        **COMMON, "max_minutes": 60, "targets": {"min_text_size": 6}, "evaluation": {"limit_side": 736, "limit_type": "min"},
        "augmentation": {"flip": 0.0, "scale_min": 0.6, "scale_max": 1.7},
    },
}  # fmt: skip


@pytest.mark.parametrize("name", OFFERED)
def test_a_starting_point_has_the_settings_that_were_measured(name: str) -> None:
    assert preset(name) == OFFERED[name]
    build(TrainingConfig, preset(name))


def test_there_is_no_other_one() -> None:
    assert list(PRESETS) == list(OFFERED)
    with pytest.raises(OcrwebError, match=r"usage\.unknown-name") as caught:
        preset("zzz")
    assert caught.value.params["nearest"] in PRESETS
