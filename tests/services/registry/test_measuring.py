"""Measuring in the background: a model's speed, then its score; it can be ended before the next picture."""

from __future__ import annotations

import threading

import pytest

from ocrweb.config import paths
from ocrweb.errors import OcrwebError
from ocrweb.services.registry import jobs
from ocrweb.services.registry.rows import model_facts
from ocrweb.services.registry.speed import Speed
from tests.sample_pages import sample_pages
from tests.services.registry.made_models import RUN, make_model

LONGEST = 120.0  # seconds


def ended(identifier: str) -> jobs.MeasureSnapshot:
    pause = threading.Event()
    for _ in range(int(LONGEST / 0.02)):
        found = jobs.measure_job(identifier)
        assert found is not None
        if not found.active:
            return found
        pause.wait(0.02)
    pytest.fail("it never ends")


@pytest.fixture
def pages() -> str:
    make_model()
    sample_pages(paths.datasets_dir() / "pages", train=1, test=2, seed=5)
    return "pages"


def test_both_are_measured_told_and_kept(pages: str) -> None:
    found = ended(jobs.start_measuring(RUN, pages))
    assert (found.state, found.model, found.done, found.pictures) == ("done", RUN, 2, 2)
    facts = model_facts(RUN)
    assert found.speed == facts.speed is not None
    assert found.score == facts.scores[-1]


def test_one_that_is_ended_keeps_its_speed_and_scores_nothing(pages: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, measure = threading.Event(), jobs.measure_speed

    def measured_when_asked(name: str) -> Speed:
        assert asked.wait(LONGEST)
        return measure(name)

    monkeypatch.setattr(jobs, "measure_speed", measured_when_asked)
    identifier = jobs.start_measuring(RUN, pages)
    jobs.cancel_measuring(identifier)
    asked.set()
    found = ended(identifier)
    assert (found.state, found.error and found.error.code) == ("cancelled", "registry.measure-stopped")
    facts = model_facts(RUN)
    assert facts.speed is not None
    assert [score for score in facts.scores if score.dataset == pages] == []


def test_a_model_that_is_not_there_is_refused_before_anything_begins() -> None:
    with pytest.raises(OcrwebError) as caught:
        jobs.start_measuring("nowhere")
    assert caught.value.code == "usage.unknown-name"
