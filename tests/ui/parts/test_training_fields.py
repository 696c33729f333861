"""The command that the page shows gives the very config of the form when it is pasted."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from ocrweb.services.training.runs import make_config
from ocrweb.ui.parts.training_fields import command_of, config_from, config_of, differing, values_of


def pasted(command: str) -> TrainingConfig:
    program, verb, *words = shlex.split(command)
    assert (program, verb) == ("ocrweb", "train")
    assert set(words[::2]) <= {"-o"}
    return make_config(None, words[1::2])


@pytest.mark.parametrize(
    "name",
    [
        "receipts", "null", "~", "#1", "a #1", "on", "a: b", "2024", "007", "1e3", "2024-01-01", "2024-99-99", "0x_", "=",
        " a ", "it's", 'a "b"', "[a", "{a", "!a", "&a", "*a", "%a", "@a", "- a", "a\nb", "票据 一", "x" * 300 + " y", "é\u2028",
    ],
)  # fmt: skip
def test_any_text_comes_back(name: str) -> None:
    config = TrainingConfig(dataset=f"/data/{name}", name=name)
    assert pasted(command_of(config)) == config


@pytest.mark.parametrize(
    "settings",
    [
        {"learning_rate": 0.000123456789, "max_minutes": 12345.678},
        {"learning_rate": 1e-7, "ema": {"decay": 0.0}},
        {"use_tps": True, "optimizer": {"amp": "on", "freeze_bn": "off"}, "device": "gpu:1"},
        {"distill": {"teacher": "null", "pictures": "/a: b", "weight": 5}},
    ],
    ids=["many digits", "tiny", "words that YAML takes for others", "a group"],
)
def test_any_value_comes_back(settings: dict[str, Any]) -> None:
    config = TrainingConfig.model_validate(settings)
    assert pasted(command_of(config)) == config == config_of(values_of(config))


def test_plain_values_are_shown_as_they_are() -> None:
    config = TrainingConfig(dataset="/data/receipts", learning_rate=0.0005, epochs=12, use_tps=True)
    shown = "ocrweb train -o dataset=/data/receipts -o epochs=12 -o learning_rate=0.0005 -o use_tps=True"
    assert command_of(config) == shown


def form_with(key: str, value: Any) -> dict[str, Any]:
    usual = values_of(TrainingConfig())
    assert key in usual
    return usual | {key: value}


@pytest.mark.parametrize(
    ("key", "value", "english", "chinese"),
    [
        ("epochs", 3.7, "“Epochs” is 3.7, but must be a whole number from 1 to 10000.", "“训练轮数”为 3.7，允许的取值：1 到 10000 的整数。"),
        ("epochs", 20000, "“Epochs” is 20000, but must be a whole number from 1 to 10000.", "“训练轮数”为 20000，"),
        ("learning_rate", 0, "“Learning rate” is 0, but must be a number above 0 and up to 0.1.", "大于 0、不超过 0.1 的数值"),
        ("ema.decay", 2, "“Averaging of weights” is 2, but must be a number from 0 to 0.99999.", "“权重滑动平均”"),
        ("crop_size", 100, "“Training crop” is 100, but must be a multiple of 32, such as 96.", "32 的倍数"),
        ("device", "tpu", "“Device” is tpu, but must be auto, cpu, gpu, gpu:0, gpu:1 ….", "“设备”"),
        ("augmentation.scale_min", 3.0, "These settings do not go together: scale_min <= scale_max", "互相矛盾"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_in_the_words_of_the_form(key: str, value: Any, english: str, chinese: str) -> None:
    with pytest.raises(OcrwebError) as refused:
        config_of(form_with(key, value))
    assert english in refused.value.message("en")
    assert chinese in refused.value.message("zh")
    for lang in ("en", "zh"):
        assert "-o" not in refused.value.hint(lang)


@pytest.mark.parametrize("key", ["epochs", "learning_rate", "seed", "crop_size"])
def test_an_emptied_number_is_the_default(key: str) -> None:
    assert config_of(form_with(key, None)) == TrainingConfig()


def test_what_a_browser_keeps_is_the_same_form_again() -> None:
    config = TrainingConfig.model_validate({"dataset": "story", "epochs": 500, "ema": {"decay": 0.0}})
    assert differing(config) == {"dataset": "story", "epochs": 500, "ema.decay": 0.0}
    assert config_from(differing(config)) == config


@pytest.mark.parametrize(
    "kept", [None, {}, [], {"epochs": "many"}], ids=["new visitor", "as usual", "odd", "no number"]
)
def test_nothing_usable_kept_leaves_the_form_alone(kept: object) -> None:
    assert config_from(kept) is None


def test_what_another_version_kept_is_left_out() -> None:
    assert config_from({"epochs": 7, "gone.since": 1}) == TrainingConfig(epochs=7)
