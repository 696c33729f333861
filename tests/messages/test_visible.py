"""Nothing in a name hides or turns what stands beside it."""

from __future__ import annotations

from ocrweb.errors import OcrwebError
from ocrweb.messages.visible import visible


def test_control_and_turning_characters_are_written_out() -> None:
    assert visible("a\u202egpj.exe\0\x1b[31m") == "a⟨U+202E⟩gpj.exe⟨U+0000⟩⟨U+001B⟩[31m"
    assert visible("发票 שלום\t1\n") == "发票 שלום\t1\n"


def test_so_they_are_in_every_error() -> None:
    error = OcrwebError("usage.missing-path", where="\u202elist.txt", path="\u202egpj.exe", cwd="/")
    assert "\u202e" not in error.message("en") + error.hint("zh")
