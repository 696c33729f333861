"""What is known of a model, in words: every figure with as many places as it needs, and nothing that is not there."""

from __future__ import annotations

import time
from typing import Any

import pytest

from ocrweb.messages import text
from ocrweb.services.registry.rows import ModelFacts
from ocrweb.services.registry.scores import ModelScore
from ocrweb.services.registry.speed import Speed
from ocrweb.services.registry.told import fact_lines, score_told, since_told, speed_told

PLAIN: dict[str, Any] = {
    "name": "m", "title": "", "kind": "embedded", "trains": False, "base": "", "dataset": "", "version": "", "scores": (),
    "megabytes": 9.0, "speed": None, "described": "", "notes": "", "made": 0.0, "since": None,
}  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_of_a_model_without_a_past_only_what_could_be_measured_is_asked_for(lang: str) -> None:
    assert fact_lines(ModelFacts(**PLAIN), lang) == [
        (text("registry.field-kind", lang), text("registry.kind-embedded", lang)),
        (text("registry.field-scores", lang), text("registry.no-score", lang)),
        (text("registry.field-size", lang), text("registry.megabytes", lang, size="9")),
        (text("registry.field-speed", lang), text("registry.not-measured", lang)),
    ]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_all_that_is_known_is_told_in_one_order(lang: str) -> None:
    scores = (ModelScore("validation", 0.91239, (0.85, 0.94951), 12), ModelScore("test", 0.8, None, 1, "shop"))
    facts = ModelFacts(**{
        **PLAIN, "kind": "run", "base": "house", "dataset": "till", "version": "abc", "scores": scores, "megabytes": 9.24,
        "speed": Speed(1.234, "CPU"), "described": "for receipts", "notes": "faded", "since": 0.0,
    })  # fmt: skip
    told = fact_lines(facts, lang)
    names = ("kind", "described", "base", "dataset", "scores", "scores", "size", "speed", "since", "notes")
    assert [name for name, _ in told] == [text(f"registry.field-{name}", lang) for name in names]
    assert [said for _, said in told] == [
        text("registry.kind-run", lang), "for receipts", "house", text("registry.version", lang, dataset="till", version="abc"),
        text("registry.score", lang, split=text("registry.split-validation", lang), hmean="0.912", pictures=12, low="0.850", high="0.950"),
        text("registry.on-dataset", lang, dataset="shop", score=text(
            "registry.score-alone", lang, split=text("registry.split-test", lang), hmean="0.800", pictures=1
        )),
        text("registry.megabytes", lang, size="9.24"), text("registry.speed", lang, seconds="1.23", device="CPU"),
        text("registry.always", lang), "faded",
    ]  # fmt: skip


def test_a_time_is_that_of_this_machines_clock() -> None:
    since = time.mktime((2026, 3, 4, 5, 6, 7, 0, 0, -1))
    assert since_told(since) == "2026-03-04 05:06"
    assert speed_told(None, "en") == "not measured"
    assert "shop" not in score_told(ModelScore("test", 0.8, None, 1), "en")
