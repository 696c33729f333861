"""模型: all models that can be used, which one is used everywhere, and what a person wants to know and do of each."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import gradio as gr

from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.store import list_datasets
from ocrweb.services.models import register
from ocrweb.services.registry.jobs import MeasureSnapshot, cancel_measuring, measure_job, start_measuring
from ocrweb.services.registry.rows import ModelFacts, model_before, registry
from ocrweb.ui.models import import_model as importing
from ocrweb.ui.models.bin import Deleting, ModelBin
from ocrweb.ui.models.present import facts_card, in_use_card, measure_card, model_rows
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.address import Address, asked_js, named, tells
from ocrweb.ui.parts.browser_state import browser_state
from ocrweb.ui.parts.fresh_choices import read_when_opened
from ocrweb.ui.parts.model_choice import usable_choices
from ocrweb.ui.parts.opening import drawn_at_opening, once, properties
from ocrweb.ui.parts.problems import caught, note_card, problem_card
from ocrweb.ui.parts.texts import label

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
POLL_SECONDS = 0.7
FOLLOWERS = ("single-model", "batch-model", "dataset-autolabel-model")


def build(tab: gr.Tab, address: Address) -> Callable[[], None]:
    """The tab's widgets and events. tab: the one it stands in; the tabs with the followers are built before.

    Returns what to call when the export tab is built too: it links the two.
    """
    view = Registry()
    view.wire(tab, address)
    return view.link_export


class Registry:
    """The widgets. Handlers answer with those that change."""

    def __init__(self) -> None:
        self.names = gr.State([], time_to_live=3600)  # own names of the rows that the visitor sees
        self.chosen, self.asked = (
            gr.Textbox("", visible="hidden", elem_id=f"models-{name}", show_label=False) for name in ("chosen", "asked")
        )
        self.job = browser_state("ocrweb-measure-job")
        self.timer = gr.Timer(POLL_SECONDS, active=False)
        with gr.Row(equal_height=False):
            with gr.Column(scale=3, min_width=320):
                gr.Markdown(label("models.step-list"))
                self.used = gr.HTML(elem_id="models-in-use")
                self.back = gr.Button(
                    label("models.roll-back"), size="sm", interactive=False, elem_id="models-roll-back"
                )
                self.table = gr.Dataframe(
                    interactive=False, max_height=420, show_label=False, wrap=True, elem_id="models-table", buttons=[],
                    column_widths=["25%", "15%", "17%", "12%", "11%", "20%"],
                )  # fmt: skip
                self.bin = ModelBin()
                self.came = importing.build()
            with gr.Column(scale=2, min_width=320):
                gr.Markdown(label("models.step-one"))
                self.said = gr.HTML(elem_id="models-said")
                self.facts = gr.HTML(elem_id="models-facts")
                with gr.Row():
                    self.use = gr.Button(
                        label("models.use"), variant="primary", interactive=False, min_width=110, elem_id="models-use"
                    )
                    self.export = gr.Button(
                        label("models.export"), interactive=False, min_width=110, elem_id="models-export"
                    )
                    self.delete = gr.Button(
                        label("models.delete"), interactive=False, min_width=110, elem_id="models-delete"
                    )
                self.deleting = Deleting()
                with gr.Row():
                    self.title = gr.Textbox(
                        label=label("models.title"), info=label("models.title-help"), max_length=60, scale=3,
                        elem_id="models-title",
                    )  # fmt: skip
                    self.rename = gr.Button(
                        label("models.rename"), size="sm", interactive=False, elem_id="models-rename", scale=1
                    )
                with gr.Row():
                    self.notes = gr.Textbox(
                        label=label("models.notes"), lines=2, max_length=2000, elem_id="models-notes", scale=3
                    )
                    self.keep_notes = gr.Button(
                        label("models.keep-notes"), size="sm", interactive=False, elem_id="models-keep-notes", scale=1
                    )
                self.data = gr.Dropdown(
                    _datasets(), value="", label=label("models.measure-data"), info=label("models.measure-help"),
                    elem_id="models-measure-data",
                )  # fmt: skip
                with gr.Row():
                    self.measure = gr.Button(label("models.measure"), interactive=False, elem_id="models-measure")
                    self.stop = gr.Button(
                        label("models.measure-stop"), variant="stop", interactive=False, elem_id="models-measure-stop"
                    )
                self.measured = gr.HTML(elem_id="models-measured")

    @property
    def outputs(self) -> list[Any]:
        """All that `shown` changes."""
        return [self.names, *self.own, *self.bin.outputs]

    @property
    def own(self) -> list[Any]:
        return [
            self.chosen, self.used, self.back, self.table, self.facts, self.use, self.export, self.delete, self.title,
            self.rename, self.notes, self.keep_notes, self.measure,
        ]  # fmt: skip

    def wire(self, tab: gr.Tab, address: Address) -> None:
        page = gr.context.Context.root_block
        assert page is not None
        known = {getattr(block, "elem_id", None): block for block in page.blocks.values()}
        self.followers = [known[name] for name in FOLLOWERS]
        self.tabs = known["tabs"]
        read_when_opened(self.data, _datasets)
        looked = [self.said, *self.outputs]
        for part in self.own:
            drawn_at_opening(part, functools.partial(self.at_first, part))
        page.load(self.loaded, self.asked, self.outputs, **QUIET, js=asked_js("entry"))
        tab.select(self.opened, self.chosen, self.outputs, **QUIET)
        address.opened.then(self.at_address, [address.field, self.chosen], self.outputs, **QUIET)
        tells(self.chosen, "entry")
        self.table.select(self.choose, self.names, looked, **QUIET)
        self.came.change(self.imported, [self.came, self.chosen], self.outputs, **QUIET)
        self.use.click(self.promote, self.chosen, [*looked, *self.followers], **QUIET)
        self.back.click(self.roll_back, self.chosen, [*looked, *self.followers], **QUIET)
        self.rename.click(self.named_anew, [self.chosen, self.title], looked, **QUIET)
        self.title.submit(self.named_anew, [self.chosen, self.title], looked, **QUIET)
        self.keep_notes.click(self.noted, [self.chosen, self.notes], looked, **QUIET)
        deleting = self.deleting
        self.delete.click(self.ask_delete, self.chosen, [self.said, *deleting.outputs], **QUIET)
        deleting.keep.click(deleting.put_away, None, deleting.ask, **QUIET)
        deleting.sure.click(
            self.deleted, [deleting.asked, self.chosen], [*looked, deleting.ask, *self.followers], **QUIET
        )
        self.bin.undo.click(self.restored, self.bin.last, looked, **QUIET)
        self.bin.restore.click(self.restored, self.bin.chosen, looked, **QUIET)
        self.bin.wire_question(QUIET)
        self.bin.empty_now.click(self.emptied, None, [self.said, *self.bin.outputs], **QUIET)
        watched = [self.measured, self.stop, self.timer]
        self.measure.click(self.begin_measuring, [self.chosen, self.data], [self.job, *watched], **QUIET)
        self.stop.click(cancel_measuring, self.job, None, **QUIET)
        many: dict[str, Any] = {"queue": True, "concurrency_limit": 8}
        self.timer.tick(self.refresh, [self.job, self.chosen], [*watched, *self.outputs], **QUIET, **many)
        self.job.change(self.attach, self.job, watched, **QUIET)  # comes for the stored id too

    def link_export(self) -> None:
        """Let the export button open the export tab, once that is built, with the model chosen there."""
        page = gr.context.Context.root_block
        assert page is not None
        known = {getattr(block, "elem_id", None): block for block in page.blocks.values()}
        self.export.click(
            lambda name: (gr.Dropdown(choices=usable_choices(), value=name), gr.Tabs(selected="exporting")),
            self.chosen,
            [known["export-model"], self.tabs],
            **QUIET,
        )

    def at_first(self, part: Any, lang: str) -> dict[str, Any]:
        """A widget as it is when the model in use is looked at."""
        return properties(once(self.shown, "", lang)[part])

    def loaded(self, asked: str, request: gr.Request) -> dict[Any, Any]:
        """The page was opened, perhaps at the address of a model; else the one in use has been drawn already."""
        return self.shown(asked, texts.language_of(request)) if asked else gr.skip()

    def opened(self, chosen: str, request: gr.Request) -> dict[Any, Any]:
        """The tab as it is now: the model of the address or the last one looked at, else the one in use."""
        return self.shown(chosen, texts.language_of(request))

    def at_address(self, query: str, chosen: str, request: gr.Request) -> dict[Any, Any]:
        name = named(query, "entry")
        return self.shown(name, texts.language_of(request)) if name and name != chosen else gr.skip()

    def choose(self, names: list[str], event: gr.SelectData, request: gr.Request) -> dict[Any, Any]:
        """The clicked row's model."""
        row = event.index[0]
        if row >= len(names):
            return gr.skip()
        return {self.said: ""} | self.shown(names[row], texts.language_of(request))

    def promote(self, name: str, request: gr.Request) -> dict[Any, Any]:
        """Use the chosen model everywhere from now on, in this visitor's open tabs too."""
        return self._changed(name, lambda: register.promote(name), "models.used", request, follow=True)

    def roll_back(self, chosen: str, request: gr.Request) -> dict[Any, Any]:
        return self._changed(chosen, register.roll_back, "models.rolled-back", request, follow=True)

    def named_anew(self, name: str, title: str, request: gr.Request) -> dict[Any, Any]:
        key = "models.renamed" if title.strip() else "models.unnamed"
        return self._changed(name, lambda: register.rename(name, title), key, request, title=title.strip())

    def noted(self, name: str, text: str, request: gr.Request) -> dict[Any, Any]:
        return self._changed(name, lambda: register.note(name, text), "models.noted", request)

    def ask_delete(self, name: str, request: gr.Request) -> dict[Any, Any]:
        lang = texts.language_of(request)
        asked = self.deleting.put(name, lang)
        return {self.said: problem_card(asked, lang)} if isinstance(asked, OcrwebError) else {self.said: ""} | asked

    def deleted(self, asked: str, chosen: str, request: gr.Request) -> dict[Any, Any]:
        """The model lies in the bin; one in use has given way to the one before it."""
        lang = texts.language_of(request)
        identifier = self.deleting.done(asked)
        if isinstance(identifier, OcrwebError):
            return self.deleting.put_away() | {self.said: problem_card(identifier, lang)}
        said = note_card(texts.say("models.deleted", lang, name=asked))
        left = "" if chosen == asked else chosen
        return self.deleting.put_away() | {self.said: said} | self.shown(left, lang, last=identifier) | self._follow()

    def restored(self, identifier: str | None, request: gr.Request) -> dict[Any, Any]:
        lang = texts.language_of(request)
        name = self.bin.brought_back(identifier)
        if isinstance(name, OcrwebError):
            return {self.said: problem_card(name, lang)} | self.bin.shown(lang)
        return {self.said: note_card(texts.say("models.restored", lang, name=name), "good")} | self.shown(name, lang)

    def emptied(self, request: gr.Request) -> dict[Any, Any]:
        said, changes = self.bin.emptied(texts.language_of(request))
        return {self.said: said} | changes

    def imported(self, name: str, chosen: str, request: gr.Request) -> dict[Any, Any]:
        """A model has been imported: the list has it, and it is looked at."""
        return self.shown(name or chosen, texts.language_of(request))

    def begin_measuring(self, name: str, dataset: str, request: gr.Request) -> dict[Any, Any]:
        lang = texts.language_of(request)
        answer = caught(lambda: start_measuring(name, dataset or ""))
        if isinstance(answer, OcrwebError):
            return {self.measured: problem_card(answer, lang)}
        return {self.job: answer} | self._watched(measure_job(answer), lang)

    def attach(self, job: str | None, request: gr.Request) -> dict[Any, Any]:
        """After a reload: the measurement that this browser started last, while it goes on."""
        found = measure_job(job)
        return self._watched(found if found and found.active else None, texts.language_of(request))

    def refresh(self, job: str | None, chosen: str, request: gr.Request) -> dict[Any, Any]:
        lang, found = texts.language_of(request), measure_job(job)
        answer = self._watched(found, lang)
        return answer if found and found.active else answer | self.shown(chosen, lang)

    def shown(self, name: str, lang: str, last: str = "") -> dict[Any, Any]:
        """Everything as it is now. name: the model to look at; the one in use when there is no such one (any more)."""
        found = caught(lambda: registry(lang))
        models = [] if isinstance(found, OcrwebError) else found
        by_name = {facts.name: facts for facts in models}
        used = next((facts for facts in models if facts.in_use), None)
        one = by_name.get(name) or next((facts for facts in models if name and facts.title == name), used)
        before = model_before() if used else ""
        return {
            self.names: [facts.name for facts in models],
            self.used: in_use_card(used, _shown_name(by_name.get(before), before), lang),
            self.back: gr.Button(interactive=bool(before)),
            self.table: model_rows(models, lang),
            **self._chosen(one, lang),
            **self.bin.shown(lang, last),
        }

    def _chosen(self, one: ModelFacts | None, lang: str) -> dict[Any, Any]:
        there = one is not None
        return {
            self.chosen: one.name if one else "",
            self.facts: facts_card(one, lang),
            self.use: gr.Button(interactive=one is not None and not one.in_use),
            self.delete: gr.Button(interactive=one is not None and one.deletable),
            self.title: one.title if one else "",
            self.notes: one.notes if one else "",
            **{
                each: gr.Button(interactive=there) for each in (self.export, self.rename, self.keep_notes, self.measure)
            },
        }

    def _changed(
        self,
        name: str,
        deed: Callable[[], str],
        key: str,
        request: gr.Request,
        *,
        follow: bool = False,
        title: str = "",
    ) -> dict[Any, Any]:
        """Do it, say so, and show everything as it is then; what went wrong is said in its place."""
        lang = texts.language_of(request)
        answer = caught(deed)
        if isinstance(answer, OcrwebError):
            return {self.said: problem_card(answer, lang)}
        said = note_card(texts.say(key, lang, name=answer, title=title), "good")
        return {self.said: said} | self.shown(name, lang) | (self._follow() if follow else {})

    def _follow(self) -> dict[Any, Any]:
        """The other tabs take the model in use."""
        choices = usable_choices()
        return {each: gr.Dropdown(choices=choices, value=choices[0][1]) for each in self.followers} if choices else {}

    def _watched(self, job: MeasureSnapshot | None, lang: str) -> dict[Any, Any]:
        active = job is not None and job.active
        return {
            self.measured: measure_card(job, lang),
            self.stop: gr.Button(interactive=active),
            self.timer: gr.Timer(active=active),
        }


def _shown_name(facts: ModelFacts | None, name: str) -> str:
    return facts.shown if facts else name


def _datasets() -> list[tuple[Any, str]]:
    return [(label("models.no-dataset"), ""), *((stored.name, stored.name) for stored in list_datasets())]
