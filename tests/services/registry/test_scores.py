"""A score that was measured here stays with the weights, whatever they are called."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.config import paths
from ocrweb.rundir.status import RunStatus
from ocrweb.runtime.catalogue import resolve_name
from ocrweb.runtime.entry import digest_of
from ocrweb.services.models.register import rename
from ocrweb.services.registry import scores
from ocrweb.services.registry import speed as speeds
from ocrweb.services.registry.digest import digest_of_entry
from ocrweb.services.registry.rows import model_facts
from ocrweb.services.registry.scores import ModelScore, measure_score, measured_scores, trained_scores
from ocrweb.services.registry.speed import Speed, known_speed, measure_speed
from tests.sample_pages import sample_pages
from tests.services.registry.made_models import RUN, make_model


def test_speed_and_score_are_measured_once_and_kept() -> None:
    make_model()
    sample_pages(paths.datasets_dir() / "pages", train=1, test=2, seed=5)
    speed = measure_speed(RUN)
    score = measure_score(RUN, "pages")
    assert score.interval is not None
    assert 0 <= score.interval[0] <= score.hmean <= score.interval[1]
    rename(RUN, "till")
    facts = model_facts("till")
    assert (facts.speed, facts.scores[-1]) == (speed, score)
    assert (score.dataset, score.pictures) == ("pages", 2)


def test_other_weights_are_another_model() -> None:
    run = make_model()
    before = digest_of_entry(resolve_name(RUN))
    (run / "model.onnx").write_bytes(b"another")
    assert digest_of_entry(resolve_name(RUN)) != before


CARD: dict[str, Any] = {"validation": {"hmean": 0.9, "pictures": 12, "held_out": True}, "test": {"hmean": 0.8, "pictures": 3, "interval": [0.7, 0.9]}}  # fmt: skip


def told(metrics: dict[str, Any], **verdict: Any) -> list[tuple[str, float, Any, int]]:
    status = RunStatus(verdict=verdict) if verdict else None
    return [(one.split, one.hmean, one.interval, one.pictures) for one in trained_scores(metrics, status)]


@pytest.mark.parametrize(
    ("validation", "known"),
    [
        ({}, True), ({"held_out": False}, False), ({"hmean": None}, False), ({"hmean": "0.9"}, False), ({"pictures": "12"}, False), ({"held_out": None}, False),
    ],
)  # fmt: skip
def test_of_pictures_that_were_learnt_from_there_is_no_score(validation: dict[str, Any], known: bool) -> None:
    found = told({**CARD, "validation": {**CARD["validation"], **validation}})
    assert found == [("validation", 0.9, None, 12)] * known + [("test", 0.8, (0.7, 0.9), 3)]
    assert told({"validation": 3, "test": None}) == []
    assert told({"validation": {"hmean": 0.9, "pictures": 12}}) == [
        ("validation", 0.9, None, 12)
    ]  # of an older version


@pytest.mark.parametrize(
    ("verdict", "interval"),
    [
        ({}, (0.85, 0.95)), ({"hmean": 0.9004}, (0.85, 0.95)), ({"hmean": 0.9006}, None), ({"hmean": 0.8994}, None), ({"pictures": 11}, None),
        ({"hmean": None}, None), ({"interval": [0.85]}, None), ({"interval": [0.85, 0.9, 0.95]}, None), ({"interval": [0.85, "x"]}, None), ({"interval": None}, None),
    ],
)  # fmt: skip
def test_the_interval_of_a_verdict_is_that_of_the_same_pictures(verdict: dict[str, Any], interval: Any) -> None:
    given = {"hmean": 0.9, "pictures": 12, "interval": [0.85, 0.95], **verdict}
    if given["hmean"] is None:
        del given["hmean"]
    assert told(CARD, **given) == [("validation", 0.9, interval, 12), ("test", 0.8, (0.7, 0.9), 3)]


def test_each_dataset_has_its_latest_score_and_a_damaged_one_is_none() -> None:
    run = make_model()
    entry = resolve_name(RUN)
    kept = [ModelScore("test", 0.5, (0.4, 0.6), 9, "a").to_dict(), ModelScore("test", 0.7, None, 2, "b").to_dict()]
    scores._measured.put(digest_of_entry(entry), {"a": kept[0], "x": {"split": "test"}, "y": 3, "b": kept[1]})
    assert [(one.dataset, one.hmean, one.interval) for one in measured_scores(entry)] == [
        ("a", 0.5, (0.4, 0.6)),
        ("b", 0.7, None),
    ]
    assert digest_of_entry(replace(entry, files={}, source=str(run)))
    nameless: Any = SimpleNamespace(path=None, name="only-a-name")
    assert digest_of_entry(nameless) == "only-a-name"
    assert digest_of_entry(entry) == digest_of(entry.path or Path())


def test_a_speed_is_the_middle_of_three_after_one_that_prepares(monkeypatch: pytest.MonkeyPatch) -> None:
    make_model()
    entry = resolve_name(RUN)
    times = [9.0, 0.3, 0.1, 0.23456]
    detector = SimpleNamespace(
        detect=lambda picture: SimpleNamespace(timing=SimpleNamespace(total=times.pop(0))), device="CPU", entry=entry
    )
    monkeypatch.setattr(speeds, "DetectRequest", lambda name: SimpleNamespace(detector=lambda: detector))
    assert known_speed(entry) is None
    assert measure_speed(RUN) == known_speed(entry) == Speed(0.2346, "CPU")
    assert times == []
    for damaged in ({"seconds": "fast"}, 3, {}):
        speeds._speeds.put(digest_of_entry(entry), damaged)
        assert known_speed(entry) is None
