"""What a command takes, as the parser has it."""

from __future__ import annotations

from typing import Any

import typer

from ocrweb.cli.main import command_line
from ocrweb.config.detection_settings import SETTINGS


def begun() -> typer.Context:
    """A line of which `ocrweb` alone was read. Commands keep the names of their help as the first context has them."""
    return typer.Context(command_line(), info_name="ocrweb", **command_line().context_settings)


def declared(name: str) -> dict[str, Any]:
    """Each option by its first name, each argument by its own, with its default; with least and most where it has them.

    Detection settings, whose one declaration is held elsewhere, are left out.
    """
    command = command_line().commands[name.split()[0]]
    for word in name.split()[1:]:
        command = command.commands[word]
    return {_name(one): _value(one) for one in command.params if one.name not in SETTINGS and one.name != "help"}


def _name(one: Any) -> str:
    return str(one.opts[0] if one.param_type_name == "option" else one.name)


def _value(one: Any) -> Any:
    low, high = getattr(one, "min", None), getattr(one, "max", None)
    default = "required" if one.required else one.default
    return default if low is None and high is None else (default, low, high)
