"""The dropdown and the table of all datasets, as they are now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr
import pandas as pd

from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.store import list_datasets
from ocrweb.ui.datasets.present import dataset_rows
from ocrweb.ui.datasets.wires import Wires
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.fresh_choices import grown
from ocrweb.ui.parts.problems import caught, note_card, problem_card


@dataclass(frozen=True)
class Listing:
    """The dropdown and the table of all datasets. Handlers answer with the widgets that change."""

    wires: Wires
    table: gr.Dataframe

    def listed(self, chosen: str | None, lang: str) -> dict[Any, Any]:
        """The datasets as they are now; untouched when they cannot be read."""
        datasets = caught(list_datasets)
        if isinstance(datasets, OcrwebError):
            return {}
        names = [dataset.name for dataset in datasets]
        return {
            self.wires.chosen: gr.Dropdown(names, value=chosen if chosen in names else None),
            self.table: gr.Dataframe(dataset_rows(datasets, lang), visible=bool(names)),
        }

    def renewed(self, chosen: str | None, request: gr.Request) -> dict[Any, Any]:
        """The list as it is now, and a word about a chosen dataset that is gone."""
        return self.now(chosen, texts.language_of(request)) or gr.skip()

    def now(self, chosen: str | None, lang: str) -> dict[Any, Any]:
        """The changes of `renewed`; with a chosen dataset that is gone there is none to look at any more."""
        datasets = caught(list_datasets)
        if isinstance(datasets, OcrwebError):
            return {self.wires.status: problem_card(datasets, lang)}
        names = [dataset.name for dataset in datasets]
        if not chosen:  # one may just be about to be chosen: the address of the page names it
            return self.listed(None, lang) | {self.wires.chosen: gr.Dropdown(choices=names)}
        if chosen in names:
            return self.listed(chosen, lang)
        gone = note_card(texts.say("datasets.gone", lang, name=chosen), "warning")
        return self.listed(None, lang) | {self.wires.status: gone, self.wires.current: None}


def grown_list(table: pd.DataFrame) -> Any:
    """The choices when the list is opened. What the table still has stays until it is closed (see `fresh_choices`)."""
    datasets = caught(list_datasets)
    if isinstance(datasets, OcrwebError):
        return gr.skip()
    before = [str(name) for name in table.iloc[:, 0]] if table.shape[1] else []
    return gr.Dropdown(choices=grown([dataset.name for dataset in datasets], [name for name in before if name]))
