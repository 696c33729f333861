from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import paddle
import pytest

from ocrweb.config.groups.optimizer import OptimizerOptions
from ocrweb.config.loader import build
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from ocrweb.model.architecture import Architecture
from ocrweb.model.losses import DBLoss
from ocrweb.runtime.card import ModelCard
from ocrweb.training.learn.base import Base
from ocrweb.training.learn.ema import WeightAverage
from ocrweb.training.learn.optimizer import build_optimizer
from ocrweb.training.learn.step import Batch, Stepper, freeze_batch_norm
from ocrweb.training.machine.distributed import Group
from ocrweb.training.run.session import into_training
from tests.training.learn.steppers import arrays, stepper
from tests.training.tiny import TinyDetector, drawn_batch


def trainable(model: paddle.nn.Layer) -> list[str]:
    return [name for name, parameter in model.named_parameters() if not parameter.stop_gradient]


@pytest.mark.parametrize("kind", ["adam", "sgd"])
def test_the_loss_falls(kind: str) -> None:
    trainer = stepper(TinyDetector(), kind=kind)
    losses = [trainer.step(drawn_batch(step % 4), 0.02).losses["loss"] for step in range(40)]
    assert np.mean(losses[-4:]) < 0.6 * np.mean(losses[:4])


def test_the_total_is_the_sum_of_its_parts() -> None:
    losses = stepper(TinyDetector()).step(drawn_batch(0), 0.01).losses
    assert losses["loss"] == pytest.approx(losses["loss_shrink"] + losses["loss_threshold"] + losses["loss_binary"])


def test_a_broken_batch_leaves_the_weights_alone_and_is_reported() -> None:
    model = TinyDetector()
    trainer, average = stepper(model), WeightAverage(model, 0.9)
    trainer.step(drawn_batch(0), 0.01)
    average.update(1)
    trained = {name: arrays(model)[name] for name in trainable(model)}
    batch = drawn_batch(1)
    batch.images[0, 0, 0, 0] = np.inf
    assert not trainer.step(batch, 0.01).taken
    for name, before in trained.items():
        np.testing.assert_array_equal(model.state_dict()[name].numpy(), before)
    average.restore_statistics()
    assert all(np.isfinite(array).all() for array in arrays(model).values())
    assert trainer.step(drawn_batch(2), 0.01).taken


def test_a_long_gradient_is_clipped_to_the_given_length() -> None:
    free, clipped = TinyDetector(), TinyDetector()
    before = arrays(free)
    norm = stepper(free, kind="sgd", momentum=0.0, clip_norm=0.0).step(drawn_batch(0), 1.0).norm
    stepper(clipped, kind="sgd", momentum=0.0, clip_norm=norm / 4).step(drawn_batch(0), 1.0)
    for name in trainable(free):
        whole = free.state_dict()[name].numpy() - before[name]
        quarter = clipped.state_dict()[name].numpy() - before[name]
        np.testing.assert_allclose(quarter, whole / 4, atol=2e-6)


def test_a_gradient_that_is_short_already_is_left_as_it_is() -> None:
    free, clipped = TinyDetector(), TinyDetector()
    norm = stepper(free, kind="sgd", momentum=0.0, clip_norm=0.0).step(drawn_batch(0), 1.0).norm
    stepper(clipped, kind="sgd", momentum=0.0, clip_norm=norm * 4).step(drawn_batch(0), 1.0)
    for name in trainable(free):
        np.testing.assert_array_equal(clipped.state_dict()[name].numpy(), free.state_dict()[name].numpy())


def learnt(batch: Batch, parts: int = 1) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """What one plain step of rate 1 takes off each weight, which is its gradient, and the losses."""
    model = TinyDetector()
    trainer = stepper(model, parts, kind="sgd", momentum=0.0, clip_norm=0.0)
    freeze_both(model)
    before = arrays(model)
    losses = trainer.step(batch, 1.0).losses
    return {name: before[name] - array for name, array in arrays(model).items()}, losses


def test_pieces_of_a_batch_count_by_their_pictures() -> None:
    """Three pictures in two pieces: two of them and one."""
    batch = drawn_batch(0, size=3)
    whole, losses = learnt(batch, parts=2)
    pieces = [learnt(dataclasses.replace(batch, **{name: getattr(batch, name)[part] for name in ("images", *MAPS)}))
              for part in (slice(0, 2), slice(2, 3))]  # fmt: skip
    (two, of_two), (one, of_one) = pieces
    assert abs(of_two["loss"] - of_one["loss"]) > 0.01, "the pieces must differ for the test to say anything"
    for name in losses:
        assert losses[name] == pytest.approx((2 * of_two[name] + of_one[name]) / 3, abs=1e-6)
    for name, gradient in whole.items():
        np.testing.assert_allclose(gradient, (2 * two[name] + one[name]) / 3, atol=5e-4)  # equal weights: 5e-3


FULL = {
    "the allocator": MemoryError("ResourceExhaustedError: Out of memory error on GPU 0. Cannot allocate 2 GB."),
    "CUDA": OSError("(External) CUDA error(2), out of memory."),
    "the host": SystemError("(Fatal) Operator conv2d raises an std::bad_alloc exception."),
}


class Cramped(TinyDetector):
    """Runs out of memory with more than ``room`` pictures at a time."""

    room = 1
    error: BaseException = FULL["the allocator"]

    def forward(self, x: paddle.Tensor) -> object:
        if x.shape[0] > self.room:
            raise self.error
        return super().forward(x)


@pytest.mark.parametrize("error", FULL.values(), ids=FULL.keys())
def test_without_memory_the_batch_goes_through_in_parts_and_the_step_stays_the_same(error: BaseException) -> None:
    heard: list[int] = []
    cramped, roomy = Cramped(), TinyDetector()
    cramped.error = error
    freeze_both(cramped, roomy)
    small = stepper(cramped, heard=heard)
    freeze_both(cramped, roomy)
    result = small.step(drawn_batch(0), 0.01)
    big = stepper(roomy, parts=4)
    freeze_both(cramped, roomy)
    expected = big.step(drawn_batch(0), 0.01)
    assert heard == [2, 1]
    assert small.parts == 4
    assert result.losses == expected.losses
    for name, array in arrays(roomy).items():
        np.testing.assert_array_equal(arrays(cramped)[name], array)


class FullOnce(TinyDetector):
    """Runs out of memory once, at the second piece that it is given."""

    seen = 0

    def forward(self, x: paddle.Tensor) -> object:
        self.seen += 1
        if self.seen == 2:
            raise FULL["the allocator"]
        return super().forward(x)


def test_what_was_learnt_of_a_batch_before_memory_ran_out_is_not_counted_twice() -> None:
    full, roomy = FullOnce(), TinyDetector()
    trainer, expected = stepper(full, parts=2, clip_norm=0.0), stepper(roomy, parts=4, clip_norm=0.0)
    freeze_both(full, roomy)
    result = trainer.step(drawn_batch(0), 0.01)
    assert result.norm == expected.step(drawn_batch(0), 0.01).norm
    for name, array in arrays(roomy).items():
        np.testing.assert_array_equal(arrays(full)[name], array)


def freeze_both(*models: paddle.nn.Layer) -> None:
    for model in models:
        assert freeze_batch_norm(model) == 1


def test_when_even_one_picture_is_too_much_the_run_fails_with_the_remedies() -> None:
    model = Cramped()
    model.room = 0
    with pytest.raises(OcrwebError) as caught:
        stepper(model).step(drawn_batch(0), 0.01)
    assert caught.value.code == "train.out-of-memory"
    assert "smaller crop" in caught.value.hint("en")


def test_another_error_is_not_taken_for_lack_of_memory() -> None:
    batch = drawn_batch(0)
    wrong = Batch(batch.images[:, :2], *(getattr(batch, name) for name in MAPS))
    with pytest.raises(ValueError, match="channel"):
        stepper(TinyDetector()).step(wrong, 0.01)
    model, heard = Cramped(), list[int]()
    model.error = OSError("(External) CUDA error(700), an illegal memory access was encountered.")
    with pytest.raises(OSError, match="illegal"):
        stepper(model, heard=heard).step(batch, 0.01)
    assert heard == []


MAPS = ("threshold_map", "threshold_mask", "shrink_map", "shrink_mask")


def test_frozen_batch_norm_keeps_its_statistics() -> None:
    model = TinyDetector()
    trainer = stepper(model)
    freeze_batch_norm(model)
    before = arrays(model)
    trainer.step(drawn_batch(0), 0.01)
    after = arrays(model)
    np.testing.assert_array_equal(after["norm._mean"], before["norm._mean"])
    assert not np.array_equal(after["stem.weight"], before["stem.weight"])


def test_the_average_follows_the_weights_and_steps_aside_again() -> None:
    model = TinyDetector()
    trainer, average = stepper(model), WeightAverage(model, 0.99)
    for step in range(1, 6):
        trainer.step(drawn_batch(step), 0.05)
        average.update(step)
    live = arrays(model)
    with average.applied():
        averaged = arrays(model)
    assert not np.array_equal(averaged["head.weight"], live["head.weight"])
    np.testing.assert_array_equal(arrays(model)["head.weight"], live["head.weight"])
    np.testing.assert_array_equal(average.arrays()["head.weight"], averaged["head.weight"])


def test_an_average_without_decay_is_the_network_itself() -> None:
    model = TinyDetector()
    trainer, average = stepper(model), WeightAverage(model, 0.0)
    trainer.step(drawn_batch(0), 0.05)
    average.update(1)
    np.testing.assert_array_equal(average.arrays()["stem.weight"], model.state_dict()["stem.weight"].numpy())


@pytest.mark.parametrize("kind", ["adam", "sgd"])
def test_pretrained_weights_move_by_their_share_of_what_fresh_ones_do(kind: str) -> None:
    def moved(fresh: list[str] | None) -> dict[str, float]:
        model = TinyDetector()
        before = arrays(model)
        options = OptimizerOptions(kind=kind)  # type: ignore[arg-type]
        trainer = Stepper(model, DBLoss(), build_optimizer(model, options, fresh, 0.25), options, group=Group())
        model.train()
        trainer.step(drawn_batch(0), 1e-3)
        return {name: float(np.abs(array - before[name]).max()) for name, array in arrays(model).items()}

    everywhere, head_only = moved(None), moved(["head.weight", "head.bias"])
    assert head_only["head.weight"] == pytest.approx(everywhere["head.weight"], rel=1e-3)
    assert head_only["stem.weight"] == pytest.approx(0.25 * everywhere["stem.weight"], rel=1e-2)


def test_a_teacher_adds_its_part_to_the_loss() -> None:
    batch = drawn_batch(0)
    model = TinyDetector()
    options = OptimizerOptions()
    taught = dataclasses.replace(batch, teacher_map=batch.shrink_map * 0.9)
    trainer = Stepper(model, DBLoss(distill=10.0), build_optimizer(model, options), options, group=Group())
    model.train()
    losses = trainer.step(taught, 1e-9).losses
    assert losses["loss_distill"] > 0.1
    parts = ("loss_shrink", "loss_threshold", "loss_binary", "loss_distill")
    assert losses["loss"] == pytest.approx(sum(losses[name] for name in parts))
    assert "loss_distill" not in trainer.step(batch, 1e-9).losses


def test_a_student_that_follows_its_teacher_alone_becomes_like_it() -> None:
    model = TinyDetector()
    options = OptimizerOptions()
    trainer = Stepper(model, DBLoss(0.0, 0.0, distill=10.0), build_optimizer(model, options), options, group=Group())
    model.train()
    losses = []
    for step in range(60):
        batch = drawn_batch(step % 4)
        nothing = np.zeros_like(batch.shrink_mask)
        taught = dataclasses.replace(
            batch, shrink_mask=nothing, threshold_mask=nothing, teacher_map=batch.shrink_map * 0.8 + 0.1
        )
        losses.append(trainer.step(taught, 0.02).losses["loss_distill"])
    assert np.mean(losses[-4:]) < 0.3 * np.mean(losses[:4])


@pytest.mark.parametrize(
    ("choice", "pretrained", "batch", "fresh", "keeps"),
    [
        ("auto", True, 2, (), True),
        ("auto", True, 8, (), False),
        ("auto", False, 2, (), False),
        ("auto", True, 2, ("norm._mean", "norm._variance"), False),
        ("on", False, 8, ("norm._mean",), True),
        ("off", True, 2, (), False),
    ],
    ids=["small batches", "large batches", "random weights", "a new head", "on", "off"],
)
def test_batch_norm_keeps_statistics_that_small_batches_could_only_spoil(
    choice: str, pretrained: bool, batch: int, fresh: tuple[str, ...], keeps: bool
) -> None:
    base = Base(TinyDetector(), Architecture("onnx"), ModelCard(name="tiny"), pretrained, frozenset(fresh))
    into_training(base, build(TrainingConfig, {"batch_size": batch, "optimizer": {"freeze_bn": choice}}))
    assert base.model.training
    assert base.model.norm.training is not keeps


class TwoProcesses(Group):
    """Stands for this process and another one that has learnt nothing: its gradients and losses are 0."""

    def average_tensors(self, tensors: Sequence[paddle.Tensor]) -> None:
        with paddle.no_grad():
            for tensor in tensors:
                tensor.scale_(0.5)

    def average_numbers(self, numbers: Mapping[str, float]) -> dict[str, float]:
        return {name: number / 2 for name, number in numbers.items()}


def test_what_the_processes_have_learnt_is_averaged_before_the_step() -> None:
    """Gradients, and the losses that decide whether the step is taken: else the processes drift apart."""
    alone, together = (stepper(TinyDetector(), kind="sgd", momentum=0.0, clip_norm=0.0) for _ in range(2))
    together._group = TwoProcesses()
    one, both = alone.step(drawn_batch(0), 0.1), together.step(drawn_batch(0), 0.1)
    assert both.norm == pytest.approx(one.norm / 2)
    assert both.losses == pytest.approx({name: value / 2 for name, value in one.losses.items()})


def test_an_odd_batch_in_two_pieces_is_told_by_its_larger_piece() -> None:
    heard: list[int] = []
    model = Cramped()
    model.room = 2
    stepper(model, heard=heard).step(drawn_batch(0, size=3), 0.01)
    assert heard == [2]
