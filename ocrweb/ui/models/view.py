"""What the models tab does: widgets in, changes of widgets out."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ocrweb.errors import OcrwebError
from ocrweb.services.models import register
from ocrweb.services.registry.jobs import MeasureSnapshot, measure_job, start_measuring
from ocrweb.services.registry.rows import ModelFacts, model_before, registry
from ocrweb.ui.models.bin import Deleting, ModelBin
from ocrweb.ui.models.present import facts_card, in_use_card, measure_card, model_rows
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.address import named
from ocrweb.ui.parts.model_choice import usable_choices
from ocrweb.ui.parts.opening import drawn_at_opening, once, properties
from ocrweb.ui.parts.problems import caught, note_card, problem_card


@dataclass(frozen=True, eq=False)
class View:
    """The widgets of the tab. Handlers answer with those that change.

    chosen: the model that is looked at. followers: dropdowns of other tabs that take the model in use.
    """

    chosen: gr.Textbox
    said: gr.HTML
    used: gr.HTML
    back: gr.Button
    table: gr.Dataframe
    facts: gr.HTML
    use: gr.Button
    export: gr.Button
    delete: gr.Button
    deleting: Deleting
    bin: ModelBin
    title: gr.Textbox
    rename: gr.Button
    notes: gr.Textbox
    keep_notes: gr.Button
    measure: gr.Button
    stop: gr.Button
    measured: gr.HTML
    job: gr.BrowserState
    timer: gr.Timer
    followers: tuple[gr.Dropdown, ...]

    @property
    def outputs(self) -> list[Any]:
        """All that `shown` changes."""
        return [*self.own, *self.bin.outputs]

    @property
    def own(self) -> list[Any]:
        return [
            self.chosen, self.used, self.back, self.table, self.facts, self.use, self.export, self.delete, self.title,
            self.rename, self.notes, self.keep_notes, self.measure,
        ]  # fmt: skip

    @property
    def looked(self) -> list[Any]:
        """All that changes with a deed, and what is said of it."""
        return [self.said, *self.outputs]

    @property
    def watched(self) -> list[Any]:
        """What a measurement changes while it goes on."""
        return [self.measured, self.stop, self.timer]

    def draw_at_opening(self) -> None:
        for part in self.own:
            drawn_at_opening(part, functools.partial(self.at_first, part))

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

    def choose(self, event: gr.SelectData, request: gr.Request) -> dict[Any, Any]:
        """The clicked row's model, by what stands in the row: there may be other models by now."""
        if not event.row_value:
            return gr.skip()
        return {self.said: ""} | self.shown(str(event.row_value[0]), texts.language_of(request))

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
