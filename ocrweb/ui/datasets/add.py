"""① Where a dataset comes from: a zip, a server folder, another tool's labels, rendered pages, a model's labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from ocrweb.services.datasets import work as dataset_work
from ocrweb.services.datasets.importing import FORMATS, LABELS_ON, LOOKS, PDF, ImportOptions
from ocrweb.ui.datasets.present import tool_name
from ocrweb.ui.datasets.wires import Wires
from ocrweb.ui.parts import shared_note, texts
from ocrweb.ui.parts.built import QUIET
from ocrweb.ui.parts.model_choice import model_dropdown
from ocrweb.ui.parts.server_folder import server_folder
from ocrweb.ui.parts.texts import label

SAMPLE = (40, 10)  # training and test pages
SHARES = ("auto", "0", "0.05", "0.1", "0.2", "0.3")


def build(wires: Wires) -> None:
    shared_note.build()
    with gr.Tabs(elem_id="dataset-add"):
        with gr.Tab(label("datasets.from-zip"), id="zip"):
            _zip(wires)
        with gr.Tab(label("datasets.from-folder"), id="folder"):
            _folder(wires)
        with gr.Tab(label("datasets.from-tool"), id="import"):
            _import(wires)
        with gr.Tab(label("datasets.from-sample"), id="sample"):
            _sample(wires)
        with gr.Tab(label("datasets.from-model"), id="autolabel"):
            _autolabel(wires)
    _try(wires)


def _zip(wires: Wires) -> None:
    upload = gr.File(
        label=label("datasets.zip"), file_types=[".zip"], file_count="single", height=190, elem_id="dataset-zip"
    )
    gr.Markdown(label("datasets.layout-help"), elem_classes="ocrweb-quiet")

    def begin(file: str | None, request: gr.Request) -> dict[Any, Any]:
        """A zip arrived: it is unpacked and checked at once, and the field is free for the next one."""
        lang = texts.language_of(request)
        if not file:
            return wires.refused("datasets.no-zip", lang)
        return {upload: None} | wires.starting(lambda: dataset_work.start_upload(Path(file)), lang)

    upload.upload(begin, upload, [*wires.started(), upload], **QUIET)


def _folder(wires: Wires) -> None:
    folder = gr.Textbox(label=label("datasets.folder"), info=label("datasets.folder-help"), elem_id="dataset-folder")
    add = gr.Button(label("datasets.folder-add"), variant="primary", elem_id="dataset-folder-add")
    for event in (add.click, folder.submit):
        event(Adding(wires).begin_folder, folder, wires.started(), **QUIET)


def _import(wires: Wires) -> None:
    upload = gr.File(
        label=label("datasets.import-zip"), file_count="multiple", file_types=[".zip", ".pdf"], height=170,
        elem_id="dataset-import-zip",
    )  # fmt: skip
    folder = gr.Textbox(label=label("datasets.import-folder"), elem_id="dataset-import-folder")
    with gr.Row():
        choices: list[Any] = [(label("datasets.auto"), "auto"), *((tool_name(name), name) for name in (*FORMATS, PDF))]
        kind = gr.Dropdown(
            choices, value="auto", label=label("datasets.format"), elem_id="dataset-format", min_width=140
        )
        share = gr.Dropdown(
            [(label("datasets.auto"), SHARES[0]), *((share, share) for share in SHARES[1:])],
            value=SHARES[0], label=label("datasets.val-ratio"), info=label("datasets.val-ratio-help"),
            elem_id="dataset-share-import", min_width=140,
        )  # fmt: skip
    as_text = gr.Checkbox(False, label=label("datasets.ignored-as-text"))
    with gr.Row():
        words, not_marks = (
            gr.Textbox(label=label(f"datasets.{name}"), info=label(f"datasets.{name}-help"), elem_id=f"dataset-{name}")
            for name in ("ignore-words", "not-marks")
        )
    pixels = gr.Radio(
        [(label(f"datasets.labels-{name}"), name) for name in LABELS_ON], value=LABELS_ON[0],
        label=label("datasets.labels-on"), info=label("datasets.labels-on-help"), elem_id="dataset-labels-on",
    )  # fmt: skip
    looks = gr.Radio(
        [(label(f"datasets.looks-{name}"), name) for name in LOOKS], value=LOOKS[0], label=label("datasets.looks"),
        info=label("datasets.looks-help"), elem_id="dataset-looks",
    )  # fmt: skip
    name = gr.Textbox(label=label("datasets.new-name"), placeholder="my_data", elem_id="dataset-import-name")
    start = gr.Button(label("datasets.import-start"), variant="primary", elem_id="dataset-import-start")
    form = ImportForm(upload, folder, kind, share, as_text, words, not_marks, pixels, looks, name)

    def begin(values: dict[Any, Any], request: gr.Request) -> dict[Any, Any]:
        """The labels become a new dataset in the background."""
        lang, uploads, place = texts.language_of(request), values[upload] or (), values[folder].strip()
        if not uploads and not place:
            return wires.refused("datasets.no-source", lang)
        if "/" in place:  # else it may be the name of a dataset
            place = str(server_folder(place))
        sources, options = tuple(map(Path, uploads)), form.options(values)
        return wires.starting(lambda: dataset_work.start_import(sources, place, values[name].strip(), options), lang)

    start.click(begin, form.inputs, wires.started(), **QUIET)


def _sample(wires: Wires) -> None:
    gr.Markdown(label("datasets.sample-help"))
    with gr.Row():  # numbers without bounds: what is out of them is answered in the visitor's language
        train = gr.Number(
            SAMPLE[0], precision=0, label=label("datasets.sample-train"), elem_id="dataset-sample-train", min_width=100
        )
        test = gr.Number(
            SAMPLE[1], precision=0, label=label("datasets.sample-test"), elem_id="dataset-sample-test", min_width=100
        )
        seed = gr.Number(0, precision=0, minimum=0, label=label("datasets.sample-seed"), min_width=100)
    name = gr.Textbox(label=label("datasets.new-name"), placeholder="sample_0", elem_id="dataset-sample-name")
    start = gr.Button(label("datasets.sample-start"), variant="primary", elem_id="dataset-sample-start")
    start.click(Adding(wires).begin_sample, [train, test, seed, name], wires.started(), **QUIET)


def _try(wires: Wires) -> None:
    """What the button of the empty tab presses: sample data as the form has them at first."""
    start = gr.Button(visible="hidden", elem_id="dataset-try")
    start.click(Adding(wires).try_sample, None, wires.started(), **QUIET)


def _autolabel(wires: Wires) -> None:
    gr.Markdown(label("datasets.autolabel-help"))
    pictures = gr.File(
        label=label("datasets.autolabel-pictures"), file_count="multiple", file_types=["image", ".zip", ".bmp", ".pdf"],
        height=170, elem_id="dataset-autolabel-pictures",
    )  # fmt: skip
    model = model_dropdown("dataset-autolabel-model")
    name = gr.Textbox(label=label("datasets.new-name"), placeholder="autolabel", elem_id="dataset-autolabel-name")
    start = gr.Button(label("datasets.autolabel-start"), variant="primary", elem_id="dataset-autolabel-start")
    start.click(Adding(wires).begin_autolabel, [pictures, model, name], wires.started(), **QUIET)


@dataclass(frozen=True)
class ImportForm:
    """Another tool's labels and how to take them. words, not_marks: with commas between. pixels: on which turned pictures were labelled."""

    upload: gr.File
    folder: gr.Textbox
    kind: gr.Dropdown
    share: gr.Dropdown
    as_text: gr.Checkbox
    words: gr.Textbox
    not_marks: gr.Textbox
    pixels: gr.Radio
    looks: gr.Radio
    name: gr.Textbox

    @property
    def inputs(self) -> set[Any]:
        return set(vars(self).values())

    def options(self, values: Mapping[Any, Any]) -> ImportOptions:
        """values: those of the widgets, as a handler gets them."""
        share = values[self.share]
        return ImportOptions(
            format=values[self.kind],
            val_ratio=None if share == SHARES[0] else float(share),
            ignored_as_text=values[self.as_text],
            ignore_words=_several(values[self.words]),
            not_marks=_several(values[self.not_marks]),
            labels_on=values[self.pixels],
            looks=values[self.looks],
        )


@dataclass(frozen=True)
class Adding:
    """What brings a dataset in. Handlers answer with the widgets that change."""

    wires: Wires

    def begin_folder(self, folder: str, request: gr.Request) -> dict[Any, Any]:
        lang = texts.language_of(request)
        if not folder.strip():
            return self.wires.refused("datasets.no-folder", lang)
        return self.wires.starting(lambda: dataset_work.start_folder(str(server_folder(folder))), lang)

    def begin_sample(
        self, train: float | None, test: float | None, seed: float | None, name: str, request: gr.Request
    ) -> dict[Any, Any]:
        amounts = int(train or 0), int(test or 0), int(seed or 0)
        lang = texts.language_of(request)
        return self.wires.starting(lambda: dataset_work.start_sample(*amounts, name.strip()), lang)

    def try_sample(self, request: gr.Request) -> dict[Any, Any]:
        return self.begin_sample(*SAMPLE, 0, "", request)

    def begin_autolabel(self, pictures: list[str] | None, model: str, name: str, request: gr.Request) -> dict[Any, Any]:
        lang = texts.language_of(request)
        if not pictures:
            return self.wires.refused("datasets.no-pictures", lang)
        uploads = tuple(Path(path) for path in pictures)
        return self.wires.starting(lambda: dataset_work.start_autolabel(uploads, model, name.strip()), lang)


def _several(field: str) -> tuple[str, ...]:
    """What stands between commas, of either width."""
    return tuple(word for part in field.replace("，", ",").split(",") if (word := part.strip()))
