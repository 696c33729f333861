"""Learning from pictures without labels: when, how much, and never to the worse."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from ocrweb.config.pretraining import UnlabelledOptions
from ocrweb.errors import OcrwebError
from ocrweb.model.pdparams import read_pdparams
from ocrweb.rundir import names
from ocrweb.training.feed.loader import BatchLoader
from ocrweb.training.feed.loader_plan import WorkerPlan
from ocrweb.training.run.loop import Loop
from ocrweb.training.run.mean_teacher import Gate, MeanTeacher, weight_at
from ocrweb.training.run.parts import StopAsked
from tests.training.loops import events, opened, stop_after, weights
from tests.training.tiny import DrawnViews

AT_ONCE = ("unlabelled.start=0", "unlabelled.ramp=0")
SURE = ("unlabelled.text_above=0.5", "unlabelled.background_below=0.5")  # so that an untrained network teaches at all


def taught(run: Path) -> list[int]:
    """The steps at which the log has a loss without labels."""
    return [event["step"] for event in events(run, "step") if event.get("loss_unlabelled")]


def test_the_weight_is_nothing_at_first_and_rises_to_the_whole() -> None:
    options = UnlabelledOptions(start=0.2, ramp=0.4, weight=3.0)
    found = [weight_at(options, done) for done in (0.0, 0.19, 0.2, 0.4, 0.6, 1.0)]
    assert found == [0.0, 0.0, pytest.approx(3 * math.exp(-5)), pytest.approx(3 * math.exp(-1.25)), 3.0, 3.0]
    assert weight_at(UnlabelledOptions(start=1.0, ramp=0.0), 1.0) == 0.0  # never, not even at the end


def test_a_run_learns_from_them_once_their_share_of_it_has_begun(tmp_path: Path) -> None:
    loop = opened(tmp_path / "run", "epochs=4", "unlabelled.start=0.5", *SURE, plain=True)
    loop.run()
    assert taught(tmp_path / "run") == [15, 20]
    assert ", loss_unlabelled: " in (tmp_path / "run" / names.LOG).read_text()
    without = opened(tmp_path / "without", "epochs=4")
    without.run()
    assert any(not np.array_equal(array, weights(without)[name]) for name, array in weights(loop).items())


def test_before_they_begin_the_run_is_the_one_without_them_to_the_last_bit(tmp_path: Path) -> None:
    ended: list[Loop] = []
    for name, plain in (("with", True), ("without", False)):
        ended.append(opened(tmp_path / name, "epochs=3", "unlabelled.start=1.0", plain=plain))
        ended[-1].run()
    one, other = map(weights, ended)
    assert all(np.array_equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("stopped_at", [3, 8])
def test_a_resumed_run_sees_the_same_pictures(tmp_path: Path, stopped_at: int) -> None:
    words = ("epochs=3", "unlabelled.start=0.3", "unlabelled.pictures=2", *SURE)
    whole = opened(tmp_path / "whole", *words, plain=True)
    whole.run()
    with pytest.raises(StopAsked):
        opened(tmp_path / "parts", *words, plain=True, stop=stop_after(stopped_at)).run()
    second = opened(tmp_path / "parts", *words, plain=True, resume=True)
    second.run()
    for name, array in weights(whole).items():
        np.testing.assert_array_equal(weights(second)[name], array)
    one, other = (read_pdparams(tmp_path / run / names.LATEST) for run in ("whole", "parts"))
    assert all(np.array_equal(other[name], array) for name, array in one.items())


def test_two_processes_share_the_pictures_of_a_step(tmp_path: Path) -> None:
    session = opened(tmp_path / "run", plain=True)._s

    def teacher(rank: int, world: int, pictures: int) -> MeanTeacher:
        loader = BatchLoader(DrawnViews(), pictures, WorkerPlan("inline"), seed=3, rank=rank, world=world)
        return MeanTeacher(loader, session.model, session.average, session.stepper, UnlabelledOptions(start=0, ramp=0))

    alone, first, second = teacher(0, 1, 2), teacher(0, 2, 1), teacher(1, 2, 1)
    for step in range(6):  # over the end of the seven pictures
        both = alone.lesson(step, 0.5)
        parts = [one.lesson(step, 0.5) for one in (first, second)]
        assert both
        assert all(parts)
        np.testing.assert_array_equal(both.images, np.concatenate([part.images for part in parts if part]))


def test_the_teacher_is_the_average_and_leaves_the_network_as_it_was(tmp_path: Path) -> None:
    session = opened(tmp_path / "run", *AT_ONCE, plain=True)._s
    assert session.teacher
    for parameter in session.model.parameters():
        parameter.set_value(parameter * 0)
    before = {name: tensor.numpy() for name, tensor in session.model.state_dict().items()}
    lesson = session.teacher.lesson(0, 0.0)
    assert lesson
    assert lesson.taught.std() > 0.01  # a network of zeros says one half everywhere
    assert session.model.training
    assert all(np.array_equal(before[name], tensor.numpy()) for name, tensor in session.model.state_dict().items())


FALLING = (0.6, 0.7, 0.5, 0.55, 0.8)


def test_two_evaluations_below_what_was_reached_without_them_end_it_and_are_told(tmp_path: Path) -> None:
    loop = opened(tmp_path / "run", "epochs=6", "unlabelled.start=0.3", *SURE, plain=True, scores=FALLING)
    loop.run()
    said = [event for event in events(tmp_path / "run", "warning") if event["code"] == "train.unlabelled-off"]
    assert [(one["step"], one["params"]) for one in said] == [(20, {"hmean": "0.5500", "before": "0.6000"})]
    assert max(taught(tmp_path / "run")) == 20
    log = (tmp_path / "run" / names.LOG).read_text()
    assert "Warning: The pictures without labels do not help: hmean 0.5500, before them 0.6000." in log
    assert "0.5500" in OcrwebError(said[0]["code"], **said[0]["params"]).message("zh")


def test_a_resumed_run_keeps_the_gate_shut(tmp_path: Path) -> None:
    words = ("epochs=6", "unlabelled.start=0.3", *SURE)
    with pytest.raises(StopAsked):
        opened(tmp_path / "run", *words, plain=True, scores=FALLING, stop=stop_after(22)).run()
    second = opened(tmp_path / "run", *words, plain=True, resume=True)
    assert second.progress.gate.shut
    second.run()
    assert max(taught(tmp_path / "run")) == 20


def test_one_bad_evaluation_among_good_ones_shuts_nothing() -> None:
    gate = Gate()
    for hmean, under_way in ((0.5, False), (0.4, True), (0.5, True), (0.4, True), (0.6, True)):
        gate = gate.after(hmean, 0.5, under_way=under_way)
        assert not gate.shut
    assert (gate.before, gate.worse) == (0.5, 0)


def test_pictures_found_damaged_on_the_way_are_counted_once(tmp_path: Path) -> None:
    loop = opened(tmp_path / "run", "epochs=3", *AT_ONCE, plain=True)
    assert loop._s.teacher
    loop._s.teacher._loader = BatchLoader(DrawnViews(damaged=frozenset({0, 5})), 1, WorkerPlan("inline"))
    loop.run()
    said = [event for event in events(tmp_path / "run", "warning") if event["code"] == "train.unlabelled-unreadable"]
    counts = [event["params"]["count"] for event in said]
    assert counts == sorted(set(counts))
    assert counts[-1] == 2


def test_where_memory_is_short_they_go_through_a_few_at_a_time_and_are_part_of_the_loss(tmp_path: Path) -> None:
    words = ("epochs=1", "unlabelled.pictures=4", *AT_ONCE, *SURE)
    whole, parts = opened(tmp_path / "whole", *words, plain=True), opened(tmp_path / "parts", *words, plain=True)
    lessons = [loop._s.teacher.lesson(0, 0.5) for loop in (whole, parts) if loop._s.teacher]
    batch = next(iter(whole._s.feed.batches(0, 0)))
    parts._s.stepper.parts = 4
    one, other = (
        loop._s.stepper.step(batch, 0.01, lesson).losses for loop, lesson in zip((whole, parts), lessons, strict=True)
    )
    assert one["loss_unlabelled"] == pytest.approx(other["loss_unlabelled"], rel=0.1)
    sums = [one[name] for name in ("loss_shrink", "loss_threshold", "loss_binary", "loss_unlabelled")]
    assert one["loss"] == pytest.approx(sum(sums))
