"""Every picture that is answered, or not, is told once."""

from __future__ import annotations

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.tally import pictures
from ocrweb.services.tally.pictures import Answered, counted


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Answered]:
    heard: list[Answered] = []
    monkeypatch.setattr(pictures, "_listeners", [])
    pictures.listen(heard.append)
    return heard


def test_what_was_found_is_told(told: list[Answered]) -> None:
    with counted("batch") as count:
        count.regions = 3
    assert [(one.way, one.outcome, one.regions) for one in told] == [("batch", "ok", 3)]
    assert told[0].seconds >= 0


@pytest.mark.parametrize(
    ("failure", "outcome"), [(OcrwebError("detect.cancelled"), "detect.cancelled"), (KeyError("x"), "usage.internal")]
)
def test_a_failure_is_told_by_its_code_and_goes_on(told: list[Answered], failure: Exception, outcome: str) -> None:
    with pytest.raises(type(failure)), counted("single"):
        raise failure
    assert [one.outcome for one in told] == [outcome]


def test_who_listens_twice_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_listeners", [])
    heard: list[Answered] = []

    def listener(answered: Answered) -> None:
        heard.append(answered)

    pictures.listen(listener)
    pictures.listen(listener)
    with counted("single"):
        pass
    assert len(heard) == 1
