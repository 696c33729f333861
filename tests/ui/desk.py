"""The page without a browser: a visitor's widgets, and the events that a click or a choice sets off.

Values go from handler to handler as the page hands them on, and a widget whose value changed sets off its own event.
What only the browser does (scripts, drawing, the checks of a field) does not happen here.
"""

from __future__ import annotations

import contextlib
import copy
import inspect
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pandas as pd
import pytest
from gradio.blocks import Block
from gradio.helpers import special_args

from ocrweb.errors import OcrwebError
from ocrweb.services.files.reports import internal_error
from ocrweb.ui.parts import problems
from ocrweb.ui.parts.opening import at_opening, one_visit

DEEPEST = 6  # changes that set off changes


class Desk:
    """page: built once and shared; what a visitor sees of it is kept here. Widgets go by their ``elem_id``."""

    def __init__(self, page: gr.Blocks, lang: str = "en") -> None:
        self.page = page
        self.request: Any = SimpleNamespace(
            headers={"accept-language": lang}, session_hash="visit", cookies={}, client=None
        )
        self.lang = lang
        self.names = {block.elem_id: block for block in page.blocks.values() if getattr(block, "elem_id", None)}
        self.values = {number: _first_value(block) for number, block in page.blocks.items()}
        self.looks: dict[int, dict[str, Any]] = {number: _own(block) for number, block in page.blocks.items()}
        self.open()

    def open(self) -> None:
        """As the page is drawn for this visitor before it is sent."""
        with one_visit(self.lang), foreseen():
            drawn_for = {number: dict(at_opening(block, self.lang)) for number, block in self.page.blocks.items()}
        for number, drawn in drawn_for.items():
            self.looks[number] |= {key: value for key, value in drawn.items() if key != "value"}
            if "value" in drawn:
                self.values[number] = drawn["value"]

    def widget(self, name: str | Block) -> Any:
        return self.names[name] if isinstance(name, str) else name

    def __getitem__(self, name: str | Block) -> Any:
        """The value of a widget as it is now."""
        return self.values[self.widget(name)._id]

    def look(self, name: str | Block, what: str = "visible") -> Any:
        """Whether a widget is visible, or another of its properties: interactive, choices, …"""
        return self.looks[self.widget(name)._id].get(what)

    def put(self, name: str | Block, value: Any) -> None:
        """A value that is there already, without any event."""
        self.values[self.widget(name)._id] = value

    def click(self, name: str | Block) -> None:
        self.event(name, "click")

    def enter(self, name: str | Block, value: Any) -> None:
        """Type or choose a value."""
        widget = self.widget(name)
        self.values[widget._id] = value
        self.event(widget, "input")
        self.event(widget, "change")

    def upload(self, name: str | Block, value: Any) -> None:
        self.put(name, value)
        self.event(name, "upload")

    def select(self, name: str | Block, **data: Any) -> None:
        """data: index, value, row_value of the click."""
        self.event(name, "select", data)

    def stored(self, key: str) -> gr.BrowserState:
        """What this browser keeps under a key."""
        (found,) = (
            block
            for block in self.page.blocks.values()
            if isinstance(block, gr.BrowserState) and block.storage_key == key
        )
        return found

    def open_tab(self, name: str) -> None:
        """Bring a tab to the front, by its id."""
        (tab,) = (block for block in self.page.blocks.values() if isinstance(block, gr.Tab) and block.id == name)
        self.event(tab, "select")

    def timer_of(self, widget: str | Block) -> gr.Timer:
        """The timer that looks at this value."""
        known = self.widget(widget)
        return next(
            block
            for block in self.page.blocks.values()
            if isinstance(block, gr.Timer)
            and any((block._id, "tick") in one.targets and known in one.inputs for one in self.page.fns.values())
        )

    def tick(self) -> None:
        """Every timer that runs goes off once."""
        for block in list(self.page.blocks.values()):
            if isinstance(block, gr.Timer) and self.look(block, "active"):
                self.event(block, "tick")

    def overlay(self, other: Desk, name: str | Block, event: str) -> None:
        """The answer to an event, as it was at another desk, comes late: over what this page shows by now.

        What the server keeps for itself is no part of an answer.
        """
        target = (self.widget(name)._id, event)
        told = [each for one in self.page.fns.values() if target in one.targets for each in one.outputs]
        answer = {widget: other[widget] for widget in told if not isinstance(widget, gr.State)}
        for widget in answer:
            self.looks[widget._id] = dict(other.looks[widget._id])
        self._take(list(answer), answer, 0)

    def event(self, name: str | Block, event: str, data: dict[str, Any] | None = None, depth: int = 0) -> None:
        widget = self.widget(name)
        chosen = gr.SelectData(widget, {"index": None, "value": None, **data}) if data is not None else None
        for function in list(self.page.fns.values()):
            if (widget._id, event) in function.targets:
                with foreseen():
                    self._run(function, chosen, depth)

    def _run(self, function: Any, event: Any, depth: int) -> None:
        if function.fn is not None:
            if function.inputs_as_dict:
                given: list[Any] = [{block: self._given(block) for block in function.inputs}]
            else:
                given = [self._given(block) for block in function.inputs]
            arguments, *_ = special_args(function.fn, given, self.request, event)
            answers = function.fn(*arguments)
            for answer in answers if isinstance(answers, Iterator) else [answers]:
                self._take(function.outputs, answer, depth)
        for other in list(self.page.fns.values()):
            if other.trigger_after == function._id and not other.trigger_only_on_failure:
                self._run(other, None, depth)

    def _given(self, block: Block) -> Any:
        value = self.values[block._id]
        if isinstance(block, gr.Dataframe):
            return value if isinstance(value, pd.DataFrame) else pd.DataFrame(value)
        return "" if value is None and isinstance(block, gr.Textbox) else value  # as `GuardedPage` has it

    def _take(self, outputs: list[Any], answer: Any, depth: int) -> None:
        if isinstance(answer, dict) and all(isinstance(key, Block) for key in answer):
            assert set(answer) <= set(outputs), "a handler answers with a widget that is none of its outputs"
            assert answer, "a handler that says nothing is a failure for Gradio: gr.skip()"
            changes = answer
        elif len(outputs) == 1:
            changes = {outputs[0]: answer}
        elif answer is None:
            assert not outputs, (
                "a handler that answers with nothing for several widgets is a failure for Gradio: gr.skip()"
            )
            changes = {}
        elif isinstance(answer, dict):  # nothing changes
            changes = {}
        else:
            changes = dict(zip(outputs, answer, strict=True))
        changed = {(block._id, "change") for block, value in changes.items() if self._change(block, value)}
        assert depth < DEEPEST, "changes go round in a circle"
        for function in list(self.page.fns.values()):
            if changed.intersection(function.targets):  # once, however many of its widgets changed
                self._run(function, None, depth + 1)

    def _change(self, block: Block, value: Any) -> bool:
        """Whether the widget has another value now."""
        if isinstance(value, Block):
            value = {"__type__": "update", **value.constructor_args}
        if isinstance(value, dict) and value.get("__type__") == "update":
            rest = {key: kept for key, kept in value.items() if key not in ("__type__", "value")}
            self.looks[block._id].update(rest)
            if "value" not in value:
                return False
            value = value["value"]
        before, self.values[block._id] = self.values[block._id], value
        return not _same(before, value)


@contextlib.contextmanager
def foreseen() -> Iterator[None]:
    """Failures without a code, which the page turns into a sentence as well, end the test."""
    found: list[BaseException] = []

    def kept(failure: BaseException) -> OcrwebError:
        answer = internal_error(failure)
        if answer.code == "usage.internal":
            found.append(failure)
        return answer

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(problems, "internal_error", kept)
        yield
    if found:
        raise AssertionError("a handler failed without a code") from found[0]


def _first_value(block: Any) -> Any:
    value = getattr(block, "value", None)
    return copy.deepcopy(value() if callable(value) and not inspect.isclass(value) else value)


def _own(block: Any) -> dict[str, Any]:
    return {"visible": True, "interactive": True, "active": True} | {
        key: value for key, value in getattr(block, "constructor_args", {}).items() if value is not None
    }


def _same(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except (ValueError, TypeError):  # tables and pictures
        return one is other
