"""Versions of the chosen dataset's labels: listed, compared, brought back, and that taken back again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.jobs import start_check
from ocrweb.services.labels.entries import stored_set
from ocrweb.services.labels.versions import NOW, Compared, compare, keep_version, restore_version, versions_document
from ocrweb.ui.datasets.asked import Asked
from ocrweb.ui.datasets.wires import Current, Wires, shows_when_opened
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.built import QUIET
from ocrweb.ui.parts.escape import escape
from ocrweb.ui.parts.problems import caught, note_card, problem_card
from ocrweb.ui.parts.texts import label

MOST_PICTURES = 100  # of a comparison


def build(wires: Wires, tab: gr.Tab) -> None:
    """tab: the tab this stands in; labels are read only while it is open."""
    open_now = gr.State(False)
    undoing = gr.State(None)
    asked = gr.State(Asked())
    gr.Markdown(label("datasets.versions-help"))
    with gr.Row(elem_classes="ocrweb-wrap"):
        before = gr.Dropdown([], label=label("datasets.version-before"), elem_id="dataset-version", min_width=260)
        after = gr.Dropdown([], label=label("datasets.version-after"), elem_id="dataset-version-after", min_width=260)
    with gr.Row(elem_classes="ocrweb-wrap"):
        keep = gr.Button(label("datasets.version-keep"), elem_id="dataset-version-keep", min_width=160)
        differ = gr.Button(label("datasets.version-compare"), elem_id="dataset-version-compare", min_width=160)
        restore = gr.Button(label("datasets.version-restore"), elem_id="dataset-version-restore", min_width=160)
        undo = gr.Button(label("datasets.undo"), visible=False, elem_id="dataset-version-undo", min_width=160)
    said = gr.HTML(elem_id="dataset-version-said")
    view = Versions(wires, open_now, undoing, before, after, undo, said)
    outputs = [before, after, undo, undoing, said]
    shows_when_opened(tab, view.show, [wires.current, asked], [open_now, *outputs])
    wires.current.change(view.changed, [open_now, wires.current, undoing, asked], outputs, **QUIET)
    keep.click(view.keep, wires.current, [before, after, said], **QUIET)
    differ.click(view.compare, [wires.current, before, after, asked], said, **QUIET)
    started = [*outputs, *wires.started()]
    restore.click(view.restore, [wires.current, before], started, **QUIET)
    undo.click(view.take_back, [wires.current, undoing], started, **QUIET)


@dataclass(frozen=True)
class Undoing:
    """The version before one of a dataset was brought back."""

    dataset: str
    version: str


@dataclass(frozen=True)
class Versions:
    """The widgets of this view. Handlers answer with those that change."""

    wires: Wires
    open_now: gr.State
    undoing: gr.State
    before: gr.Dropdown
    after: gr.Dropdown
    undo: gr.Button
    said: gr.HTML

    def show(self, current: Current | None, asked: Asked, request: gr.Request) -> dict[Any, Any]:
        """The tab was opened."""
        newest = asked.ask(current.name if current else None)
        listed = self._all(current, texts.language_of(request))
        return {self.open_now: True} | (listed if newest() else {})

    def changed(
        self, open_now: bool, current: Current | None, undoing: Undoing | None, asked: Asked, request: gr.Request
    ) -> dict[Any, Any]:
        """Another dataset, or the same one was checked again: then what was said stays."""
        newest, lang = asked.ask(current.name if current else None), texts.language_of(request)
        if current is not None and undoing is not None and undoing.dataset == current.name:
            listed = self._listed(current.name, lang)
        else:
            listed = self._all(current if open_now else None, lang)
        return listed if newest() else gr.skip()

    def keep(self, current: Current | None, request: gr.Request) -> dict[Any, Any]:
        lang = texts.language_of(request)
        if current is None:
            return self._first(lang)
        kept = caught(lambda: keep_version(stored_set(current.name)))
        if isinstance(kept, OcrwebError):
            return {self.said: problem_card(kept, lang)}
        words = note_card(texts.say("datasets.version-kept", lang), "good")
        return {self.said: words} | self._listed(current.name, lang, kept.id)

    def compare(
        self, current: Current | None, before: str | None, after: str | None, asked: Asked, request: gr.Request
    ) -> dict[Any, Any]:
        """What differs, while it is this dataset that is looked at."""
        lang = texts.language_of(request)
        if current is None or not before:
            return self._first(lang)
        found = caught(lambda: compare(stored_set(current.name), before, after or NOW))
        if asked.about != current.name:
            return gr.skip()
        return {
            self.said: problem_card(found, lang) if isinstance(found, OcrwebError) else difference_html(found, lang)
        }

    def restore(self, current: Current | None, version: str | None, request: gr.Request) -> dict[Any, Any]:
        return self._bring_back(current, version, texts.language_of(request), undoable=True)

    def take_back(self, current: Current | None, undoing: Undoing | None, request: gr.Request) -> dict[Any, Any]:
        lang = texts.language_of(request)
        if undoing is None or current is None or undoing.dataset != current.name:
            return {self.undo: gr.Button(visible=False), self.undoing: None}
        return self._bring_back(current, undoing.version, lang, undoable=False)

    def _bring_back(self, current: Current | None, version: str | None, lang: str, *, undoable: bool) -> dict[Any, Any]:
        """The labels of a version, and a check of what they are like."""
        if current is None or not version or version == NOW:
            return self._first(lang)
        done = caught(lambda: restore_version(stored_set(current.name), version))
        if isinstance(done, OcrwebError):
            return {self.said: problem_card(done, lang)}
        words = texts.say("datasets.version-restored", lang, count=done["restored"])
        undoable = undoable and done["restored"] > 0
        return {
            self.said: note_card(words, "good"),
            self.undo: gr.Button(visible=undoable),
            self.undoing: Undoing(current.name, done["before"]) if undoable else None,
            **self._listed(current.name, lang, version),
            **self.wires.starting(lambda: start_check(current.name), lang),
        }

    def _first(self, lang: str) -> dict[Any, Any]:
        return {self.said: note_card(texts.say("datasets.version-first", lang), "warning")}

    def _all(self, current: Current | None, lang: str) -> dict[Any, Any]:
        away = {self.said: "", self.undo: gr.Button(visible=False), self.undoing: None}
        if current is None:
            return away | {self.before: gr.Dropdown([], value=None), self.after: gr.Dropdown([], value=None)}
        return away | self._listed(current.name, lang)

    def _listed(self, name: str, lang: str, chosen: str | None = None) -> dict[Any, Any]:
        document = caught(lambda: versions_document(stored_set(name)))
        if isinstance(document, OcrwebError):
            return {self.said: problem_card(document, lang)}
        rows = document["versions"]
        choices = [(version_words(row, lang), row["id"]) for row in rows]
        first = chosen or next((row["id"] for row in rows if not row["current"]), rows[0]["id"] if rows else None)
        now = (texts.say("datasets.version-now", lang), NOW)
        return {
            self.before: gr.Dropdown(choices, value=first),
            self.after: gr.Dropdown([now, *choices], value=NOW),
            **({} if rows else {self.said: note_card(texts.say("datasets.no-versions", lang))}),
        }


def version_words(row: dict[str, Any], lang: str) -> str:
    """A version of `versions_document` for a list: when, how much, and the run that learnt from it."""
    at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(row["at"]))
    told = texts.say("datasets.version-line", lang, at=at, pictures=row["pictures"], boxes=row["boxes"])
    why = texts.say("datasets.version-run", lang, run=row["why"]) if row["why"] else ""
    same = texts.say("datasets.version-current", lang) if row["current"] else ""
    return "".join([told, why, same])


def difference_html(found: Compared, lang: str) -> str:
    """HTML: what became of the boxes in all, and of each picture that differs."""
    document = found.to_dict()
    if not (document["pictures"] or found.only_before or found.only_after):
        return note_card(texts.say("datasets.version-same", lang))
    rows = [(row["picture"], texts.say("datasets.version-differs", lang, **row)) for row in document["pictures"]]
    for key, names in (("before", found.only_before), ("after", found.only_after)):
        rows += [(name, texts.say(f"datasets.version-only-{key}", lang)) for name in names]
    listed = "".join(f"<li><b>{escape(name)}</b> {escape(words)}</li>" for name, words in rows[:MOST_PICTURES])
    if len(rows) > MOST_PICTURES:
        more = texts.say("datasets.more-places", lang, count=len(rows) - MOST_PICTURES)
        listed += f'<li class="ocrweb-quiet">{escape(more)}</li>'
    total = texts.say("datasets.version-differs", lang, **document["total"])
    return f'<div class="ocrweb-stack">{note_card(total)}<ul>{listed}</ul></div>'
