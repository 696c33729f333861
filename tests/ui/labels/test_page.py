"""The editor's page: whole words in both languages, a policy without anything inline, files that a browser asks for anew."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ocrweb import messages
from ocrweb.data.checks.rules import RULES
from ocrweb.services.access.logins import Access
from ocrweb.services.labels.listing import HARMLESS
from ocrweb.ui.guard.order import put_around, wrappers
from ocrweb.ui.labels import editor

SOURCES = {path.name: path.read_text(encoding="utf-8") for path in editor.FOLDER.rglob("*.*")}


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    application = FastAPI()
    editor.mount(application)
    put_around(application, wrappers(Access(None), host="127.0.0.1"))
    return TestClient(application, base_url="http://127.0.0.1:7860")


def test_the_page_speaks_the_visitors_language_under_a_policy_that_runs_nothing_inline(client: TestClient) -> None:
    for accepts, tag, word in (("zh-CN", "zh-CN", "标注"), ("en-GB", "en", "Labels")):
        answer = client.get(editor.PAGE, headers={"Accept-Language": accepts})
        assert f'<html lang="{tag}">' in answer.text
        assert f"<title>{word}</title>" in answer.text
        assert "unsafe" not in answer.headers["content-security-policy"]
        inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", answer.text)
        assert inline == ['<script type="application/json" id="words">']
        assert not re.findall(r'\s(?:on\w+|style)="', answer.text)


def test_files_are_served_with_their_types_and_asked_for_each_time(client: TestClient) -> None:
    for name, kind in (("main.js", "javascript"), ("tools/draw.js", "javascript"), ("editor.css", "text/css")):
        answer = client.get(f"{editor.FILES}/{name}")
        assert kind in answer.headers["content-type"]
        assert answer.headers["cache-control"] == "no-cache"
    assert client.get(f"{editor.FILES}/../editor.py").status_code == 404


def test_a_link_from_elsewhere_opens_the_page_but_reads_nothing(client: TestClient) -> None:
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Referer": "http://wiki.example/"}
    assert client.get(editor.PAGE, headers=elsewhere).status_code == 200
    assert client.get("/labels/api/pictures?dataset=shop", headers=elsewhere).status_code == 403


def test_every_word_that_the_scripts_say_is_there_and_every_word_there_is_said() -> None:
    words = messages.load_area("en", "text", "ui_labels")
    markup = SOURCES["editor.html"]
    said = set(re.findall(r'data-(?:say|hint|empty|about)="([a-z-]+)"', markup)) | {"title"}
    made: set[str] = set()
    for text in SOURCES.values():
        said |= set(re.findall(r'say\(\s*"([a-z-]+)"', text)) | set(re.findall(r'"((?:said|any|saved)-[a-z-]+)"', text))
        made |= set(re.findall(r"say\(`([a-z]+-)\$", text))
    assert said <= words.keys()
    unsaid = {word for word in words if word not in said and not any(word.startswith(begin) for begin in made)}
    assert unsaid == set()
    deeds = set(re.findall(r'^  \["[a-z]+", "([a-z-]+)"', SOURCES["keys.js"], re.MULTILINE))
    assert {f"do-{deed}" for deed in deeds} == {word for word in words if word.startswith("do-")}
    assert set(re.findall(r'data-deed="([a-z-]+)"', markup)) <= deeds


def test_every_rule_that_a_picture_can_break_has_its_words() -> None:
    of_pictures = {rule for rule in RULES if rule.startswith(("label.", "image.", "split."))} - HARMLESS
    words = messages.load_area("en", "text", "ui_labels")
    assert {word for word in words if word.startswith("finding-")} == {
        f"finding-{rule.replace('.', '-')}" for rule in of_pictures
    }


def test_the_words_cannot_end_the_script_that_holds_them(monkeypatch: pytest.MonkeyPatch) -> None:
    words = {**messages.load_area("en", "text", "ui_labels"), "lost": "</script><b>"}
    monkeypatch.setattr(messages, "load_area", lambda *_: words)
    document = re.search(r'id="words">(.*?)</script>', editor.page.__wrapped__("en"))
    assert document is not None
    assert json.loads(document[1]) == words


def test_scripts_hold_no_words_and_no_address_outside() -> None:
    for name, text in SOURCES.items():
        assert "http" not in text.replace("http://www.w3.org", ""), name
        assert not re.findall(r'(?:textContent|title|placeholder) = "[^"]', text), name
