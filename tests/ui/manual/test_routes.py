"""The manual as the console shows it: in the visitor's language, with anchors that links of the page can name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ocrweb.services.access.logins import Access
from ocrweb.ui.guard.order import put_around, wrappers
from ocrweb.ui.manual import render, routes
from ocrweb.ui.manual.render import PAGES


def client_of(access: Access) -> TestClient:
    application = FastAPI()
    routes.mount(application)
    put_around(application, wrappers(access, host="127.0.0.1"))
    return TestClient(application, base_url="http://127.0.0.1:7860", follow_redirects=False)


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    return client_of(Access(None))


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    ("asked", "tag", "word"), [("en-GB,en", "en", "dataset"), ("zh-CN,zh;q=0.9", "zh-CN", "数据集")]
)
def test_a_page_is_in_the_visitors_language_and_runs_nothing(
    client: TestClient, name: str, asked: str, tag: str, word: str
) -> None:
    answer = client.get(f"/help/{name}", headers={"Accept-Language": asked})
    assert answer.status_code == 200
    assert f'<html lang="{tag}">' in answer.text
    assert word in answer.text
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "{" not in re.sub(r"<main>.*</main>", "", answer.text, flags=re.S)


@pytest.mark.parametrize("asked", ["en", "zh"])
def test_the_six_chapters_of_the_manual_have_anchors_and_tables(client: TestClient, asked: str) -> None:
    text = client.get("/help/troubleshooting", headers={"Accept-Language": asked}).text
    assert re.findall(r'<h2 id="(chapter-\d)">', text) == [f"chapter-{number}" for number in range(1, 7)]
    assert text.count("<table>") == 4


@pytest.mark.parametrize("asked", ["en", "zh"])
def test_links_lead_to_pages_of_the_manual_alone(client: TestClient, asked: str) -> None:
    led = []
    for name in PAGES:
        text = client.get(f"/help/{name}", headers={"Accept-Language": asked}).text
        inside = text.partition("<main>")[2]
        for target in re.findall(r'href="([^"]+)"', inside):
            led.append(target)
            assert client.get(f"/help/{target}").status_code == 200, target
        assert ".md" not in inside
    assert led == ["troubleshooting"]
    assert '<a href="tutorial" aria-current="false">' in text


def test_where_a_login_is_asked_for_the_manual_asks_too(client: TestClient) -> None:
    answer = client_of(Access(("anna", "a right password"))).get("/help/tutorial", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.parametrize("asked", ["en", "zh"])
def test_a_page_goes_by_its_heading_and_its_place_among_the_three(client: TestClient, asked: str) -> None:
    titles = set()
    for name in PAGES:
        text = client.get(f"/help/{name}", headers={"Accept-Language": asked}).text
        (title,), (heading,) = re.findall("<title>(.*)</title>", text), re.findall("<h1>(.*)</h1>", text)
        assert title == heading
        titles.add(title)
        assert re.findall('<a href="([a-z]+)" aria-current="page">', text) == [name]
        assert text.count('aria-current="false"') == len(PAGES) - 1
        assert not re.search(r">(English|中文)</a>", text.partition("<main>")[2]), "a link to the other language's file"
    assert len(titles) == len(PAGES)


def test_a_link_to_a_chapter_of_a_page_keeps_it_and_one_to_another_document_only_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = "# A\n\nsee [two](glossary.md#chapter-2), [here](troubleshooting_zh.md), [code](architecture.md) and [all](https://x.org)\n"
    (tmp_path / "tutorial.en.md").write_text(written, encoding="utf-8")
    monkeypatch.setattr(render, "FOLDER", tmp_path)
    shown = render.page.__wrapped__("tutorial", "en").partition("<main>")[2]
    assert '<a href="glossary#chapter-2">two</a>' in shown
    assert '<a href="troubleshooting">here</a>' in shown
    assert ", code and all</p>" in shown
