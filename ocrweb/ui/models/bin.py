"""Deleting a model, which asks first, and what was deleted and can come back."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ocrweb.errors import OcrwebError
from ocrweb.services.models.bin import BinnedModel, empty_model_bins, list_binned, restore_model
from ocrweb.services.registry.losses import delete_model, losses
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.bin_panel import BinPanel
from ocrweb.ui.parts.problems import caught, note_card, problem_card
from ocrweb.ui.parts.texts import label


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


class ModelBin(BinPanel):
    """The bin of runs, exports and imported models."""

    def __init__(self) -> None:
        super().__init__("models", "models", "delete-no")

    def shown(self, lang: str, last: str = "") -> dict[Any, Any]:
        """All that lies in the bin now. last: what can be undone beside the list."""
        found = caught(list_binned)
        binned = [] if isinstance(found, OcrwebError) else found
        used = f"{sum(each.bytes for each in binned) / 1e6:.0f}"

        def words(each: BinnedModel) -> tuple[str, ...]:
            return each.name, texts.say(f"models.kind-{each.kind}", lang), f"{each.bytes / 1e6:.1f} MB"

        return self.holding(binned, used, words, lang, last)

    def brought_back(self, identifier: str | None) -> str | OcrwebError:
        """The name of the model."""
        return caught(lambda: restore_model(identifier or ""))

    def emptied(self, lang: str) -> tuple[str, dict[Any, Any]]:
        """What to say, and the changes."""
        gone = caught(empty_model_bins)
        if isinstance(gone, OcrwebError):
            return problem_card(gone, lang), self.shown(lang)
        return note_card(texts.say("models.bin-emptied", lang, count=gone), "good"), self.shown(lang)
