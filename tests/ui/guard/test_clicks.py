"""A handler that wants to know what was clicked is not called without it, whoever sends the request."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from gradio import EventData

from ocrweb.errors import OcrwebError
from ocrweb.ui.guard.clicks import check_click
from tests.browser import Console
from tests.page_config import ask, events_of, page_config

FORGED = {"nothing": None, "empty": {}, "another": {"index": {"a": 1}, "value": None}, "text": "index value"}
CELL = {"index": [2, 0], "value": "a", "row_value": ["a", None, 3.5, True]}


@pytest.mark.slow
def test_every_handler_of_clicks_on_the_page_refuses_a_call_without_a_click(console: Console) -> None:
    """Walked by the page's own list, so that tomorrow's tables and galleries are among them."""
    wrong, events = [], [event for event in events_of(page_config(console)) if event.of_click]
    for event in events:
        for name, clicked in FORGED.items():
            values = [value for _, value in event.inputs]
            said = ask(console, event.join(values, f"clicks-{event.number}-{name}", clicked))
            if "[usage.no-click]" not in said:
                wrong.append(f"{event.name} ({event.number}), {name}: {said[-300:]}")
    assert not wrong, "\n".join(wrong)
    assert len(events) >= 8
    assert any(not event.inputs for event in events)  # fed by no field: what was clicked is all they are given


@pytest.mark.parametrize(
    ("widget", "clicked", "fits"),
    [
        (gr.Gallery, {"index": 0, "value": {"image": {}}}, True), (gr.Gallery, {"index": -1, "value": 0}, False),
        (gr.Gallery, {"index": True, "value": 0}, False), (gr.Gallery, {"index": 2**40, "value": 0}, False),
        (gr.Gallery, {"index": [0, 0], "value": 0}, False), (gr.Gallery, {"index": 0}, False),
        (gr.Dataframe, CELL, True), (gr.Dataframe, CELL | {"row_value": []}, True), (gr.Dataframe, CELL | {"index": 0}, False),
        (gr.Dataframe, CELL | {"index": [0]}, False), (gr.Dataframe, CELL | {"row_value": {"a": 1}}, False),
        (gr.Dataframe, CELL | {"row_value": [["a"]]}, False), (gr.Dataframe, {"index": [0, 0], "value": "a"}, False),
    ],
)  # fmt: skip
def test_a_click_is_of_the_kind_of_its_widget(widget: Any, clicked: Any, fits: bool) -> None:
    with gr.Blocks() as page:
        shown = widget()
    handler = SimpleNamespace(collects_event_data=True, targets=[(shown._id, "select")])
    told = EventData(shown, clicked)
    if fits:
        check_click(handler, told, page.blocks)
    else:
        with pytest.raises(OcrwebError, match=r"usage\.no-click"):
            check_click(handler, told, page.blocks)


def test_a_handler_of_anything_else_needs_no_click() -> None:
    check_click(SimpleNamespace(collects_event_data=False, targets=[]), None, {})
