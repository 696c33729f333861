"""How fast weights that were trained before go on."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

from ocrweb.config.groups.optimizer import OptimizerOptions
from ocrweb.training.learn.optimizer import build_optimizer, pretrained_ratio


@pytest.mark.parametrize(
    ("wanted", "architecture", "steps", "expected"),
    [
        (0.0, "db-resnet18", 60, 1.0),
        (0.0, "db-resnet18", 59, 0.3),
        (0.0, "ppocrv6-small", 600, 0.3),
        (0.0, "onnx", 600, 0.3),
        (0.1, "db-resnet18", 60, 0.1),
    ],
)
def test_only_the_house_model_with_time_to_learn_goes_at_the_whole_rate(
    wanted: float, architecture: str, steps: int, expected: float
) -> None:
    assert pretrained_ratio(wanted, architecture, steps) == expected


@pytest.mark.parametrize("kind", ["adam", "sgd"])
def test_weight_decay_pulls_at_weights_that_have_no_gradient_of_their_own(kind: str) -> None:
    def after_a_step(decay: float) -> float:
        layer = paddle.nn.Linear(1, 1, bias_attr=False)
        layer.weight.set_value(np.full((1, 1), 4.0, np.float32))
        optimizer = build_optimizer(layer, OptimizerOptions(kind=kind, weight_decay=decay))  # type: ignore[arg-type]
        layer(paddle.zeros([1, 1])).sum().backward()
        optimizer.set_lr(0.1)
        optimizer.step()
        return float(layer.weight)

    assert after_a_step(0.0) == 4.0
    assert after_a_step(0.05) < 4.0


@pytest.mark.parametrize("kind", ["adam", "sgd"])
def test_momentum_is_the_one_that_is_set(kind: str) -> None:
    """With none a step goes by its own gradient alone; with some the first one is still felt in the second."""

    def second_step(momentum: float) -> float:
        layer = paddle.nn.Linear(1, 1, bias_attr=False)
        optimizer = build_optimizer(layer, OptimizerOptions(kind=kind, momentum=momentum, weight_decay=0.0))  # type: ignore[arg-type]
        optimizer.set_lr(0.1)
        for gradient in (1.0, 0.0):
            before = float(layer.weight)
            (layer.weight * gradient).sum().backward()
            optimizer.step()
            optimizer.clear_grad()
        return before - float(layer.weight)

    assert second_step(0.0) == pytest.approx(0.0, abs=1e-6)
    assert second_step(0.9) > 0.01


def test_fresh_tensors_learn_at_the_whole_rate_and_the_others_at_the_ratio_of_it() -> None:
    layer = paddle.nn.Linear(1, 1)
    before = float(layer.weight), float(layer.bias)
    options = OptimizerOptions(kind="sgd", momentum=0.0, weight_decay=0.0)
    optimizer = build_optimizer(layer, options, fresh={"bias"}, ratio=0.25)
    optimizer.set_lr(0.1)
    layer(paddle.ones([1, 1])).sum().backward()  # a gradient of 1 for each
    optimizer.step()
    moved = before[0] - float(layer.weight), before[1] - float(layer.bias)
    assert moved == pytest.approx((0.025, 0.1))


def test_sgd_looks_ahead_along_its_momentum() -> None:
    """Nesterov: with gradients 1 and 0 the second step is the momentum twice over, 0.9 * 0.9 of the rate."""
    layer = paddle.nn.Linear(1, 1, bias_attr=False)
    optimizer = build_optimizer(layer, OptimizerOptions(kind="sgd", momentum=0.9, weight_decay=0.0))
    optimizer.set_lr(0.1)
    steps = []
    for gradient in (1.0, 0.0):
        before = float(layer.weight)
        (layer.weight * gradient).sum().backward()
        optimizer.step()
        optimizer.clear_grad()
        steps.append(before - float(layer.weight))
    assert steps == pytest.approx([0.19, 0.081])
