"""Of every model that can be used: what it was made of, what it scores, how large it is, and whether it is in use."""

from __future__ import annotations

import json
import os

import pytest

from ocrweb.config import paths
from ocrweb.services.models.register import note, promote, rename
from ocrweb.services.registry.rows import model_facts, registry
from ocrweb.services.registry.told import fact_lines
from ocrweb.services.training.labels_used import NAME
from tests.services.registry.made_models import RUN, make_export, make_model


def test_a_trained_model_is_known_with_all_that_people_ask() -> None:
    run = make_model(verdict={"hmean": 0.9, "interval": [0.85, 0.95], "pictures": 12}, model="db-resnet18")
    labels = {"version": "0123456789ab", "pictures": 5, "boxes": 9, "unreviewed": 0}
    (run / NAME).write_text(json.dumps(labels))
    rename(RUN, "收银小票")
    note("收银小票", "faded print")
    promote("收银小票")
    facts = registry()[0]
    assert (facts.name, facts.title, facts.kind, facts.in_use, facts.deletable) == (RUN, "收银小票", "run", True, True)
    assert (facts.base, facts.dataset, facts.version) == ("db-resnet18", "demo", "0123456789ab")
    assert [(score.split, score.hmean, score.interval, score.pictures) for score in facts.scores] == [
        ("validation", 0.9, (0.85, 0.95), 12),
        ("test", 0.8, (0.7, 0.9), 3),
    ]
    size = sum((run / name).stat().st_size for name in ("best.pdparams", "model.onnx"))
    assert facts.megabytes == round(size / 1e6, 1)
    assert facts.speed is None
    told = dict(fact_lines(facts, "en"))
    assert told["speed here"] == "not measured"
    assert told["dataset"] == "demo, labels 0123456789ab"
    assert told["notes"] == "faded print"
    assert facts.to_dict()["in_use_since"][:4] == facts.to_dict()["made"][:4]


def test_a_verdict_of_other_pictures_is_no_interval_of_these() -> None:
    make_model(verdict={"hmean": 0.5, "interval": [0.4, 0.6], "pictures": 3})
    assert [score.interval for score in model_facts(RUN).scores] == [None, (0.7, 0.9)]


def test_an_export_names_the_model_that_it_was_made_from() -> None:
    make_model(verdict={"hmean": 0.9, "interval": [0.85, 0.95], "pictures": 12})
    make_export()
    facts = model_facts("till-dynamic-fp32")
    assert (facts.kind, facts.base, facts.scores) == ("export", RUN, ())


@pytest.mark.parametrize("gone", ["network", "registry"])
def test_what_cannot_be_read_costs_no_more_than_itself(gone: str) -> None:
    run = make_model()
    if gone == "network":
        os.unlink(run / "best.pdparams")
    else:
        paths.models_dir().mkdir()
        (paths.models_dir() / "registry.json").write_text("{")
    listed = [facts.name for facts in registry()]
    assert listed[:2] == ["ppocrv6-small", "db-resnet18"]
    assert (RUN in listed) == (gone == "registry")
