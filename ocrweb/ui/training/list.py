"""All runs in a table, with notes on the shown one and deleting it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from ocrweb.errors import OcrwebError
from ocrweb.services.registry.losses import Losses, losses
from ocrweb.services.training import choices as training_choices
from ocrweb.services.training import jobs as training_jobs
from ocrweb.services.training.view import run_view
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.built import QUIET, each_in_turn
from ocrweb.ui.parts.problems import caught, problem_card
from ocrweb.ui.parts.texts import label
from ocrweb.ui.training.present import runs_table


class RunList:
    """The widgets; answers to clicks go where `wire` is told."""

    def __init__(self) -> None:
        # Whose notes the box holds. In the page, so that an event carries both as they were when it came about.
        self.noted = gr.Textbox("", visible="hidden", elem_id="training-noted")
        self.asked = gr.State("", time_to_live=3600)  # the run that the question is about, whatever is shown meanwhile
        self.table = gr.Dataframe(
            interactive=False, max_height=360, show_label=False, wrap=True, elem_id="training-runs", buttons=[],
            column_widths=["30%", "20%", "12%", "12%", "14%", "12%"],
        )  # fmt: skip
        with gr.Row():
            self.notes = gr.Textbox(label=label("training.notes"), elem_id="training-notes", scale=3)
            self.delete = gr.Button(
                label("training.delete"), size="sm", interactive=False, elem_id="training-delete", scale=1
            )
        with gr.Column(visible=False, elem_id="training-ask-delete", elem_classes="ocrweb-ask") as self.ask:
            self.question = gr.Markdown()
            with gr.Row():
                self.really = gr.Button(label("training.delete-yes"), variant="stop", elem_id="training-delete-yes")
                self.rather_not = gr.Button(label("training.delete-no"), elem_id="training-delete-no")

    @property
    def outputs(self) -> list[Any]:
        return [self.table, self.notes, self.noted]

    def wire(self, run: gr.Textbox, said: gr.HTML) -> None:
        """run: the shown one, chosen here by a click. said: where answers to clicks go."""

        def choose(event: gr.SelectData) -> dict[Any, Any]:
            """The run of the clicked row, with its notes at once: who types into the box means that run."""
            name = str(event.row_value[0]) if event.row_value else None
            return gr.skip() if name is None else {run: name} | self.notes_of(name)

        def delete(asked: str, shown: str | None, request: gr.Request) -> dict[Any, Any]:
            answer = caught(lambda: training_jobs.delete(asked))
            put_away = {self.ask: hidden()}
            if isinstance(answer, OcrwebError):
                return put_away | {said: problem_card(answer, texts.language_of(request))}
            return put_away | {said: ""} | ({run: None} if shown in ("", None, asked) else {})

        question = Question("delete", said, self.asked, self.ask, self.question)
        self.table.select(choose, None, [run, self.notes, self.noted], **each_in_turn("training-chosen"))
        self.notes.blur(_note, [self.noted, self.notes], said, **each_in_turn("training-noted"))
        self.delete.click(question.put, run, question.outputs, **QUIET)
        self.rather_not.click(hidden, None, self.ask, **QUIET)
        self.really.click(delete, [self.asked, run], [said, self.ask, run], **QUIET)

    def refresh(self, rows: list[training_jobs.RunRow] | None, shown: str, noted: str, lang: str) -> dict[Any, Any]:
        """rows: None when they are as the visitor sees them. shown: name of the shown run. noted: whose notes the box holds."""
        answer: dict[Any, Any] = {} if rows is None else {self.table: runs_table(rows, lang)}
        if shown != noted:  # not more often: somebody may be typing
            answer |= self.notes_of(shown)
        return answer

    def notes_of(self, run: str) -> dict[Any, Any]:
        """The box with the notes of a run."""
        view = run_view(run) if run else None
        return {self.notes: training_jobs.read_notes(view.folder) if view else "", self.noted: run}


@dataclass(frozen=True)
class Question:
    """Whether to ``stop`` or ``delete`` a run. said: where a failure goes. asked: State of the run that is meant."""

    deed: str
    said: gr.HTML
    asked: gr.State
    panel: gr.Column
    words: gr.Markdown

    @property
    def outputs(self) -> list[Any]:
        return [self.said, self.asked, self.panel, self.words]

    def put(self, run: str | None, request: gr.Request) -> dict[Any, Any]:
        """Ask about the shown run, by name."""
        lang = texts.language_of(request)
        name = caught(lambda: shown_run(run))
        if isinstance(name, OcrwebError):
            return {self.said: problem_card(name, lang), self.asked: "", self.panel: hidden(), self.words: ""}
        view = run_view(name)
        waits = self.deed == "stop" and view is not None and view.state == "queued"
        key = f"training.{self.deed}-ask{'-queued' if waits else ''}"
        words = f"{texts.say(key, lang, name=f'`{name}`')} {self._lost(name, lang)}".strip()
        return {self.said: "", self.asked: name, self.panel: gr.Column(visible=True), self.words: words}

    def _lost(self, run: str, lang: str) -> str:
        """What hangs on the run's model, before it is deleted; nothing for one without weights."""
        lost = caught(lambda: losses(run)) if self.deed == "delete" else None
        return lost.told(lang) if isinstance(lost, Losses) else ""


def hidden() -> Any:
    return gr.Column(visible=False)


def shown_run(run: str | None) -> str:
    """The run on the page: the chosen one, else the newest."""
    view = run_view(run)
    return view.name if view else training_choices.run_folder(run or "latest").name


def _note(noted: str, text: str, request: gr.Request) -> Any:
    """Keep what was typed with the run that it was typed for, which need not be the one that is shown by now."""
    view = run_view(noted) if noted else None
    if view is None or text.strip() == training_jobs.read_notes(view.folder):
        return gr.skip()
    answer = caught(lambda: training_jobs.write_notes(view.name, text))
    return problem_card(answer, texts.language_of(request)) if isinstance(answer, OcrwebError) else ""
