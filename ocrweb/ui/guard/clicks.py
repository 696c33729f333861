"""What was clicked, before a handler that wants to know it is told: of the kind that the page sends, or refused with a code."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ocrweb.errors import OcrwebError

HIGHEST = 2**31  # of rows, columns and pictures


def check_click(block_fn: Any, event_data: Any, blocks: dict[int, Any]) -> None:
    """Refuse the call of a handler of clicks that does not say what was clicked. blocks: all of the page, by number.

    Programs can send such a call, the page does not. Raises `usage.no-click`.
    """
    if not block_fn.collects_event_data:
        return
    tables = any(isinstance(blocks.get(number), gr.Dataframe) for number, _ in block_fn.targets)
    if not _says(getattr(event_data, "_data", None), of_table=tables):
        raise OcrwebError("usage.no-click")


def _says(data: Any, *, of_table: bool) -> bool:
    """A table's click has row and column, and the cells of the row; any other is the place in a list."""
    if not isinstance(data, dict) or "value" not in data or "index" not in data:
        return False
    index = data["index"]
    if not of_table:
        return _is_place(index)
    cells = data.get("row_value")
    places = isinstance(index, list) and len(index) == 2 and all(map(_is_place, index))
    return (
        places
        and isinstance(cells, list)
        and all(cell is None or isinstance(cell, str | int | float) for cell in cells)
    )


def _is_place(index: Any) -> bool:
    return type(index) is int and 0 <= index < HIGHEST
