"""What can be done to the chosen dataset as a whole: rename, delete, download, shrink, divide, hand to another tool."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pandas as pd

from ocrweb.errors import OcrwebError
from ocrweb.services.datasets import work as dataset_work
from ocrweb.services.datasets.store import delete_dataset, get_dataset, list_datasets, rename_dataset
from ocrweb.services.datasets.tools import TARGETS
from ocrweb.ui.datasets.present import dataset_rows, tool_name
from ocrweb.ui.datasets.wires import QUIET, Current, Wires, starting
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.fresh_choices import grown
from ocrweb.ui.parts.problems import caught, note_card, problem_card
from ocrweb.ui.parts.texts import label


def build_manage(wires: Wires, table: gr.Dataframe) -> None:
    """Rename, delete (asks first), download: beside the list."""
    with gr.Row():
        download = gr.Button(label("datasets.pack"), size="sm", min_width=110, elem_id="dataset-pack")
        rename = gr.Button(label("datasets.rename"), size="sm", min_width=110, elem_id="dataset-rename")
        delete = gr.Button(label("datasets.delete"), size="sm", min_width=110, variant="stop", elem_id="dataset-delete")
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
    changed = [wires.status, wires.chosen, table, wires.current, renaming, asking]
    download.click(pack, wires.chosen, wires.started(), **QUIET)
    rename.click(ask_name, wires.chosen, [wires.status, named, whom, name, renaming], **QUIET)
    for event in (rename_now.click, name.submit):
        event(rename_asked, [named, name, wires.chosen], changed, **QUIET)
    delete.click(ask_delete, wires.chosen, [wires.status, asked, question, asking], **QUIET)
    keep.click(lambda: gr.Group(visible=False), None, asking, **QUIET)
    delete_now.click(delete_asked, [asked, wires.chosen], changed, **QUIET)


def build_tools(wires: Wires) -> None:
    """Tools that make another dataset or other files of the chosen one."""
    with gr.Row(equal_height=False):
        with gr.Column(min_width=280):
            gr.Markdown(label("datasets.resize-help"))
            side = gr.Slider(320, 2048, 640, step=32, label=label("datasets.max-side"), elem_id="dataset-max-side")
            resize = gr.Button(label("datasets.resize"), elem_id="dataset-resize")
        with gr.Column(min_width=280):
            gr.Markdown(label("datasets.split-help"))
            share = gr.Slider(0, 0.5, 0.1, step=0.05, label=label("datasets.split-share"), elem_id="dataset-share")
            seed = gr.Number(0, precision=0, minimum=0, label=label("datasets.split-seed"))
            divide = gr.Button(label("datasets.split"), elem_id="dataset-split")
        with gr.Column(min_width=280):
            gr.Markdown(label("datasets.export-help"))
            target = gr.Radio(
                [(tool_name(name), name) for name in TARGETS], value=TARGETS[0], label=label("datasets.export-target")
            )
            export = gr.Button(label("datasets.export"), elem_id="dataset-export")
    resize.click(begin_resize, [wires.chosen, side], wires.started(), **QUIET)
    divide.click(begin_split, [wires.chosen, share, seed], wires.started(), **QUIET)
    export.click(begin_export, [wires.chosen, target], wires.started(), **QUIET)


def listed(chosen: str | None, lang: str) -> tuple[Any, Any]:
    """The dropdown and the table of datasets as they are now."""
    datasets = caught(list_datasets)
    if isinstance(datasets, OcrwebError):
        return gr.skip(), gr.skip()
    names = [dataset.name for dataset in datasets]
    value = chosen if chosen in names else None
    return gr.Dropdown(names, value=value), gr.Dataframe(dataset_rows(datasets, lang), visible=bool(names))


def renewed(chosen: str | None, request: gr.Request) -> tuple[Any, ...]:
    """The list as it is now: dropdown, table, a word about a chosen dataset that is gone, and then no dataset to look at."""
    lang = texts.language_of(request)
    datasets = caught(list_datasets)
    if isinstance(datasets, OcrwebError):
        return gr.skip(), gr.skip(), problem_card(datasets, lang), gr.skip()
    if not chosen or chosen in {dataset.name for dataset in datasets}:
        return *listed(chosen, lang), gr.skip(), gr.skip()
    return *listed(None, lang), note_card(texts.say("datasets.gone", lang, name=chosen), "warning"), None


def grown_list(table: pd.DataFrame) -> Any:
    """The choices when the list is opened. What the table still has stays until it is closed (see `fresh_choices`)."""
    datasets = caught(list_datasets)
    if isinstance(datasets, OcrwebError):
        return gr.skip()
    before = [str(name) for name in table.iloc[:, 0]] if table.shape[1] else []
    return gr.Dropdown(choices=grown([dataset.name for dataset in datasets], [name for name in before if name]))


def pack(chosen: str | None, request: gr.Request) -> tuple[Any, ...]:
    return _on(chosen, dataset_work.start_download, request)


def begin_resize(chosen: str | None, side: float, request: gr.Request) -> tuple[Any, ...]:
    return _on(chosen, lambda name: dataset_work.start_resize(name, int(side)), request)


def begin_split(chosen: str | None, share: float, seed: float | None, request: gr.Request) -> tuple[Any, ...]:
    return _on(chosen, lambda name: dataset_work.start_split(name, share, int(seed or 0)), request)


def begin_export(chosen: str | None, target: str, request: gr.Request) -> tuple[Any, ...]:
    return _on(chosen, lambda name: dataset_work.start_label_export(name, target), request)


def ask_name(chosen: str | None, request: gr.Request) -> tuple[Any, ...]:
    lang = texts.language_of(request)
    if not chosen:
        return _choose_first(lang), "", "", "", gr.Group(visible=False)
    whom = note_card(texts.say("datasets.rename-question", lang, name=chosen))
    return gr.skip(), chosen, whom, chosen, gr.Group(visible=True)


def ask_delete(chosen: str | None, request: gr.Request) -> tuple[Any, ...]:
    lang = texts.language_of(request)
    if not chosen:
        return _choose_first(lang), "", "", gr.Group(visible=False)
    linked = caught(lambda: get_dataset(chosen).linked)
    key = "datasets.delete-link" if linked is True else "datasets.delete-question"
    return gr.skip(), chosen, note_card(texts.say(key, lang, name=chosen), "warning"), gr.Group(visible=True)


def rename_asked(asked: str, name: str, chosen: str | None, request: gr.Request) -> tuple[Any, ...]:
    """asked: the dataset that the question named, which need not be the chosen one by now."""

    return _changed(caught(lambda: rename_dataset(asked, name).name), asked, chosen, texts.language_of(request))


def delete_asked(asked: str, chosen: str | None, request: gr.Request) -> tuple[Any, ...]:
    return _changed(caught(lambda: delete_dataset(asked)), asked, chosen, texts.language_of(request))


def _changed(new: str | OcrwebError | None, asked: str, chosen: str | None, lang: str) -> tuple[Any, ...]:
    """new: the name that the asked dataset has now, None when it is gone. Another one that is looked at stays in view."""
    hidden = gr.Group(visible=False)
    if isinstance(new, OcrwebError):
        return problem_card(new, lang), gr.skip(), gr.skip(), gr.skip(), gr.skip(), hidden
    other = chosen not in (None, "", asked)
    dropdown, table = listed(chosen if other else new, lang)
    current = gr.skip() if other else Current(new) if new else None
    said = texts.say("datasets.renamed" if new else "datasets.deleted", lang, name=asked, new=new)
    return note_card(said, "good"), dropdown, table, current, hidden, hidden


def _on(chosen: str | None, work: Any, request: gr.Request) -> tuple[Any, ...]:
    lang = texts.language_of(request)
    if not chosen:
        return gr.skip(), _choose_first(lang), gr.skip()
    return starting(lambda: work(chosen), lang)


def _choose_first(lang: str) -> str:
    return note_card(texts.say("datasets.choose-first", lang), "warning")
