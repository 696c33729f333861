"""Checked pictures → a run of its own copy → boxes anew where it got better; each state is told, also after a restart."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocrweb.config import paths
from ocrweb.config.loader import read_yaml
from ocrweb.config.model_names import DEFAULT
from ocrweb.data.icdar import read_split
from ocrweb.data.labelling.drawn import DrawnBox
from ocrweb.data.labelling.learnt import Learnt, write_learnt
from ocrweb.data.labelling.review import REVIEW
from ocrweb.data.sample import LabelledBox
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.rundir.status import RunStatus, worked_by, write_status
from ocrweb.runtime.card import ModelCard, write_card
from ocrweb.services.datasets.use import runs_using
from ocrweb.services.labels.editing import Edit, put_state, read_labels, save_labels
from ocrweb.services.labels.entries import LabelledSet, stored_set
from ocrweb.services.labels.proposing import Renewed
from ocrweb.services.training import jobs as training_jobs
from ocrweb.services.training import learning as service
from ocrweb.services.training import queue as training_queue
from ocrweb.services.training.choices import known_name
from ocrweb.services.training.labels_used import labels_used
from ocrweb.services.training.learning import (
    Learning,
    begin_drawing,
    begin_learning,
    begin_proposing,
    learning,
    settings_for,
)
from tests.sample_pages import sample_pages

PICTURES = 12


@pytest.fixture
def labelled(monkeypatch: pytest.MonkeyPatch) -> LabelledSet:
    """Twelve pictures that a model labelled, ten of which are checked; runs that are asked for only wait."""
    monkeypatch.setattr(training_jobs, "check_config", lambda config: ())
    monkeypatch.setattr(training_queue, "start_due", list)
    folder = sample_pages(paths.datasets_dir() / "shop", train=PICTURES, test=0, seed=5)
    listed = [line.split()[0] for line in (folder / "train_list.txt").read_text().splitlines()]
    (folder / REVIEW).write_text("picture,unsure\n" + "".join(f"{Path(name).name},\n" for name in listed))
    put_state(stored_set("shop"), listed[: service.LEAST], "checked")
    return stored_set("shop")


def over(labelled: LabelledSet) -> Learning:
    """Once the job that was begun is over."""
    for thread in threading.enumerate():
        if thread.name.startswith("learning-"):
            thread.join(60)
    return learning(labelled)


def test_a_run_learns_from_a_copy_of_what_is_checked_while_people_go_on(labelled: LabelledSet) -> None:
    assert learning(labelled) == Learning("none")
    assert begin_learning(labelled).state == "preparing"
    now = over(labelled)
    assert (now.state, now.pictures) == ("queued", service.LEAST)
    assert begin_learning(labelled) == now, "nothing new while one waits"
    run = paths.workdirs_dir() / now.run
    own = Path(read_yaml(run / names.CONFIG)["dataset"])
    assert own.is_relative_to(run)
    assert len(read_split(own, "train")) == service.LEAST
    assert known_name(str(own)) == "shop"
    used = labels_used(run)
    assert used is not None
    assert (used["pictures"], used["unreviewed"]) == (service.LEAST, 0)
    assert not list(paths.workdirs_dir().glob(".labelled*"))

    write_status(run, RunStatus(state="running", step=3, steps=9, eta=61.0, **worked_by(os.getpid())))
    training_queue.withdraw(now.run)
    told = learning(labelled)
    assert (told.state, told.done, told.total, told.seconds) == ("learning", 3, 9, 61.0)
    assert runs_using(labelled.root) == []
    picture = next(iter(labelled.places))
    drawn = DrawnBox(((5.0, 5.0), (50.0, 5.0), (50.0, 25.0), (5.0, 25.0)))
    save_labels(labelled, picture, Edit(read_labels(labelled, picture).version, (drawn,)))


@pytest.mark.parametrize(
    ("outcome", "verdict", "state"),
    [
        ("improved", {}, "learnt"),
        ("thresholds", {}, "learnt"),
        ("nothing", {}, "nothing"),
        ("nothing", {"hmean": 0.75, "base_hmean": 0.70}, "learnt"),
        ("nothing", {"hmean": 0.70, "base_hmean": 0.70}, "nothing"),
        ("nothing", {"hmean": 0.75, "base_hmean": 0.70, "doubt": "labels-moved"}, "nothing"),
        ("worse", {"hmean": 0.75, "base_hmean": 0.70}, "nothing"),
    ],
)
def test_only_what_got_better_draws_anew(
    labelled: LabelledSet, monkeypatch: pytest.MonkeyPatch, outcome: str, verdict: dict[str, Any], state: str
) -> None:
    run = names.create_run(paths.workdirs_dir(), "shop")
    write_status(run, RunStatus(state="finished", outcome=outcome, verdict=verdict))
    write_learnt(labelled.root, Learnt(run.name, 1.0, 10))
    asked: list[tuple[str, list[str]]] = []

    def propose(labelled: LabelledSet, model: str, leave: list[str], progress: object, decode: object) -> Renewed:
        asked.append((model, leave))
        write_learnt(labelled.root, Learnt(run.name, 1.0, 10, renewed=2))
        return Renewed(model, 2, 5, 1, "v")

    monkeypatch.setattr(service, "propose_anew", propose)
    assert learning(labelled).state == state
    begin_proposing(labelled, ["train_images/1.jpg"])
    now = over(labelled)
    assert asked == ([(run.name, ["train_images/1.jpg"])] if state == "learnt" else [])
    assert (now.state, now.renewed) == (("done", 2) if state == "learnt" else ("nothing", None))
    assert begin_proposing(labelled) == now, "once is enough"


@pytest.mark.parametrize("renewed", [None, 2], ids=["not drawing", "drawing"])
@pytest.mark.parametrize("missing", ["", names.BEST, names.LEARNT])
def test_it_goes_on_from_the_run_whose_boxes_lie_there_when_it_knows_what_that_has_learnt_from(
    labelled: LabelledSet, renewed: int | None, missing: str
) -> None:
    assert service.starting_model(labelled) == DEFAULT
    run = names.create_run(paths.workdirs_dir(), "shop")
    write_card(ModelCard(name=run.name), run / names.CARD)
    for name in {names.BEST, names.LEARNT} - {missing}:
        (run / name).write_bytes(b"{}")
    write_learnt(labelled.root, Learnt(run.name, 1.0, 10, renewed))
    assert service.starting_model(labelled) == (run.name if renewed and not missing else DEFAULT)
    write_learnt(labelled.root, Learnt("ppocrv6-small", 2.0, 0, renewed=2))
    assert service.starting_model(labelled) == DEFAULT


def test_settings_that_somebody_tried_draw_what_nobody_has_touched(labelled: LabelledSet) -> None:
    before = {name: read_labels(labelled, name).boxes for name in labelled.places}
    leave, other = [name for name, place in labelled.places.items()][service.LEAST :]
    heights = {}
    for ratio in (1.2, 3.0):
        assert begin_drawing(labelled, {"threshold": 0.3, "unclip_ratio": ratio}, [leave]).state == "proposing"
        now = over(labelled)
        assert (now.state, now.renewed) == ("done", 1)
        drawn = read_labels(labelled, other).boxes
        heights[ratio] = sum(abs(box.points[2][1] - box.points[1][1]) for box in drawn) / len(drawn)
        assert {name for name in before if read_labels(labelled, name).boxes != before[name]} == {other}
    assert heights[3.0] > heights[1.2] + 2
    begin_learning(labelled)
    assert over(labelled).state == "queued"
    assert begin_drawing(labelled, {"unclip_ratio": 2.0}).state == "queued", "not while a model learns"
    for by, code in (({"threshold": 7}, "labels.bad-settings"), ({"model": "nobody's"}, "model.unknown")):
        with pytest.raises(OcrwebError) as refused:
            begin_drawing(labelled, by)
        assert refused.value.code == code


def test_a_run_that_ended_early_or_is_gone_leaves_every_box(labelled: LabelledSet) -> None:
    run = names.create_run(paths.workdirs_dir(), "shop")
    write_learnt(labelled.root, Learnt(run.name, 1.0, 10))
    write_status(run, RunStatus(state="failed", step=4, steps=9))
    assert learning(labelled).to_dict() == {
        "state": "ended", "run": run.name, "pictures": 10, "done": 4, "total": 9, "seconds": None, "renewed": None
    }  # fmt: skip
    names.remove_run(run)
    assert learning(labelled) == Learning("none")


def test_too_few_checked_pictures_teach_nothing(labelled: LabelledSet) -> None:
    put_state(labelled, [next(iter(labelled.places))], "check")
    with pytest.raises(OcrwebError) as refused:
        begin_learning(labelled)
    assert refused.value.code == "labels.too-few-checked"
    assert learning(labelled) == Learning("none")


def test_why_it_could_not_begin_is_told_once(labelled: LabelledSet, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> str:
        raise OcrwebError("run.not-writable", path="x", reason="y")

    monkeypatch.setattr(training_jobs, "start", refuse)
    begin_learning(labelled)
    with pytest.raises(OcrwebError, match="not-writable"):
        over(labelled)
    assert learning(labelled) == Learning("none")


@pytest.mark.parametrize(
    ("degrees", "share", "side"),
    [
        (0, 1.0, 1600),
        (3, 1.0, 1600),
        (90, 1.0, 1600),
        (20, 1.0, 736),
        (-20, 0.2, 736),
        (20, 0.11, 736),
        (20, 0.1, 1600),
    ],
)
def test_pictures_with_tilted_boxes_are_learnt_as_street_pictures(degrees: int, share: float, side: int) -> None:
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    flat = np.array([[0, 0], [40, 0], [40, 10], [0, 10]], np.float32)
    tilted = LabelledBox((flat @ turn).astype(np.float32), "a", False)
    boxes = [tilted if number < 100 * share else LabelledBox(flat, "a", False) for number in range(100)]
    config = settings_for(boxes, "somewhere")
    assert (config.evaluation.limit_side, config.max_minutes, config.dataset) == (side, service.MINUTES, "somewhere")
