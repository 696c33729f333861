"""A remedy that mends the dataset: shows what changes, makes the mended copy, and puts the corrected run in the form."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.jobs import dataset_job
from ocrweb.services.training import mend as training_mend
from ocrweb.services.training.mend import Mending
from ocrweb.ui.datasets.findings import diff_html
from ocrweb.ui.datasets.present import job_card
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.escape import escape
from ocrweb.ui.parts.problems import caught, note_card, problem_card
from ocrweb.ui.parts.texts import label
from ocrweb.ui.parts.training_fields import field_label
from ocrweb.ui.training.form import TrainingForm

LOOK = 0.5  # seconds between two looks at the work


class MendPanel:
    """Hidden until a remedy asks for it."""

    def __init__(self) -> None:
        self.wanted = gr.State(None, time_to_live=3600)
        with gr.Column(visible=False, elem_id="training-mend") as self.panel:
            self.preview = gr.HTML(elem_id="training-mend-preview")
            with gr.Row():
                self.go = gr.Button(label("training.mend-go"), variant="primary", elem_id="training-mend-go")
                self.leave = gr.Button(label("training.mend-leave"), elem_id="training-mend-leave")

    @property
    def outputs(self) -> list[Any]:
        return [self.wanted, self.panel, self.preview, self.go]

    def wire(self, said: gr.HTML, form: TrainingForm) -> None:
        """said: where the progress and the end are told."""
        self.leave.click(
            lambda: gr.Column(visible=False), None, self.panel, api_visibility="private", show_progress="hidden"
        )
        self.go.click(
            self._mending(said, form), self.wanted, [said, self.panel, *form.outputs], api_visibility="private",
            show_progress="hidden", concurrency_limit=4,
        )  # fmt: skip

    def proposal(self, kind: training_mend.MendKind, run: str, lang: str) -> dict[Any, Any]:
        """What would change, and the button when there is something. Raises as `plan_mending`."""
        plan = training_mend.plan_mending(kind, run)
        card = f'<div class="ocrweb-stack" data-changes="{escape(plan.changes)}">{_words(plan, lang)}</div>'
        return {
            self.wanted: plan, self.panel: gr.Column(visible=True), self.preview: card,
            self.go: gr.Button(visible=plan.changes > 0),
        }  # fmt: skip

    def hidden(self) -> dict[Any, Any]:
        return {self.wanted: None, self.panel: gr.Column(visible=False), self.preview: ""}

    def _mending(self, said: gr.HTML, form: TrainingForm) -> Any:
        def work(plan: Mending | None, request: gr.Request) -> Iterator[dict[Any, Any]]:
            """Make the copy, telling how far it is; then the form holds the run with it. It goes on when the page is closed."""
            lang = texts.language_of(request)
            if plan is None:
                yield {said: "", self.panel: gr.Column(visible=False)}
                return
            started = caught(lambda: training_mend.begin_mending(plan.kind, plan.dataset))
            if isinstance(started, OcrwebError):
                yield {said: problem_card(started, lang)}
                return
            yield {said: "", self.panel: gr.Column(visible=False)}
            while (job := dataset_job(started)) is not None and job.active:
                yield {said: job_card(job, lang)}
                time.sleep(LOOK)
            made = job.outcome.dataset if job else None
            if job is None or job.state != "done" or made is None:
                yield {said: problem_card(job.error, lang) if job and job.error else ""}
                return
            config = caught(lambda: training_mend.with_dataset(plan.run, made))
            if isinstance(config, OcrwebError):
                yield {said: problem_card(config, lang)}
                return
            change = f"{field_label('dataset', lang)}: {plan.dataset} → {made}"
            card = note_card(texts.say("training.prepared", lang, changes=change), "good")
            yield {said: f'<div class="ocrweb-stack">{job_card(job, lang)}{card}</div>'} | form.filled(config)

        return work


def _words(plan: Mending, lang: str) -> str:
    """HTML: what the mended copy has that this dataset has not."""
    if plan.plan is None:
        amounts = {"larger": plan.larger, "pictures": plan.pictures, "side": training_mend.MAX_SIDE}
        return note_card(texts.say("training.mend-resize", lang, name=plan.dataset, **amounts), "note")
    words = note_card(texts.say("training.mend-repair", lang, name=plan.dataset), "note") + diff_html(plan.plan, lang)
    if plan.errors and not plan.changes:
        words += note_card(texts.say("training.mend-by-hand", lang, count=plan.errors), "warning")
    return words
