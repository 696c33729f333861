"""A name from a client is a name: it leads nowhere, hides nothing and fits a disk."""

from __future__ import annotations

import pytest

from ocrweb.config.named import named
from ocrweb.errors import OcrwebError

REFUSED = {
    "nothing": None, "list": ["a"], "object": {"a": 1}, "number": 7, "empty": "", "here": ".", "up": "..", "climbing": "../../x",
    "absolute": "/etc", "Windows": "a\\b", "home": "~/x", "NUL": "a\0b", "line": "a\nb", "escape": "\x1b[31m", "turning": "a\u202egpj.exe",
    "isolate": "a\u2067b", "separator": "a\u2028b", "half a character": "\ud800", "long": "a" * 6000, "long in bytes": "票" * 90,
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED.values(), ids=list(REFUSED))
def test_what_cannot_be_a_name_is_refused_in_a_line(text: object) -> None:
    with pytest.raises(OcrwebError) as caught:
        named(text)
    assert caught.value.code == "usage.bad-name"
    assert len(caught.value.message("en").encode("utf-8")) < 400
    assert caught.value.message("zh").isprintable()


@pytest.mark.parametrize(
    "text", ["a", "发票 2026", "20260101_000000_receipts", "a.b-c_d", ".hidden", "שלום", "a" * 255]
)
def test_names_of_any_script_pass(text: str) -> None:
    assert named(text) == text
