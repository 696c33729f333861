"""The page: header, tabs in the order of the work, status bar, API."""

from __future__ import annotations

import gradio as gr

from ocrweb.ui.batch import tab as batch
from ocrweb.ui.datasets import tab as datasets
from ocrweb.ui.exporting import tab as exporting
from ocrweb.ui.guard.values import GuardedPage
from ocrweb.ui.models import tab as models
from ocrweb.ui.page import api, header, rail, status_bar
from ocrweb.ui.parts import model_choice, texts
from ocrweb.ui.parts.address import TABS, Address, tells_tab
from ocrweb.ui.seams import taken
from ocrweb.ui.single import tab as single
from ocrweb.ui.training import tab as training

DAY = 86_400


def build_page(*, open_to_all: bool) -> gr.Blocks:
    """The whole console as one Gradio page.

    open_to_all: the page is reachable from the network without a login, which the visitor is told.
    """
    with (
        taken.built_alone(),
        GuardedPage(
            title=texts.page_title(), analytics_enabled=False, fill_width=False, delete_cache=(3600, DAY)
        ) as page,
    ):
        api.build()  # first, because its names are stable: a handler of a tab must not take them
        header.build(open_to_all=open_to_all)
        progress = rail.build()
        tabs = gr.Tabs(elem_id="tabs", render=False)
        address = Address(tabs)
        tabs.render()
        with tabs:
            with gr.Tab(texts.label("single.tab"), id="single") as single_tab:
                single.build()
            with gr.Tab(texts.label("batching.tab"), id="batch") as batch_tab:
                batch.build(address)
            with gr.Tab(texts.label("datasets.tab"), id="datasets") as datasets_tab:
                link_training = datasets.build(address)
            with gr.Tab(texts.label("training.tab"), id="training") as training_tab:
                link_export = training.build(training_tab, address)
            with gr.Tab(texts.label("models.tab"), id="models") as models_tab:
                link_models = models.build(models_tab, address)
            with gr.Tab(texts.label("exporting.tab"), id="exporting") as exporting_tab:
                exporting.build(address)
        link_training()
        link_export()
        link_models()
        opened = (single_tab, batch_tab, datasets_tab, training_tab, models_tab, exporting_tab)
        for tab, name in zip(opened, TABS, strict=True):
            tells_tab(tab, name)
        model_choice.offer_when_opened()
        status_bar.build(progress)
    return page
