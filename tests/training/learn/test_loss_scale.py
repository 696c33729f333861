"""The loss scale of float16."""

from __future__ import annotations

from ocrweb.training.learn.loss_scale import LossScale


def test_it_falls_to_1_and_no_further() -> None:
    scale = LossScale(4.0)
    assert [scale.take(finite=False) for _ in range(3)] == [True, True, False]
    assert scale.value == 1.0


def test_it_rises_after_many_good_steps_in_a_row_and_not_above_its_limit() -> None:
    scale = LossScale()
    start = scale.value
    assert start == 2**12
    for _ in range(1000 - 1):
        scale.take(finite=True)
    scale.take(finite=False)
    assert scale.value == start / 2
    for _ in range(1000):
        assert not scale.take(finite=True)
    assert scale.value == start
    for _ in range(20 * 1000):
        scale.take(finite=True)
    assert scale.value == 2**16
