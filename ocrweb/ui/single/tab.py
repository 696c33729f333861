"""单图检测: one picture in, its text regions out; the sliders decode the kept map again."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ocrweb.config.detection import DecodeOptions
from ocrweb.services.detect.golden import shipped_pictures
from ocrweb.services.line.network import NETWORK, network_line
from ocrweb.ui.parts import shared_note
from ocrweb.ui.parts.built import LAST, PRIVATE, QUIET, page
from ocrweb.ui.parts.explained import explained
from ocrweb.ui.parts.fields import field
from ocrweb.ui.parts.model_choice import model_dropdown
from ocrweb.ui.parts.opening import drawn_at_opening
from ocrweb.ui.parts.picture_input import picture_input
from ocrweb.ui.parts.texts import label
from ocrweb.ui.single.document import build as document_fields
from ocrweb.ui.single.scripts import AFTER_PAINT, NAME_EXAMPLES, SHOW_RESULT
from ocrweb.ui.single.view import Knobs, View

ADVANCED = ("box_threshold", "unclip_ratio", "min_size", "shape")
# Without bounds of its own: what is too large is a coded sentence in place of the result.
CHANGES: dict[str, dict[str, Any]] = {
    "box_threshold": {"info": label("single.box-threshold-help"), "step": 0.01, "minimum": None, "maximum": None}
}


def build() -> None:
    """The tab's widgets and events."""
    with gr.Row(equal_height=False):
        with gr.Column(scale=2, min_width=320):
            gr.Markdown(label("single.step-upload"))
            picture = picture_input(
                label=label("single.picture"), sources=["upload", "clipboard", "webcam"], height=320, elem_id="single-picture",
                buttons=["fullscreen"],
            )  # fmt: skip
            documents = document_fields()
            shared_note.build()
            gr.Examples(
                [[str(path)] for path in shipped_pictures()], [picture], label=label("single.examples"),
                elem_id="single-examples",
            )  # fmt: skip
            threshold = field(DecodeOptions, "threshold", elem_id="single-threshold")
            meaning = gr.HTML(elem_id="single-threshold-means")
            drawn_at_opening(meaning, lambda lang: {"value": explained(("threshold",), lang)})
            with gr.Accordion(label("single.advanced"), open=False, elem_id="single-advanced"):
                model = model_dropdown("single-model")
                settings = [
                    field(DecodeOptions, name, elem_id=f"single-{name}", **CHANGES.get(name, {})) for name in ADVANCED
                ]
                settings[-1].choices = [(label(f"single.shape-{shape}"), shape) for _, shape in settings[-1].choices]
                limit_side = gr.Number(
                    None, precision=0, step=32, label=label("single.limit-side"), info=label("single.limit-side-help"),
                    elem_id="single-limit-side",
                )  # fmt: skip
            chosen = gr.HTML(elem_id="single-chosen-model")
            start = gr.Button(label("single.start"), variant="primary", elem_id="single-start")
        with gr.Column(scale=3, min_width=320):
            gr.Markdown(label("single.step-result"))
            summary = gr.HTML(elem_id="single-result")
            stale = gr.HTML(elem_id="single-stale")
            with gr.Tabs():
                with gr.Tab(label("single.view-boxes")):
                    boxes = gr.HTML(elem_id="single-boxes")
                with gr.Tab(label("single.view-json")):
                    document = gr.JSON(show_label=False, elem_id="single-json", max_height=560)
            gr.Markdown(label("single.step-download"))
            unsaved = gr.HTML(elem_id="single-unsaved")
            with gr.Row():
                save_picture = gr.DownloadButton(
                    label("single.download-picture"), interactive=False, elem_id="single-save-picture"
                )
                save_json = gr.DownloadButton(
                    label("single.download-json"), interactive=False, elem_id="single-save-json"
                )
    view = View(
        picture,
        documents,
        Knobs(model, limit_side, threshold, dict(zip(ADVANCED, settings, strict=True))),
        chosen,
        summary,
        stale,
        boxes,
        document,
        save_picture,
        save_json,
        unsaved,
        state=gr.State(None, time_to_live=3600),
    )
    view.draw_at_opening()
    _wire(view, start)


def _wire(view: View, start: gr.Button) -> None:
    """The events. start: the button that detects."""
    knobs, documents, picture = view.knobs, view.documents, view.picture
    page().load(None, None, None, js=NAME_EXAMPLES, **PRIVATE)

    inputs = {view.state, picture, documents.opened, documents.page, *knobs.all}
    answered_by = [*view.first, documents.page, documents.opened]
    shared: dict[str, Any] = {**PRIVATE, "concurrency_limit": network_line.at_once, "concurrency_id": NETWORK}
    last: dict[str, Any] = {"trigger_mode": "always_last"}
    moves = [knob.release if isinstance(knob, gr.Slider) else knob.change for knob in knobs.decoding]
    detected = (
        start.click(view.detect, inputs, answered_by, **shared),
        picture.change(view.changed, inputs, answered_by, **shared),  # uploads, pastes, webcam shots and examples
        documents.button.upload(
            view.open_document, {view.state, documents.button, *knobs.all}, [picture, *answered_by], **shared, **last
        ),
        documents.page.input(view.detect, inputs, answered_by, **shared, **last),
    )
    documents.button.upload(None, None, documents.page, js="() => 1", **PRIVATE)
    # An answer of milliseconds should not wait in the line of the detections.
    again: dict[str, Any] = {**LAST, "queue": False}
    for answered in (*detected, gr.on(moves, view.redecode, {view.state, *knobs.decoding}, view.first, **again)):
        painted = answered.success(None, None, None, js=AFTER_PAINT, **PRIVATE)
        more = painted.success(
            view.show_more, [knobs.model, view.state], [view.document, view.stale], **QUIET, queue=False
        )
        more.success(view.save, view.state, [*view.saved, view.state], **QUIET)
    for answered in detected:
        answered.success(None, None, None, js=SHOW_RESULT, **PRIVATE)
    told = [view.chosen, view.stale, *knobs.decoding]
    knobs.model.change(view.other_model, [knobs.model, view.state], told, **QUIET)
