"""Options of commands that detect come from the declared settings."""

from __future__ import annotations

from typing import Any

import pytest

from ocrweb.cli.detection_options import help_of
from ocrweb.cli.main import command_line
from ocrweb.config.detection_settings import SETTINGS
from ocrweb.messages import text

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


@pytest.mark.parametrize("name", SETTINGS)
def test_the_help_tells_bounds_and_what_counts_by_itself(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_LANG", "en")
    one, said = SETTINGS[name], help_of(name)
    assert said.startswith(one.help["en"])
    own, other = text("command.help-own", "en"), text("command.help-own-else", "en", default=one.default)
    assert said.endswith(own if one.default is None else other)
    bounds = text("command.help-bounds", "en", low=f"{one.low or 0:.12g}", high=f"{one.high or 0:.12g}")
    assert (bounds in said) is (one.low is not None and one.high is not None)
    assert help_of("colour") == ""
