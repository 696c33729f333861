"""Options of commands that detect come from the declared settings."""

from __future__ import annotations

from typing import Any

import pytest

from ocrweb.cli.main import command_line
from ocrweb.config.detection_settings import SETTINGS

COMMANDS = command_line().commands


def options_of(command: str) -> dict[str, Any]:
    return {one.name: one for one in COMMANDS[command].params if one.name in SETTINGS}


@pytest.mark.parametrize("command", ["detect", "eval", "autolabel"])
def test_a_command_has_its_settings_from_the_declaration(command: str) -> None:
    found = options_of(command)
    assert found.keys() >= {"threshold", "box_threshold", "unclip_ratio", "min_size", "limit_side", "limit_type"}
    for name, option in found.items():
        one = SETTINGS[name]
        assert option.default is None, name
        assert option.help.startswith(one.help["en"]), name
        assert option.opts == [f"--{name.replace('_', '-')}"]
        kind = option.type_descriptor
        if isinstance(one.kind, tuple):
            assert tuple(kind.choices) == one.kind
        else:
            assert kind.annotation is one.kind


def test_each_command_keeps_them_in_the_same_order() -> None:
    every = list(options_of("detect"))
    for command in ("eval", "autolabel"):
        own = list(options_of(command))
        assert own == [name for name in every if name in own]
