"""The box threshold in force where nobody gave one."""

from __future__ import annotations

import pytest

from ocrweb.config.detection import DecodeOptions, ResizeOptions


@pytest.mark.parametrize(
    ("threshold", "expected"), [(0.1, 0.2), (0.2, 0.4), (0.3, 0.6), (0.4, 0.6), (0.6, 0.6), (0.7, 0.7), (1.0, 1.0), (0.0, 0.0)]
)  # fmt: skip
def test_it_is_twice_the_threshold_at_most_the_larger_of_it_and_six_tenths(threshold: float, expected: float) -> None:
    assert DecodeOptions(threshold=threshold).effective_box_threshold == expected


@pytest.mark.parametrize("given", [0.0, 0.05, 0.95])
def test_a_given_one_counts_also_when_it_is_nought(given: float) -> None:
    assert DecodeOptions(threshold=0.3, box_threshold=given).effective_box_threshold == given


@pytest.mark.parametrize("model", [DecodeOptions, ResizeOptions])
def test_settings_are_not_changed_and_have_no_others(model: type[DecodeOptions | ResizeOptions]) -> None:
    with pytest.raises(ValueError, match="extra"):
        model.model_validate({"other": 1})
    with pytest.raises(ValueError, match="frozen"):
        model().__setattr__(next(iter(model.model_fields)), 1)


def test_the_form_has_these_steps_and_shows_one_setting_at_once() -> None:
    found = {}
    for model in (DecodeOptions, ResizeOptions):
        for name, field in model.model_fields.items():
            assert isinstance(field.json_schema_extra, dict)
            found[name] = (field.json_schema_extra["step"], field.json_schema_extra["advanced"])
    assert found == {
        "threshold": (0.01, False), "box_threshold": (0.01, True), "unclip_ratio": (0.05, True), "min_size": (1, True),
        "max_candidates": (1, True), "shape": (None, True), "score_mode": (None, True), "limit_side": (32, True),
        "limit_type": (None, True),
    }  # fmt: skip
    assert DecodeOptions().model_dump() == {
        "threshold": 0.2, "box_threshold": None, "unclip_ratio": 1.5, "min_size": 3, "max_candidates": 1000, "shape": "quad",
        "score_mode": "fast",
    }  # fmt: skip
    assert ResizeOptions().model_dump() == {"limit_side": 1280, "limit_type": "max"}


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("threshold", 0, 1), ("box_threshold", 0, 1), ("unclip_ratio", 1, 4), ("min_size", 1, 100), ("max_candidates", 1, 20000)],
)  # fmt: skip
def test_bounds_may_be_taken_and_nothing_beyond(name: str, low: int, high: int) -> None:
    for value in (low, high):
        assert getattr(DecodeOptions.model_validate({name: value}), name) == value
    for value in (low - 1, high + 1):
        with pytest.raises(ValueError, match=name):
            DecodeOptions.model_validate({name: value})


@pytest.mark.parametrize(("side", "fits"), [(31, False), (32, True), (4096, True), (4097, False)])
def test_a_side_has_bounds_too(side: int, fits: bool) -> None:
    if fits:
        assert ResizeOptions(limit_side=side).limit_side == side
    else:
        with pytest.raises(ValueError, match="limit_side"):
            ResizeOptions(limit_side=side)
