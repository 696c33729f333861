"""No handler of the page takes or answers many values by their position: widgets in, changes of widgets out."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

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


def test_what_only_programs_call_has_no_button_on_the_page(page: gr.Blocks) -> None:
    endpoints = [function for function in page.fns.values() if function.api_visibility == "public"]
    assert len(endpoints) >= 6
    pressed = [page.blocks[number] for function in endpoints for number, _ in function.targets]
    assert [block.elem_id for block in pressed if block.visible is not False] == []  # type: ignore[attr-defined]
