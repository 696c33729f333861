"""模型: all models that can be used, which one is used everywhere, and what a person wants to know and do of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from ocrweb.services.datasets.store import list_datasets
from ocrweb.services.registry.jobs import cancel_measuring
from ocrweb.ui.models import import_model as importing
from ocrweb.ui.models.bin import Deleting, ModelBin
from ocrweb.ui.models.view import View
from ocrweb.ui.parts.address import Address, asked_js, tells
from ocrweb.ui.parts.browser_state import browser_state
from ocrweb.ui.parts.built import QUIET, each_in_turn, one_by_one, page, widget
from ocrweb.ui.parts.fresh_choices import read_when_opened
from ocrweb.ui.parts.model_choice import usable_choices
from ocrweb.ui.parts.texts import label

POLL_SECONDS = 0.7
LOOKED = "models-looked"  # the place where the model that is looked at stands
FOLLOWERS = ("single-model", "batch-model", "dataset-autolabel-model")


def build(tab: gr.Tab, address: Address) -> Callable[[], None]:
    """The tab's widgets and events. tab: the one it stands in; the tabs with the followers are built before.

    Returns what to call when the export tab is built too: it links the two.
    """
    chosen, asked = (
        gr.Textbox("", visible="hidden", elem_id=f"models-{name}", show_label=False) for name in ("chosen", "asked")
    )
    with gr.Row(equal_height=False):
        with gr.Column(scale=3, min_width=320):
            gr.Markdown(label("models.step-list"))
            used = gr.HTML(elem_id="models-in-use")
            back = gr.Button(label("models.roll-back"), size="sm", interactive=False, elem_id="models-roll-back")
            table = gr.Dataframe(
                interactive=False, max_height=420, show_label=False, wrap=True, elem_id="models-table", buttons=[],
                column_widths=["25%", "15%", "17%", "12%", "11%", "20%"],
            )  # fmt: skip
            model_bin = ModelBin()
            came = importing.build()
        with gr.Column(scale=2, min_width=320):
            gr.Markdown(label("models.step-one"))
            said = gr.HTML(elem_id="models-said")
            facts = gr.HTML(elem_id="models-facts")
            with gr.Row():
                use = gr.Button(
                    label("models.use"), variant="primary", interactive=False, min_width=110, elem_id="models-use"
                )
                export = gr.Button(label("models.export"), interactive=False, min_width=110, elem_id="models-export")
                delete = gr.Button(label("models.delete"), interactive=False, min_width=110, elem_id="models-delete")
            deleting = Deleting()
            with gr.Row():
                title = gr.Textbox(
                    label=label("models.title"), info=label("models.title-help"), max_length=60, scale=3,
                    elem_id="models-title",
                )  # fmt: skip
                rename = gr.Button(
                    label("models.rename"), size="sm", interactive=False, elem_id="models-rename", scale=1
                )
            with gr.Row():
                notes = gr.Textbox(
                    label=label("models.notes"), lines=2, max_length=2000, elem_id="models-notes", scale=3
                )
                keep_notes = gr.Button(
                    label("models.keep-notes"), size="sm", interactive=False, elem_id="models-keep-notes", scale=1
                )
            data = gr.Dropdown(
                _datasets(), value="", label=label("models.measure-data"), info=label("models.measure-help"),
                elem_id="models-measure-data",
            )  # fmt: skip
            with gr.Row():
                measure = gr.Button(label("models.measure"), interactive=False, elem_id="models-measure")
                stop = gr.Button(
                    label("models.measure-stop"), variant="stop", interactive=False, elem_id="models-measure-stop"
                )
            measured = gr.HTML(elem_id="models-measured")
    view = View(
        chosen, said, used, back, table, facts, use, export, delete, deleting, model_bin,
        title, rename, notes, keep_notes, measure, stop, measured, browser_state("ocrweb-measure-job"),
        gr.Timer(POLL_SECONDS, active=False), tuple(widget(name) for name in FOLLOWERS),
    )  # fmt: skip
    view.draw_at_opening()
    read_when_opened(data, _datasets)
    came.change(view.imported, [came, chosen], view.outputs, **QUIET)
    measure.click(view.begin_measuring, [chosen, data], [view.job, *view.watched], **QUIET)
    _wire_looking(view, tab, address, asked)
    _wire_deeds(view)
    return lambda: _link_export(view)


def _wire_looking(view: View, tab: gr.Tab, address: Address, asked: gr.Textbox) -> None:
    """The model that is looked at, and a measurement as it goes on. asked: the one that the page's address names."""
    page().load(view.loaded, asked, view.outputs, **QUIET, js=asked_js("entry"))
    tab.select(view.opened, view.chosen, view.outputs, **QUIET)
    address.opened.then(view.at_address, [address.field, view.chosen], view.outputs, **QUIET)
    tells(view.chosen, "entry")
    view.table.select(view.choose, None, view.looked, **each_in_turn(LOOKED))
    view.stop.click(cancel_measuring, view.job, None, **QUIET)
    many: dict[str, Any] = {"queue": True, "concurrency_limit": 8}
    view.timer.tick(view.refresh, [view.job, view.chosen], [*view.watched, *view.outputs], **QUIET, **many)
    view.job.change(view.attach, view.job, view.watched, **QUIET)  # comes for the stored id too


def _wire_deeds(view: View) -> None:
    """What is done with a model."""
    chosen, looked, deleting, model_bin = view.chosen, view.looked, view.deleting, view.bin
    alone = one_by_one(LOOKED)
    followed = [*looked, *view.followers]
    view.use.click(view.promote, chosen, followed, **alone)
    view.back.click(view.roll_back, chosen, followed, **alone)
    view.rename.click(view.named_anew, [chosen, view.title], looked, **alone)
    view.title.submit(view.named_anew, [chosen, view.title], looked, **alone)
    view.keep_notes.click(view.noted, [chosen, view.notes], looked, **alone)
    view.delete.click(view.ask_delete, chosen, [view.said, *deleting.outputs], **QUIET)
    deleting.keep.click(deleting.put_away, None, deleting.ask, **QUIET)
    deleting.sure.click(view.deleted, [deleting.asked, chosen], [*looked, deleting.ask, *view.followers], **alone)
    model_bin.undo.click(view.restored, model_bin.last, looked, **alone)
    model_bin.restore.click(view.restored, model_bin.chosen, looked, **alone)
    model_bin.wire_question(QUIET)
    model_bin.empty_now.click(view.emptied, None, [view.said, *model_bin.outputs], **alone)


def _link_export(view: View) -> None:
    """Let the export button open the export tab with the model chosen there."""
    view.export.click(
        lambda name: (gr.Dropdown(choices=usable_choices(), value=name), gr.Tabs(selected="exporting")),
        view.chosen,
        [widget("export-model"), widget("tabs")],
        **QUIET,
    )


def _datasets() -> list[tuple[Any, str]]:
    return [(label("models.no-dataset"), ""), *((stored.name, stored.name) for stored in list_datasets())]
