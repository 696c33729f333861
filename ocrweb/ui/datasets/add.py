"""① Where a dataset comes from: a zip, a server folder, another tool's labels, rendered pages, a model's labels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from ocrweb.services.datasets import work as dataset_work
from ocrweb.services.datasets.importing import FORMATS, LABELS_ON, LOOKS, PDF, ImportOptions
from ocrweb.ui.datasets.present import tool_name
from ocrweb.ui.datasets.wires import QUIET, Wires, refused, starting
from ocrweb.ui.parts import shared_note, texts
from ocrweb.ui.parts.model_choice import model_dropdown
from ocrweb.ui.parts.texts import label

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


def _zip(wires: Wires) -> None:
    upload = gr.File(
        label=label("datasets.zip"), file_types=[".zip"], file_count="single", height=190, elem_id="dataset-zip"
    )
    gr.Markdown(label("datasets.layout-help"), elem_classes="ocrweb-quiet")
    upload.upload(begin_upload, upload, [*wires.started(), upload], **QUIET)


def _folder(wires: Wires) -> None:
    folder = gr.Textbox(label=label("datasets.folder"), info=label("datasets.folder-help"), elem_id="dataset-folder")
    add = gr.Button(label("datasets.folder-add"), variant="primary", elem_id="dataset-folder-add")
    for event in (add.click, folder.submit):
        event(begin_folder, folder, wires.started(), **QUIET)


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
    start.click(
        begin_import,
        [upload, folder, kind, share, as_text, words, not_marks, pixels, looks, name],
        wires.started(),
        **QUIET,
    )


def _sample(wires: Wires) -> None:
    gr.Markdown(label("datasets.sample-help"))
    with gr.Row():  # numbers without bounds: what is out of them is answered in the visitor's language
        train = gr.Number(
            40, precision=0, label=label("datasets.sample-train"), elem_id="dataset-sample-train", min_width=100
        )
        test = gr.Number(
            10, precision=0, label=label("datasets.sample-test"), elem_id="dataset-sample-test", min_width=100
        )
        seed = gr.Number(0, precision=0, minimum=0, label=label("datasets.sample-seed"), min_width=100)
    name = gr.Textbox(label=label("datasets.new-name"), placeholder="sample_0", elem_id="dataset-sample-name")
    start = gr.Button(label("datasets.sample-start"), variant="primary", elem_id="dataset-sample-start")
    start.click(begin_sample, [train, test, seed, name], wires.started(), **QUIET)


def _autolabel(wires: Wires) -> None:
    gr.Markdown(label("datasets.autolabel-help"))
    pictures = gr.File(
        label=label("datasets.autolabel-pictures"), file_count="multiple", file_types=["image", ".zip", ".bmp", ".pdf"],
        height=170, elem_id="dataset-autolabel-pictures",
    )  # fmt: skip
    model = model_dropdown("dataset-autolabel-model")
    name = gr.Textbox(label=label("datasets.new-name"), placeholder="autolabel", elem_id="dataset-autolabel-name")
    start = gr.Button(label("datasets.autolabel-start"), variant="primary", elem_id="dataset-autolabel-start")
    start.click(begin_autolabel, [pictures, model, name], wires.started(), **QUIET)


def begin_upload(upload: str | None, request: gr.Request) -> tuple[Any, ...]:
    """A zip arrived: it is unpacked and checked at once, and the field is free for the next one."""
    lang = texts.language_of(request)
    if not upload:
        return *refused("datasets.no-zip", lang), gr.skip()
    return *starting(lambda: dataset_work.start_upload(Path(upload)), lang), None


def begin_folder(folder: str, request: gr.Request) -> tuple[Any, ...]:
    lang = texts.language_of(request)
    if not folder.strip():
        return refused("datasets.no-folder", lang)
    return starting(lambda: dataset_work.start_folder(folder.strip()), lang)


def begin_import(
    request: gr.Request, uploads: list[str] | None, folder: str, kind: str, share: str, *rest: Any
) -> tuple[Any, ...]:
    """rest: whether ignored boxes are text, words that ignore a box and marks that do not (with commas between), on which
    pixels turned pictures were labelled, how pages of PDFs are drawn, and the new dataset's name."""
    lang, (as_text, words, not_marks, pixels, looks, name) = texts.language_of(request), rest
    if not uploads and not folder.strip():
        return refused("datasets.no-source", lang)
    options = ImportOptions(
        format=kind,
        val_ratio=None if share == SHARES[0] else float(share),
        ignored_as_text=as_text,
        ignore_words=_several(words),
        not_marks=_several(not_marks),
        labels_on=pixels,
        looks=looks,
    )
    sources = tuple(map(Path, uploads or ()))
    return starting(lambda: dataset_work.start_import(sources, folder.strip(), name.strip(), options), lang)


def _several(field: str) -> tuple[str, ...]:
    """What stands between commas, of either width."""
    return tuple(word for part in field.replace("，", ",").split(",") if (word := part.strip()))


def begin_sample(
    train: float | None, test: float | None, seed: float | None, name: str, request: gr.Request
) -> tuple[Any, ...]:
    amounts = int(train or 0), int(test or 0), int(seed or 0)
    return starting(lambda: dataset_work.start_sample(*amounts, name.strip()), texts.language_of(request))


def begin_autolabel(pictures: list[str] | None, model: str, name: str, request: gr.Request) -> tuple[Any, ...]:
    lang = texts.language_of(request)
    if not pictures:
        return refused("datasets.no-pictures", lang)
    uploads = tuple(Path(path) for path in pictures)
    return starting(lambda: dataset_work.start_autolabel(uploads, model, name.strip()), lang)
