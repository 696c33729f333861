"""A page is sent as its visitor has to see it, and as it was built where nobody opens it."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr
import pandas as pd
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from ocrweb.errors import OcrwebError
from ocrweb.ui.guard.values import GuardedPage
from ocrweb.ui.parts import opening
from ocrweb.ui.parts.opening import at_opening, drawn_at_opening, once, properties

WORDS = {"en": "nothing yet", "zh": "还没有"}


def fails(lang: str) -> dict[str, str]:
    raise OcrwebError("usage.disk-full", path="/data")


@pytest.fixture
def page() -> gr.Blocks:
    with GuardedPage(analytics_enabled=False) as page:
        drawn_at_opening(gr.HTML("as built", elem_id="drawn"), lambda lang: {"value": WORDS[lang]})
        drawn_at_opening(gr.HTML("as built", elem_id="failing"), fails)
        gr.HTML("as built", elem_id="plain")
    return page


@pytest.fixture
def client(page: gr.Blocks) -> Iterator[TestClient]:
    application = FastAPI()
    opening.stand_inside(gr.mount_gradio_app(application, page, path="/", ssr_mode=False))
    with TestClient(application) as client:
        yield client


def values(config: dict[str, list[dict[str, dict[str, str]]]]) -> list[str]:
    return [one["props"].get("value", "") for one in config["components"]]


@pytest.mark.parametrize(
    ("headers", "lang"),
    [({"accept-language": "zh-CN"}, "zh"), ({"accept-language": "zh-CN", "cookie": "ocrweb_lang=en"}, "en")],
    ids=["browser", "chosen"],
)
def test_the_page_is_sent_in_its_visitors_words(client: TestClient, headers: dict[str, str], lang: str) -> None:
    assert client.get("/config", headers=headers).json()["components"][0]["props"]["value"] == WORDS[lang]
    sent = client.get("/", headers=headers).text
    assert WORDS[lang] in sent
    assert WORDS[{"en": "zh", "zh": "en"}[lang]] not in sent


def test_the_next_visitor_finds_nothing_of_the_one_before(client: TestClient, page: gr.Blocks) -> None:
    client.get("/", headers={"accept-language": "zh"})
    assert WORDS["en"] in client.get("/", headers={"accept-language": "en"}).text
    assert values(page.config) == ["as built"] * 3


def test_a_table_is_sent_as_the_browser_takes_it(client: TestClient, page: gr.Blocks) -> None:
    with page:
        drawn_at_opening(gr.Dataframe(), lambda lang: {"value": pd.DataFrame([["a", 1]], columns=["name", "count"])})
    page.config = page.get_config_file()
    table = client.get("/config").json()["components"][-1]["props"]["value"]
    assert (table["headers"], table["data"]) == (["name", "count"], [["a", 1]])


def test_what_many_widgets_ask_is_asked_once_for_a_visitor(client: TestClient, page: gr.Blocks) -> None:
    asked: list[str] = []

    def ask(lang: str) -> str:
        asked.append(lang)
        return lang

    with page:
        for _ in range(3):
            drawn_at_opening(gr.HTML(), lambda lang: {"value": once(ask, lang)})
    page.config = page.get_config_file()
    for lang in ("en", "zh"):
        client.get("/config", headers={"accept-language": lang})
    assert asked == ["en", "zh"]
    assert [once(ask, "en"), once(ask, "en")] == ["en"] * 2
    assert len(asked) == 4, "where nobody opens the page"


def test_an_answer_of_a_handler_is_told_as_properties() -> None:
    assert properties("words") == {"value": "words"}
    assert properties(gr.Button(interactive=False)) == {"interactive": False}


def test_what_cannot_be_drawn_stays_as_it_was_built(client: TestClient) -> None:
    assert values(client.get("/config", headers={"accept-language": "en"}).json()) == [WORDS["en"], *["as built"] * 2]
    assert at_opening(gr.HTML("plain"), "en") == {}
