"""A sentence stands on the page in both languages, or in the forced one alone."""

from __future__ import annotations

import pytest

from ocrweb.ui.parts import texts
from ocrweb.ui.parts.both import both


@pytest.mark.parametrize(("forced", "langs"), [(None, ["en", "zh"]), ("zh", ["zh"])], ids=["both", "forced"])
def test_each_language_is_said_once(monkeypatch: pytest.MonkeyPatch, forced: str | None, langs: list[str]) -> None:
    monkeypatch.setattr(texts, "forced_language", lambda: forced)
    monkeypatch.setattr(texts, "say", lambda key, lang, **given: f"<{key} {lang} {given['name']}>")
    spans = [f'<span data-of="{lang}">&lt;page.title {lang} a&gt;</span>' for lang in langs]
    assert both("page.title", name="a") == "".join(spans)
