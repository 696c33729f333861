"""What a visitor is told about who sees what he puts here."""

from __future__ import annotations

import json
import urllib.request

import pytest

from ocrweb import messages
from ocrweb.ui.page import header
from ocrweb.ui.parts import texts
from tests.browser import Console

WORDS = {"en": ("everyone", "everything"), "zh": ("共享", "一切")}


def test_each_place_of_upload_says_that_the_workspace_is_shared(console: Console) -> None:
    config = json.load(urllib.request.urlopen(f"{console.url}/config", timeout=20))
    notes = [each for each in config["components"] if "ocrweb_page_shared" in json.dumps(each["props"].get("value"))]
    assert len(notes) == 3, "one picture, a batch, a dataset"


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_the_sentence_says_it_and_a_console_of_the_network_without_a_login_says_it_louder(
    lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared, everything = WORDS[lang]
    assert shared in texts.say("page.shared", lang)
    monkeypatch.setattr(texts, "_forced", [lang])
    assert everything in header.warning()
