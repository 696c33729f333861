"""Deleting a model, which asks first, and what was deleted and can come back."""

from __future__ import annotations

import time
from typing import Any

import gradio as gr

from ocrweb.errors import OcrwebError
from ocrweb.services.files.bin import KEEP_SECONDS
from ocrweb.services.models.bin import BinnedModel, empty_model_bins, list_binned, restore_model
from ocrweb.services.registry.losses import delete_model, losses
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.problems import caught, note_card, problem_card
from ocrweb.ui.parts.texts import label

DAY = 86_400.0


class Deleting:
    """The question with what would be lost. Handlers answer with the widgets that change."""

    def __init__(self) -> None:
        self.asked = gr.State("", time_to_live=3600)  # the model that is meant, whatever is chosen meanwhile
        with gr.Column(visible=False, elem_id="models-ask", elem_classes="ocrweb-ask") as self.ask:
            self.question = gr.Markdown(elem_id="models-question")
            with gr.Row():
                self.sure = gr.Button(label("models.delete-yes"), variant="stop", elem_id="models-delete-yes")
                self.keep = gr.Button(label("models.delete-no"), elem_id="models-delete-no")

    @property
    def outputs(self) -> list[Any]:
        return [self.asked, self.question, self.ask]

    def put(self, name: str, lang: str) -> dict[Any, Any] | OcrwebError:
        """Ask, with what would be lost."""
        lost = caught(lambda: losses(name))
        if isinstance(lost, OcrwebError):
            return lost
        question = texts.say("models.delete-ask", lang, name=f"`{lost.model.shown}`", lost=lost.told(lang))
        return {self.asked: lost.model.name, self.question: question, self.ask: gr.Column(visible=True)}

    def put_away(self) -> dict[Any, Any]:
        return {self.ask: gr.Column(visible=False)}

    def done(self, asked: str) -> str | OcrwebError:
        """Its id in the bin."""
        return caught(lambda: delete_model(asked))


class ModelBin:
    """An undo beside the list, and all that lies in the bin."""

    def __init__(self) -> None:
        self.last = gr.State("", time_to_live=3600)  # id of what this visitor deleted last
        self.undo = gr.Button(label("models.undelete"), size="sm", visible=False, elem_id="models-undelete")
        with gr.Accordion(label("models.bin"), open=False, visible=False, elem_id="models-bin") as self.panel:
            self.chosen = gr.Dropdown([], label=label("models.bin-chosen"), elem_id="models-bin-chosen")
            with gr.Row():
                self.restore = gr.Button(label("models.bin-restore"), size="sm", elem_id="models-bin-restore")
                self.empty = gr.Button(label("models.bin-empty"), size="sm", elem_id="models-bin-empty")
            with gr.Group(visible=False) as self.asking:
                gr.Markdown(label("models.bin-question"), elem_classes="ocrweb-ask")
                with gr.Row():
                    self.empty_now = gr.Button(
                        label("models.bin-empty-now"), variant="stop", size="sm", elem_id="models-bin-empty-now"
                    )
                    self.keep = gr.Button(label("models.delete-no"), size="sm", min_width=110)

    @property
    def outputs(self) -> list[Any]:
        return [self.last, self.undo, self.panel, self.chosen, self.asking]

    def shown(self, lang: str, last: str = "") -> dict[Any, Any]:
        """All that lies in the bin now. last: what can be undone beside the list."""
        found = caught(list_binned)
        binned = [] if isinstance(found, OcrwebError) else found
        known = {each.id for each in binned}
        used = sum(each.bytes for each in binned) / 1e6
        title = texts.say("models.bin-title", lang, count=len(binned), used=f"{used:.0f}")
        return {
            self.last: last if last in known else "",
            self.undo: gr.Button(visible=last in known),
            self.panel: gr.Accordion(label=title, visible=bool(binned)),
            self.chosen: gr.Dropdown(
                [(_choice(each, lang), each.id) for each in binned], value=binned[0].id if binned else None
            ),
            self.asking: gr.Group(visible=False),
        }

    def brought_back(self, identifier: str | None) -> str | OcrwebError:
        """The name of the model."""
        return caught(lambda: restore_model(identifier or ""))

    def emptied(self, lang: str) -> tuple[str, dict[Any, Any]]:
        """What to say, and the changes."""
        gone = caught(empty_model_bins)
        if isinstance(gone, OcrwebError):
            return problem_card(gone, lang), self.shown(lang)
        return note_card(texts.say("models.bin-emptied", lang, count=gone), "good"), self.shown(lang)


def _choice(binned: BinnedModel, lang: str) -> str:
    """Name, kind, size, and in how many days it goes for good."""
    left = max(1, round((binned.deleted + KEEP_SECONDS - time.time()) / DAY))
    kind = texts.say(f"models.kind-{binned.kind}", lang)
    return " · ".join(
        (binned.name, kind, f"{binned.bytes / 1e6:.1f} MB", texts.say("models.bin-left", lang, days=left))
    )
