"""A score that was measured here stays with the weights, whatever they are called."""

from __future__ import annotations

from ocrweb.config import paths
from ocrweb.runtime.catalogue import resolve_name
from ocrweb.services.models.register import rename
from ocrweb.services.registry.digest import digest_of_entry
from ocrweb.services.registry.rows import model_facts
from ocrweb.services.registry.scores import measure_score
from ocrweb.services.registry.speed import measure_speed
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
