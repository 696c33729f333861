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
from ocrweb.ui.parts.fresh_choices import read_when_opened, without_gone
from ocrweb.ui.parts.model_choice import model_dropdown
from ocrweb.ui.parts.next_step import next_step
from ocrweb.ui.parts.problems import caught, problem_card, warn
from ocrweb.ui.parts.texts import label

POLL_SECONDS = 0.7
FIXED = "fixed"
USUAL_SIDE = 800
QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


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
    shown: gr.State
    earlier: Earlier

    @property
    def outputs(self) -> list[Any]:
        return [self.status, self.download, self.stop, self.timer, self.shown, self.earlier.chosen]

    def attach(self, job: str | None, request: gr.Request) -> dict[Any, Any]:
        """After a reload: the export this browser started last."""
        return self.present(export_job(job), None, texts.language_of(request))

    def refresh(self, job: str | None, shown: Any, request: gr.Request) -> dict[Any, Any]:
        """A timer tick: the whole present state, or nothing when nothing changed."""
        found = export_job(job)
        answer = self.present(found, shown, texts.language_of(request))
        if shown and found and not found.active and found.state != shown[1] and found.report and found.report.path:
            answer |= self.earlier.just_made(found.report.path.name)
        return answer

    def present(self, job: ExportSnapshot | None, shown: Any, lang: str) -> dict[Any, Any]:
        if job is None:
            return {
                self.status: next_step(
                    texts.say("exporting.empty", lang), texts.say("exporting.start", lang), press="#export-start"
                ),
                self.download: gr.DownloadButton(interactive=False),
                self.stop: gr.Button(interactive=False),
                self.timer: gr.Timer(active=False),
                self.shown: None,
            }
        now = (job.id, job.state, job.stage, int(job.seconds) if job.active else 0)
        answer: dict[Any, Any] = {self.timer: gr.Timer(active=job.active), self.shown: now}
        if now == shown:
            return answer
        return answer | {
            self.status: job_card(job, lang),
            self.download: download_of(job.report.archive if job.report else None),
            self.stop: gr.Button(interactive=job.active),
        }


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
            download = gr.DownloadButton(label("exporting.download"), interactive=False, elem_id="export-download")
            earlier = Earlier(status, download)
    job = browser_state("ocrweb-export-job")
    shown = gr.State(None, time_to_live=3600)
    timer = gr.Timer(POLL_SECONDS, active=False)
    view = Watched(status, download, stop, timer, shown, earlier)

    def begin(values: dict[Any, Any], request: gr.Request) -> dict[Any, Any]:
        """Start an export in the background and watch it."""
        lang = texts.language_of(request)
        answer = caught(lambda: start_export(form.request(values | {form.model: check_model(values[form.model])})))
        if isinstance(answer, OcrwebError):
            return {status: problem_card(answer, lang)}
        return {job: answer} | view.present(export_job(answer), None, lang)

    for part in form.widgets:
        part.change(form.command, form.inputs, command, **QUIET)
    start.click(begin, form.inputs, [job, *view.outputs], **QUIET)
    stop.click(cancel_export, job, None, **QUIET)
    timer.tick(view.refresh, [job, shown], view.outputs, **QUIET, queue=True, concurrency_limit=8)
    earlier.wire(address)
    page = gr.context.Context.root_block
    assert page is not None
    page.load(view.attach, job, view.outputs, **QUIET)
    job.change(
        view.attach, job, view.outputs, **QUIET
    )  # the browser hands over its stored id only after the load event


def _form() -> ExportForm:
    model = model_dropdown("export-model")
    kind = gr.Radio(
        [(label("exporting.size-dynamic"), DYNAMIC), (label("exporting.size-fixed"), FIXED)],
        value=DYNAMIC, label=label("exporting.size"), info=label("exporting.size-help"), elem_id="export-size",
    )  # fmt: skip
    with gr.Row(visible=False, elem_classes="ocrweb-wrap") as sides:
        height, width = (
            gr.Slider(
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
