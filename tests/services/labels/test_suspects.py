"""The list of suspects is made once in the background, shrinks while a person works it off, and forgets what was dismissed."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.suspects import Entry, SuspectsReport
from ocrweb.services.labels import suspects as service
from ocrweb.services.labels.editing import Edit, read_labels, save_labels
from ocrweb.services.labels.entries import LabelledSet
from ocrweb.services.labels.listing import list_pictures
from ocrweb.services.labels.suspects import SuspectsAnswer, dismiss, parse_suspects, suspects_of

ONE, TWO = "train_images/1.png", "train_images/2.png"
MISSING = np.array([[120, 60], [180, 60], [180, 90], [120, 90]], np.float64)
EXTRA = np.array([[10, 10], [60, 10], [60, 30], [10, 30]], np.float64)
FOUND = (
    Entry(TWO, "extra", 0.9, EXTRA, 1),
    Entry(ONE, "missing", 0.8, MISSING, None),
    Entry("test_images/1.png", "duplicate", 0.7, None, None, ONE),
)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A model that finds the same each time; which one was asked, each time."""
    asked: list[str] = []

    def find(request: Any, on_picture: Any) -> SuspectsReport:
        asked.append(request.detect.model)
        on_picture(4, 4)
        return SuspectsReport(FOUND, 4, 4, request.detect.model)

    monkeypatch.setattr(service, "find_suspects", find)
    return asked


def listed(labelled: LabelledSet, **more: Any) -> SuspectsAnswer:
    """The list once the job is over."""
    answer = suspects_of(labelled, **more)
    if answer.job is not None:
        for thread in threading.enumerate():
            if thread.name.startswith("suspects-"):
                thread.join(30)
        answer = suspects_of(labelled)
    assert answer.job is None
    return answer


def kinds(answer: SuspectsAnswer) -> list[str]:
    return [entry["kind"] for entry in answer.suspects]


def test_the_list_is_made_once_and_kept(labelled: LabelledSet, model: list[str]) -> None:
    assert suspects_of(labelled).job is not None
    assert kinds(listed(labelled)) == ["extra", "missing", "duplicate"]
    again = listed(labelled)
    assert len(model) == 1
    assert again.to_dict()["suspects"][0] == {
        "picture": TWO, "kind": "extra", "score": 0.9, "box": [10, 10, 60, 10, 60, 30, 10, 30], "label_line": 1,
    }  # fmt: skip
    listed(labelled, anew=True)
    assert len(model) == 2


def test_what_a_person_has_mended_is_listed_no_more(labelled: LabelledSet, model: list[str]) -> None:
    listed(labelled)
    first = read_labels(labelled, ONE)
    drawn = first.boxes[0].__class__(tuple((float(x), float(y)) for x, y in MISSING))
    save_labels(labelled, ONE, Edit(first.version, (*first.boxes, drawn)))
    after = listed(labelled)
    assert (kinds(after), after.stale) == (["extra", "duplicate"], True)
    second = read_labels(labelled, TWO)
    save_labels(labelled, TWO, Edit(second.version, ()))
    assert kinds(listed(labelled)) == ["duplicate"]


def test_what_was_changed_elsewhere_in_the_picture_leaves_a_suspect_with_its_new_line(
    labelled: LabelledSet, model: list[str]
) -> None:
    listed(labelled)
    second = read_labels(labelled, TWO)
    other = second.boxes[0].__class__(((100.0, 60.0), (180.0, 60.0), (180.0, 90.0), (100.0, 90.0)))
    save_labels(labelled, TWO, Edit(second.version, (other, *second.boxes)))
    entry = listed(labelled).suspects[0]
    assert (entry["kind"], entry["label_line"]) == ("extra", 2)


def test_a_dismissed_one_does_not_come_back_even_drawn_otherwise(labelled: LabelledSet, model: list[str]) -> None:
    given = listed(labelled).to_dict()
    moved = {**given["suspects"][0], "box": [value + 2 for value in given["suspects"][0]["box"]]}
    assert dismiss(labelled, parse_suspects({"suspects": [moved, given["suspects"][2]]})) == 2
    assert dismiss(labelled, parse_suspects(given["suspects"][:1])) == 0
    assert kinds(listed(labelled)) == ["missing"]
    assert kinds(listed(labelled, anew=True)) == ["missing"]


def test_suspicion_makes_a_picture_one_to_check_and_dismissing_one_checked(
    labelled: LabelledSet, model: list[str]
) -> None:
    listed(labelled)
    rows = {row.picture: row for row in list_pictures(labelled).pictures}
    assert (rows[ONE].state, rows[ONE].suspicion) == ("check", 0.8)
    assert (rows["train_images/3.png"].state, rows["train_images/3.png"].suspicion) == ("new", 0.0)
    dismiss(labelled, parse_suspects([FOUND[1].to_dict()]))
    rows = {row.picture: row for row in list_pictures(labelled).pictures}
    assert (rows[ONE].state, rows[ONE].suspicion) == ("checked", 0.0)


def test_what_ended_the_search_is_told_once_and_the_next_one_tries_again(
    labelled: LabelledSet, monkeypatch: pytest.MonkeyPatch, model: list[str]
) -> None:
    working = service.find_suspects

    def broken(request: Any, on_picture: Any) -> SuspectsReport:
        raise OcrwebError("image.truncated", where="train_images/1.png")

    monkeypatch.setattr(service, "find_suspects", broken)
    with pytest.raises(OcrwebError) as told:
        listed(labelled)
    assert told.value.code == "image.truncated"
    monkeypatch.setattr(service, "find_suspects", working)
    assert len(listed(labelled).suspects) == 3


@pytest.mark.parametrize(
    "document", [None, {"suspects": 1}, [{}], [{"picture": "a", "kind": "extra", "box": [1]}]], ids=str
)
def test_what_is_no_suspect_is_refused(document: Any) -> None:
    with pytest.raises(OcrwebError) as refused:
        parse_suspects(document)
    assert refused.value.code == "labels.bad-suspects"


def test_a_damaged_list_is_no_list(labelled: LabelledSet, model: list[str]) -> None:
    listed(labelled)
    dismiss(labelled, parse_suspects([FOUND[0].to_dict()]))
    for name in ("suspects.json", "dismissed.json"):
        (labelled.root / ".ocrweb_labels" / name).write_bytes(b'{"suspects": [')
    assert kinds(listed(labelled)) == ["extra", "missing", "duplicate"]
