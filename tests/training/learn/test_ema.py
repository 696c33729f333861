"""The running average of the weights."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

from ocrweb.training.learn.ema import WeightAverage


def test_the_average_follows_fast_at_first_and_holds_on_at_last() -> None:
    layer = _layer(0.0)
    average = WeightAverage(layer, 0.5)
    layer.weight.set_value(np.ones((1, 1), np.float32))
    average.update(1)
    assert average.arrays()["weight"] == pytest.approx(1 - 1 / 11)
    average.update(1000)  # 1000 / 1010 is above the decay
    assert average.arrays()["weight"] == pytest.approx(1 - 1 / 22)


def test_the_network_has_its_own_weights_back_after_the_average_was_applied_even_when_that_fails() -> None:
    layer = _layer(0.0)
    average = WeightAverage(layer, 0.5)
    layer.weight.set_value(np.full((1, 1), 3.0, np.float32))
    with average.applied():
        assert float(layer.weight) == 0.0
    assert float(layer.weight) == 3.0
    with pytest.raises(ZeroDivisionError), average.applied():
        raise ZeroDivisionError
    assert float(layer.weight) == 3.0


def test_statistics_come_back_from_the_average_and_weights_stay() -> None:
    """A broken batch was not learnt from, but batch norm has measured it."""
    norm = paddle.nn.BatchNorm1D(1)
    average = WeightAverage(norm, 0.5)
    norm.weight.set_value(np.full((1,), 7.0, np.float32))
    norm._mean.set_value(np.full((1,), np.nan, np.float32))
    average.restore_statistics()
    assert float(norm._mean) == 0.0
    assert float(norm.weight) == 7.0


def _layer(value: float) -> paddle.nn.Layer:
    layer = paddle.nn.Linear(1, 1, bias_attr=False)
    layer.weight.set_value(np.full((1, 1), value, np.float32))
    return layer
