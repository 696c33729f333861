"""The order in which pictures teach most is found once, in the background, and told while it is being found."""

from __future__ import annotations

import threading

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.evaluation.choosing import Pick
from ocrweb.services.labels import teaching as service
from ocrweb.services.labels.choose import ChooseReport, ChooseRequest, Chosen
from ocrweb.services.labels.entries import LabelledSet
from ocrweb.services.labels.teaching import TeachingJob, teaching

THREE = "train_images/3.png"


def over(labelled: LabelledSet, *, anew: bool = False) -> TeachingJob:
    """The answer once the job is over."""
    teaching(labelled, anew=anew)
    for thread in threading.enumerate():
        if thread.name.startswith("teaching-"):
            thread.join(30)
    return teaching(labelled)


def test_the_order_is_found_once_until_it_is_asked_for_anew(
    labelled: LabelledSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[ChooseRequest] = []
    report = ChooseReport((Chosen(THREE, Pick(0, 0.5, "nothing", 0), 0, 0.0),), 1, ())

    def choose(request: ChooseRequest, progress: object) -> ChooseReport:
        asked.append(request)
        return report

    monkeypatch.setattr(service, "choose", choose)
    assert over(labelled).report is report
    assert teaching(labelled).report is report
    assert [str(request.folder) for request in asked] == ["shop"]
    assert over(labelled, anew=True).report is report
    assert len(asked) == 2


def test_why_it_failed_is_told_and_who_asks_again_starts_another(
    labelled: LabelledSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[ChooseRequest] = []

    def choose(request: ChooseRequest, progress: object) -> ChooseReport:
        asked.append(request)
        raise OcrwebError("batch.no-pictures", path="shop")

    monkeypatch.setattr(service, "choose", choose)
    for times in (1, 2):
        with pytest.raises(OcrwebError, match=r"batch\.no-pictures"):
            over(labelled)
        assert len(asked) == times
