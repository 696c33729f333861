"""What the form needs of each setting of a training: how far a slider moves at a time, and what waits until it is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ocrweb.config import augmentation, pretraining
from ocrweb.config.documented import documented_yaml
from ocrweb.config.dotted import Place, bounds, group_of, places
from ocrweb.config.loader import build, dump_yaml
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError

SHIPPED = Path(__file__).parent.parent.parent / "configs" / "det_db.yml"
AT_ONCE = [
    "dataset", "model", "name", "batch_size", "epochs", "learning_rate", "max_minutes", "device", "use_tps",
    "augmentation.enabled", "unlabelled.folder",
]  # fmt: skip
STEPS: dict[float, str] = {
    0.0001: "learning_rate optimizer.weight_decay",
    0.001: "ema.decay",
    0.005: "augmentation.tps.strength",
    0.01: "optimizer.momentum schedule.final_ratio augmentation.perspective evaluation.validation_ratio",
    0.05: (
        "optimizer.pretrained_ratio targets.shrink_ratio augmentation.flip augmentation.quarter_turns "
        "augmentation.scale_min augmentation.scale_max augmentation.empty_crops augmentation.min_visible "
        "augmentation.colour augmentation.shadow augmentation.blur augmentation.jpeg augmentation.tps.probability "
        "distill.pictures_share unlabelled.start unlabelled.ramp unlabelled.background_below unlabelled.text_above"
    ),
    0.1: "schedule.power",
    0.5: "optimizer.clip_norm loss.alpha loss.beta loss.negative_ratio distill.weight unlabelled.weight",
    1: (
        "batch_size epochs seed optimizer.accumulate targets.min_text_size augmentation.rotation "
        "augmentation.text_height_min augmentation.tps.grid evaluation.max_pictures evaluation.patience "
        "checkpoint.averaged loader.workers pages.lifetime pages.held_out unlabelled.pictures"
    ),
    4: "augmentation.text_height_max",
    5: "max_minutes",
    10: "schedule.warmup_steps evaluation.every_steps checkpoint.every_steps",
    32: "crop_size evaluation.limit_side",
    64: "pages.crops",
}  # fmt: skip

EVERY = {place.key: place for place in places(TrainingConfig)}


def extra(place: Place) -> dict[str, Any]:
    found = place.schema.model_fields[place.name].json_schema_extra
    assert isinstance(found, dict)
    return dict(found)


def test_a_new_user_sees_these_settings_and_no_other() -> None:
    assert [key for key, place in EVERY.items() if not extra(place)["advanced"]] == AT_ONCE


def test_a_slider_moves_by_the_declared_steps() -> None:
    declared = {key: step for step, keys in STEPS.items() for key in keys.split()}
    assert {key: extra(place)["step"] for key, place in EVERY.items() if extra(place)["step"] is not None} == declared


def test_the_shipped_file_has_these_defaults_and_bounds() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == documented_yaml(TrainingConfig())


@pytest.mark.parametrize("key", [key for key, place in EVERY.items() if bounds(place).high is not None])
def test_both_bounds_hold_what_is_on_them_and_nothing_beyond(key: str) -> None:
    found = bounds(EVERY[key])
    assert found.high is not None
    low = found.low if found.low is not None else found.above
    assert low is not None, "a slider has two ends"
    values = {low: found.low is not None, found.high: True, low - 1: False, found.high + 1: False}
    for value, fits in values.items():
        group: Any = {EVERY[key].name: value}
        try:
            EVERY[key].schema.model_validate(group)
            held = True
        except ValueError as failure:  # a rule over several settings is not about this one's bounds
            held = "less than" not in str(failure) and "greater than" not in str(failure)
        assert held == fits, (key, value)


@pytest.mark.parametrize(
    ("given", "fits"),
    [
        ({"scale_min": 2.0, "scale_max": 2.0}, True), ({"scale_min": 2.1, "scale_max": 2.0}, False),
        ({"text_height_min": 16, "text_height_max": 16}, True), ({"text_height_min": 17, "text_height_max": 16}, False),
    ],
)  # fmt: skip
def test_a_range_of_one_value_is_one_and_one_that_ends_before_it_begins_is_none(
    given: dict[str, float], fits: bool
) -> None:
    if fits:
        augmentation.AugmentOptions.model_validate(given)
    else:
        with pytest.raises(ValueError, match="scale_min <= scale_max"):
            augmentation.AugmentOptions.model_validate(given)


@pytest.mark.parametrize("name", [name for name in TrainingConfig.model_fields if group_of(TrainingConfig, name)])
def test_a_group_knows_its_own_settings_alone_and_is_not_changed(name: str) -> None:
    group = getattr(TrainingConfig(), name)
    with pytest.raises(ValueError, match="extra"):
        type(group).model_validate({"nothing of the kind": 1})
    with pytest.raises(ValueError, match="frozen"):
        setattr(group, next(iter(type(group).model_fields)), 1)


def test_nothing_is_learnt_without_labels_unless_somebody_says_so() -> None:
    config = TrainingConfig()
    assert (config.pages.crops, config.distill.weight, config.unlabelled.folder) == (0, 0.0, "")
    assert isinstance(config.pages, pretraining.PageOptions)


@pytest.mark.parametrize(
    ("device", "fits"),
    [("auto", True), ("cpu", True), ("gpu", True), ("gpu:0", True), ("gpu:12", True), ("gpu:", False), ("gpu:a", False),
     ("cpu:0", False), ("xcpu", False), ("auto ", False)],
)  # fmt: skip
def test_a_device_is_one_of_the_forms(device: str, fits: bool) -> None:
    if fits:
        assert build(TrainingConfig, {"device": device}).device == device
    else:
        with pytest.raises(OcrwebError, match=r"config\.bad-value"):
            build(TrainingConfig, {"device": device})


@pytest.mark.parametrize(("given", "kept"), [(2024, "2024"), (1.5, "1.5"), (None, ""), ("a", "a"), (0, "0")])
def test_a_number_is_a_name_too_and_nothing_is_the_empty_one(given: Any, kept: str) -> None:
    assert build(TrainingConfig, {"name": given}).name == kept


def test_true_is_no_name() -> None:
    with pytest.raises(OcrwebError, match=r"config\.bad-value"):
        build(TrainingConfig, {"name": True})


@pytest.mark.parametrize(("typed", "nearest"), [(65, 64), (81, 96), (79, 64), (2047, 2048), (600, 608)])
def test_a_crop_off_the_grid_names_the_nearest_on_it(typed: int, nearest: int) -> None:
    with pytest.raises(OcrwebError) as caught:
        build(TrainingConfig, {"crop_size": typed})
    assert (caught.value.code, caught.value.params["nearest"]) == ("config.crop-multiple", nearest)


def test_settings_are_written_in_the_order_of_the_schema_and_as_they_read() -> None:
    config = build(TrainingConfig, {"dataset": "票据"})
    written = dump_yaml(config)
    assert written.splitlines()[0] == "dataset: 票据"
    assert [line.split(":")[0] for line in written.splitlines() if not line.startswith(" ")] == list(
        TrainingConfig.model_fields
    )
