"""A page of the manual as HTML: each chapter has an anchor that is the same in every language."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ocrweb.config.paths import ASSETS
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.escape import escape

FOLDER = ASSETS / "manual"
PAGES = ("tutorial", "troubleshooting", "glossary")
TEMPLATE = Path(__file__).parent / "static" / "manual.html"
_CHAPTER = re.compile(r"(\d+)\. ")
_PAGE = re.compile(r"(\w+?)(?:_zh)?\.md(#.*)?")


@cache
def page(name: str, lang: str) -> str:
    """HTML of one of `PAGES`. Links lead to other pages of the manual; of those to other documents the words stay."""
    parser = MarkdownIt("commonmark").enable("table")
    text = (FOLDER / f"{name}.{lang}.md").read_text(encoding="utf-8")
    tokens = parser.parse(re.sub(rf"^\[[^]]+\]\({name}(_zh)?\.md\)$", "", text, flags=re.M))  # the other language
    title, parts = _title(tokens), [_with_links(token) for token in tokens]
    body = parser.renderer.render(_with_anchors(parts), parser.options, {})
    filled = TEMPLATE.read_text(encoding="utf-8").replace("{lang}", {"zh": "zh-CN"}.get(lang, lang))
    words = {"title": title, "back": texts.say("page.to-console", lang), **_names(name, lang)}
    for key, word in words.items():
        filled = filled.replace(f"{{{key}}}", escape(word))
    return filled.replace("{body}", body)


def _names(shown: str, lang: str) -> dict[str, str]:
    names = {name: texts.say(f"page.manual-{name}", lang) for name in PAGES}
    return names | {f"{name}-now": "page" if name == shown else "false" for name in PAGES}


def _title(tokens: list[Token]) -> str:
    return next(tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open")


def _with_anchors(tokens: list[Token]) -> list[Token]:
    """``chapter-2`` for a heading that begins with ``2. ``."""
    for heading, words in itertools.pairwise(tokens):
        if heading.type == "heading_open" and (found := _CHAPTER.match(words.content)):
            heading.attrSet("id", f"chapter-{found[1]}")
    return tokens


def _with_links(token: Token) -> Token:
    if token.children:
        token.children = list(_kept(token.children))
    return token


def _kept(inline: list[Token]) -> Iterator[Token]:
    dropped = False
    for token in inline:
        if token.type == "link_open":
            found = _PAGE.fullmatch(str(token.attrGet("href")))
            dropped = not (found and found[1] in PAGES)
            if found and not dropped:
                token.attrSet("href", found[1] + (found[2] or ""))
        if not (dropped and token.type in ("link_open", "link_close")):
            yield token
