"""What the tab of single pictures does: widgets in, changes of widgets out."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr

from ocrweb.config.detection import DecodeOptions
from ocrweb.config.model_names import DEFAULT
from ocrweb.errors import OcrwebError
from ocrweb.services.detect import detection
from ocrweb.services.detect.detection import Detection, DetectionResult
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.detect.settings import decode_options, model_decode_options, resize_options
from ocrweb.services.files import scratch
from ocrweb.services.files.outputs import OutputFolder, new_output_folder, safe_stem
from ocrweb.services.line.waiting import current_turn
from ocrweb.services.models.listing import check_model
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.model_choice import model_at_first
from ocrweb.ui.parts.next_step import Way, next_step
from ocrweb.ui.parts.opening import drawn_at_opening
from ocrweb.ui.parts.problems import caught, note_card, problem_card
from ocrweb.ui.single.document import DocumentFields
from ocrweb.ui.single.present import chosen_line, summary_line
from ocrweb.ui.viewer.element import Layers, ShownBox, detected, map_address, viewer

Changes = dict[Any, Any]
Values = Mapping[Any, Any]  # of the widgets that a handler takes
Source = tuple[str, int]
OtherResult = tuple[str, tuple[ShownBox, ...]]


# From the first screen to an own model: what the visitor would press on the tab of the datasets.
TO_OWN_MODEL = {
    "label-own": (
        "#dataset-add [data-tab-id=autolabel]",
        "#dataset-autolabel-pictures input[type=file]",
        "#dataset-add:has(#dataset-autolabel-pictures tbody tr) #dataset-autolabel-start",
    ),
    "own-labels": ("#dataset-add [data-tab-id=zip]", "#dataset-zip input[type=file]"),
}


@dataclass(frozen=True)
class Shown:
    """What a visitor's tab remembers: small, so that sessions stay light.

    source: the file and the page of it that was looked at. picture: it as the page shows it. other: the boxes that another
    model found on the same picture before, with its name.
    """

    detection: Detection
    source: Source
    picture: str
    other: OtherResult | None = None
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

    def at_first(self, knob: Any, _: str) -> Changes:
        """The value of a slider at the opening, where the model in use has another one than it was built with."""
        name = model_at_first()
        own = self.of_model(name) if name != DEFAULT else {}
        return {"value": own[knob]} if knob in own else {}


@dataclass(frozen=True)
class View:
    """The widgets of the tab. state: a `Shown`."""

    picture: gr.Image
    documents: DocumentFields
    knobs: Knobs
    chosen: gr.HTML
    summary: gr.HTML
    stale: gr.HTML
    boxes: gr.HTML
    document: gr.JSON
    save_picture: gr.DownloadButton
    save_json: gr.DownloadButton
    unsaved: gr.HTML
    state: gr.State

    @property
    def saved(self) -> list[Any]:
        return [self.save_picture, self.save_json, self.unsaved]

    @property
    def first(self) -> list[Any]:
        """What is looked at first; the document comes when that has been painted."""
        return [self.summary, self.boxes, self.state, self.stale, *self.saved]

    def draw_at_opening(self) -> None:
        """No results yet, which model would make them, and its settings."""
        drawn_at_opening(self.summary, lambda lang: {"value": empty(lang)})
        drawn_at_opening(self.chosen, lambda lang: {"value": chosen_line(model_at_first(), lang)})
        for knob in self.knobs.decoding:
            drawn_at_opening(knob, functools.partial(self.knobs.at_first, knob))

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
        return self._said(empty(texts.language_of(request))) | self.documents.shown(None, None, "")

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
        before, source = values[self.state], (looked_at, number)
        if before is not None and before.source != source:
            before = None
        other = _beside(before, answer.result) if before and isinstance(answer, Detection) else None
        return {self.stale: ""} | self._present(answer, source, before, lang, other=other) | page

    def redecode(self, values: Changes, request: gr.Request) -> Changes:
        """The kept map with other settings; nothing happens before the first picture."""
        state = values[self.state]
        if state is None:
            return gr.skip()
        answer = caught(lambda: detection.redecode(state.detection.handle, self.knobs.decode(values)))
        lang = texts.language_of(request)
        return self._present(answer, state.source, state, lang, other=state.other, folder=state.folder)

    def other_model(self, model: str, state: Shown | None, request: gr.Request) -> Changes:
        """The model was changed: it is named beside the button, and a result of another one is said to be that."""
        lang = texts.language_of(request)
        return {self.chosen: chosen_line(model, lang), self.stale: _stale(model, state, lang)} | self.knobs.of_model(
            model
        )

    def show_more(self, model: str, state: Shown | None, request: gr.Request) -> Changes:
        """The document, nothing of an earlier picture stays; and whether the model was changed while the answer was on its way."""
        lang = texts.language_of(request)
        document = None if state is None else state.detection.result.to_dict(lang)
        return {self.document: document, self.stale: _stale(model, state, lang)}

    def save(self, state: Shown | None, request: gr.Request) -> Changes:
        """Write the result folder after the visitor has seen the boxes, and enable the downloads, or say there why not."""
        if state is None:
            return self._nothing_saved()

        def work() -> Changes:
            folder = state.folder or new_output_folder()
            saved = detection.save_detection(state.detection.handle, state.detection.result, folder)
            name = download_name(state)
            picture = scratch.handed(saved.visualization, f"{name}_result.png") if saved.visualization else None
            return {
                self.save_picture: gr.DownloadButton(value=picture, interactive=picture is not None),
                self.save_json: gr.DownloadButton(value=scratch.handed(saved.json, f"{name}.json"), interactive=True),
                self.state: replace(state, folder=folder),
            }

        answer = caught(work)
        if isinstance(answer, OcrwebError):
            return self._nothing_saved() | {self.unsaved: problem_card(answer, texts.language_of(request))}
        return answer

    def _nothing_saved(self) -> Changes:
        buttons = {button: gr.DownloadButton(interactive=False) for button in (self.save_picture, self.save_json)}
        return buttons | {self.unsaved: ""}

    def _present(
        self,
        answer: Detection | OcrwebError,
        source: Source,
        before: Shown | None,
        lang: str,
        *,
        other: OtherResult | None = None,
        folder: OutputFolder | None = None,
    ) -> Changes:
        """The boxes, or in their place what is wrong; a sentence on a stale result stays, an earlier result's files do not.

        before: what was shown of the same picture.
        """
        nothing = {self.boxes: "", self.state: None, **self._nothing_saved()}
        if isinstance(answer, OcrwebError):
            return {self.summary: problem_card(answer, lang), **nothing}
        picture = caught(lambda: _again(before) or scratch.show(detection.picture(answer.handle)))
        if isinstance(picture, OcrwebError):
            return {self.summary: problem_card(picture, lang), **nothing}
        layers = Layers(detected(answer.result), answer.result.model, other, map_address(answer.handle))
        return {
            **nothing,
            self.summary: summary_line(answer.result, lang),
            self.boxes: viewer(picture, layers, lang),
            self.state: Shown(answer, source, picture, other, folder),
        }

    def _said(self, card: str) -> Changes:
        return {self.summary: card, self.boxes: "", self.state: None, self.stale: "", **self._nothing_saved()}


def empty(lang: str) -> str:
    """What stands in the place of results before there are any."""
    try_one = texts.say("single.try-one", lang)
    own = tuple(Way(texts.say(f"single.{name}", lang), press, "datasets") for name, press in TO_OWN_MODEL.items())
    return next_step(texts.say("single.empty", lang), try_one, press="#single-examples .gallery-item", others=own)


def download_name(state: Shown) -> str:
    """What downloads are named after: the picture's own file, and of a document with pages the page."""
    file, number = state.source
    return f"{safe_stem(file)}_{number}" if state.detection.pages > 1 else safe_stem(file)


def _stale(model: str, state: Shown | None, lang: str) -> str:
    """That what is shown was found by another model than the one that is chosen, if it was."""
    if state is None or (shown := state.detection.result.model) == model:
        return ""
    return note_card(texts.say("single.stale", lang, shown=shown, model=model), "warning")


def _again(before: Shown | None) -> str | None:
    """The picture as it is shown already, if it is still there."""
    return before.picture if before is not None and Path(before.picture).is_file() else None


def _beside(before: Shown, result: DetectionResult) -> OtherResult | None:
    """What another model found on this picture the last time that one did."""
    last = before.detection.result
    if last.model != result.model:
        return last.model, detected(last)
    return before.other
