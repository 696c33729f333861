"""The widgets of a bin: an undo beside a list, and all that was deleted from it and can come back."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import gradio as gr

from ocrweb.services.files.bin import KEEP_SECONDS
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.texts import label

DAY = 86_400.0


class Deleted(Protocol):
    """id: of its place in the bin. deleted: seconds since 1970."""

    @property
    def id(self) -> str: ...

    @property
    def deleted(self) -> float: ...


class BinPanel:
    """group: of its texts. ids: what the ids of its widgets begin with. keep: key of the button
    that empties nothing. Methods answer with the widgets that change."""

    def __init__(self, group: str, ids: str, keep: str) -> None:
        self._group = group
        self.last = gr.State("", time_to_live=3600)  # id in the bin of what this visitor deleted last
        self.undo = gr.Button(label(f"{group}.undelete"), size="sm", visible=False, elem_id=f"{ids}-undelete")
        with gr.Accordion(label(f"{group}.bin"), open=False, visible=False, elem_id=f"{ids}-bin") as self.panel:
            self.chosen = gr.Dropdown([], label=label(f"{group}.bin-chosen"), elem_id=f"{ids}-bin-chosen")
            with gr.Row():
                self.restore = gr.Button(label(f"{group}.bin-restore"), size="sm", elem_id=f"{ids}-bin-restore")
                self.empty = gr.Button(label(f"{group}.bin-empty"), size="sm", elem_id=f"{ids}-bin-empty")
            with gr.Group(visible=False) as self.asking:
                gr.Markdown(label(f"{group}.bin-question"), elem_classes="ocrweb-ask")
                with gr.Row():
                    self.empty_now = gr.Button(
                        label(f"{group}.bin-empty-now"), variant="stop", size="sm", elem_id=f"{ids}-bin-empty-now"
                    )
                    self.keep = gr.Button(label(f"{group}.{keep}"), size="sm", min_width=110)

    @property
    def outputs(self) -> list[Any]:
        return [self.last, self.undo, self.panel, self.chosen, self.asking]

    def wire_question(self, quiet: dict[str, Any]) -> None:
        """Emptying asks first."""
        self.empty.click(lambda: gr.Group(visible=True), None, self.asking, **quiet)
        self.keep.click(lambda: gr.Group(visible=False), None, self.asking, **quiet)

    def holding(
        self, binned: Sequence[Deleted], used: str, words: Callable[[Any], tuple[str, ...]], lang: str, last: str
    ) -> dict[Any, Any]:
        """What lies in it. used: on the disk. words: what one is told by. last: what can be undone beside the list."""
        known = {each.id for each in binned}
        title = texts.say(f"{self._group}.bin-title", lang, count=len(binned), used=used)
        choices = [(" · ".join((*words(each), self._left(each, lang))), each.id) for each in binned]
        return {
            self.last: last if last in known else "",
            self.undo: gr.Button(visible=last in known),
            self.panel: gr.Accordion(label=title, visible=bool(binned)),
            self.chosen: gr.Dropdown(choices, value=binned[0].id if binned else None),
            self.asking: gr.Group(visible=False),
        }

    def _left(self, binned: Deleted, lang: str) -> str:
        """In how many days it goes for good."""
        days = max(1, round((binned.deleted + KEEP_SECONDS - time.time()) / DAY))
        return texts.say(f"{self._group}.bin-left", lang, days=days)
