"""What widgets hold when the page is opened, drawn for its visitor before it is sent.

An event of the opening is answered later, when the visitor may have asked for something already, and would overlay that.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

import gradio as gr
from fastapi import FastAPI
from gradio.blocks import Block
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from ocrweb.errors import OcrwebError
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.problems import caught
from ocrweb.ui.seams import taken

Answer = TypeVar("Answer")
Draw = Callable[[str], Mapping[str, Any]]  # the visitor's language → properties, the value as handlers answer with it


@dataclass
class _Visit:
    """Of one request. config: the page's with what was drawn, once it was asked for. known: what `once` was told."""

    lang: str
    config: Any = None
    known: dict[Any, Any] = field(default_factory=dict)


_visit: ContextVar[_Visit | None] = ContextVar("visit", default=None)


def drawn_at_opening(widget: Any, draw: Draw) -> None:
    """draw: what differs from how the widget was built."""
    widget.at_opening = draw


def stand_inside(served: FastAPI) -> None:
    """Let the Gradio application mounted in `served` tell `for_visitor` of who opens the page."""
    taken.stand_inside(served, Middleware(ForVisitors))


def at_opening(widget: Any, lang: str) -> Mapping[str, Any]:
    """The properties of a widget that differ from how it was built; none when they cannot be told."""
    draw: Draw | None = getattr(widget, "at_opening", None)
    drawn = caught(lambda: draw(lang)) if draw else {}
    return {} if isinstance(drawn, OcrwebError) else drawn


def for_visitor(config: Any, widgets: Mapping[int, Any]) -> Any:
    """Gradio's description of the page, for the visitor who is being answered; as it is where there is none."""
    visit = _visit.get()
    if visit is None:
        return config
    if visit.config is None:
        components = [_drawn(one, widgets.get(one["id"]), visit.lang) for one in config["components"]]
        visit.config = {**config, "components": components}
    return visit.config


@contextlib.contextmanager
def one_visit(lang: str) -> Iterator[None]:
    """What is drawn meanwhile is drawn for one visitor."""
    token = _visit.set(_Visit(lang))
    try:
        yield
    finally:
        _visit.reset(token)


def properties(answer: Any) -> dict[str, Any]:
    """What a handler answers with for a widget: a value, or the widget with what is to be changed."""
    if not isinstance(answer, Block):
        return {"value": answer}
    return {name: value for name, value in answer.constructor_args.items() if value is not None}


def once(ask: Callable[..., Answer], *given: Any) -> Answer:
    """``ask(*given)``, for all widgets that are drawn for one visitor."""
    visit = _visit.get()
    if visit is None:
        return ask(*given)
    if (ask, given) not in visit.known:
        visit.known[ask, given] = ask(*given)
    known: Answer = visit.known[ask, given]
    return known


def _drawn(component: dict[str, Any], widget: Any, lang: str) -> dict[str, Any]:
    properties = at_opening(widget, lang)
    if not properties:
        return component
    props = {**component["props"], **properties}
    if isinstance(widget, gr.Dataframe):
        props["value"] = widget.postprocess(props["value"]).model_dump()
    return {**component, "props": props}


class ForVisitors:
    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/gradio_api/"):
            await self._application(scope, receive, send)
            return
        with one_visit(texts.language_of_headers(Headers(scope=scope))):
            await self._application(scope, receive, send)
