"""The detection settings as parameters of endpoints, from their one declaration."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import gradio as gr

from ocrweb.config.detection_settings import SETTINGS, Declared

FIRST = ("threshold", "box_threshold", "unclip_ratio", "limit_side")  # calls by position rely on their order
NAMES = (*FIRST, *(name for name in SETTINGS if name not in FIRST))


def fields() -> list[Any]:
    """A field for each setting; empty means the model's own."""
    return [_field(name, SETTINGS[name]) for name in NAMES]


def tuned(body: Callable[..., Any]) -> Callable[..., Any]:
    """An endpoint that takes every setting by its own name, for a body that takes all together as ``settings``.

    Their descriptions, which the tools show, are added to the docstring.
    """
    given = inspect.signature(body, eval_str=True)
    parameters = [one for one in given.parameters.values() if one.name != "settings"]
    place = next(number for number, name in enumerate(given.parameters) if name == "settings")
    own = [
        inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=_kind(SETTINGS[name]))
        for name in NAMES
    ]
    signature = given.replace(parameters=[*parameters[:place], *own, *parameters[place:]])

    @functools.wraps(body)
    def run(*args: Any) -> Any:
        values = signature.bind(*args).arguments
        settings = {name: value for name in NAMES if (value := values.pop(name, None)) not in (None, "")}
        return body(**values, settings=settings)

    described = "\n".join(f"    {name}: {described_as(SETTINGS[name])}" for name in NAMES)
    run.__doc__ = f"{inspect.getdoc(body)}\n\nParameters:\n{described}"
    run.__signature__ = signature  # type: ignore[attr-defined]
    run.__annotations__ = {name: one.annotation for name, one in signature.parameters.items()}
    return run


def described_as(one: Declared) -> str:
    """One line in English: what it does and what it may be."""
    if isinstance(one.kind, tuple):
        return f"{one.help['en']} One of {', '.join(one.kind)}."
    return f"{one.help['en']} From {one.low:g} to {one.high:g}."


def _kind(one: Declared) -> Any:
    return (str if isinstance(one.kind, tuple) else one.kind) | None


def _field(name: str, one: Declared) -> Any:
    if isinstance(one.kind, tuple):
        return gr.Textbox(None, label=name)
    return gr.Number(None, precision=0 if one.kind is int else None, label=name)
