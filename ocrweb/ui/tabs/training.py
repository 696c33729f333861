"""训练微调: start, watch, understand, mend, use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from ocrweb.errors import OcrwebError
from ocrweb.services import training_choices
from ocrweb.services.training_view import run_view
from ocrweb.ui import texts
from ocrweb.ui.problems import caught, note_card, problem_card
from ocrweb.ui.tabs.training_form import TrainingForm, filled, start_run
from ocrweb.ui.tabs.training_proof import ProofPanel
from ocrweb.ui.tabs.training_watch import RunWatch
from ocrweb.ui.tabs.training_why import Diagnosis, ForeignLog
from ocrweb.ui.texts import label

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


def build(tab: gr.Tab) -> Callable[[], None]:
    """The tab's widgets and events. tab: the one it stands in; the single and batch tabs are built before.

    Returns what to call when the export tab is built too: it links the two.
    """
    with gr.Row(equal_height=False):
        with gr.Column(scale=2, min_width=320):
            gr.Markdown(label("training.step-settings"))
            form = TrainingForm()
            foreign = ForeignLog()
        with gr.Column(scale=3, min_width=320):
            gr.Markdown(label("training.step-watch"))
            watch = RunWatch()
            why = Diagnosis()
            panel = ProofPanel()
    form.wire(tab)
    watch.wire(form.said)
    why.wire(watch.run, form)
    foreign.wire()
    panel.wire(watch.run)

    inputs = [watch.run, watch.shown, watch.follow, watch.other]
    outputs = [*watch.outputs, *why.outputs, *panel.outputs]

    def refresh(
        run: str | None, shown: dict[str, Any] | None, follow: bool, other: str | None, request: gr.Request
    ) -> dict[Any, Any]:
        """What changed since the last look, of everything on the right."""
        lang, before = texts.language_of(request), dict(shown or {})
        answer = watch.refresh(run, before, follow, other, lang)
        now = dict(answer.get(watch.shown, before))
        view = run_view(run)
        answer |= why.refresh(view, now, before, lang)
        answer |= panel.refresh(view, now, before, lang)
        if now != before:
            answer[watch.shown] = now
        return answer or {watch.shown: gr.skip()}

    many: dict[str, Any] = {"concurrency_limit": 16, "concurrency_id": "training-watch"}
    watch.timer.tick(refresh, inputs, outputs, **QUIET, **many)
    page = gr.context.Context.root_block
    assert page is not None
    page.load(refresh, inputs, outputs, **QUIET, **many)
    watch.run.change(refresh, inputs, outputs, **QUIET, **many)
    watch.other.change(refresh, inputs, outputs, **QUIET, **many)
    watch.follow.change(refresh, inputs, outputs, **QUIET, **many)
    form.start.click(
        start_run, form.values, [watch.run, form.said], api_visibility="private", show_progress_on=form.said
    ).success(refresh, inputs, outputs, **QUIET, **many)
    watch.copy.click(copy_run, [watch.run, *form.values], [form.said, *form.values], **QUIET)
    return lambda: panel.link_export(watch.run)


def copy_run(request: gr.Request, run: str | None, *values: Any) -> list[Any]:
    """The settings of the shown run in the form, to change and start as a new one."""
    lang = texts.language_of(request)
    config = caught(lambda: training_choices.run_config(run or "latest"))
    if isinstance(config, OcrwebError):
        return [problem_card(config, lang), *(gr.skip() for _ in values)]
    return [note_card(texts.say("training.copied", lang)), *filled(config)]
