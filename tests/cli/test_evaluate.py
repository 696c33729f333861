"""`ocrweb eval`: what is printed of a report, and how often it says how far it is."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.cli import choose, evaluate, suspects
from ocrweb.evaluation.another_frame import Frame, Misplaced
from ocrweb.services.detect import evaluation as service
from tests.cli.conftest import Typed
from tests.cli.options import declared

THRESHOLDS = {"threshold": 0.3, "box_threshold": 0.6, "unclip_ratio": 1.5}


def missed(name: str) -> Any:
    return SimpleNamespace(sample=SimpleNamespace(image=Path(name)), missed=2, false_alarms=1)


def group(name: str, labels: int, detections: int, hmean: float | None = 0.5) -> Any:
    return SimpleNamespace(name=name, labels=labels, detections=detections, matched=3, hmean=hmean, recall=0.25)


class Report:
    device = "CPU"

    def __init__(self, **changes: Any) -> None:
        self.groups: dict[str, list[Any]] = {}
        self.best: Any = None
        self.misplaced: Any = None
        self.worst = [missed(f"{number}.jpg") for number in range(7)]
        self.files = [Path(name) for name in ("a", "b", "c")]
        self.__dict__.update(changes)

    def to_dict(self) -> dict[str, Any]:
        return {
            "hmean": 0.81234, "precision": 0.75, "recall": 1.0, "pictures": 9, "thresholds": THRESHOLDS,
            "resize": {"limit_side": 1280, "limit_type": "max"},
        }  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The requests that came; ``asked.report`` is what they are answered with."""
    came = SimpleNamespace(requests=[], report=Report())

    def answer(request: Any, progress: Any) -> Report:
        came.requests.append(request)
        for done in (0, 19, 20, 21, 40):
            progress(done, 40)
        return came.report  # type: ignore[no-any-return]

    monkeypatch.setattr(service, "evaluate_model", answer)
    return came


def test_figures_then_what_they_hang_on_then_the_five_worst_and_two_files(typed: Typed, asked: Any) -> None:
    code, out, err = typed("eval", "--data", "d")
    assert code == 0
    assert out.splitlines() == [
        "hmean 0.8123, precision 0.7500, recall 1.0000 on 9 pictures",
        "at threshold 0.3, box threshold 0.6, unclip ratio 1.5; limit side 1280 (max); CPU",
        *(f"{number}.jpg: 2 missed, 1 false alarms" for number in range(5)),
        "a", "b",
    ]  # fmt: skip
    assert err.splitlines() == ["0 of 40 pictures", "20 of 40 pictures"]
    (request,) = asked.requests
    assert (request.split, request.sweep, request.out, request.worst) == ("test", False, None, 20)


def test_labels_beside_their_text_are_told_with_what_to_do_before_all_details(typed: Typed, asked: Any) -> None:
    asked.report = Report(misplaced=Misplaced(Frame("mirrored"), 0.04, 0.9), groups={"length": [group("1-3", 4, 0)]})
    _, out, _ = typed("eval", "--data", "d")
    lines = out.splitlines()
    assert (
        lines[2]
        == "The labels do not lie on the text that the model sees (hmean 0.04); with x counted from the right they would (hmean 0.90)."
    )
    assert lines[3].startswith("Export the labels once more")
    assert lines[4].startswith("by number of characters")


@pytest.mark.parametrize(("worst", "shown"), [(0, 0), (3, 3), (5, 5), (6, 5)])
def test_no_more_of_the_worst_are_named_than_were_asked_for(typed: Typed, asked: Any, worst: int, shown: int) -> None:
    assert typed("eval", "--data", "d", "--worst", worst)[1].count(" missed, ") == shown
    assert asked.requests[0].worst == worst


def test_groups_are_told_where_there_is_something_in_them(typed: Typed, asked: Any) -> None:
    groups = [group("empty", 0, 0), group("labels", 4, 0), group("found", 0, 4, None)]
    best = SimpleNamespace(thresholds=lambda: THRESHOLDS, score=SimpleNamespace(hmean=0.9))
    asked.report = Report(groups={"height": groups}, best=best, worst=[], files=[])
    assert typed("eval", "--data", "d", "--by", " height, ,")[1].splitlines()[2:] == [
        "by height of the text, in pixels of the network's input:",
        "· labels: hmean 0.500, recall 0.250 (3 of 4)",
        "· found: hmean –, recall 0.250 (3 of 0)",
        "best thresholds on these pictures: 0.3 / 0.6 / 1.5, hmean 0.9000",
    ]


def test_the_document_is_the_report_and_stderr_tells_how_far_it_is(typed: Typed, asked: Any) -> None:
    code, out, err = typed("eval", "--data", "d", "--json", "--sweep", "--split", "train", "--out", "o")
    assert (code, json.loads(out)) == (0, asked.report.to_dict())
    assert len(err.splitlines()) == 2
    (request,) = asked.requests
    assert (request.split, request.sweep, request.out) == ("train", True, Path("o"))


@pytest.mark.parametrize("module", [evaluate, choose, suspects])
def test_every_twentieth_picture_is_told_but_not_the_last(module: Any, capsys: pytest.CaptureFixture[str]) -> None:
    for done in range(41):
        module._progress(done, 40)
    assert capsys.readouterr().err.count("\n") == 2


def test_its_options() -> None:
    common = {"--engine": "auto", "--precision": "auto", "--device": "auto", "--json": False}
    assert declared("eval") == {
        "--data": "required", "--model": "in-use", "--split": "test", "--sweep": False, "--out": None,
        "--worst": (20, 0, None), "--by": "", **common,
        "--cluster": None, "--shard-size": (None, 1, None), "--actor-cores": (None, 1, None),
    }  # fmt: skip
    assert declared("choose") == {"folder": "required", "--count": (20, 1, None), "--model": "in-use", **common}
    assert declared("suspects") == {
        "dataset": "required", "--model": "ppocrv6-small", "--least": (0.2, 0, 1), "--count": (50, 1, None),
        "--dismiss": None, **common,
    }  # fmt: skip
