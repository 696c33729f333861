"""No handler of the page takes or answers many values by their position: widgets in, changes of widgets out."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from ocrweb.ui.parts.opening import at_opening

MOST = 4
CHANGES = (dict[Any, Any], Iterator[dict[Any, Any]])


@pytest.fixture
def page(built_page: gr.Blocks) -> gr.Blocks:
    return built_page


def handlers(page: gr.Blocks) -> list[Any]:
    """Of the page's own events; an endpoint's positions are what programs rely on."""
    return [function for function in page.fns.values() if function.fn and function.api_visibility == "private"]


def named(function: Any) -> str:
    code = getattr(inspect.unwrap(function.fn), "__code__", None)
    return f"{Path(code.co_filename).name}:{code.co_name}" if code else str(function.fn)


def test_many_values_come_by_their_widgets(page: gr.Blocks) -> None:
    many = [function for function in handlers(page) if len(function.inputs) > MOST]
    assert len(many) >= 5, "the pattern looks past the forms"
    assert not [named(function) for function in many if not function.inputs_as_dict]


def test_many_changes_go_by_their_widgets(page: gr.Blocks) -> None:
    many = [function for function in handlers(page) if len(function.outputs) > MOST]
    assert len(many) >= 20, "the pattern looks past the forms"
    answers = {named(function): inspect.signature(function.fn, eval_str=True).return_annotation for function in many}
    assert not [name for name, answer in answers.items() if answer not in CHANGES]


def test_a_page_that_opens_takes_nothing_for_a_change(page: gr.Blocks) -> None:
    """The browser has no value of a state until one is named; the first that an answer leaves alone would be a change."""
    heard = [
        page.blocks[number] for function in page.fns.values() for number, event in function.targets if event == "change"
    ]  # type: ignore[index]
    states = [block for block in heard if type(block) is gr.State]
    assert states
    assert [at_opening(state, "en") for state in states] == [{"value": None}] * len(states)


def test_what_may_be_chosen_is_asked_for_once_by_a_page_that_opens(page: gr.Blocks) -> None:
    asking = [function for function in handlers(page) if (page._id, "load") in function.targets]
    offering = [function for function in asking if "offered" in named(function)]
    assert len(offering) == 1
    assert len([block for block in offering[0].outputs if isinstance(block, gr.Dropdown)]) == 4


def test_what_only_programs_call_has_no_button_on_the_page(page: gr.Blocks) -> None:
    endpoints = [function for function in page.fns.values() if function.api_visibility == "public"]
    assert len(endpoints) >= 6
    pressed = [page.blocks[number] for function in endpoints for number, _ in function.targets]
    assert [block.elem_id for block in pressed if block.visible is not False] == []  # type: ignore[attr-defined]
