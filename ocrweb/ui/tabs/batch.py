"""批量检测: files, a zip or a server folder in; rows as they come; one zip out. The golden test set has its card here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from ocrweb.config.detection import DecodeOptions
from ocrweb.errors import OcrwebError
from ocrweb.services.batch import BatchRequest
from ocrweb.services.batch_jobs import JobSnapshot, batch_job, cancel_batch, start_batch
from ocrweb.services.detection import DetectRequest
from ocrweb.services.settings import model_decode_options
from ocrweb.ui import texts
from ocrweb.ui.fields import field
from ocrweb.ui.model_choice import model_dropdown
from ocrweb.ui.present_batch import gallery_items, progress_card, rows_table
from ocrweb.ui.problems import caught, note_card, problem_card
from ocrweb.ui.tabs import golden
from ocrweb.ui.texts import label

POLL_SECONDS = 1.0


def build() -> None:
    with gr.Row(equal_height=False):
        with gr.Column(scale=2, min_width=320):
            gr.Markdown(label("batching.step-upload"))
            files = gr.File(
                label=label("batching.files"), file_count="multiple", file_types=["image", ".zip", ".bmp"], elem_id="batch-files",
                height=180,
            )  # fmt: skip
            folder = gr.Textbox(
                label=label("batching.folder"), info=label("batching.folder-help"), elem_id="batch-folder"
            )
            threshold = field(DecodeOptions, "threshold", elem_id="batch-threshold")
            model = model_dropdown("batch-model")
            with gr.Row():
                start = gr.Button(label("batching.start"), variant="primary", elem_id="batch-start")
                stop = gr.Button(label("batching.stop"), variant="stop", interactive=False, elem_id="batch-stop")
            golden.build(model)
        with gr.Column(scale=3, min_width=320):
            gr.Markdown(label("batching.step-result"))
            status = gr.HTML(elem_id="batch-status")
            download = gr.DownloadButton(label("batching.download"), interactive=False, elem_id="batch-download")
            gallery = gr.Gallery(
                show_label=False,
                columns=4,
                height=340,
                object_fit="contain",
                elem_id="batch-gallery",
                interactive=False,
                visible=False,
            )
            table = gr.Dataframe(
                interactive=False, max_height=360, wrap=True, show_label=False, elem_id="batch-table", visible=False
            )
    job = gr.BrowserState(None, storage_key="ocrweb-batch-job")
    shown = gr.State(None, time_to_live=3600)
    timer = gr.Timer(POLL_SECONDS, active=False)
    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    outputs = [status, gallery, table, download, stop, timer, shown]

    start.click(begin, [files, folder, threshold, model], [job, *outputs], **quiet)
    model.change(recommended, model, threshold, **quiet)
    stop.click(cancel_batch, job, None, **quiet)
    timer.tick(refresh, [job, shown], outputs, **quiet, queue=True, concurrency_limit=8)
    page = gr.context.Context.root_block
    assert page is not None
    page.load(attach, job, outputs, **quiet)
    job.change(attach, job, outputs, **quiet)  # the browser hands over its stored id only after the load event


def begin(files: list[str] | None, folder: str, threshold: float, model: str, request: gr.Request) -> tuple[Any, ...]:
    """Start a batch in the background and watch it."""
    lang = texts.language_of(request)
    if not files and not folder.strip():
        return (gr.skip(), note_card(texts.say("batching.nothing", lang), "warning"), *(gr.skip() for _ in range(6)))

    def work() -> str:
        wanted = BatchRequest(
            paths=(Path(folder.strip()),) if folder.strip() else (),
            detect=DetectRequest(model=model, decode=chosen_decode(model, threshold)),
            confined=True,
            names_only=True,
        )
        return start_batch(wanted, tuple(Path(path) for path in files or ()))

    answer = caught(work)
    if isinstance(answer, OcrwebError):
        return (None, problem_card(answer, lang), *(gr.skip() for _ in range(6)))
    return (answer, *present(batch_job(answer), None, lang))


def recommended(model: str) -> Any:
    """The threshold of the chosen model's card, for the slider."""
    answer = caught(lambda: model_decode_options(model))
    return gr.skip() if isinstance(answer, OcrwebError) else answer.threshold


def chosen_decode(model: str, threshold: float) -> DecodeOptions:
    """The card's settings while the slider stands where the card put it, else those that follow from the slider."""
    card = model_decode_options(model)
    return card if threshold == card.threshold else model_decode_options(model, threshold=threshold)


def attach(job: str | None, request: gr.Request) -> tuple[Any, ...]:
    """After a reload: the batch this browser started last."""
    return present(batch_job(job), None, texts.language_of(request))


def refresh(job: str | None, shown: Any, request: gr.Request) -> tuple[Any, ...]:
    """A timer tick: the whole present state, or nothing when nothing changed."""
    return present(batch_job(job), shown, texts.language_of(request))


def present(job: JobSnapshot | None, shown: Any, lang: str) -> tuple[Any, ...]:
    if job is None:
        hidden = gr.Gallery(visible=False), gr.Dataframe(visible=False)
        off = gr.DownloadButton(interactive=False), gr.Button(interactive=False), gr.Timer(active=False)
        return note_card(texts.say("batching.empty", lang)), *hidden, *off, None
    now = (job.id, job.state, job.progress.done if job.progress else 0)
    timer = gr.Timer(active=job.active)
    if now == shown:
        return (*(gr.skip() for _ in range(5)), timer, shown)
    return (
        problem_card(job.error, lang) if job.error else progress_card(job, lang),
        gr.Gallery(gallery_items(job), visible=bool(job.rows)),
        gr.Dataframe(rows_table(job, lang), visible=bool(job.rows)),
        gr.DownloadButton(value=str(job.archive) if job.archive else None, interactive=job.archive is not None),
        gr.Button(interactive=job.active),
        timer,
        now,
    )
