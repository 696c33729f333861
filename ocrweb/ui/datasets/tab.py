"""数据集: bring a dataset in, learn what would break its training, mend it, look at it, and train with it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ocrweb.config.editor_address import editor_address
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.jobs import DatasetJob, cancel_job, dataset_job, report_of, start_check
from ocrweb.services.datasets.store import get_dataset, list_datasets
from ocrweb.ui.datasets import (
    add as dataset_add,
)
from ocrweb.ui.datasets import (
    check as dataset_check,
)
from ocrweb.ui.datasets import (
    look as dataset_look,
)
from ocrweb.ui.datasets import (
    manage as dataset_manage,
)
from ocrweb.ui.datasets import (
    plots as dataset_plots,
)
from ocrweb.ui.datasets import (
    versions as dataset_versions,
)
from ocrweb.ui.datasets.listing import Listing, grown_list
from ocrweb.ui.datasets.present import job_card
from ocrweb.ui.datasets.wires import Current, Wires
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.address import Address, asked_js, named, tells
from ocrweb.ui.parts.browser_state import browser_state
from ocrweb.ui.parts.built import LAST, QUIET, each_in_turn, page, widget
from ocrweb.ui.parts.opening import drawn_at_opening
from ocrweb.ui.parts.problems import caught, problem_card, tell
from ocrweb.ui.parts.seen import NOTHING, Seen, Sight, sight
from ocrweb.ui.parts.texts import label
from ocrweb.ui.seams import taken

POLL_SECONDS = 0.7


def build(address: Address) -> Callable[[], None]:
    """The widgets and events of the tab that is being built.

    Returns what to call when the training tab is built too: it lets a button choose the dataset there.
    """
    tab = gr.context.Context.block
    assert isinstance(tab, gr.Tab)
    with gr.Row(equal_height=False):
        with gr.Column(scale=1, min_width=320):
            gr.Markdown(label("datasets.step-add"))
            adding = gr.Column()
        with gr.Column(scale=1, min_width=320):
            gr.Markdown(label("datasets.step-list"))
            chosen = gr.Dropdown([], label=label("datasets.chosen"), elem_id="dataset-chosen")
            taken.read_by(chosen, lambda name: name)  # an address may name one that came since; handlers check it
            table = gr.Dataframe(
                interactive=False,
                max_height=260,
                show_label=False,
                elem_id="dataset-table",
                visible=False,
                wrap=True,
                column_widths=["27%", "18%", "14%", "26%", "15%"],
                buttons=[],
            )
            managing = gr.Column()
            status = gr.HTML(elem_id="dataset-status")
            with gr.Row():
                stop = gr.Button(
                    label("datasets.stop"), variant="stop", size="sm", visible=False, elem_id="dataset-stop"
                )
                download = gr.DownloadButton(
                    label("datasets.download"), visible=False, variant="primary", elem_id="dataset-download"
                )
            labels = gr.Button(label("datasets.label"), visible=False, elem_id="dataset-label")
            train = gr.Button(label("datasets.train"), visible=False, variant="primary", elem_id="dataset-train")
    wires = Wires(
        job=browser_state("ocrweb-dataset-job"),
        status=status,
        timer=gr.Timer(POLL_SECONDS, active=False),
        chosen=chosen,
        current=gr.State(None),
    )
    drawn_at_opening(wires.current, lambda lang: {"value": None})  # else nothing, when it is first sent, is a change
    with adding:
        dataset_add.build(wires)
    with managing:
        binned = dataset_manage.build_manage(wires, table)
    with gr.Tabs(elem_id="dataset-views"):
        with gr.Tab(label("datasets.view-check"), id="check"):
            dataset_check.build(wires)
        with gr.Tab(label("datasets.view-look"), id="look") as look:
            dataset_look.build(wires, look)
        with gr.Tab(label("datasets.view-plots"), id="plots") as plots:
            dataset_plots.build(wires, plots)
        with gr.Tab(label("datasets.view-versions"), id="versions") as versions:
            dataset_versions.build(wires, versions)
        with gr.Tab(label("datasets.view-tools"), id="tools"):
            dataset_manage.build_tools(wires)

    seen = Seen("dataset")
    view = Watched(wires, stop, download, seen, Listing(wires, table))
    looks = [wires.job, *seen.values, chosen]
    wires.timer.tick(view.refresh, looks, view.outputs, **QUIET, concurrency_limit=8)
    seen.whose.change(view.refresh, looks, view.outputs, **QUIET)
    wires.job.change(view.attach, [wires.job, chosen], view.outputs, **QUIET)
    chosen.input(view.chosen_or_gone, chosen, [chosen, table, *wires.started(), wires.current], **LAST)
    table.select(view.choose_row, None, [chosen, *wires.started(), wires.current], **each_in_turn("dataset-chosen"))
    stop.click(cancel_job, wires.job, None, **QUIET)
    wires.current.change(ready, wires.current, train, **QUIET)
    wires.current.change(to_label, wires.current, labels, **QUIET)
    looked_at = [chosen, table, *wires.started(), wires.current]
    page().load(view.opened, chosen, looked_at, **QUIET, js=asked_js("dataset", "null", "datasets"))
    address.opened.then(view.at_address, [address.field, chosen], looked_at, **QUIET)
    tells(chosen, "dataset")
    binned.wire()
    newest = gr.Button(visible="hidden", elem_id="dataset-newest")  # pressed by the button of the empty tab
    newest.click(view.open_newest, None, looked_at, **QUIET)
    # Another window, the command line or a run may have added or deleted datasets since.
    tab.select(view.listing.renewed, chosen, [chosen, table, status, wires.current], **QUIET)
    chosen.focus(grown_list, table, chosen, **QUIET)
    return lambda: link_training(train, wires)


@dataclass(frozen=True)
class Watched:
    """The work of the tab and the dataset that is looked at. Handlers answer with the widgets that change."""

    wires: Wires
    stop: gr.Button
    download: gr.DownloadButton
    seen: Seen
    listing: Listing

    @property
    def outputs(self) -> list[Any]:
        wires = self.wires
        listed = [wires.chosen, self.listing.table, wires.current]
        return [wires.status, self.stop, self.download, wires.timer, *listed, *self.seen.values]

    def attach(self, job: str | None, chosen: str | None, request: gr.Request) -> dict[Any, Any]:
        """Work was started, or the page was loaded again while some went on."""
        return self.present(dataset_job(job), NOTHING, chosen, texts.language_of(request))

    def refresh(
        self, job: str | None, whose: str, word: str, chosen: str | None, request: gr.Request
    ) -> dict[Any, Any]:
        """The whole present state, or nothing when that is what the page shows. whose, word: of `seen`."""
        return self.present(dataset_job(job), Sight(whose, word), chosen, texts.language_of(request))

    def present(self, job: DatasetJob | None, before: Sight, chosen: str | None, lang: str) -> dict[Any, Any]:
        """The job for the eye; when it is over, its dataset becomes the one that is looked at. before: what is seen of it."""
        timer: dict[Any, Any] = {self.wires.timer: gr.Timer(active=job is not None and job.active)}
        if job is None:
            return timer | self.seen.now(NOTHING)
        now = sight(job, job.stage, job.done)
        if now == before:
            return timer | self.seen.now(now)
        card = problem_card(job.error, lang) if job.state == "failed" and job.error else job_card(job, lang)
        file = job.outcome.file
        head: dict[Any, Any] = {
            self.wires.status: card,
            self.stop: gr.Button(visible=job.active),
            self.download: gr.DownloadButton(value=str(file) if file else None, visible=file is not None),
            **self.seen.now(now),
            **timer,
        }
        if job.active:
            return head
        made = job.outcome.dataset
        current = {self.wires.current: Current(made, job.id)} if made else {}
        return head | self.listing.listed(made or chosen, lang) | current

    def choose(self, name: str | None, request: gr.Request) -> dict[Any, Any]:
        """Look at another dataset; it is checked when this console has not done so yet."""
        lang, current = texts.language_of(request), self.wires.current
        if not name:
            return {current: None}
        dataset = caught(lambda: get_dataset(name))
        if isinstance(dataset, OcrwebError):
            return {self.wires.status: problem_card(dataset, lang), current: None}
        looked_at: dict[Any, Any] = {current: Current(name, uuid.uuid4().hex)}
        if report_of(name) is None and not dataset.record.formats:
            return looked_at | self.wires.starting(lambda: start_check(name), lang)
        return looked_at | {self.wires.status: ""}

    def chosen_or_gone(self, name: str | None, request: gr.Request) -> dict[Any, Any]:
        """A dataset was picked, or the list closed without a choice; one that was deleted meanwhile leaves the list."""
        renewed = self.listing.now(name, texts.language_of(request))
        gone = name and self.wires.current in renewed
        return renewed if gone else renewed | self.choose(name, request)

    def opened(self, name: str | None, request: gr.Request) -> dict[Any, Any]:
        """The page was opened, perhaps at the address of a dataset."""
        listed = self.listing.now(name, texts.language_of(request))
        return listed | self.choose(name, request) if name and self.wires.current not in listed else listed or gr.skip()

    def open_newest(self, request: gr.Request) -> dict[Any, Any]:
        """Look at the dataset that was added last."""
        known = caught(list_datasets)
        return gr.skip() if isinstance(known, OcrwebError) or not known else self.opened(known[0].name, request)

    def at_address(self, query: str, chosen: str | None, request: gr.Request) -> dict[Any, Any]:
        """The page went back to, or on to, the address of a dataset."""
        name = named(query, "dataset", "datasets")
        return self.opened(name, request) if name and name != chosen else gr.skip()

    def choose_row(self, event: gr.SelectData, request: gr.Request) -> dict[Any, Any]:
        """A click on a row of the list."""
        name = str(event.row_value[0]) if event.row_value else None
        return {self.wires.chosen: name} | self.choose(name, request)


def link_training(train: gr.Button, wires: Wires) -> None:
    """The button opens the training tab with the dataset chosen there."""
    train.click(take, wires.current, [widget("training-dataset"), widget("tabs")], **QUIET)


def ready(current: Current | None) -> Any:
    """Training is offered once a check found no error."""
    report = report_of(current.name) if current else None
    return gr.Button(visible=report is not None and report.ok)


def to_label(current: Current | None) -> Any:
    """The editor of labels stands open for every dataset, above all for those that a check found errors in."""
    return gr.Button(visible=current is not None, link=editor_address(current.name) if current else None)


def take(current: Current | None, request: gr.Request) -> Any:
    """Hand the dataset to the training tab and go there."""
    if current is None:
        return gr.skip(), gr.skip()
    tell(texts.say("datasets.taken", texts.language_of(request), name=current.name))
    return current.name, gr.Tabs(selected="training")
