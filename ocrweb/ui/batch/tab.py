"""批量检测: files, a zip or a server folder in; rows as they come; one zip out. The golden test set has its card here."""

from __future__ import annotations

import gradio as gr

from ocrweb.config.detection import DecodeOptions
from ocrweb.services.batch.jobs import cancel_batch
from ocrweb.ui.batch import golden
from ocrweb.ui.batch.view import View, begin, card_threshold, choose, of_another, offered, open_picture, recommended
from ocrweb.ui.parts import shared_note
from ocrweb.ui.parts.address import Address, named, tells
from ocrweb.ui.parts.built import EACH, LAST, QUIET, page
from ocrweb.ui.parts.fields import field
from ocrweb.ui.parts.model_choice import model_at_first, model_dropdown
from ocrweb.ui.parts.opening import drawn_at_opening
from ocrweb.ui.parts.seen import Seen
from ocrweb.ui.parts.texts import label

POLL_SECONDS = 1.0
# Each window keeps its own batch over a reload; a new window begins with the one this browser started last.
RECALL_JS = """() => new URLSearchParams(location.search).get("batch") ??
  sessionStorage.getItem("ocrweb-batch") ?? localStorage.getItem("ocrweb-batch") ?? \"\""""
KEEP_JS = """(job, ...seen) => {
  if (job) for (const store of [sessionStorage, localStorage]) store.setItem("ocrweb-batch", job);
  return [job, ...seen];
}"""
SAVE_JS = """(shown, packed) => {
  if (shown === packed) setTimeout(() => document.querySelector(
    "#batch-download a, a#batch-download, #batch-download")?.click(), 400);
  return [];
}"""


def build(address: Address) -> None:
    """The tab's widgets and events."""
    with gr.Row(equal_height=False):
        with gr.Column(scale=2, min_width=320):
            gr.Markdown(label("batching.step-upload"))
            files = gr.File(
                label=label("batching.files"), file_count="multiple", file_types=["image", ".zip", ".bmp", ".pdf"], elem_id="batch-files",
                height=180,
            )  # fmt: skip
            shared_note.build()
            folder = gr.Textbox(
                label=label("batching.folder"), info=label("batching.folder-help"), elem_id="batch-folder"
            )
            threshold = field(DecodeOptions, "threshold", elem_id="batch-threshold")
            model = model_dropdown("batch-model")
            drawn_at_opening(threshold, lambda lang: {"value": card_threshold(model_at_first())})
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
                allow_preview=False,
                buttons=[],
            )
            closely = gr.HTML(elem_id="batch-picture")
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
    seen = Seen("batch")
    looked, packed = (gr.Textbox("", visible="hidden", elem_id=f"batch-{name}") for name in ("looked", "packed"))
    timer = gr.Timer(POLL_SECONDS, active=False)
    view = View(
        job, said, batches, status, resume, pack, download, gallery, closely, table, rest, stop, timer, seen, looked, packed
    )  # fmt: skip
    view.draw_at_opening()
    start.click(begin, [files, folder, threshold, model], [job, said], **QUIET)
    model.change(recommended, model, threshold, **QUIET)
    _wire(view, address)


def _wire(view: View, address: Address) -> None:
    """The events of what was begun."""
    job = view.job
    view.stop.click(cancel_batch, job, None, **QUIET)
    view.resume.click(view.go_on, job, [view.said, *view.outputs], **QUIET)
    packed = [view.said, view.pack, view.download, view.packed, *view.seen.values]
    made = view.pack.click(view.pack_results, job, packed, api_visibility="private")
    made.then(None, [job, view.packed], None, js=SAVE_JS)
    view.timer.tick(view.refresh, view.looks, view.outputs, **QUIET, queue=True, concurrency_limit=8)
    view.seen.whose.change(view.refresh, view.looks, view.outputs, **QUIET)
    view.batches.focus(offered, None, view.batches, **QUIET)
    view.batches.input(choose, view.batches, [job, view.said], **LAST)
    recalled = page().load(None, None, job, **QUIET, js=RECALL_JS)  # the batch this window showed last
    recalled.then(view.refresh, view.looks, view.outputs, **QUIET)
    closely = [view.closely, view.looked]
    view.gallery.select(open_picture, job, closely, **EACH)
    view.looked.change(of_another, [view.looked, job], closely, **QUIET)
    job.change(view.refresh, view.looks, view.outputs, **QUIET, js=KEEP_JS)
    tells(job, "batch")
    address.opened.then(lambda query: named(query, "batch") or gr.skip(), address.field, job, **QUIET)
