"""The manual as the console shows it: in the visitor's language, with anchors that links of the page can name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ocrweb.services.access.logins import Access
from ocrweb.ui.guard.order import put_around, wrappers
from ocrweb.ui.manual import routes
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
