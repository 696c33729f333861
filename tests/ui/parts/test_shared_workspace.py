"""What a visitor is told about who sees what he puts here."""

from __future__ import annotations

import gradio as gr
import pytest

from ocrweb import messages
from ocrweb.ui.page import header
from ocrweb.ui.parts import texts

WORDS = {"en": ("everyone", "everything"), "zh": ("共享", "一切")}


def test_each_place_of_upload_says_that_the_workspace_is_shared(built_page: gr.Blocks) -> None:
    config = built_page.get_config_file()
    notes = [each for each in config["components"] if "ocrweb_page_shared" in str(each["props"].get("value"))]
    assert len(notes) == 3, "one picture, a batch, a dataset"


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_the_sentence_says_it_and_a_console_of_the_network_without_a_login_says_it_louder(
    lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared, everything = WORDS[lang]
    assert shared in texts.say("page.shared", lang)
    monkeypatch.setattr(texts, "_forced", [lang])
    assert everything in header.warning()
