"""What can be done to the chosen dataset as a whole: rename, delete, download, shrink, divide, hand to another tool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from ocrweb.errors import OcrwebError
from ocrweb.services.datasets import work as dataset_work
from ocrweb.services.datasets.store import delete_dataset, get_dataset, rename_dataset
from ocrweb.services.datasets.tools import TARGETS
from ocrweb.ui.datasets.bin import Bin
from ocrweb.ui.datasets.listing import Listing
from ocrweb.ui.datasets.present import tool_name
from ocrweb.ui.datasets.wires import Current, Wires
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.built import QUIET
from ocrweb.ui.parts.fields import slider
from ocrweb.ui.parts.problems import caught, note_card, problem_card
from ocrweb.ui.parts.texts import label


def build_manage(wires: Wires, table: gr.Dataframe) -> Bin:
    """Rename, delete (asks first), download: beside the list, with the bin that a deleted one comes back from."""
    small: dict[str, Any] = {"size": "sm", "min_width": 110, "interactive": False}
    with gr.Row():
        download = gr.Button(label("datasets.pack"), elem_id="dataset-pack", **small)
        rename = gr.Button(label("datasets.rename"), elem_id="dataset-rename", **small)
        delete = gr.Button(label("datasets.delete"), variant="stop", elem_id="dataset-delete", **small)
    bin_ = Bin(wires, table)
    # The dataset that a question is about, whatever is chosen meanwhile.
    asked, named = (gr.State("", time_to_live=3600) for _ in range(2))
    with gr.Group(visible=False) as renaming:
        whom = gr.HTML(elem_id="dataset-rename-whom")
        name = gr.Textbox(label=label("datasets.new-name"), elem_id="dataset-new-name")
        rename_now = gr.Button(label("datasets.rename-now"), size="sm", elem_id="dataset-rename-now")
    with gr.Group(visible=False) as asking:
        question = gr.HTML(elem_id="dataset-question")
        with gr.Row():
            delete_now = gr.Button(
                label("datasets.delete-now"), variant="stop", size="sm", min_width=110, elem_id="dataset-delete-now"
            )
            keep = gr.Button(label("datasets.keep"), size="sm", min_width=110)
    panel = Managing(wires, table, bin_, asked, named, renaming, whom, name, asking, question)
    active_while_chosen(wires, download, rename, delete)
    changed = [wires.status, wires.chosen, table, wires.current, renaming, asking]
    download.click(panel.pack, wires.chosen, wires.started(), **QUIET)
    rename.click(panel.ask_name, wires.chosen, [wires.status, named, whom, name, renaming], **QUIET)
    for event in (rename_now.click, name.submit):
        event(panel.rename_asked, [named, name, wires.chosen], changed, **QUIET)
    delete.click(panel.ask_delete, wires.chosen, [wires.status, asked, question, asking], **QUIET)
    keep.click(lambda: gr.Group(visible=False), None, asking, **QUIET)
    delete_now.click(panel.delete_asked, [asked, wires.chosen], [*changed, *bin_.outputs], **QUIET)
    return bin_


def build_tools(wires: Wires) -> None:
    """Tools that make another dataset or other files of the chosen one."""
    with gr.Row(equal_height=False):
        with gr.Column(min_width=280):
            gr.Markdown(label("datasets.resize-help"))
            side = slider(320, 2048, 640, step=32, label=label("datasets.max-side"), elem_id="dataset-max-side")
            resize = gr.Button(label("datasets.resize"), interactive=False, elem_id="dataset-resize")
        with gr.Column(min_width=280):
            gr.Markdown(label("datasets.split-help"))
            share = slider(0, 0.5, 0.1, step=0.05, label=label("datasets.split-share"), elem_id="dataset-share")
            seed = gr.Number(0, precision=0, minimum=0, label=label("datasets.split-seed"))
            divide = gr.Button(label("datasets.split"), interactive=False, elem_id="dataset-split")
        with gr.Column(min_width=280):
            gr.Markdown(label("datasets.export-help"))
            target = gr.Radio(
                [(tool_name(name), name) for name in TARGETS], value=TARGETS[0], label=label("datasets.export-target")
            )
            export = gr.Button(label("datasets.export"), interactive=False, elem_id="dataset-export")
    active_while_chosen(wires, resize, divide, export)
    tools = Tools(wires)
    resize.click(tools.begin_resize, [wires.chosen, side], wires.started(), **QUIET)
    divide.click(tools.begin_split, [wires.chosen, share, seed], wires.started(), **QUIET)
    export.click(tools.begin_export, [wires.chosen, target], wires.started(), **QUIET)


@dataclass(frozen=True)
class Managing:
    """Rename, delete and download. asked, named: the datasets that a question is about, whatever is chosen meanwhile."""

    wires: Wires
    table: gr.Dataframe
    bin: Bin
    asked: gr.State
    named: gr.State
    renaming: gr.Group
    whom: gr.HTML
    name: gr.Textbox
    asking: gr.Group
    question: gr.HTML

    def pack(self, chosen: str | None, request: gr.Request) -> dict[Any, Any]:
        return on_chosen(self.wires, chosen, dataset_work.start_download, request)

    def ask_name(self, chosen: str | None, request: gr.Request) -> dict[Any, Any]:
        lang = texts.language_of(request)
        if not chosen:
            put_away = {self.named: "", self.whom: "", self.name: "", self.renaming: gr.Group(visible=False)}
            return put_away | self.wires.refused("datasets.choose-first", lang)
        whom = note_card(texts.say("datasets.rename-question", lang, name=chosen))
        return {self.named: chosen, self.whom: whom, self.name: chosen, self.renaming: gr.Group(visible=True)}

    def ask_delete(self, chosen: str | None, request: gr.Request) -> dict[Any, Any]:
        lang = texts.language_of(request)
        if not chosen:
            put_away = {self.asked: "", self.question: "", self.asking: gr.Group(visible=False)}
            return put_away | self.wires.refused("datasets.choose-first", lang)
        linked = caught(lambda: get_dataset(chosen).linked)
        key = "datasets.delete-link" if linked is True else "datasets.delete-question"
        question = note_card(texts.say(key, lang, name=chosen), "warning")
        return {self.asked: chosen, self.question: question, self.asking: gr.Group(visible=True)}

    def rename_asked(self, asked: str, name: str, chosen: str | None, request: gr.Request) -> dict[Any, Any]:
        """asked: the dataset that the question named, which need not be the chosen one by now."""
        new = caught(lambda: rename_dataset(asked, name).name)
        return self._changed(new, asked, chosen, texts.language_of(request))

    def delete_asked(self, asked: str, chosen: str | None, request: gr.Request) -> dict[Any, Any]:
        """Into the bin; one click brings it back."""
        binned = caught(lambda: delete_dataset(asked))
        lang = texts.language_of(request)
        gone = binned if isinstance(binned, OcrwebError) else None
        last = binned if isinstance(binned, str) else ""
        return self._changed(gone, asked, chosen, lang) | self.bin.shown(lang, last)

    def _changed(self, new: str | OcrwebError | None, asked: str, chosen: str | None, lang: str) -> dict[Any, Any]:
        """new: the name that the asked dataset has now, None when it is gone. Another one that is looked at stays in view."""
        hidden = gr.Group(visible=False)
        if isinstance(new, OcrwebError):
            return {self.wires.status: problem_card(new, lang), self.asking: hidden}
        other = chosen not in (None, "", asked)
        said = texts.say("datasets.renamed" if new else "datasets.deleted", lang, name=asked, new=new)
        changes: dict[Any, Any] = {
            self.wires.status: note_card(said, "good"),
            self.renaming: hidden,
            self.asking: hidden,
        }
        if not other:
            changes[self.wires.current] = Current(new) if new else None
        return changes | Listing(self.wires, self.table).listed(chosen if other else new, lang)


@dataclass(frozen=True)
class Tools:
    """Work that makes another dataset or other files of the chosen one."""

    wires: Wires

    def begin_resize(self, chosen: str | None, side: float, request: gr.Request) -> dict[Any, Any]:
        return on_chosen(self.wires, chosen, lambda name: dataset_work.start_resize(name, int(side)), request)

    def begin_split(self, chosen: str | None, share: float, seed: float | None, request: gr.Request) -> dict[Any, Any]:
        return on_chosen(
            self.wires, chosen, lambda name: dataset_work.start_split(name, share, int(seed or 0)), request
        )

    def begin_export(self, chosen: str | None, target: str, request: gr.Request) -> dict[Any, Any]:
        return on_chosen(self.wires, chosen, lambda name: dataset_work.start_label_export(name, target), request)


def active_while_chosen(wires: Wires, *buttons: gr.Button) -> None:
    """What is done to a dataset can be pressed once one is chosen."""

    def pressable(chosen: str | None) -> Any:
        return [gr.Button(interactive=bool(chosen)) for _ in buttons]

    wires.chosen.change(pressable, wires.chosen, list(buttons), **QUIET)


def on_chosen(wires: Wires, chosen: str | None, work: Any, request: gr.Request) -> dict[Any, Any]:
    lang = texts.language_of(request)
    return wires.starting(lambda: work(chosen), lang) if chosen else wires.refused("datasets.choose-first", lang)
