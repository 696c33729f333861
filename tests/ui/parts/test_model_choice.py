"""The models that can be chosen, the one in use first, and what happens to a chosen one that is gone."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.config.model_names import DEFAULT
from ocrweb.ui.parts import model_choice
from ocrweb.ui.parts.model_choice import closed, model_at_first, usable_choices

REQUEST: Any = SimpleNamespace(headers={"accept-language": "en"}, cookies={})


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the usable models; `mine` has a title."""
    names = ["mine", "other"]
    monkeypatch.setattr(model_choice, "usable_models", lambda: names)
    monkeypatch.setattr(model_choice, "titles_of_models", lambda: {"mine": "Till"})
    return names


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr(model_choice, "warn", said.append)
    return said


def test_a_model_is_shown_with_its_title_and_chosen_by_its_own_name(models: list[str]) -> None:
    assert usable_choices() == [("Till · mine", "mine"), ("other", "other")]
    assert model_at_first() == "mine"
    models.clear()
    assert model_at_first() == DEFAULT


def test_a_chosen_model_that_is_there_stays_and_nothing_is_said(models: list[str], warned: list[str]) -> None:
    dropdown, known = closed("other", REQUEST)
    assert "value" not in dropdown.constructor_args
    assert known == usable_choices()
    closed(None, REQUEST)
    assert warned == []


@pytest.mark.filterwarnings("ignore:The value passed into")
@pytest.mark.parametrize(("left", "instead"), [(["mine", "other"], "mine"), ([], DEFAULT)], ids=["others", "none"])
def test_one_that_is_gone_gives_way_and_the_visitor_is_told(
    models: list[str], warned: list[str], left: list[str], instead: str
) -> None:
    models[:] = left
    dropdown, _ = closed("gone", REQUEST)
    assert dropdown.constructor_args["value"] == instead
    (sentence,) = warned
    assert "gone" in sentence
    assert instead in sentence
