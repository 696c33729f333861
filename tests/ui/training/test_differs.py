"""What differs from the nearest preset is listed in the words of the form, and nothing else."""

from __future__ import annotations

import pytest

from ocrweb.config.presets import PRESETS
from ocrweb.config.training import TrainingConfig
from ocrweb.ui.parts.training_fields import config_of
from ocrweb.ui.training.differs import (
    compared_settings,
    differences,
    differs_card,
    nearest_preset,
    preset_of,
    preset_values,
)


def near(preset: str, **changes: object) -> TrainingConfig:
    return config_of(preset_values(preset) | changes)


@pytest.mark.parametrize("name", PRESETS)
def test_each_preset_is_its_own_nearest_whatever_it_is_used_for(name: str) -> None:
    config = near(name, dataset="mine", name="mine")
    assert (preset_of(config), nearest_preset(config), differences(config)) == (name, name, [])
    assert differs_card([], name, "en") == ""


def test_one_changed_value_unmarks_the_preset_and_is_the_one_difference() -> None:
    config = near("documents", learning_rate=0.002)
    assert (preset_of(config), nearest_preset(config)) == (None, "documents")
    (found,) = differences(config)
    assert (found.key, found.value, found.usual) == ("learning_rate", 0.002, 0.0015)
    card = differs_card([found], "documents", "zh")
    assert "与“票据与扫描件”不同的参数" in card
    assert "学习率" in card
    assert "0.002（方案中为 0.0015）" in card
    assert 'data-setting="learning_rate"' in card


def test_two_runs_are_told_in_which_settings_they_differ_and_not_that_their_names_do() -> None:
    one, other = near("safe", name="a", dataset="mine"), near("safe", name="b", dataset="theirs", epochs=7)
    card = compared_settings(one, other, "en", "b")
    assert card.count("<li>") == 2
    assert "mine · there theirs" in card
    assert "20 · there 7" in card
    same = compared_settings(one, near("safe", name="b", dataset="mine"), "zh", "b")
    assert "与 b 的参数相同" in same
    assert "<li>" not in same
