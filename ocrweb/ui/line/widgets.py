"""Widgets as events have changed them: one object for all windows in which a widget has become the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any
from weakref import WeakValueDictionary

from gradio.blocks import Block

READ_BY = ("preprocess", "data_model")  # what ui/seams/taken.py puts into a single widget


class ChangedWidgets:
    """Gradio makes a new widget, with tables of its own, for each window, output and answer that changes more than a value.

    Such a widget says how later values are read and shown, and nothing of the visitor's. It goes with the last window.
    """

    def __init__(self) -> None:
        self._shared: WeakValueDictionary[Hashable, Block] = WeakValueDictionary()

    def one_of(self, changed: Block, by_page: Block) -> Block:
        """A widget that is made as `changed` is. by_page: the page's own, whose reader of values it keeps and whose
        temporary files it adds to."""
        for name in READ_BY:
            if name in vars(by_page):
                setattr(changed, name, vars(by_page)[name])
        changed.temp_files = by_page.temp_files
        made = _frozen(dict(sorted(changed.constructor_args.items())))
        if made is None:
            return changed
        return self._shared.setdefault((by_page._id, type(changed), made), changed)


def _frozen(value: Any) -> Hashable:
    """Equal for values that make the same widget; None for those that cannot be compared."""
    if isinstance(value, dict):
        return _all(dict, [part for pair in value.items() for part in pair])
    if isinstance(value, list | tuple):
        return _all(type(value), value)
    try:
        hash(value)
    except TypeError:
        return None
    return type(value), value


def _all(kind: Callable[..., Any], parts: Any) -> Hashable:
    frozen = tuple(_frozen(part) for part in parts)
    return None if None in frozen else (kind, frozen)
