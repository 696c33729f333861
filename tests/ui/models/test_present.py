"""Models for the eye: the one in use, the table of all, what is known of one, a measurement."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ocrweb.services.registry.jobs import MeasureSnapshot
from ocrweb.services.registry.rows import ModelFacts
from ocrweb.services.registry.scores import ModelScore
from ocrweb.services.registry.speed import Speed
from ocrweb.ui.models.present import facts_card, in_use_card, measure_card, model_rows

FACTS = ModelFacts(
    name="20260101_till", title="", kind="run", trains=True, base="", dataset="", version="", scores=(), megabytes=12.5,
    speed=None, described="", notes="", made=0.0, since=None,
)  # fmt: skip
TEST = ModelScore("test", 0.8125, (0.7, 0.9), 3)
VALIDATION = ModelScore("validation", 0.9, (0.85, 0.95), 12)
ELSEWHERE = ModelScore("test", 0.6, None, 5, dataset="other")
SPEED = Speed(0.254, "cpu")


def facts(**changes: Any) -> ModelFacts:
    return dataclasses.replace(FACTS, **changes)


@pytest.mark.parametrize(
    ("scores", "shown"),
    [
        ((), "–"),
        ((VALIDATION, TEST), "0.812 (0.70–0.90)"),
        ((VALIDATION,), "0.900 (0.85–0.95)"),
        ((ELSEWHERE, VALIDATION), "0.900 (0.85–0.95)"),
        ((ELSEWHERE,), "0.600"),
    ],
    ids=["none", "test before validation", "validation", "its own before another dataset's", "another dataset's"],
)
def test_the_table_has_the_score_that_says_most(scores: tuple[ModelScore, ...], shown: str) -> None:
    assert model_rows([facts(scores=scores)], "en").iloc[0, 2] == shown


def test_a_row_tells_size_speed_and_use_and_leaves_out_what_is_not_known() -> None:
    rows = model_rows([facts(), facts(title="收银", speed=SPEED, since=0.0)], "en")
    assert [list(rows.iloc[number, [0, 3, 4, 5]]) for number in (0, 1)] == [
        ["20260101_till", "12.5 MB", "–", ""],
        ["收银", "12.5 MB", "0.25 s", "✓ the beginning"],
    ]


def test_the_model_in_use_is_named_with_the_one_before_it_where_there_is_one() -> None:
    alone = in_use_card(facts(title="<till>", since=0.0), "", "en")
    assert "<strong>&lt;till&gt;</strong>" in alone
    assert 'data-model="20260101_till"' in alone
    assert "since the beginning" in alone
    assert "<br>" not in alone
    back = in_use_card(facts(since=0.0), "a<b", "en").partition("<br>")[2]
    assert "a&lt;b" in back
    assert "ocrweb-warning" in in_use_card(None, "before", "en")


def test_a_model_with_a_title_is_shown_with_its_own_name_too() -> None:
    assert facts_card(facts(), "en").count("20260101_till") == 2  # what scripts read, and what people read
    titled = facts_card(facts(title="Till", notes="<b>faded"), "en")
    assert "<strong>Till</strong>" in titled
    assert titled.count("20260101_till") == 2
    assert "<dd>&lt;b&gt;faded</dd>" in titled
    assert "data-model" not in facts_card(None, "en")


def test_a_measurement_says_how_far_it_is_and_then_what_it_found() -> None:
    assert measure_card(None, "en") == ""
    timed = measure_card(MeasureSnapshot("a", "running", model="till"), "en")
    assert "width:0.0%" in timed
    scored = measure_card(MeasureSnapshot("a", "running", model="till", done=3, pictures=12), "en")
    assert "width:25.0%" in scored
    assert "12" in scored
    assert "12" not in timed
    fast = measure_card(MeasureSnapshot("a", "done", model="till", speed=SPEED), "en")
    assert "till · 0.25" in fast
    assert fast.count(" · ") == 1
    both = measure_card(MeasureSnapshot("a", "done", model="till", speed=SPEED, score=TEST), "en")
    assert both.count(" · ") == 2
    assert "0.812" in both
