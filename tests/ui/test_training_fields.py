"""The command that the page shows gives the very config of the form when it is pasted."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from ocrweb.config.training import TrainingConfig
from ocrweb.services.training import make_config
from ocrweb.ui.training_fields import command_of, config_of, values_of


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
