"""What was deleted and can come back: an undo beside the list, and the bin with all that lies in it."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.bin import BinnedDataset, empty_bin, list_bin, restore_dataset
from ocrweb.ui.datasets.listing import Listing
from ocrweb.ui.datasets.present import readable_bytes
from ocrweb.ui.datasets.wires import Current, Wires
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.bin_panel import BinPanel
from ocrweb.ui.parts.built import QUIET, page
from ocrweb.ui.parts.problems import caught, note_card, problem_card


class Bin(BinPanel):
    """The bin of datasets. Handlers answer with the widgets that change; what they say goes to the status of the tab."""

    def __init__(self, wires: Wires, table: gr.Dataframe) -> None:
        super().__init__("datasets", "dataset", "keep")
        self.wires, self.table = wires, table
        self.look = gr.Button(visible="hidden", elem_id="dataset-bin-look")  # pressed by `page/press.js`

    def wire(self) -> None:
        """The bin is looked at when the page opens, and when the visitor comes back to the tab or to the window: another may
        have deleted meanwhile. Not by the tab's own event, whose answer would overtake the dataset of the page's address."""
        brought = [self.wires.status, self.wires.chosen, self.table, self.wires.current, *self.outputs]
        for seen in (page().load, self.look.click):
            seen(self.looked_at, self.last, self.outputs, **QUIET)
        self.undo.click(self.bring_back, self.last, brought, **QUIET)
        self.restore.click(self.bring_back, self.chosen, brought, **QUIET)
        self.wire_question(QUIET)
        self.empty_now.click(self.emptied, None, [self.wires.status, *self.outputs], **QUIET)

    def looked_at(self, last: str, request: gr.Request) -> dict[Any, Any]:
        return self.shown(texts.language_of(request), last)

    def shown(self, lang: str, last: str = "") -> dict[Any, Any]:
        """All that lies in the bin now. last: what can be undone beside the list."""
        found = caught(list_bin)
        binned = [] if isinstance(found, OcrwebError) else found
        used = readable_bytes(sum(each.bytes for each in binned if not each.linked))
        return self.holding(binned, used, _words, lang, last)

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


def _words(binned: BinnedDataset) -> tuple[str, ...]:
    return binned.name, readable_bytes(binned.bytes) if binned.bytes and not binned.linked else "–"
