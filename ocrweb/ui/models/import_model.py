"""A model file from elsewhere: handed in, proven in a process of its own, then in every list of models."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from ocrweb import messages
from ocrweb.errors import OcrwebError
from ocrweb.services.models.import_jobs import ImportSnapshot, cancel_import, import_job, start_import
from ocrweb.services.models.importing import SUFFIXES
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.browser_state import browser_state
from ocrweb.ui.parts.built import QUIET
from ocrweb.ui.parts.escape import escape
from ocrweb.ui.parts.problems import caught, note_card, problem_card, warn
from ocrweb.ui.parts.texts import label

POLL_SECONDS = 0.7


def build() -> gr.Textbox:
    """Returns what holds the name of an imported model once it is there."""
    with gr.Accordion(label("importing.title"), open=False, elem_id="import-model"):
        gr.Markdown(label("importing.about"))
        file = gr.File(label=label("importing.file"), file_types=list(SUFFIXES), height=150, elem_id="import-file")
        name = gr.Textbox(
            label=label("importing.name"), info=label("importing.name-help"), max_length=60, elem_id="import-name"
        )
        with gr.Row():
            start = gr.Button(label("importing.start"), variant="primary", elem_id="import-start")
            stop = gr.Button(label("importing.stop"), variant="stop", interactive=False, elem_id="import-stop")
        status = gr.HTML(elem_id="import-status")
    done = gr.Textbox("", visible="hidden", elem_id="import-done", show_label=False)
    job = browser_state("ocrweb-import-job")
    timer = gr.Timer(POLL_SECONDS, active=False)
    view = Importing(job, status, stop, timer, done)
    start.click(view.begin, [file, name], [job, *view.outputs], **QUIET)
    stop.click(cancel_import, job, None, **QUIET)
    timer.tick(view.refresh, job, view.outputs, **QUIET, queue=True, concurrency_limit=8)
    job.change(view.refresh, job, view.outputs, **QUIET)  # comes for the stored id too
    return done


@dataclass(frozen=True)
class Importing:
    """The widgets that show an import. Handlers answer with those that change."""

    job: gr.BrowserState
    status: gr.HTML
    stop: gr.Button
    timer: gr.Timer
    done: gr.Textbox

    @property
    def outputs(self) -> list[Any]:
        return [self.status, self.stop, self.timer, self.done]

    def begin(self, file: str | None, name: str | None, request: gr.Request) -> dict[Any, Any]:
        """Start an import in the background and watch it."""
        lang = texts.language_of(request)
        if not file:
            warn(texts.say("importing.choose-first", lang))
            return gr.skip()
        answer = caught(lambda: start_import(Path(file), name or ""))
        if isinstance(answer, OcrwebError):
            return {self.status: problem_card(answer, lang)}
        return {self.job: answer} | self.present(import_job(answer), lang)

    def refresh(self, job: str | None, request: gr.Request) -> dict[Any, Any]:
        return self.present(import_job(job), texts.language_of(request))

    def present(self, job: ImportSnapshot | None, lang: str) -> dict[Any, Any]:
        """Card, stop button and timer of the present state."""
        active = job is not None and job.active
        return {
            self.status: card(job, lang),
            self.stop: gr.Button(interactive=active),
            self.timer: gr.Timer(active=active),
            self.done: job.report.name if job is not None and job.report is not None else "",
        }


def card(job: ImportSnapshot | None, lang: str) -> str:
    """HTML of a job: a bar, an error, or what the proof found."""
    if job is None:
        return ""
    if job.error is not None:
        return problem_card(job.error, lang) if job.state == "failed" else note_card(job.error.message(lang), "warning")
    if job.report is not None:
        told = messages.text("imports.done", lang, name=job.report.name, **job.report.to_dict()["proof"])
        return note_card(told, "good")
    if job.state == "waiting":
        return note_card(texts.say("importing.waiting", lang))
    line = f"{messages.text(f'imports.stage-{job.stage}', lang)} … {job.seconds:.0f} s"
    return (
        f'<div class="ocrweb-note" role="status" data-state="running">{escape(line)}'
        f'<div class="ocrweb-bar" aria-hidden="true"><i style="width:{100 * job.share:.1f}%"></i></div></div>'
    )
