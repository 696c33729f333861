"""The page: header, tabs in the order of the work, status bar, API."""

from __future__ import annotations

import gradio as gr

from ocrweb.ui.batch import tab as batch
from ocrweb.ui.datasets import tab as datasets
from ocrweb.ui.exporting import tab as exporting
from ocrweb.ui.guard.values import GuardedPage
from ocrweb.ui.page import api, header, status_bar
from ocrweb.ui.parts import texts
from ocrweb.ui.single import tab as single
from ocrweb.ui.training import tab as training

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
