"""A key that is set twice is refused with both lines, in whatever people write for the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.config.documents import parse_yaml
from ocrweb.config.loader import parse_overrides, read_yaml
from ocrweb.errors import OcrwebError
from ocrweb.runtime.card import read_card

TWICE = "epochs: 5\nema:\n  decay: 0.9\n\n  decay: 0.99\n"


def test_settings_say_both_lines(tmp_path: Path) -> None:
    file = tmp_path / "own.yml"
    file.write_text(TWICE)
    with pytest.raises(OcrwebError) as told:
        read_yaml(file)
    assert (told.value.code, told.value.where) == ("config.repeated-key", f"{file}:5")
    for lang in ("en", "zh"):
        assert "decay" in told.value.message(lang)
        assert "3" in told.value.message(lang)


def test_so_does_the_card_of_a_model(tmp_path: Path) -> None:
    file = tmp_path / "model.yml"
    file.write_text("name: a\nthreshold: 0.3\nthreshold: 0.4\n")
    with pytest.raises(OcrwebError) as told:
        read_card(file)
    assert (told.value.code, told.value.where) == ("model.bad-card", f"{file}:3")
    assert "`threshold` 设置了两次，第一次在第 2 行" in told.value.message("zh")


def test_a_value_that_is_typed_is_no_exception() -> None:
    with pytest.raises(OcrwebError) as told:
        parse_overrides(["ema={decay: 0.9, decay: 0.99}"])
    assert told.value.code == "config.no-override"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("a: {x: 1}\nb: {x: 2}\n", id="the same key elsewhere"),
        pytest.param("base: &base {x: 1, y: 1}\nmore: &more {<<: *base, x: 2}\nmost: {<<: *more, y: 3}\n", id="merged"),
        pytest.param("1: a\n'1': b\n", id="a number and a text"),
        pytest.param("- a: 1\n- a: 2\n", id="in a list"),
    ],
)
def test_what_is_said_once_is_read_as_ever(content: str) -> None:
    assert parse_yaml(content, each_once=True) == parse_yaml(content)


def test_files_of_other_programs_are_read_as_these_wrote_them() -> None:
    assert parse_yaml("names: {0: a, 0: b}") == {"names": {0: "b"}}
