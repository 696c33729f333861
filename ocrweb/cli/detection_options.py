"""The detection settings as options of commands, from their one declaration."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

import typer

from ocrweb.config.detection_settings import SETTINGS, Declared
from ocrweb.messages import language, text

Settings = Mapping[str, Any]  # by name
NONE_GIVEN: Settings = MappingProxyType({})


def with_detection(*names: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Give a command an option for each of these settings, in the place of its parameter ``settings``.

    The body gets them together, by name; None where the model's own is meant.
    """

    def decorate(body: Callable[..., int]) -> Callable[..., int]:
        parameters = list(inspect.signature(body, eval_str=True).parameters.values())
        place = next(number for number, one in enumerate(parameters) if one.name == "settings")
        parameters[place : place + 1] = [_option(name, SETTINGS[name]) for name in names]

        @functools.wraps(body)
        def run(**given: Any) -> int:
            settings = {name: given.pop(name) for name in names}
            return body(**given, settings=settings)

        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {one.name: one.annotation for one in parameters}
        return run

    return decorate


def _option(name: str, one: Declared) -> inspect.Parameter:
    kind: Any = Literal[one.kind] if isinstance(one.kind, tuple) else one.kind
    annotation = Annotated[kind | None, typer.Option(help=one.help["en"])]
    return inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=annotation)


def help_of(name: str) -> str:
    """What --help says of a detection setting, in the language in force; "" for any other option."""
    one = SETTINGS.get(name)
    if one is None:
        return ""
    said = [one.help[language()]]
    if one.low is not None and one.high is not None:
        said.append(text("command.help-bounds", low=f"{one.low:.12g}", high=f"{one.high:.12g}"))
    return " ".join([*said, _default(one)])


def _default(one: Declared) -> str:
    return text("command.help-own") if one.default is None else text("command.help-own-else", default=one.default)
