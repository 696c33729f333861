"""A session is put together of what the settings ask for, from its checkpoint where it goes on; who should hears of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ocrweb.config.loader import build, parse_overrides
from ocrweb.config.training import TrainingConfig
from ocrweb.data.sample import Sample
from ocrweb.errors import OcrwebError
from ocrweb.evaluation.another_frame import Frame, Misplaced
from ocrweb.messages import Sentence
from ocrweb.model.architecture import Architecture
from ocrweb.rundir import names
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.detector import default_decode
from ocrweb.training.feed.holdout import Parts
from ocrweb.training.feed.learnt import learnt_before
from ocrweb.training.feed.views import Plain
from ocrweb.training.learn.base import Base
from ocrweb.training.machine.distributed import Group
from ocrweb.training.run import session
from ocrweb.training.run.checkpoint import (
    Checkpoint,
    RunProgress,
    model_arrays,
    optimizer_arrays,
    save_checkpoint,
)
from ocrweb.training.run.parts import StopAsked
from tests.training.tiny import DrawnFeed, TinyDetector, drawn_batch

TRAIN, VALIDATION = (tuple(Sample(Path(f"{name}.png"), None, ()) for name in part) for part in ("abc", "uvwxyz"))
PARTS = Parts(TRAIN, VALIDATION, held_out=True, known=frozenset({"learnt before"}))


class Told:
    """A journal that keeps what it is told."""

    def __init__(self) -> None:
        self.words: list[Any] = []

    def warn(self, error: OcrwebError) -> None:
        self.words.append((error.code, error.params))

    def unlabelled(self, *counts: int) -> None:
        self.words.append(("unlabelled", *counts))


@pytest.fixture
def journal() -> Told:
    return Told()


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What was asked for; the network is one of three layers, and nothing is read."""
    kept: dict[str, Any] = {"graphs": [], "without": False}

    def base(model: str, *, random_weights: bool) -> Base:
        kept["base"] = (model, random_weights)
        fresh = frozenset({"head.weight"})
        return Base(TinyDetector(), Architecture("onnx"), ModelCard(name="base", limit_side=320), True, fresh)

    def feed(source: Any, config: TrainingConfig, group: Group) -> Any:
        kept["source"], kept["feed"] = source, (config.seed, group)
        made: Any = DrawnFeed(steps=20)
        made.without_processes = kept["without"]
        return made

    def views(pictures: Any, config: TrainingConfig, rule: Any, group: Group) -> Any:
        kept["views"] = (pictures, rule.resize.limit_side, config.seed, group)
        return SimpleNamespace(batches_per_epoch=3, close=lambda: kept.update(closed=True))

    monkeypatch.setattr(session, "load_base", base)
    monkeypatch.setattr(session, "keep_base_graph", lambda architecture, run: kept["graphs"].append(run))
    monkeypatch.setattr(session, "_read_parts", lambda run, config, group: kept.update(parts=(run, config.seed, group)) or (Path("/data/shop"), PARTS))  # fmt: skip
    monkeypatch.setattr(session, "_plain", lambda config, dataset, parts: kept.get("plain"))
    monkeypatch.setattr(
        session, "open_source", lambda train, config, rule: (train, config.seed, rule.resize.limit_side)
    )
    monkeypatch.setattr(session, "open_feed", feed)
    monkeypatch.setattr(session, "open_views", views)
    return kept


@pytest.fixture
def opened(seen: dict[str, Any], journal: Told, tmp_path: Path) -> Callable[..., session.Opened]:
    def make(*words: str, group: Group = Group(), stop: bool = False, resume: bool = False, halve: bool = False) -> Any:
        config = build(TrainingConfig, parse_overrides(["batch_size=4", "epochs=3", "learning_rate=0.02", *words]))
        return session.open_session(
            tmp_path, config, group=group, journal=journal, stop_asked=lambda: stop, resume=resume, halve=halve  # type: ignore[arg-type]
        )  # fmt: skip

    return make


def test_it_learns_from_the_training_part_and_is_judged_by_the_base_models_rule(
    opened: Callable[..., session.Opened], seen: dict[str, Any], journal: Told, tmp_path: Path
) -> None:
    made = opened("optimizer.random_weights=true", "model=db-resnet18", "seed=6")
    assert (seen["source"], seen["feed"], seen["parts"]) == (
        (PARTS.train, 6, 320),
        (6, Group()),
        (tmp_path, 6, Group()),
    )
    assert seen["base"] == ("db-resnet18", True)
    assert (made.parts, made.dataset, made.rule.resize.limit_side) == (PARTS, Path("/data/shop"), 320)
    assert made.session.schedule.steps == 60
    assert (made.session.run, made.session.teacher, made.progress) == (tmp_path, None, RunProgress())
    assert made.session.evaluator._samples == PARTS.validation
    assert journal.words == []


@pytest.mark.parametrize(("group", "kept"), [(Group(), 1), (Group(1, 2), 0)], ids=["first", "second"])
def test_the_first_process_keeps_the_graph_that_the_run_starts_from_and_what_it_learns_from(
    opened: Callable[..., session.Opened], seen: dict[str, Any], group: Group, kept: int, tmp_path: Path
) -> None:
    opened(group=group)
    assert len(seen["graphs"]) == kept
    assert (tmp_path / names.LEARNT).is_file() == bool(kept)
    assert not kept or learnt_before(tmp_path, "any") == PARTS.known


@pytest.mark.parametrize("found", [Misplaced(Frame("swapped"), 0.034, 0.816), None], ids=["misplaced", "in-place"])
def test_labels_beside_their_text_are_told_with_how_they_would_fit(
    opened: Callable[..., session.Opened], journal: Told, monkeypatch: pytest.MonkeyPatch, found: Misplaced | None
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(session, "LOOKED_AT", 3)
    monkeypatch.setattr(session, "look_at", lambda *given: asked.append(given) or found)
    made = opened("model=ppocrv6-small")
    made.session.look_at_labels()
    least = default_decode(ModelCard(name="base", limit_side=320)).effective_box_threshold
    assert asked == [(made.session.model, VALIDATION[:3], made.rule, least)]
    params = {"way": Sentence("evaluation.frame-swapped"), "now": "0.03", "there": "0.82"}
    assert journal.words == ([("evaluation.labels-misplaced", params)] if found else [])
    if found:
        error = OcrwebError(*journal.words[0][:1], **journal.words[0][1])
        assert "with x and y exchanged they would (hmean 0.82)" in error.message("en")
        assert "若“x 与 y 互换”" in error.message("zh")


def test_pictures_without_labels_are_told_and_taught(
    opened: Callable[..., session.Opened], seen: dict[str, Any], journal: Told
) -> None:
    seen["plain"] = Plain((Path("1.png"), Path("2.png")), 3, 4)
    made = opened("seed=6", "unlabelled.weight=0.75")
    assert journal.words == [("unlabelled", 2, 3, 4)]
    assert seen["views"] == ((Path("1.png"), Path("2.png")), 320, 6, Group())
    teacher = made.session.teacher
    assert teacher is not None
    assert teacher.options.weight == 0.75
    assert (teacher._model, teacher._average, teacher._stepper) == (made.session.model, made.session.average, made.session.stepper)  # fmt: skip
    made.session.close()
    assert seen["closed"]


def test_a_machine_without_shared_memory_is_told(
    opened: Callable[..., session.Opened], seen: dict[str, Any], journal: Told
) -> None:
    seen["without"] = True
    opened()
    assert journal.words == [("train.few-shared-memory", {})]


@pytest.mark.parametrize(("words", "parts"), [((), 1), (("optimizer.accumulate=3",), 3)])
def test_batches_are_cut_as_often_as_steps_are_accumulated(
    opened: Callable[..., session.Opened], words: tuple[str, ...], parts: int
) -> None:
    made = opened(*words)
    assert (made.progress.parts, made.session.stepper.parts) == (parts, parts)


@pytest.mark.parametrize(
    ("words", "group", "parts", "pictures", "batch"),
    [((), Group(), 2, 2, 4), (("optimizer.accumulate=3",), Group(), 6, 2, 12), (("batch_size=5",), Group(0, 2), 2, 3, 10)],
)  # fmt: skip
def test_after_a_kill_batches_are_halved_and_people_hear_how_many_pictures_go_at_a_time(
    opened: Callable[..., session.Opened],
    journal: Told,
    words: tuple[str, ...],
    group: Group,
    parts: int,
    pictures: int,
    batch: int,
) -> None:
    made = opened(*words, group=group, halve=True)
    assert made.session.stepper.parts == made.progress.parts == parts
    assert journal.words == [("train.batch-halved", {"pictures": pictures, "batch": batch})]
    made.session.stepper._on_halving(1)
    assert journal.words[-1] == ("train.batch-halved", {"pictures": 1, "batch": batch})


@pytest.mark.parametrize(("group", "stop", "raised"), [(Group(), True, True), (Group(), False, False), (Group(0, 2), True, False)])  # fmt: skip
def test_one_alone_may_be_stopped_between_two_pictures_of_an_evaluation(
    opened: Callable[..., session.Opened], group: Group, stop: bool, raised: bool
) -> None:
    look = opened(group=group, stop=stop).session.evaluator._on_picture
    if raised:
        with pytest.raises(StopAsked):
            look()
    else:
        look()


def test_the_first_few_validation_pictures_are_shown(
    opened: Callable[..., session.Opened], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shown: list[Any] = []
    made = opened()
    monkeypatch.setattr(session, "write_samples", lambda *given: shown.append(given))
    found: Any = SimpleNamespace(choice="choice")
    made.session.save_samples(found, 7)
    assert shown == [(made.session.model, PARTS.validation[:4], made.rule, "choice", tmp_path / names.SAMPLES, 7)]


def test_a_run_goes_on_from_its_checkpoint_and_a_new_one_does_not(
    opened: Callable[..., session.Opened], tmp_path: Path
) -> None:
    first = opened("optimizer.accumulate=2").session
    first.stepper.step(drawn_batch(0), 0.02)
    first.average.update(1)
    arrays = model_arrays(first.model), optimizer_arrays(first.optimizer, first.model), first.average.arrays()
    progress = RunProgress(step=1, parts=3, loss_scale=0.0, best={"hmean": 0.5})
    save_checkpoint(tmp_path / names.LATEST_OPTIMIZER, Checkpoint(progress, *arrays))
    for resume in (True, False):
        again = opened("optimizer.accumulate=2", resume=resume)
        assert again.progress == (progress if resume else RunProgress(parts=2))
        for kept, now in zip(arrays, (model_arrays(again.session.model), optimizer_arrays(again.session.optimizer, again.session.model), again.session.average.arrays()), strict=True):  # fmt: skip
            same = kept.keys() == now.keys() and all(np.array_equal(kept[name], now[name]) for name in kept)
            assert same is resume


@pytest.mark.parametrize(("ratio", "told"), [(0.0, 0.3), (0.7, 0.7)])
def test_what_was_trained_before_learns_at_its_own_share_of_the_rate(
    opened: Callable[..., session.Opened], ratio: float, told: float
) -> None:
    made = opened(f"optimizer.pretrained_ratio={ratio}")
    rates = {name: p.optimize_attr["learning_rate"] for name, p in made.session.model.named_parameters()}
    assert rates["head.weight"] == 1.0
    assert rates["stem.weight"] == told


def test_before_its_steps_the_network_is_put_into_training(opened: Callable[..., session.Opened]) -> None:
    made = opened()
    made.session.model.eval()
    made.session.before_steps()
    assert made.session.model.training
    assert not made.session.model.norm.training  # four pictures measure no statistics
