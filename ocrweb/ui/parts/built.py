"""The page while it is built: itself, what stands on it already, and how its events go."""

from __future__ import annotations

from typing import Any

import gradio as gr

PRIVATE: dict[str, Any] = {"api_visibility": "private"}  # of an event: no program is told of it
QUIET: dict[str, Any] = {**PRIVATE, "show_progress": "hidden"}
# Of a quiet event that tells a value: the last one is answered although it came while an earlier one was. Else it is passed over.
LAST: dict[str, Any] = {**QUIET, "trigger_mode": "always_last"}
# Of one that brings something along (which picture was clicked): each is answered. As the last one Gradio repeats the first.
EACH: dict[str, Any] = {**QUIET, "trigger_mode": "multiple"}


def one_by_one(place: str) -> dict[str, Any]:
    """Of quiet events that answer in one place: each begins after the one before has answered, so that the last one asked is seen last.

    place: a name that no other kind of work has.
    """
    return {**QUIET, "concurrency_id": place, "concurrency_limit": 1}


def each_in_turn(place: str) -> dict[str, Any]:
    """As `EACH`, in the order of `one_by_one`."""
    return {**EACH, **one_by_one(place)}


def page() -> gr.Blocks:
    """The page that is being built."""
    built = gr.context.Context.root_block
    assert built is not None
    return built


def widget(name: str) -> Any:
    """One that has been built before, by its ``elem_id``."""
    return next(block for block in page().blocks.values() if getattr(block, "elem_id", None) == name)
