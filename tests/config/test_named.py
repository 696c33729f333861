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


@pytest.mark.parametrize("turning", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_each_sign_that_turns_the_direction_is_refused(turning: str) -> None:
    with pytest.raises(OcrwebError, match=r"usage\.bad-name"):
        named(f"a{turning}b")


def test_a_refused_name_is_shown_by_its_first_eighty_characters_and_what_is_no_text_by_its_kind() -> None:
    with pytest.raises(OcrwebError) as caught:
        named("/" + "a" * 300)
    assert caught.value.params["name"] == "/" + "a" * 79
    with pytest.raises(OcrwebError) as caught:
        named(7)
    assert caught.value.params["name"] == "int"


@pytest.mark.parametrize("text", ["a" * 256, "票" * 85 + "a", "a/b", "a\\b", "~", "..", "."])
def test_one_reason_alone_is_enough(text: str) -> None:
    with pytest.raises(OcrwebError, match=r"usage\.bad-name"):
        named(text)


@pytest.mark.parametrize("text", ["票" * 85, "a~", "...", "a..b"])
def test_what_only_looks_like_one_is_a_name(text: str) -> None:
    assert named(text) == text
