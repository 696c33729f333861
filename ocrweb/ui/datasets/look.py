"""③ The pictures of the chosen dataset with their boxes, and one picture as training will see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from ocrweb.errors import OcrwebError
from ocrweb.services.datasets import view as dataset_view
from ocrweb.services.datasets.jobs import report_of
from ocrweb.services.datasets.view import GalleryPage
from ocrweb.ui.datasets.asked import Asked
from ocrweb.ui.datasets.findings import rule_words
from ocrweb.ui.datasets.one_picture import MODES, Opened, in_full, thumbnail
from ocrweb.ui.datasets.wires import Current, Wires, shows_when_opened
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.built import EACH, LAST, QUIET
from ocrweb.ui.parts.problems import caught, note_card, problem_card
from ocrweb.ui.parts.texts import label, language_of

PER_PAGE = 12


@dataclass(frozen=True)
class Looking:
    """What a visitor's gallery shows: the dataset as it was, and the page."""

    current: Current
    page: GalleryPage


@dataclass(frozen=True)
class Wishes:
    """What a visitor asked for: pages, and pictures in full."""

    pages: Asked = field(default_factory=Asked)
    pictures: Asked = field(default_factory=Asked)


def build(wires: Wires, tab: gr.Tab) -> None:
    """tab: the tab this stands in; pictures are drawn only while it is open."""
    open_now = gr.State(False)
    state = gr.State(None, time_to_live=3600)
    opened = gr.State(None, time_to_live=3600)
    wishes = gr.State(Wishes())
    words = gr.HTML(elem_id="dataset-look")
    with gr.Row(visible=False, equal_height=True, elem_classes="ocrweb-wrap") as bar:
        rule = gr.Dropdown([], label=label("datasets.look-rule"), elem_id="dataset-look-rule", min_width=220)
        with gr.Row(equal_height=True):
            back = gr.Button("◀", elem_id="dataset-page-back", min_width=60)
            number = gr.Number(
                1, precision=0, minimum=1, label=label("datasets.page"), show_label=False, container=False,
                elem_id="dataset-page", min_width=60,
            )  # fmt: skip
            forward = gr.Button("▶", elem_id="dataset-page-forward", min_width=60)
    gallery = gr.Gallery(
        show_label=False, columns=4, height="auto", object_fit="contain", interactive=False, visible=False,
        elem_id="dataset-gallery", allow_preview=False, buttons=[],
    )  # fmt: skip
    with gr.Column(visible=False) as single:
        mode = gr.Radio(list(MODES), value="boxes", label=label("datasets.mode"), elem_id="dataset-mode")
        caption = gr.HTML(elem_id="dataset-picture-words")
        picture = gr.HTML(elem_id="dataset-picture")
    view = Gallery(
        wires.current, open_now, words, bar, rule, number, gallery, single, mode, caption, picture, state, opened, wishes
    )  # fmt: skip
    shows_when_opened(tab, view.show, [wires.current, state, rule, wishes], [open_now, *view.paged])
    changed = wires.current.change(view.changed, {wires.current, open_now, state, rule, wishes}, view.paged, **QUIET)
    changed.then(view.marked, [state, opened, mode, wishes], [opened, caption, picture], **QUIET)
    rule.input(view.first_page, [wires.current, rule, wishes], view.paged, **LAST)
    for event, turn in ((number.submit, view.turned), (back.click, view.backward), (forward.click, view.onward)):
        event(turn, [wires.current, rule, number, wishes], view.paged, **QUIET)
    gallery.select(view.open_picture, [state, mode, wishes], [single, caption, picture, mode, opened], **EACH)
    mode.input(view.other_mode, [opened, mode, wishes], [caption, picture], **LAST)


@dataclass(frozen=True)
class Gallery:
    """The widgets of this view. Handlers answer with those that change."""

    current: gr.State
    open_now: gr.State
    words: gr.HTML
    bar: gr.Row
    rule: gr.Dropdown
    number: gr.Number
    gallery: gr.Gallery
    single: gr.Column
    mode: gr.Radio
    caption: gr.HTML
    picture: gr.HTML
    state: gr.State
    opened: gr.State
    wishes: gr.State

    @property
    def paged(self) -> list[Any]:
        """What turning a page changes."""
        return [self.words, self.bar, self.rule, self.number, self.gallery, self.single, self.state, self.opened]

    def show(
        self,
        current: Current | None,
        state: Looking | None,
        rule: str | None,
        wishes: Wishes,
        request: gr.Request,
    ) -> dict[Any, Any]:
        """The tab was opened."""
        return {self.open_now: True} | self._anew(current, state, rule, wishes, language_of(request))

    def changed(self, given: dict[Any, Any], request: gr.Request) -> dict[Any, Any]:
        """Another dataset, or the same one changed.

        Nothing is forgotten while another view is open: this may end after `opened` has drawn, and a click would find no page.
        """
        if not given[self.open_now]:
            return gr.skip()
        current, state, rule, wishes = (given[widget] for widget in (self.current, self.state, self.rule, self.wishes))
        return self._anew(current, state, rule, wishes, language_of(request)) or gr.skip()

    def _anew(
        self, current: Current | None, state: Looking | None, rule: str | None, wishes: Wishes, lang: str
    ) -> dict[Any, Any]:
        """The dataset as it is now: nothing when it is shown already; the page, and the picture that is open, stay when it is
        the same one."""
        if state is not None and state.current == current:
            return {}
        if current is None or state is None or state.current.name != current.name:
            return self._turn(current, None, 1, wishes, lang)
        return self._turn(current, rule, state.page.page, wishes, lang, keep=True)

    def _turn(
        self,
        current: Current | None,
        rule: str | None,
        number: int,
        wishes: Wishes,
        lang: str,
        *,
        keep: bool = False,
    ) -> dict[Any, Any]:
        """Draw a page, unless a newer one was asked for meanwhile. keep: leave the open picture, as one that was opened meanwhile."""
        newest = wishes.pages.ask(current.name if current else None)
        none_opened = wishes.pictures.unchanged()
        drawn = self.draw(current, rule, number, lang)
        if not newest():
            return {}
        none_open = wishes.pictures.about is None  # one that is opened before this answer has arrived must not go by it
        opened_since = not none_opened() and wishes.pictures.about == wishes.pages.about
        if keep or none_open or opened_since:
            return {widget: value for widget, value in drawn.items() if widget not in (self.single, self.opened)}
        wishes.pictures.ask(None)
        return drawn

    def marked(
        self, state: Looking | None, opened: Opened | None, mode: str, wishes: Wishes, request: gr.Request
    ) -> dict[Any, Any]:
        """After the dataset was checked again: the open picture anew, when other findings are in it."""
        if state is None or opened is None or state.current.name != opened.dataset:
            return gr.skip()
        now = next((item for item in state.page.items if item.shown_name == opened.item.shown_name), opened.item)
        if now == opened.item:
            return gr.skip()
        renewed = Opened(opened.dataset, now)
        shown = self._in_full(renewed, mode, wishes, language_of(request))
        return {self.opened: renewed} | shown if shown else gr.skip()

    def first_page(
        self, current: Current | None, rule: str | None, wishes: Wishes, request: gr.Request
    ) -> dict[Any, Any]:
        return self._turn(current, rule, 1, wishes, language_of(request)) or gr.skip()

    def turned(
        self, current: Current | None, rule: str | None, number: float | None, wishes: Wishes, request: gr.Request
    ) -> dict[Any, Any]:
        return self._turn(current, rule, int(number or 1), wishes, language_of(request)) or gr.skip()

    def backward(
        self, current: Current | None, rule: str | None, number: float | None, wishes: Wishes, request: gr.Request
    ) -> dict[Any, Any]:
        return self._turn(current, rule, int(number or 1) - 1, wishes, language_of(request)) or gr.skip()

    def onward(
        self, current: Current | None, rule: str | None, number: float | None, wishes: Wishes, request: gr.Request
    ) -> dict[Any, Any]:
        return self._turn(current, rule, int(number or 1) + 1, wishes, language_of(request)) or gr.skip()

    def draw(self, current: Current | None, rule: str | None, number: int, lang: str) -> dict[Any, Any]:
        """One page of thumbnails."""
        if current is None:
            return self._said(note_card(texts.say("datasets.empty", lang)))
        report = report_of(current.name)
        page = caught(lambda: dataset_view.page_of(current.name, number, PER_PAGE, rule or None, report=report))
        if isinstance(page, OcrwebError):
            return self._said(problem_card(page, lang))
        if rule and rule not in page.rules:  # it was mended
            return self.draw(current, None, 1, lang)
        if not page.total:
            return self._said(note_card(texts.say("datasets.no-pictures-here", lang), "warning"))
        every = (texts.say("datasets.every-picture", lang), "")
        rules = [
            every,
            *((f"{rule_words(name, report, lang)} ({count})", name) for name, count in sorted(page.rules.items())),
        ]
        shown = caught(lambda: [thumbnail(current.name, item, report, lang) for item in page.items])
        if isinstance(shown, OcrwebError):
            return self._said(problem_card(shown, lang))
        line = texts.say("datasets.page-words", lang, page=page.page, pages=page.pages, total=page.total)
        return {
            self.words: f'<p class="ocrweb-quiet">{line}</p>',
            self.bar: gr.Row(visible=True),
            self.rule: gr.Dropdown(rules, value=rule or ""),
            self.number: gr.Number(page.page, maximum=page.pages),
            self.gallery: gr.Gallery(shown, visible=True),
            self.single: gr.Column(visible=False),
            self.state: Looking(current, page),
            self.opened: None,
        }

    def open_picture(
        self, event: gr.SelectData, state: Looking | None, mode: str, wishes: Wishes, request: gr.Request
    ) -> Iterator[dict[Any, Any]]:
        """A thumbnail was clicked: the picture in full. A large one takes seconds, so first it is said that it comes."""
        if state is None or event.index >= len(state.page.items):
            yield gr.skip()
            return
        lang = language_of(request)
        opened = Opened(state.current.name, state.page.items[event.index])
        newest = wishes.pictures.ask(opened.dataset)
        modes = [(texts.say(f"datasets.mode-{name}", lang), name) for name in MODES]
        there = {self.single: gr.Column(visible=True), self.mode: gr.Radio(modes, value=mode)}
        coming = note_card(texts.say("datasets.picture-opens", lang, name=opened.item.shown_name))
        yield there | {self.caption: coming, self.opened: opened}
        shown = self._in_full(opened, mode, wishes, lang) if newest() else {}
        yield (
            there | shown if shown else gr.skip()
        )  # again: a browser that takes two answers at once may lose the first

    def other_mode(self, opened: Opened | None, mode: str, wishes: Wishes, request: gr.Request) -> dict[Any, Any]:
        return (self._in_full(opened, mode, wishes, language_of(request)) if opened else {}) or gr.skip()

    def _in_full(self, opened: Opened, mode: str, wishes: Wishes, lang: str) -> dict[Any, Any]:
        """The picture, unless another one, or this one otherwise, was asked for meanwhile."""
        newest = wishes.pictures.ask(opened.dataset)
        words, shown = in_full(opened, mode, lang)
        return {self.caption: words, self.picture: shown} if newest() else {}

    def _said(self, card: str) -> dict[Any, Any]:
        """Only a sentence, with everything else put away."""
        return {
            self.words: card,
            self.bar: gr.Row(visible=False),
            self.gallery: gr.Gallery(visible=False),
            self.single: gr.Column(visible=False),
            self.state: None,
            self.opened: None,
        }
