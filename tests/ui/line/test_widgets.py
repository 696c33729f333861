"""Changed widgets are shared by what they were made of, and read values as the page's own do."""

from __future__ import annotations

import gc
from typing import Any

import gradio as gr
import pytest

from ocrweb.ui.line.widgets import ChangedWidgets
from ocrweb.ui.seams import taken


class Odd:
    __hash__ = None  # type: ignore[assignment]


@pytest.fixture
def own() -> gr.Textbox:
    return gr.Textbox(render=False)


@pytest.mark.parametrize(
    ("first", "second", "one"),
    [
        ({"lines": 2, "visible": True}, {"visible": True, "lines": 2}, True),
        ({"visible": True}, {"visible": False}, False),
        ({"lines": 1}, {"lines": True}, False),
        ({"elem_classes": ["a", "b"]}, {"elem_classes": ["a", "b"]}, True),
        ({"elem_classes": ["a", "b"]}, {"elem_classes": ["b", "a"]}, False),
        ({"key": Odd()}, {"key": Odd()}, False),
    ],
    ids=["in another order", "another value", "another kind", "equal lists", "other lists", "not to be compared"],
)
def test_those_made_alike_are_one(own: gr.Textbox, first: dict[str, Any], second: dict[str, Any], one: bool) -> None:
    widgets = ChangedWidgets()
    made = [widgets.one_of(gr.Textbox(render=False, **settings), own) for settings in (first, second)]
    assert (made[0] is made[1]) == one


def test_two_widgets_of_the_page_never_become_one(own: gr.Textbox) -> None:
    widgets, other = ChangedWidgets(), gr.Textbox(render=False)
    assert widgets.one_of(gr.Textbox(render=False), own) is not widgets.one_of(gr.Textbox(render=False), other)


def test_a_widget_goes_with_the_last_window(own: gr.Textbox) -> None:
    widgets = ChangedWidgets()
    held = widgets.one_of(gr.Textbox(render=False), own)
    gc.collect()
    assert len(widgets._shared) == 1
    del held
    gc.collect()
    assert not widgets._shared


def test_a_changed_field_still_reads_values_by_the_reader_of_its_own(own: gr.Textbox) -> None:
    """Else a field that shows or hides itself hands its next value to Gradio's own reader."""
    taken.read_by(own, lambda value: f"read {value}")
    changed = ChangedWidgets().one_of(gr.Textbox(render=False, visible=False), own)
    assert changed.preprocess("it") == "read it"  # type: ignore[attr-defined]
    assert changed.temp_files is own.temp_files
