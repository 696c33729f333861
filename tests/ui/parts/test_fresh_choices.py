"""Choices that come and go while the page is open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ocrweb.ui.batch import golden
from ocrweb.ui.parts.fresh_choices import grown, without_gone


def test_an_open_list_never_becomes_shorter_and_shows_what_is_new() -> None:
    assert grown(["new", "a"], ["a", "gone"]) == ["new", "a", "gone"]


def test_a_choice_in_other_words_is_the_same_choice() -> None:
    """Labels that the browser translates are made anew each time, and equal to none made before."""
    now = [(object(), ""), ("shop", "shop")]
    assert grown(now, [(object(), ""), ("gone", "gone")]) == [*now, ("gone", "gone")]


@pytest.mark.parametrize(
    ("now", "chosen", "choices", "value"),
    [
        pytest.param(["a", "b"], "b", ["a", "b"], None, id="still there"),
        pytest.param(["a"], None, ["a"], None, id="nothing chosen"),
        pytest.param(["a"], "gone", ["a", "gone"], "a", id="gone"),
        pytest.param([("A", "a")], "gone", [("A", "a"), ("gone", "gone")], "a", id="gone, with labels"),
    ],
)
def test_a_closed_list_gives_up_a_choice_that_is_gone(now: Any, chosen: Any, choices: Any, value: Any) -> None:
    update, known = without_gone(now, chosen, "a")
    assert known == choices
    assert [name for _, name in update.choices] == [each[1] if isinstance(each, tuple) else each for each in choices]
    if value is not None:
        assert update.value == value


def test_back_to_the_shipped_pictures_takes_the_verdict_on_the_own_ones_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    view: Any = golden.Check("answer", "gallery", "closely", "checked", "own", "said")  # type: ignore[arg-type]
    changes = view.forget_own(None)
    assert changes["said"]
    assert changes["answer"] == ""
    assert changes["gallery"].visible is False
