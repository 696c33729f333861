"""One word for one thing: the glossary's Chinese words are those of the page, and what it puts aside stands nowhere."""

from __future__ import annotations

import re

import pytest

from ocrweb.config.paths import CHECKOUT

PAGES = ("tutorial", "troubleshooting")
MESSAGES = sorted((CHECKOUT / "ocrweb" / "messages" / "zh").rglob("*.yml"))
TEXTS = [*MESSAGES, *(CHECKOUT / "docs" / f"{page}_zh.md" for page in PAGES)]


def rows(page: str) -> list[list[str]]:
    """The cells of every row of its tables, without the headings."""
    found = re.findall(r"^\| (.+) \|$", (CHECKOUT / "docs" / page).read_text(encoding="utf-8"), re.M)
    return [cells for row in found if len(cells := row.split(" | ")) == 4 and cells[0] not in ("Term", "术语")]


def test_both_languages_have_the_same_terms() -> None:
    assert [(term, chinese) for term, chinese, *_ in rows("glossary.md")] == [
        (english, term) for term, english, *_ in rows("glossary_zh.md")
    ]
    assert len(rows("glossary.md")) > 40


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_nothing_is_called_by_a_word_that_the_glossary_puts_aside(path) -> None:  # type: ignore[no-untyped-def]
    text = path.read_text(encoding="utf-8")
    put_aside = {word: term for term, _, _, words in rows("glossary_zh.md") for word in words.split("、")}
    assert not {word: f"it is {term}" for word, term in put_aside.items() if word in text}


def test_each_term_of_the_glossary_is_used() -> None:
    together = "".join(path.read_text(encoding="utf-8") for path in TEXTS)
    assert not [term for term, *_ in rows("glossary_zh.md") if term not in together]
