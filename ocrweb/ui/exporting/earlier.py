"""The exports made before: looking at one, and deleting it, which asks first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from ocrweb.errors import OcrwebError
from ocrweb.services.exporting.jobs import archive_of, list_exports
from ocrweb.services.exporting.run import delete_export, exported_report
from ocrweb.ui.exporting.present import report_card
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.address import Address, asked_js, named, tells
from ocrweb.ui.parts.built import QUIET, one_by_one, page
from ocrweb.ui.parts.fresh_choices import read_when_opened, without_gone
from ocrweb.ui.parts.problems import caught, note_card, problem_card, warn
from ocrweb.ui.parts.seen import Seen, word
from ocrweb.ui.parts.texts import label
from ocrweb.ui.seams import taken


class Earlier:
    """The widgets; what is said of an export goes where `wire` is told. Handlers answer with the widgets that change."""

    def __init__(self, status: gr.HTML, download: gr.DownloadButton, seen: Seen) -> None:
        self.status, self.download, self.seen = status, download, seen
        self.chosen = gr.Dropdown(
            list_exports(), value=None, label=label("exporting.earlier"), info=label("exporting.earlier-help"),
            elem_id="export-earlier",
        )  # fmt: skip
        taken.read_by(self.chosen, lambda name: name)  # an address may name one that came since the console did
        self.delete = gr.Button(label("exporting.delete"), size="sm", interactive=False, elem_id="export-delete")
        self.asked = gr.State("", time_to_live=3600)  # what the question is about, whatever is chosen meanwhile
        with gr.Column(visible=False, elem_classes="ocrweb-ask") as self.ask:
            self.question = gr.Markdown(elem_id="export-question")
            with gr.Row():
                self.sure = gr.Button(label("exporting.delete-yes"), variant="stop", elem_id="export-delete-yes")
                self.keep = gr.Button(label("exporting.delete-no"))

    def wire(self, address: Address) -> None:
        self.known = read_when_opened(self.chosen, list_exports)
        listed = [self.status, self.download, self.chosen, self.known, self.seen.word]
        alone = one_by_one("export-earlier")
        self.chosen.input(self.look_at, self.chosen, listed, **alone, trigger_mode="always_last")
        page().load(self.at_first, self.chosen, listed, **QUIET, js=asked_js("export", "null"))
        address.opened.then(self.at_address, [address.field, self.chosen], listed, **QUIET)
        tells(self.chosen, "export")
        self.chosen.change(lambda name: gr.Button(interactive=bool(name)), self.chosen, self.delete, **QUIET)
        self.delete.click(self.ask_delete, self.chosen, [self.asked, self.question, self.ask], **QUIET)
        self.keep.click(lambda: gr.Column(visible=False), None, self.ask, **QUIET)
        self.sure.click(self.delete_asked, [self.asked, self.chosen], [*listed, self.ask], **alone)

    def look_at(self, name: str | None, request: gr.Request) -> dict[Any, Any]:
        """An export made before: its report and its zip. Comes also when the list is closed without a choice."""
        lang, names = texts.language_of(request), list_exports()
        dropdown, known = without_gone(names, name, None)
        listed = {self.chosen: dropdown, self.known: known}
        if not name:
            return listed
        if name not in names:
            return listed | self._said(note_card(texts.say("exporting.gone", lang, name=name), "warning"))
        listed[self.seen.word] = self.word_of(name)
        answer = caught(lambda: exported_report(name))
        if isinstance(answer, OcrwebError):
            return listed | self._said(problem_card(answer, lang))
        return listed | self._said(report_card(answer, lang), archive_of(name))

    def word_of(self, name: str) -> str:
        """What the page says it shows when that is an export of before."""
        return word(("earlier", name))

    def at_first(self, name: str | None, request: gr.Request) -> dict[Any, Any]:
        """The page was opened, perhaps at the address of an export."""
        if not name:
            return gr.skip()
        answer, names = self.look_at(name, request), list_exports()
        return answer | ({self.chosen: gr.Dropdown(choices=names, value=name)} if name in names else {})

    def just_made(self, name: str) -> dict[Any, Any]:
        """An export that has ended this moment is the one that is looked at."""
        names = list_exports()
        return {self.chosen: gr.Dropdown(choices=names, value=name)} if name in names else {}

    def at_address(self, query: str, chosen: str | None, request: gr.Request) -> dict[Any, Any]:
        name = named(query, "export")
        return self.at_first(name, request) if name and name != chosen else gr.skip()

    def ask_delete(self, name: str | None, request: gr.Request) -> dict[Any, Any]:
        lang = texts.language_of(request)
        if not name:
            warn(texts.say("exporting.choose-first", lang))
            return {self.asked: "", self.question: "", self.ask: gr.Column(visible=False)}
        question = texts.say("exporting.delete-ask", lang, name=f"`{name}`")
        return {self.asked: name, self.question: question, self.ask: gr.Column(visible=True)}

    def delete_asked(self, asked: str, chosen: str | None, request: gr.Request) -> dict[Any, Any]:
        """Folder and zip go; the list no longer has them. chosen: another export that is looked at stays in view."""
        lang = texts.language_of(request)
        answer = caught(lambda: delete_export(asked))
        put_away = {self.ask: gr.Column(visible=False)}
        if isinstance(answer, OcrwebError):
            return put_away | {self.status: problem_card(answer, lang)}
        said = note_card(texts.say("exporting.deleted", lang, name=asked))
        names = list_exports()
        if chosen not in (None, "", asked):
            return put_away | {self.status: said, self.chosen: gr.Dropdown(choices=names), self.known: names}
        gone = {self.chosen: gr.Dropdown(choices=names, value=None), self.known: names}
        return put_away | gone | self._said(said)

    def _said(self, card: str, archive: Path | None = None) -> dict[Any, Any]:
        return {self.status: card, self.download: download_of(archive)}


def download_of(archive: Path | None) -> Any:
    """The button with a zip; without one, or when it has been deleted since, it does nothing."""
    there = archive is not None and archive.is_file()
    return gr.DownloadButton(value=str(archive) if there else None, interactive=there)
