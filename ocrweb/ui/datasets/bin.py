"""What was deleted and can come back: an undo beside the list, and the bin with all that lies in it."""

from __future__ import annotations

import time
from typing import Any

import gradio as gr

from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.bin import BinnedDataset, empty_bin, list_bin, restore_dataset
from ocrweb.services.files.bin import KEEP_SECONDS
from ocrweb.ui.datasets.listing import Listing
from ocrweb.ui.datasets.present import readable_bytes
from ocrweb.ui.datasets.wires import QUIET, Current, Wires
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.problems import caught, note_card, problem_card
from ocrweb.ui.parts.texts import label

DAY = 86_400.0


class Bin:
    """The widgets. Handlers answer with those that change; what they say goes to the status of the tab."""

    def __init__(self, wires: Wires, table: gr.Dataframe) -> None:
        self.wires, self.table = wires, table
        self.last = gr.State("", time_to_live=3600)  # id in the bin of what this visitor deleted last
        self.look = gr.Button(visible="hidden", elem_id="dataset-bin-look")  # pressed by `page/press.js`
        self.undo = gr.Button(label("datasets.undelete"), size="sm", visible=False, elem_id="dataset-undelete")
        with gr.Accordion(label("datasets.bin"), open=False, visible=False, elem_id="dataset-bin") as self.panel:
            self.chosen = gr.Dropdown([], label=label("datasets.bin-chosen"), elem_id="dataset-bin-chosen")
            with gr.Row():
                self.restore = gr.Button(label("datasets.bin-restore"), size="sm", elem_id="dataset-bin-restore")
                self.empty = gr.Button(label("datasets.bin-empty"), size="sm", elem_id="dataset-bin-empty")
            with gr.Group(visible=False) as self.asking:
                gr.Markdown(label("datasets.bin-question"), elem_classes="ocrweb-ask")
                with gr.Row():
                    self.empty_now = gr.Button(
                        label("datasets.bin-empty-now"), variant="stop", size="sm", elem_id="dataset-bin-empty-now"
                    )
                    self.keep = gr.Button(label("datasets.keep"), size="sm", min_width=110)

    @property
    def outputs(self) -> list[Any]:
        return [self.last, self.undo, self.panel, self.chosen, self.asking]

    def wire(self) -> None:
        """The bin is looked at when the page opens, and when the visitor comes back to the tab or to the window: another may
        have deleted meanwhile. Not by the tab's own event, whose answer would overtake the dataset of the page's address."""
        page = gr.context.Context.root_block
        assert page is not None
        brought = [self.wires.status, self.wires.chosen, self.table, self.wires.current, *self.outputs]
        for seen in (page.load, self.look.click):
            seen(self.looked_at, self.last, self.outputs, **QUIET)
        self.undo.click(self.bring_back, self.last, brought, **QUIET)
        self.restore.click(self.bring_back, self.chosen, brought, **QUIET)
        self.empty.click(lambda: gr.Group(visible=True), None, self.asking, **QUIET)
        self.keep.click(lambda: gr.Group(visible=False), None, self.asking, **QUIET)
        self.empty_now.click(self.emptied, None, [self.wires.status, *self.outputs], **QUIET)

    def looked_at(self, last: str, request: gr.Request) -> dict[Any, Any]:
        return self.shown(texts.language_of(request), last)

    def shown(self, lang: str, last: str = "") -> dict[Any, Any]:
        """All that lies in the bin now. last: what can be undone beside the list."""
        found = caught(list_bin)
        binned = [] if isinstance(found, OcrwebError) else found
        known = {each.id for each in binned}
        used = readable_bytes(sum(each.bytes for each in binned if not each.linked))
        title = texts.say("datasets.bin-title", lang, count=len(binned), used=used)
        return {
            self.last: last if last in known else "",
            self.undo: gr.Button(visible=last in known),
            self.panel: gr.Accordion(label=title, visible=bool(binned)),
            self.chosen: gr.Dropdown(
                [(_choice(each, lang), each.id) for each in binned], value=binned[0].id if binned else None
            ),
            self.asking: gr.Group(visible=False),
        }

    def bring_back(self, identifier: str | None, request: gr.Request) -> dict[Any, Any]:
        """A deleted dataset is there again, and looked at."""
        lang = texts.language_of(request)
        name = caught(lambda: restore_dataset(identifier or ""))
        if isinstance(name, OcrwebError):
            return {self.wires.status: problem_card(name, lang)} | self.shown(lang)
        said = note_card(texts.say("datasets.undeleted", lang, name=name), "good")
        listed = Listing(self.wires, self.table).listed(name, lang)
        return {self.wires.status: said, self.wires.current: Current(name)} | listed | self.shown(lang)

    def emptied(self, request: gr.Request) -> dict[Any, Any]:
        lang = texts.language_of(request)
        gone = caught(empty_bin)
        if isinstance(gone, OcrwebError):
            return {self.wires.status: problem_card(gone, lang)} | self.shown(lang)
        said = note_card(texts.say("datasets.bin-emptied", lang, count=gone), "good")
        return {self.wires.status: said} | self.shown(lang)


def _choice(binned: BinnedDataset, lang: str) -> str:
    """Name, size, and in how many days it goes for good."""
    left = max(1, round((binned.deleted + KEEP_SECONDS - time.time()) / DAY))
    size = readable_bytes(binned.bytes) if binned.bytes and not binned.linked else "–"
    return " · ".join((binned.name, size, texts.say("datasets.bin-left", lang, days=left)))
