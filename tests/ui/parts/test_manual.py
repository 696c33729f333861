"""Where trouble is shown, a link leads to the chapter that tells what to do."""

from __future__ import annotations

import re

import pytest

from ocrweb.ui.manual.render import page
from ocrweb.ui.parts.manual import CHAPTERS, manual_link


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_each_link_leads_to_a_chapter_that_is_there(chapter: str, lang: str) -> None:
    found = re.search(r'href="help/(\w+)#(chapter-\d)"', manual_link(chapter, lang))
    assert found is not None
    heading = re.search(rf'<h2 id="{found[2]}">(.*?)</h2>', page(found[1], lang))
    assert heading is not None
    words = {
        "data": "Data",
        "log": "Log",
        "remedies": "Remedies",
        "after": "After training",
        "golden": "Golden test set",
    }
    if lang == "en" and chapter in words:
        assert heading[1].endswith(words[chapter])
