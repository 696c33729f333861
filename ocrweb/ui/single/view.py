"""What the tab of single pictures does: widgets in, changes of widgets out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from ocrweb.config.detection import DecodeOptions
from ocrweb.errors import OcrwebError
from ocrweb.services.detect import detection
from ocrweb.services.detect.detection import Detection
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.detect.settings import decode_options, model_decode_options, resize_options
from ocrweb.services.files import scratch
from ocrweb.services.files.outputs import OutputFolder, new_output_folder
from ocrweb.services.line.waiting import current_turn
from ocrweb.services.models.listing import check_model
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.problems import caught, note_card, problem_card, warn
from ocrweb.ui.single.document import DocumentFields
from ocrweb.ui.single.present import chosen_line, regions_table, summary_line

Changes = dict[Any, Any]
Values = Mapping[Any, Any]  # of the widgets that a handler takes


@dataclass(frozen=True)
class Shown:
    """What a visitor's tab remembers: small, so that sessions stay light."""

    detection: Detection
    folder: OutputFolder | None = None


@dataclass(frozen=True)
class Knobs:
    """What to detect with. advanced: decode settings by name."""

    model: gr.Dropdown
    limit_side: gr.Number
    threshold: gr.Slider
    advanced: dict[str, Any]

    @property
    def decoding(self) -> list[Any]:
        return [self.threshold, *self.advanced.values()]

    @property
    def all(self) -> list[Any]:
        return [self.model, self.limit_side, *self.decoding]

    def request(self, values: Values) -> DetectRequest:
        side = values[self.limit_side]
        return DetectRequest(
            model=check_model(values[self.model]),
            decode=self.decode(values),
            resize=resize_options(limit_side=int(side) if side else None),
        )

    def decode(self, values: Values) -> DecodeOptions:
        given = {name: values[widget] for name, widget in self.advanced.items()}
        # An empty number field comes as 0 once its accordion has been opened.
        given["box_threshold"] = given["box_threshold"] or None
        return decode_options(threshold=values[self.threshold], **given)

    def of_model(self, name: str) -> Changes:
        """The settings of a model's card, for the sliders."""
        answer = caught(lambda: model_decode_options(check_model(name)))
        if isinstance(answer, OcrwebError):
            return {}
        own = {widget: getattr(answer, name) for name, widget in self.advanced.items()}
        return {self.threshold: answer.threshold, **own}


@dataclass(frozen=True)
class View:
    """The widgets of the tab. state: a `Shown`. viewing: the view that is kept up to date."""

    picture: gr.Image
    documents: DocumentFields
    knobs: Knobs
    chosen: gr.HTML
    summary: gr.HTML
    stale: gr.HTML
    boxes: gr.Image
    table: gr.Dataframe
    document: gr.JSON
    heat: gr.Image
    compare: gr.ImageSlider
    save_picture: gr.DownloadButton
    save_json: gr.DownloadButton
    state: gr.State
    viewing: gr.State

    @property
    def first(self) -> list[Any]:
        """What is looked at first; the rest comes when that has been painted."""
        return [self.summary, self.boxes, self.state, self.stale, self.save_picture, self.save_json]

    @property
    def rest(self) -> list[Any]:
        return [self.table, self.document, self.heat, self.compare]

    def opened(self, model: str, request: gr.Request) -> Changes:
        """The page was opened: no results yet, and which model would make them."""
        return {self.summary: empty(request), self.chosen: chosen_line(model, texts.language_of(request))}

    def detect(self, values: Changes, request: gr.Request) -> Changes:
        """Run the network on the picture, or on a page of the document, and show what it found."""
        picture, document = values[self.picture], values[self.documents.opened]
        return self._detected(picture, document, int(values[self.documents.page] or 1), values, request)

    def changed(self, values: Changes, request: gr.Request) -> Changes:
        """A new picture is detected at once; a removed one clears the results, unless a document took its place."""
        if values[self.picture]:
            return self._detected(values[self.picture], None, 1, values, request)
        if values[self.documents.opened]:
            return gr.skip()
        return self._said(empty(request)) | self.documents.shown(None, None, "")

    def open_document(self, values: Changes, request: gr.Request) -> Changes:
        """The first page of a document is detected at once, in place of the picture."""
        detected = self._detected(None, values[self.documents.button], 1, values, request)
        return {self.picture: None} | detected

    def _detected(
        self, picture: str | None, document: str | None, number: int, values: Values, request: gr.Request
    ) -> Changes:
        lang, looked_at = texts.language_of(request), picture or document
        if not looked_at:
            nothing = self._said(note_card(texts.say("single.no-picture", lang), "warning"))
            return nothing | self.documents.shown(None, None, lang)

        def work() -> Detection:
            wanted, path = self.knobs.request(values), Path(looked_at)
            return detection.detect_picture(path, wanted, shown=path.name, number=number, cancel=current_turn().gone)

        answer = caught(work)
        page = self.documents.shown(answer, None if picture else document, lang)
        return {self.stale: ""} | self._present(answer, None, lang) | page

    def redecode(self, values: Changes, request: gr.Request) -> Changes:
        """The kept map with other settings; nothing happens before the first picture."""
        state = values[self.state]
        if state is None:
            return gr.skip()
        answer = caught(lambda: detection.redecode(state.detection.handle, self.knobs.decode(values)))
        return self._present(answer, state.folder, texts.language_of(request))

    def other_model(self, model: str, state: Shown | None, request: gr.Request) -> Changes:
        """The model was changed: it is named beside the button, and a result of another one is said to be that."""
        lang = texts.language_of(request)
        result = state.detection.result if state else None
        stale = ""
        if result is not None and result.model != model:
            stale = note_card(texts.say("single.stale", lang, shown=result.model, model=model), "warning")
        return {self.chosen: chosen_line(model, lang), self.stale: stale} | self.knobs.of_model(model)

    def show_more(self, state: Shown | None, viewing: str, request: gr.Request) -> Changes:
        """The table, the document and the view that is open; nothing of an earlier picture stays."""
        views = self._views(state, viewing)
        if state is None:
            return {self.table: gr.Dataframe(visible=False), self.document: None} | views
        result, lang = state.detection.result, texts.language_of(request)
        table = gr.Dataframe(regions_table(result, lang), visible=bool(result.regions))
        return {self.table: table, self.document: result.to_dict(lang)} | views

    def save(self, state: Shown | None, request: gr.Request) -> Changes:
        """Write the result folder after the visitor has seen the boxes, and enable the downloads."""
        if state is None:
            return self._nothing_saved()

        def work() -> Changes:
            folder = state.folder or new_output_folder()
            saved = detection.save_detection(state.detection.handle, state.detection.result, folder)
            return {
                self.save_picture: gr.DownloadButton(value=str(saved.visualization), interactive=True),
                self.save_json: gr.DownloadButton(value=str(saved.json), interactive=True),
                self.state: Shown(state.detection, folder),
            }

        answer = caught(work)
        if isinstance(answer, OcrwebError):
            lang = texts.language_of(request)
            warn(f"{answer.message(lang)} {answer.hint(lang)}")
            return self._nothing_saved()
        return answer

    def _nothing_saved(self) -> Changes:
        return {button: gr.DownloadButton(interactive=False) for button in (self.save_picture, self.save_json)}

    def opener(self, name: str) -> Callable[[Shown | None], Changes]:
        """A handler for when a view is opened: make its pictures, and remember that it is the one to keep up to date."""

        def open_view(state: Shown | None) -> Changes:
            return self._views(state, name) | {self.viewing: name}

        return open_view

    def _views(self, state: Shown | None, viewing: str) -> Changes:
        """The map and the comparison: only the one in view is made, and nothing of an earlier picture stays."""
        if viewing == "map":
            return {self.heat: show_map(state)}
        return {self.compare: show_comparison(state)} if viewing == "compare" else {}

    def _present(self, answer: Detection | OcrwebError, folder: OutputFolder | None, lang: str) -> Changes:
        """The boxes, or in their place what is wrong; a sentence on a stale result stays, an earlier result's files do not."""
        nothing = {self.boxes: None, self.state: None, **self._nothing_saved()}
        if isinstance(answer, OcrwebError):
            return {self.summary: problem_card(answer, lang), **nothing}
        drawn = caught(lambda: scratch.show(detection.drawing(answer.handle, answer.result)))
        if isinstance(drawn, OcrwebError):
            return {self.summary: problem_card(drawn, lang), **nothing}
        summary = summary_line(answer.result, lang)
        return {**nothing, self.summary: summary, self.boxes: drawn, self.state: Shown(answer, folder)}

    def _said(self, card: str) -> Changes:
        return {self.summary: card, self.boxes: None, self.state: None, self.stale: "", **self._nothing_saved()}


def empty(request: gr.Request) -> str:
    """What stands in the place of results before there are any."""
    return note_card(texts.say("single.empty", texts.language_of(request)))


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
