"""The page: header, tabs in the order of the work, status bar, API."""

from __future__ import annotations

import gradio as gr

from ocrweb.ui import api, header, status_bar, texts
from ocrweb.ui.guard.values import GuardedPage
from ocrweb.ui.tabs import batch, datasets, exporting, single, training

DAY = 86_400


def build_page(*, open_to_all: bool) -> gr.Blocks:
    """The whole console as one Gradio page.

    open_to_all: the page is reachable from the network without a login, which the visitor is told.
    """
    with GuardedPage(
        title=texts.page_title(), analytics_enabled=False, fill_width=False, delete_cache=(3600, DAY)
    ) as page:
        api.build()  # first, because its names are stable: a handler of a tab must not take them
        header.build(open_to_all=open_to_all)
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab(texts.label("single.tab"), id="single"):
                single.build()
            with gr.Tab(texts.label("batching.tab"), id="batch"):
                batch.build()
            with gr.Tab(texts.label("datasets.tab"), id="datasets"):
                link_training = datasets.build()
            with gr.Tab(texts.label("training.tab"), id="training") as training_tab:
                link_export = training.build(training_tab)
            with gr.Tab(texts.label("exporting.tab"), id="exporting"):
                exporting.build()
        link_training()
        link_export()
        status_bar.build()
    return page
