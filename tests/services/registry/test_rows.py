"""Of every model that can be used: what it was made of, what it scores, how large it is, and whether it is in use."""

from __future__ import annotations

import json
import os
import time

import pytest

from ocrweb.config import paths
from ocrweb.services.models.register import note, promote, rename
from ocrweb.services.registry.rows import model_before, model_facts, registry
from ocrweb.services.registry.told import fact_lines
from ocrweb.services.training.labels_used import NAME
from tests.services.registry.made_models import RUN, make_export, make_imported, make_model


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
    document = facts.to_dict()
    assert document["in_use_since"][:4] == document["made"][:4]
    assert document["made"] == time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(facts.made))
    assert document["scores"] == [score.to_dict() for score in facts.scores]
    told_too = {"name": RUN, "title": "收银小票", "kind": "run", "trains": True, "base": "db-resnet18", "dataset": "demo", "dataset_version": "0123456789ab"}  # fmt: skip
    assert told_too.items() <= document.items()
    assert (document["speed"], document["in_use"], document["deletable"]) == (None, True, True)
    assert (document["notes"], document["megabytes"], facts.shown) == ("faded print", facts.megabytes, "收银小票")


def test_what_came_with_the_program_has_no_age_and_no_origin() -> None:
    facts = model_facts("ppocrv6-small", "zh")
    assert (facts.base, facts.dataset, facts.version, facts.made, facts.since, facts.deletable) == ("", "", "", 0.0, 0.0, False)  # fmt: skip
    assert (facts.shown, facts.in_use, model_before()) == ("ppocrv6-small", True, "")
    assert facts.described not in ("", model_facts("ppocrv6-small", "en").described)
    document = facts.to_dict()
    assert (document["made"], document["in_use_since"], document["in_use"]) == (None, None, True)
    other = model_facts("db-resnet18")
    assert (other.since, other.in_use) == (None, False)
    promote("db-resnet18")
    assert model_before() == "ppocrv6-small"
    assert [facts.name for facts in registry()][:2] == ["db-resnet18", "ppocrv6-small"]


def test_an_imported_model_names_its_file() -> None:
    make_imported("mine")
    facts = model_facts("mine")
    assert (facts.kind, facts.base, facts.dataset, facts.deletable) == ("imported", "mine.onnx", "", True)


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
