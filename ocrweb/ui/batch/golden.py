"""The golden test set card: one click says whether the machine or the data is at fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from ocrweb.errors import OcrwebError
from ocrweb.services.detect import golden
from ocrweb.services.detect.golden import GoldenPicture, GoldenReport
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.files import scratch
from ocrweb.services.machine.system import device_words
from ocrweb.services.models.listing import check_model
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.built import EACH, PRIVATE
from ocrweb.ui.parts.escape import escape
from ocrweb.ui.parts.manual import manual_link
from ocrweb.ui.parts.problems import caught, note_card, problem_card
from ocrweb.ui.parts.texts import label
from ocrweb.ui.viewer.element import detected, held_against, viewer

KINDS = {"ok": "good", "weak": "warning", "environment": "problem"}


def build(model: gr.Dropdown) -> None:
    """model: the dropdown that says which model is checked."""
    with gr.Accordion(label("batching.golden"), open=True, elem_id="golden"):
        gr.Markdown(label("batching.golden-help"))
        start = gr.Button(label("batching.golden-start"), elem_id="golden-start")
        answer = gr.HTML(elem_id="golden-answer")
        gallery = gr.Gallery(
            show_label=False, columns=3, height=240, object_fit="contain", visible=False, elem_id="golden-gallery",
            allow_preview=False, buttons=[],
        )  # fmt: skip
        closely = gr.HTML(elem_id="golden-picture")
        checked = gr.State((), time_to_live=3600)
        with gr.Accordion(label("batching.golden-own"), open=False):
            gr.Markdown(label("batching.golden-own-help"))
            own = gr.File(
                file_count="multiple", file_types=["image"], show_label=False, height=120, elem_id="golden-own"
            )
            with gr.Row():
                keep = gr.Button(label("batching.golden-keep"), size="sm")
                forget = gr.Button(label("batching.golden-forget"), size="sm")
            said = gr.HTML()
    view = Check(answer, gallery, closely, checked, own, said)
    shown = [answer, gallery, closely, checked]
    gallery.select(view.open_picture, checked, closely, **EACH)
    start.click(view.check, model, shown, **PRIVATE, concurrency_id="many-pictures", concurrency_limit=1)
    keep.click(view.keep_own, own, [said, *shown], **PRIVATE)
    forget.click(view.forget_own, None, [own, said, *shown], **PRIVATE)


@dataclass(frozen=True)
class Check:
    """The widgets of the card. Handlers answer with those that change."""

    answer: gr.HTML
    gallery: gr.Gallery
    closely: gr.HTML
    checked: gr.State
    own: gr.File
    said: gr.HTML

    def check(self, model: str, request: gr.Request) -> dict[Any, Any]:
        """Run the check and show the verdict with the drawn pictures."""
        lang = texts.language_of(request)
        report = caught(lambda: golden.run_golden(DetectRequest(model=check_model(model))))
        if isinstance(report, OcrwebError):
            return self._nothing() | {self.answer: problem_card(report, lang)}
        drawn = caught(lambda: _drawn(report))
        if isinstance(drawn, OcrwebError):
            return self._nothing() | {self.answer: verdict_card(report, lang) + problem_card(drawn, lang)}
        return {
            self.answer: verdict_card(report, lang),
            self.gallery: gr.Gallery(value=drawn, visible=bool(drawn)),
            self.closely: "",
            self.checked: _answered(report),
        }

    def open_picture(self, checked: Sequence[GoldenPicture], event: gr.SelectData, request: gr.Request) -> str:
        """A picture was clicked: it with the boxes that were found."""
        if event.index >= len(checked):
            return ""
        picture, lang = checked[event.index], texts.language_of(request)
        file = caught(lambda: scratch.show(golden.golden_pixels(picture)))
        if isinstance(file, OcrwebError):
            return problem_card(file, lang)
        return viewer(file, held_against(file, detected(picture.result), picture.result.model), lang)

    def keep_own(self, files: list[str] | None, request: gr.Request) -> dict[Any, Any]:
        """Other pictures from now on; a verdict on those before goes."""
        lang = texts.language_of(request)
        answer = caught(lambda: golden.keep_own_pictures([Path(path) for path in files or ()]))
        if isinstance(answer, OcrwebError):
            return {self.said: problem_card(answer, lang)}
        return {self.said: note_card(texts.say("batching.golden-kept", lang), "good")} | self._nothing()

    def forget_own(self, request: gr.Request) -> dict[Any, Any]:
        lang = texts.language_of(request)
        answer = caught(golden.forget_own_pictures)
        if isinstance(answer, OcrwebError):
            return {self.own: None, self.said: problem_card(answer, lang)}
        said = note_card(texts.say("batching.golden-forgotten", lang))
        return {self.own: None, self.said: said} | self._nothing()

    def _nothing(self) -> dict[Any, Any]:
        gallery = gr.Gallery(value=None, visible=False)
        return {self.answer: "", self.gallery: gallery, self.closely: "", self.checked: ()}


def _drawn(report: GoldenReport) -> list[tuple[str, str]]:
    return [(scratch.show(golden.golden_drawing(picture)), picture.name) for picture in _answered(report)]


def _answered(report: GoldenReport) -> tuple[GoldenPicture, ...]:
    return tuple(picture for picture in report.pictures if picture.result.success)


def verdict_card(report: GoldenReport, lang: str) -> str:
    """HTML: the verdict, what each picture gave, and the next step."""
    lines = "".join(f"<li>{_line(picture, lang)}</li>" for picture in report.pictures)
    heading = escape(texts.say(f"batching.verdict-{report.verdict}", lang))
    link = "" if KINDS[report.verdict] == "good" else manual_link("golden", lang)
    return (
        f'<div class="ocrweb-{escape(KINDS[report.verdict])}" role="status" data-verdict="{escape(report.verdict)}">'
        f"<strong>{heading}</strong><ul>{lines}</ul>{escape(report.next_step(lang))} {link}"
        f'<br><span class="ocrweb-quiet">{escape(device_words(report.device, lang))}</span></div>'
    )


def _line(picture: golden.GoldenPicture, lang: str) -> str:
    mark = "✓" if picture.ok else "✗"
    if picture.result.error:
        return escape(f"{mark} {picture.name}: {picture.result.error.message(lang)}")
    seconds = f"{picture.result.timing.total:.2f}"
    words = texts.say("batching.golden-line", lang, boxes=picture.boxes, seconds=seconds)
    if picture.recall is not None:
        words += " · " + texts.say("batching.golden-recall", lang, recall=f"{picture.recall:.0%}")
    return escape(f"{mark} {picture.name}: {words}")
