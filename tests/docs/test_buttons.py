"""The tutorial and the manual name buttons as the page does."""

from __future__ import annotations

import re

import pytest
import yaml

from ocrweb.config.paths import CHECKOUT

PAGES = {
    "docs/tutorial.md": "en",
    "docs/tutorial_zh.md": "zh",
    "docs/troubleshooting.md": "en",
    "docs/troubleshooting_zh.md": "zh",
}


@pytest.mark.parametrize(("page", "lang"), PAGES.items())
def test_what_is_printed_bold_is_a_button_of_the_page(page: str, lang: str) -> None:
    named = re.findall(r"\*\*(.+?)\*\*", (CHECKOUT / page).read_text(encoding="utf-8").replace("\n", " "))
    assert len(named) >= 8
    assert set(named) - _labels(lang) == set()


def _labels(lang: str) -> set[str]:
    """Every text of the page and of the remedies, without the arrow that some buttons end with."""
    folder = CHECKOUT / "ocrweb" / "messages" / lang / "text"
    files = [*folder.glob("ui_*.yml"), folder / "remedies.yml"]
    texts = [str(text) for file in files for text in yaml.safe_load(file.read_text(encoding="utf-8")).values()]
    return {text.removesuffix("→").strip() for text in texts}
