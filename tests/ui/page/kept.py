"""The page as it was when somebody last looked at it: python -m tests.ui.page.kept keeps that of today.

A line for each widget, below the one that it stands in: kind, id, and what a visitor sees of it or can do with it. Then a
line for each event: what sets it off, what it is told, what it changes, and how it waits. What is drawn of values, texts in
their languages and scripts are looked at by the tests of their rooms.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.blocks import Block, BlockContext
from gradio.layouts import Form

FILE = Path(__file__).parent / "kept.txt"
LABEL = re.compile(r'"key": "ocrweb_([\w-]+)"')  # of a text that the browser translates
LONGEST = 60  # characters of a property; a longer one is a text that somebody makes
UNSEEN = ("elem_id", "render", "components", "samples", "secret", "storage_key", "id")
USUAL = {
    "queue": True, "concurrency_limit": "default", "show_progress": "hidden", "trigger_mode": "once",
    "api_visibility": "private",
}  # fmt: skip


def kept_of(page: gr.Blocks) -> list[str]:
    names = _names(page)
    return [*_below(page, names, 0), "", *(_event(event, page, names) for event in page.fns.values())]


def _names(page: gr.Blocks) -> dict[int, str]:
    """Of each block, its id or what is written on it; what has neither is counted by its kind within a tab."""
    names, known = {page._id: "page"}, Counter(["page"])
    for number, block in page.blocks.items():
        told = block.elem_id or getattr(block, "storage_key", None) or getattr(block, "label", None)
        name = _text(told or (block.value if isinstance(block, gr.Button) else "")) or (
            f"{next((each.id for each in _around(block) if isinstance(each, gr.Tab) and each.id), 'page')}:{_kind(block)}"
        )
        names[number] = f"{name}#{known[name]}" if known[name] else name
        known[name] += 1
    return names


def _around(block: Any) -> Iterator[Block]:
    while block is not None:
        yield block
        block = block.parent


def _below(block: BlockContext, names: Mapping[int, str], depth: int) -> Iterator[str]:
    for each in block.children:
        inside = depth
        if not isinstance(each, Form):  # which Gradio puts around fields
            yield "  " * depth + _widget(each, names)
            inside += 1
        if isinstance(each, BlockContext):
            yield from _below(each, names, inside)


def _kind(block: Block) -> str:
    return type(block).__name__.lower()


def _widget(block: Block, names: Mapping[int, str]) -> str:
    given = {key: _seen(value) for key, value in sorted(block.constructor_args.items()) if key not in UNSEEN}
    seen = [f"{key}={value}" for key, value in given.items() if value]
    drawn = ["drawn-at-opening"] if hasattr(block, "at_opening") else []
    return " ".join([_kind(block), names[block._id], *seen, *drawn])


def _seen(value: Any) -> str:
    """A property for the eye; nothing of a long text or of what depends on the machine."""
    text = "" if value is None else json.dumps(value, ensure_ascii=False, default=_text)
    told = _text(text)
    return "" if len(told) > LONGEST or os.sep in told or " at 0x" in told else told


def _text(value: Any) -> str:
    found = LABEL.search(str(value).replace("\\", ""))
    return found[1] if found else str(value)


def _event(event: Any, page: gr.Blocks, names: Mapping[int, str]) -> str:
    begun, after = event, ""
    while begun.trigger_after is not None:
        begun, after = page.fns[begun.trigger_after], f"{after} then"
    triggers = " ".join(f"{names[number]}.{kind}" for number, kind in begun.targets if number is not None)
    told, changed = (" ".join(names[block._id] for block in blocks) for blocks in (event.inputs, event.outputs))
    named = {"api_name": event.api_name} if event.api_visibility == "public" else {}
    shared = {} if str(event.concurrency_id).isdecimal() else {"concurrency_id": event.concurrency_id}
    ways = {key: getattr(event, key) for key, usual in USUAL.items() if getattr(event, key) != usual} | shared | named
    script = ["in the browser"] if event.js else []
    return f"{triggers}{after}: {told} → {changed} | {' '.join([*(f'{key}={way}' for key, way in ways.items()), *script])}".strip()


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["OCRWEB_HOME"] = home
        from ocrweb.ui.page.app import build_page

        FILE.write_text("\n".join(kept_of(build_page(open_to_all=False))) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
