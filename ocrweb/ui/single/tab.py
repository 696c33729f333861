"""单图检测: one picture in, its text regions out; the sliders decode the kept map again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from ocrweb.config.detection import DecodeOptions
from ocrweb.errors import OcrwebError
from ocrweb.services.detect import detection
from ocrweb.services.detect.detection import Detection
from ocrweb.services.detect.golden import shipped_pictures
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.detect.settings import decode_options, model_decode_options, resize_options
from ocrweb.services.files import scratch
from ocrweb.services.files.outputs import OutputFolder, new_output_folder
from ocrweb.services.line.network import NETWORK
from ocrweb.services.line.waiting import AT_ONCE, current_turn
from ocrweb.services.models.listing import check_model
from ocrweb.ui.parts import shared_note, texts
from ocrweb.ui.parts.fields import field
from ocrweb.ui.parts.model_choice import model_dropdown
from ocrweb.ui.parts.picture_input import picture_input
from ocrweb.ui.parts.problems import caught, note_card, problem_card, warn
from ocrweb.ui.parts.texts import label
from ocrweb.ui.single.document import build as document_fields
from ocrweb.ui.single.document import shown_page
from ocrweb.ui.single.present import chosen_line, regions_table, summary_line
from ocrweb.ui.single.scripts import AFTER_PAINT, NAME_EXAMPLES, SHOW_RESULT

ADVANCED = ("box_threshold", "unclip_ratio", "min_size", "shape")
# Without bounds of its own: what is too large is a coded sentence in place of the result.
CHANGES: dict[str, dict[str, Any]] = {
    "box_threshold": {"info": label("single.box-threshold-help"), "step": 0.01, "minimum": None, "maximum": None}
}


@dataclass(frozen=True)
class Shown:
    """What a visitor's tab remembers: small, so that sessions stay light."""

    detection: Detection
    folder: OutputFolder | None = None


@dataclass(frozen=True)
class View:
    """The widgets that a detection fills: what is looked at first, and what comes when that has been painted."""

    summary: gr.HTML
    stale: gr.HTML
    boxes: gr.Image
    table: gr.Dataframe
    document: gr.JSON
    heat: gr.Image
    compare: gr.ImageSlider
    state: gr.State

    def first(self) -> list[Any]:
        return [self.summary, self.boxes, self.state, self.stale]

    def rest(self) -> list[Any]:
        return [self.table, self.document, self.heat, self.compare]


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
                with gr.Tab(label("single.view-boxes")) as boxes_tab:
                    boxes = gr.Image(
                        show_label=False, interactive=False, elem_id="single-boxes", buttons=["fullscreen"], height=560
                    )
                with gr.Tab(label("single.view-map")) as map_tab:
                    heat = gr.Image(
                        show_label=False, interactive=False, elem_id="single-map", buttons=["fullscreen"], height=560
                    )
                with gr.Tab(label("single.view-compare")) as compare_tab:
                    compare = gr.ImageSlider(
                        show_label=False, interactive=False, elem_id="single-compare", max_height=560
                    )
                with gr.Tab(label("single.view-json")) as json_tab:
                    document = gr.JSON(show_label=False, elem_id="single-json", max_height=560)
            table = gr.Dataframe(
                interactive=False, max_height=300, elem_id="single-table", wrap=True, show_label=False, visible=False,
                column_widths=["14%", "18%", "68%"],
            )  # fmt: skip
            gr.Markdown(label("single.step-download"))
            with gr.Row():
                save_picture = gr.DownloadButton(
                    label("single.download-picture"), interactive=False, elem_id="single-save-picture"
                )
                save_json = gr.DownloadButton(
                    label("single.download-json"), interactive=False, elem_id="single-save-json"
                )
    state, viewing = gr.State(None, time_to_live=3600), gr.State("boxes", time_to_live=3600)
    view = View(summary, stale, boxes, table, document, heat, compare, state)
    quiet: dict[str, Any] = {"api_visibility": "private"}
    page = gr.context.Context.root_block
    assert page is not None
    page.load(opened, model, [summary, chosen], **quiet, show_progress="hidden")
    page.load(None, None, None, js=NAME_EXAMPLES, **quiet)

    inputs = [picture, documents.opened, documents.page, model, limit_side, threshold, *settings]
    downloads = [save_picture, save_json, state]
    shared: dict[str, Any] = {**quiet, "concurrency_limit": AT_ONCE, "concurrency_id": NETWORK}
    moves = [knob.release if isinstance(knob, gr.Slider) else knob.change for knob in (threshold, *settings)]
    answered_by = [*view.first(), documents.page, documents.opened]
    opening = [documents.button, *inputs[2:]]
    detected = (
        start.click(detect, inputs, answered_by, **shared),
        picture.change(changed, inputs, answered_by, **shared),  # uploads, pastes, webcam shots and examples
        documents.button.upload(open_document, opening, [picture, *answered_by], **shared),
        documents.page.input(detect, inputs, answered_by, **shared, trigger_mode="always_last"),
    )
    for answered in (
        *detected,
        gr.on(
            moves,
            redecode,
            [state, threshold, *settings],
            view.first(),
            **quiet,
            show_progress="hidden",
            trigger_mode="always_last",
            queue=False,  # an answer of milliseconds should not wait in the line of the detections
        ),
    ):
        painted = answered.success(None, None, None, js=AFTER_PAINT, **quiet)
        more = painted.success(show_more, [state, viewing], view.rest(), **quiet, show_progress="hidden", queue=False)
        more.success(save, state, downloads, **quiet, show_progress="hidden")
    for answered in detected:
        answered.success(None, None, None, js=SHOW_RESULT, **quiet)
    picture.clear(lambda: (None, None), None, [heat, compare], **quiet, show_progress="hidden")
    model.change(other_model, [model, state], [chosen, stale, threshold, *settings], **quiet, show_progress="hidden")
    for tab, name in ((boxes_tab, "boxes"), (map_tab, "map"), (compare_tab, "compare"), (json_tab, "json")):
        tab.select(partial(open_view, name), state, [heat, compare, viewing], **quiet)


def opened(model: str, request: gr.Request) -> tuple[str, str]:
    """The page was opened: no results yet, and which model would make them."""
    return empty(request), chosen_line(model, texts.language_of(request))


def empty(request: gr.Request) -> str:
    """What stands in the place of results before there are any."""
    return note_card(texts.say("single.empty", texts.language_of(request)))


def detect(
    request: gr.Request, picture: str | None, document: str | None, page: float | None, model: str, *rest: Any
) -> tuple[Any, ...]:
    """Run the network on the picture, or on a page of the document, and show what it found.

    rest: limit side, threshold and the advanced settings.
    """
    lang, number, (limit_side, threshold, *settings) = texts.language_of(request), int(page or 1), rest
    looked_at = picture or document
    if not looked_at:
        return *_said(note_card(texts.say("single.no-picture", lang), "warning")), *shown_page(None, 1, None, lang)

    def work() -> Detection:
        wanted = DetectRequest(
            model=check_model(model),
            decode=_decode_options(threshold, tuple(settings)),
            resize=resize_options(limit_side=int(limit_side) if limit_side else None),
        )
        path = Path(looked_at)
        return detection.detect_picture(path, wanted, shown=path.name, number=number, cancel=current_turn().gone)

    answer = caught(work)
    return *_present(answer, None, lang), *shown_page(answer, number, None if picture else document, lang)


def changed(request: gr.Request, picture: str | None, document: str | None, _: Any, *rest: Any) -> tuple[Any, ...]:
    """A new picture is detected at once; a removed one clears the results, unless a document took its place."""
    if picture:
        return detect(request, picture, None, 1, *rest)
    if document:
        return tuple(gr.skip() for _ in range(6))
    return *_said(empty(request)), *shown_page(None, 1, None, "")


def open_document(request: gr.Request, document: str | None, _: Any, *rest: Any) -> tuple[Any, ...]:
    """The first page of a document is detected at once, in place of the picture."""
    return None, *detect(request, None, document, 1, *rest)


def other_model(model: str, state: Shown | None, request: gr.Request) -> list[Any]:
    """The model was changed: it is named beside the button, and a result of another one is said to be that."""
    lang = texts.language_of(request)
    result = state.detection.result if state else None
    stale = ""
    if result is not None and result.model != model:
        stale = note_card(texts.say("single.stale", lang, shown=result.model, model=model), "warning")
    return [chosen_line(model, lang), stale, *recommended(model)]


def recommended(model: str) -> list[Any]:
    """The decode settings of the chosen model's card, for the sliders."""
    answer = caught(lambda: model_decode_options(check_model(model)))
    if isinstance(answer, OcrwebError):
        return [gr.skip() for _ in (0, *ADVANCED)]
    return [answer.threshold, *(getattr(answer, name) for name in ADVANCED)]


def redecode(request: gr.Request, state: Shown | None, threshold: float, *settings: Any) -> tuple[Any, ...]:
    """The kept map with other settings; nothing happens before the first picture."""
    if state is None:
        return tuple(gr.skip() for _ in range(4))
    answer = caught(lambda: detection.redecode(state.detection.handle, _decode_options(threshold, settings)))
    return *_present(answer, state.folder, texts.language_of(request))[:-1], gr.skip()


def show_more(state: Shown | None, viewing: str, request: gr.Request) -> tuple[Any, ...]:
    """The table, the document and the view that is open; nothing of an earlier picture stays."""
    views = refresh_view(state, viewing)
    if state is None:
        return gr.Dataframe(visible=False), None, *views
    result, lang = state.detection.result, texts.language_of(request)
    return gr.Dataframe(regions_table(result, lang), visible=bool(result.regions)), result.to_dict(lang), *views


def save(state: Shown | None, request: gr.Request) -> tuple[Any, ...]:
    """Write the result folder after the visitor has seen the boxes, and enable the downloads."""
    if state is None:
        return gr.DownloadButton(interactive=False), gr.DownloadButton(interactive=False), None

    def work() -> tuple[Any, ...]:
        folder = state.folder or new_output_folder()
        saved = detection.save_detection(state.detection.handle, state.detection.result, folder)
        return (
            gr.DownloadButton(value=str(saved.visualization), interactive=True),
            gr.DownloadButton(value=str(saved.json), interactive=True),
            Shown(state.detection, folder),
        )

    answer = caught(work)
    if isinstance(answer, OcrwebError):
        lang = texts.language_of(request)
        warn(f"{answer.message(lang)} {answer.hint(lang)}")
        return gr.DownloadButton(interactive=False), gr.DownloadButton(interactive=False), state
    return answer


def open_view(name: str, state: Shown | None) -> tuple[Any, ...]:
    """A view was opened: make its pictures, and remember that it is the one to keep up to date."""
    return *refresh_view(state, name), name


def refresh_view(state: Shown | None, viewing: str) -> tuple[Any, Any]:
    """The map and the comparison: only the one in view is made, and nothing of an earlier picture stays."""
    heat = show_map(state) if viewing == "map" else gr.skip()
    return heat, show_comparison(state) if viewing == "compare" else gr.skip()


def show_map(state: Shown | None) -> str | None:
    """The probability map over the picture, made when its tab is opened."""
    answer = caught(lambda: scratch.show(detection.overlay(state.detection.handle))) if state else None
    return answer if isinstance(answer, str) else None


def show_comparison(state: Shown | None) -> tuple[str, str] | None:
    """The bare picture and the drawn one under one slider."""
    if state is None:
        return None
    handle, result = state.detection.handle, state.detection.result
    answer = caught(lambda: (scratch.show(detection.picture(handle)), scratch.show(detection.drawing(handle, result))))
    return None if isinstance(answer, OcrwebError) else answer


def _present(answer: Detection | OcrwebError, folder: OutputFolder | None, lang: str) -> tuple[Any, ...]:
    if isinstance(answer, OcrwebError):
        return _said(problem_card(answer, lang))
    result = answer.result
    drawn = caught(lambda: scratch.show(detection.drawing(answer.handle, result)))
    if isinstance(drawn, OcrwebError):
        return _said(problem_card(drawn, lang))
    return summary_line(result, lang), drawn, Shown(answer, folder), ""


def _said(card: str) -> tuple[Any, ...]:
    return card, None, None, ""


def _decode_options(threshold: float, settings: tuple[Any, ...]) -> DecodeOptions:
    given = dict(zip(ADVANCED, settings, strict=True))
    # An empty number field comes as 0 once its accordion has been opened.
    return decode_options(threshold=threshold, **(given | {"box_threshold": given["box_threshold"] or None}))
