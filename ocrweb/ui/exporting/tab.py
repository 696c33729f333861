"""ONNX 导出: a model as files that run elsewhere, offered only when they give what the model gives."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ocrweb.config.model_names import DEFAULT
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.store import list_datasets
from ocrweb.services.exporting.jobs import ExportSnapshot, cancel_export, export_job, start_export
from ocrweb.services.exporting.plan import DYNAMIC, LARGEST, MULTIPLE, PRECISIONS, SMALLEST, ExportRequest
from ocrweb.services.models.listing import check_model
from ocrweb.ui.exporting.earlier import Earlier, download_of
from ocrweb.ui.exporting.present import job_card
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.address import Address
from ocrweb.ui.parts.browser_state import browser_state
from ocrweb.ui.parts.built import QUIET
from ocrweb.ui.parts.fields import slider
from ocrweb.ui.parts.fresh_choices import read_when_opened, without_gone
from ocrweb.ui.parts.model_choice import model_at_first, model_dropdown
from ocrweb.ui.parts.next_step import next_step
from ocrweb.ui.parts.opening import drawn_at_opening
from ocrweb.ui.parts.problems import caught, problem_card, warn
from ocrweb.ui.parts.seen import NOTHING, Seen, Sight, sight
from ocrweb.ui.parts.texts import label

POLL_SECONDS = 0.7
FIXED = "fixed"
USUAL_SIDE = 800
ASKED_JS = "(job) => [job, new URLSearchParams(location.search).get('export') || '']"


@dataclass(frozen=True)
class ExportForm:
    """What to export and how."""

    model: gr.Dropdown
    kind: gr.Radio
    height: gr.Slider
    width: gr.Slider
    precision: gr.Radio
    data: gr.Dropdown

    @property
    def widgets(self) -> tuple[Any, ...]:
        return self.model, self.kind, self.height, self.width, self.precision, self.data

    @property
    def inputs(self) -> set[Any]:
        return set(self.widgets)

    def request(self, values: Mapping[Any, Any]) -> ExportRequest:
        """values: those of the widgets, as a handler gets them."""
        fixed = f"{int(values[self.height])}x{int(values[self.width])}" if values[self.kind] != DYNAMIC else DYNAMIC
        return ExportRequest(values[self.model], fixed, values[self.precision], data=values[self.data] or None)

    def command(self, values: dict[Any, Any]) -> str:
        """The same export on the command line."""
        return command_of(self.request(values))


@dataclass(frozen=True)
class Watched:
    """The widgets that show an export in work. Handlers answer with those that change."""

    status: gr.HTML
    download: gr.DownloadButton
    stop: gr.Button
    timer: gr.Timer
    seen: Seen
    earlier: Earlier

    @property
    def outputs(self) -> list[Any]:
        earlier = self.earlier
        return [self.status, self.download, self.stop, self.timer, *self.seen.values, earlier.chosen, earlier.known]

    def attach(self, job: str | None, asked: str, request: gr.Request) -> dict[Any, Any]:
        """The export that was just started, or after a reload the one this browser started last. asked: that of the address."""
        found = export_job(job)
        return self._going_on(found) if asked else self.present(found, NOTHING, texts.language_of(request))

    def refresh(
        self, job: str | None, whose: str, word: str, chosen: str | None, request: gr.Request
    ) -> dict[Any, Any]:
        """The whole present state, or nothing when that is what the page shows. whose, word: of `seen`.

        chosen: the export of before that is looked at while another one goes on.
        """
        found, before = export_job(job), Sight(whose, word)
        if chosen and (found is None or found.active):
            shows_it = word == self.earlier.word_of(chosen)
            return self._going_on(found) | ({} if shows_it else self.earlier.look_at(chosen, request))
        answer = self.present(found, before, texts.language_of(request))
        ended = found is not None and not found.active and found.id == before.job and answer[self.seen.whose] != whose
        if ended and found is not None and found.report and found.report.path:
            answer |= self.earlier.just_made(found.report.path.name)
        return answer

    def present(self, job: ExportSnapshot | None, before: Sight, lang: str) -> dict[Any, Any]:
        """What is different from what the visitor sees. before: that."""
        if job is None:
            nothing = {self.status: empty(lang), self.download: gr.DownloadButton(interactive=False)}
            return nothing | self._going_on(None) | self.seen.now(NOTHING)
        now = sight(job, job.stage, int(job.seconds) if job.active else 0)
        answer = self._going_on(job) | self.seen.now(now)
        if now == before:
            return answer
        archive = job.report.archive if job.report else None
        return answer | {self.status: job_card(job, lang), self.download: download_of(archive)}

    def _going_on(self, job: ExportSnapshot | None) -> dict[Any, Any]:
        active = job is not None and job.active
        return {self.timer: gr.Timer(active=active), self.stop: gr.Button(interactive=active)}


def empty(lang: str) -> str:
    """What stands in the place of a report before there is any."""
    return next_step(texts.say("exporting.empty", lang), texts.say("exporting.start", lang), press="#export-start")


def build(address: Address) -> None:
    with gr.Row(equal_height=False):
        with gr.Column(scale=2, min_width=320):
            gr.Markdown(label("exporting.step-choose"))
            form = _form()
            with gr.Row():
                start = gr.Button(label("exporting.start"), variant="primary", elem_id="export-start")
                stop = gr.Button(label("exporting.stop"), variant="stop", interactive=False, elem_id="export-stop")
            command = gr.Code(
                command_of(ExportRequest(DEFAULT, DYNAMIC, "fp32")), language="shell",
                label=label("exporting.command"), interactive=False, lines=1, max_lines=4, wrap_lines=True,
                show_line_numbers=False, elem_id="export-command",
            )  # fmt: skip
        with gr.Column(scale=3, min_width=320):
            gr.Markdown(label("exporting.step-result"))
            status = gr.HTML(elem_id="export-status")
            drawn_at_opening(status, lambda lang: {"value": empty(lang)})
            download = gr.DownloadButton(label("exporting.download"), interactive=False, elem_id="export-download")
            seen = Seen("export")
            earlier = Earlier(status, download, seen)
    job = browser_state("ocrweb-export-job")
    timer = gr.Timer(POLL_SECONDS, active=False)
    view = Watched(status, download, stop, timer, seen, earlier)
    drawn_at_opening(command, lambda lang: {"value": command_of(ExportRequest(model_at_first(), DYNAMIC, "fp32"))})

    def begin(values: dict[Any, Any], request: gr.Request) -> dict[Any, Any]:
        """Start an export in the background and watch it."""
        lang = texts.language_of(request)
        answer = caught(lambda: start_export(form.request(values | {form.model: check_model(values[form.model])})))
        if isinstance(answer, OcrwebError):
            return {status: problem_card(answer, lang)}
        return {job: answer, earlier.chosen: None} | view.present(export_job(answer), NOTHING, lang)

    for part in form.widgets:
        part.change(form.command, form.inputs, command, **QUIET)
    earlier.wire(address)
    start.click(begin, form.inputs, [job, *view.outputs], **QUIET)
    stop.click(cancel_export, job, None, **QUIET)
    looks = [job, *seen.values, earlier.chosen]
    timer.tick(view.refresh, looks, view.outputs, **QUIET, queue=True, concurrency_limit=8)
    seen.whose.change(view.refresh, looks, view.outputs, **QUIET)
    job.change(view.attach, [job, seen.whose], view.outputs, **QUIET, js=ASKED_JS)  # comes for the stored id too


def _form() -> ExportForm:
    model = model_dropdown("export-model")
    kind = gr.Radio(
        [(label("exporting.size-dynamic"), DYNAMIC), (label("exporting.size-fixed"), FIXED)],
        value=DYNAMIC, label=label("exporting.size"), info=label("exporting.size-help"), elem_id="export-size",
    )  # fmt: skip
    with gr.Row(visible=False, elem_classes="ocrweb-wrap") as sides:
        height, width = (
            slider(
                SMALLEST,
                LARGEST,
                USUAL_SIDE,
                step=MULTIPLE,
                label=label(f"exporting.{side}"),
                min_width=220,
                elem_id=f"export-{side}",
            )
            for side in ("height", "width")
        )
    kind.change(lambda chosen: gr.Row(visible=chosen == FIXED), kind, sides, **QUIET)
    precision = gr.Radio(
        [(label(f"exporting.{name}"), name) for name in PRECISIONS],
        value="fp32", label=label("exporting.precision"), info=label("exporting.precision-help"),
        elem_id="export-precision",
    )  # fmt: skip
    data = gr.Dropdown(
        _datasets(), value="", label=label("exporting.dataset"), info=label("exporting.dataset-help"),
        elem_id="export-dataset",
    )  # fmt: skip
    known = read_when_opened(data, _datasets)
    data.blur(dataset_closed, data, [data, known], **QUIET)
    return ExportForm(model, kind, height, width, precision, data)


def dataset_closed(chosen: str | None, request: gr.Request) -> tuple[Any, list[Any]]:
    """In the place of a chosen dataset that was deleted elsewhere, none."""
    choices = _datasets()
    if chosen and chosen not in [name for _, name in choices]:
        warn(texts.say("exporting.gone", texts.language_of(request), name=chosen))
    return without_gone(choices, chosen, "")


def command_of(wanted: ExportRequest) -> str:
    """The same export on the command line."""
    words = ["--model", wanted.model, "--size", wanted.size, "--precision", wanted.precision]
    return shlex.join(["ocrweb", "export", *words, *(["--data", wanted.data] if wanted.data else [])])


def _datasets() -> list[tuple[Any, str]]:
    return [(label("exporting.no-dataset"), ""), *((stored.name, stored.name) for stored in list_datasets())]
