"""批量检测: files, a zip or a server folder in; rows as they come; one zip out. The golden test set has its card here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from ocrweb.config.detection import DecodeOptions
from ocrweb.errors import OcrwebError
from ocrweb.services.batch.jobs import batch_job, cancel_batch, pack_batch, resume_batch, start_batch
from ocrweb.services.batch.past import JobSnapshot, list_batches
from ocrweb.services.batch.run import BatchRequest
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.detect.settings import model_decode_options
from ocrweb.services.models.listing import check_model
from ocrweb.ui.batch import golden
from ocrweb.ui.batch.present import batch_choices, gallery_items, progress_card, rows_table, shown_rows
from ocrweb.ui.parts import shared_note, texts
from ocrweb.ui.parts.fields import field
from ocrweb.ui.parts.model_choice import model_dropdown
from ocrweb.ui.parts.problems import caught, note_card, problem_card
from ocrweb.ui.parts.texts import label

POLL_SECONDS = 1.0
# Each window keeps its own batch over a reload; a new window begins with the one this browser started last.
RECALL_JS = """() => [
  sessionStorage.getItem("ocrweb-batch") ?? localStorage.getItem("ocrweb-batch") ?? "", null]"""
KEEP_JS = """(job) => {
  if (job) for (const store of [sessionStorage, localStorage]) store.setItem("ocrweb-batch", job);
  return [job, null];
}"""
SAVE_JS = """() => setTimeout(() => document.querySelector(
  "#batch-download a, a#batch-download, #batch-download")?.click(), 400)"""


def build() -> None:
    with gr.Row(equal_height=False):
        with gr.Column(scale=2, min_width=320):
            gr.Markdown(label("batching.step-upload"))
            files = gr.File(
                label=label("batching.files"), file_count="multiple", file_types=["image", ".zip", ".bmp"], elem_id="batch-files",
                height=180,
            )  # fmt: skip
            shared_note.build()
            folder = gr.Textbox(
                label=label("batching.folder"), info=label("batching.folder-help"), elem_id="batch-folder"
            )
            threshold = field(DecodeOptions, "threshold", elem_id="batch-threshold")
            model = model_dropdown("batch-model")
            with gr.Row():
                start = gr.Button(label("batching.start"), variant="primary", elem_id="batch-start")
                stop = gr.Button(label("batching.stop"), variant="stop", interactive=False, elem_id="batch-stop")
            said = gr.HTML(elem_id="batch-said")
            golden.build(model)
        with gr.Column(scale=3, min_width=320):
            gr.Markdown(label("batching.step-result"))
            status = gr.HTML(elem_id="batch-status")
            resume = gr.Button(label("batching.resume"), variant="primary", visible=False, elem_id="batch-resume")
            pack = gr.Button(label("batching.pack"), visible=False, elem_id="batch-pack")
            download = gr.DownloadButton(label("batching.download"), interactive=False, elem_id="batch-download")
            gallery = gr.Gallery(
                show_label=False,
                columns=4,
                height=340,
                object_fit="contain",
                elem_id="batch-gallery",
                interactive=False,
                visible=False,
                buttons=["download", "fullscreen"],
            )
            table = gr.Dataframe(
                interactive=False,
                max_height=360,
                wrap=True,
                show_label=False,
                elem_id="batch-table",
                visible=False,
                column_widths=["9%", "26%", "18%", "13%", "34%"],
                buttons=[],
            )
            rest = gr.HTML(elem_id="batch-rest")
            batches = gr.Dropdown(
                [], value=None, label=label("batching.batches"), info=label("batching.batches-help"),
                elem_id="batch-batches",
            )  # fmt: skip
    job = gr.Textbox("", visible="hidden", elem_id="batch-job")
    shown = gr.State(None, time_to_live=3600)
    timer = gr.Timer(POLL_SECONDS, active=False)
    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    outputs = [batches, status, resume, pack, download, gallery, table, rest, stop, timer, shown]

    start.click(begin, [files, folder, threshold, model], [job, said], **quiet)
    model.change(recommended, model, threshold, **quiet)
    stop.click(cancel_batch, job, None, **quiet)
    resume.click(go_on, job, [said, *outputs], **quiet)
    packed = pack.click(pack_results, job, [said, pack, download], api_visibility="private")
    packed.then(None, None, None, js=SAVE_JS)
    timer.tick(refresh, [job, shown], outputs, **quiet, queue=True, concurrency_limit=8)
    batches.focus(offered, None, batches, **quiet)
    batches.input(choose, batches, [job, said], **quiet)
    page = gr.context.Context.root_block
    assert page is not None
    page.load(recall, [job, shown], [job, *outputs], **quiet, js=RECALL_JS)
    job.change(refresh, [job, shown], outputs, **quiet, js=KEEP_JS)


def begin(files: list[str] | None, folder: str, threshold: float, model: str, request: gr.Request) -> tuple[Any, Any]:
    """Start a batch in the background; its id, whose change shows it, or what is wrong."""
    lang = texts.language_of(request)
    if not files and not folder.strip():
        return gr.skip(), note_card(texts.say("batching.nothing", lang), "warning")

    def work() -> str:
        wanted = BatchRequest(
            paths=(Path(folder.strip()),) if folder.strip() else (),
            detect=DetectRequest(model=check_model(model), decode=chosen_decode(model, threshold)),
            confined=True,
            names_only=True,
        )
        return start_batch(wanted, tuple(Path(path) for path in files or ()), request.session_hash or "")

    answer = caught(work)
    return (gr.skip(), problem_card(answer, lang)) if isinstance(answer, OcrwebError) else (answer, "")


def go_on(job: str, request: gr.Request) -> tuple[Any, ...]:
    """Do the rest of a batch that stopped."""
    lang = texts.language_of(request)
    answer = caught(lambda: resume_batch(job))
    said = problem_card(answer, lang) if isinstance(answer, OcrwebError) else ""
    return said, *present(batch_job(job), None, lang)


def pack_results(job: str, request: gr.Request) -> tuple[Any, Any, Any]:
    """The zip of a batch that has none yet."""
    answer = caught(lambda: pack_batch(job))
    if isinstance(answer, OcrwebError):
        return problem_card(answer, texts.language_of(request)), gr.skip(), gr.skip()
    return "", gr.Button(visible=False), gr.DownloadButton(value=str(answer), interactive=True)


def offered(request: gr.Request) -> Any:
    """The newest batches to choose from."""
    return gr.Dropdown(choices=batch_choices(list_batches(), texts.language_of(request)))


def listed(job: str, lang: str) -> Any:
    """The newest batches; the one that is shown is the chosen one."""
    choices = batch_choices(list_batches(), lang)
    return gr.Dropdown(choices=choices, value=job if job in {identifier for _, identifier in choices} else None)


def choose(chosen: str | None) -> tuple[Any, str]:
    """Look at another batch."""
    return chosen or gr.skip(), ""


def recommended(model: str) -> Any:
    """The threshold of the chosen model's card, for the slider."""
    answer = caught(lambda: model_decode_options(check_model(model)))
    return gr.skip() if isinstance(answer, OcrwebError) else answer.threshold


def chosen_decode(model: str, threshold: float) -> DecodeOptions:
    """The card's settings while the slider stands where the card put it, else those that follow from the slider."""
    card = model_decode_options(model)
    return card if threshold == card.threshold else model_decode_options(model, threshold=threshold)


def recall(job: str, shown: Any, request: gr.Request) -> tuple[Any, ...]:
    """After a reload: the batch this window showed last."""
    return job, *refresh(job, shown, request)


def refresh(job: str, shown: Any, request: gr.Request) -> tuple[Any, ...]:
    """The whole present state of the batch, or nothing when nothing changed since the last time."""
    return present(batch_job(job), shown, texts.language_of(request))


def present(job: JobSnapshot | None, shown: Any, lang: str) -> tuple[Any, ...]:
    """Updates of the right half, in the order of its outputs."""
    if job is None:
        buttons = gr.Button(visible=False), gr.Button(visible=False), gr.DownloadButton(interactive=False)
        hidden = gr.Gallery(visible=False), gr.Dataframe(visible=False), ""
        off = gr.Button(interactive=False), gr.Timer(active=False)
        return listed("", lang), note_card(texts.say("batching.empty", lang)), *buttons, *hidden, *off, None
    done = job.progress.done if job.progress else 0
    now = (job.id, job.state, done, job.archive)
    timer = gr.Timer(active=job.active)
    if now == shown:
        return (*(gr.skip() for _ in range(9)), timer, shown)
    problem = problem_card(job.error, lang) if job.error else ""
    card = progress_card(job, lang) if job.progress or not problem else ""
    return (
        gr.skip() if shown and now[:2] == tuple(shown)[:2] else listed(job.id, lang),
        f'<div class="ocrweb-stack">{problem}{card}</div>',
        gr.Button(visible=job.resumable),
        gr.Button(visible=done > 0 and not job.active and job.archive is None),
        gr.DownloadButton(value=str(job.archive) if job.archive else None, interactive=job.archive is not None),
        gr.Gallery(gallery_items(job), visible=bool(job.rows)),
        gr.Dataframe(rows_table(job, lang), visible=done > 0),
        shown_rows(job, lang),
        gr.Button(interactive=job.active),
        timer,
        now,
    )
