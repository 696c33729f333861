"""What a step multiplies in, and the loss scale that float16 needs."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterator

import numpy as np
import paddle
import pytest

from ocrweb.runtime.device import has_bf16
from ocrweb.training.learn import step as stepping
from ocrweb.training.learn.loss_scale import LossScale
from ocrweb.training.learn.step import Stepper
from tests.training.learn.steppers import arrays, stepper
from tests.training.tiny import SIDE, TinyDetector, drawn_batch


@pytest.mark.parametrize(
    ("device", "has_bfloat16", "amp", "expected", "scales"),
    [
        ("gpu:0", True, "on", "bfloat16", False),
        ("gpu:0", False, "on", "float16", True),
        ("gpu:0", True, "off", "float32", False),
        ("gpu:0", True, "auto", "float32", False),
        ("cpu", True, "auto", "bfloat16", False),
        ("cpu", True, "on", "bfloat16", False),
        ("cpu", True, "off", "float32", False),
        ("cpu", False, "on", "float32", False),
    ],
)
def test_mixed_precision_takes_what_the_device_has(
    monkeypatch: pytest.MonkeyPatch, device: str, has_bfloat16: bool, amp: str, expected: str, scales: bool
) -> None:
    """float16 alone needs its loss scaled, lest small gradients vanish."""
    model = TinyDetector()
    monkeypatch.setattr(paddle.device, "get_device", lambda: device)
    monkeypatch.setattr(paddle.amp, "is_bfloat16_supported", lambda: has_bfloat16)
    monkeypatch.setattr(stepping, "has_bf16", lambda: has_bfloat16)
    asked: list[str] = []

    @contextlib.contextmanager
    def auto_cast(enable: bool, dtype: str, custom_black_list: set[str]) -> Iterator[None]:
        assert custom_black_list == {"sigmoid"}, "a probability needs all of float32"
        asked.append(dtype if enable else "float32")
        yield

    @contextlib.contextmanager
    def products(enabled: bool) -> Iterator[None]:
        asked.append("bfloat16" if enabled else "float32")
        yield

    trainer = stepper(model, amp=amp)
    assert (trainer.loss_scale > 0) == scales
    monkeypatch.setattr(paddle.amp, "auto_cast", auto_cast)
    monkeypatch.setattr(stepping, "products_in_bfloat16", products)
    trainer.step(drawn_batch(0), 0.01)
    assert asked == [expected]


@pytest.fixture
def scaled(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Stepper]:
    """A stepper as on a GPU that knows float16 alone; its products stay in float32 here."""
    monkeypatch.setattr(stepping, "precision", lambda amp: "float16")

    def make(model: paddle.nn.Layer, loss_scale: float = 0.0, **options: object) -> Stepper:
        trainer = stepper(model, **options)
        trainer._scale = LossScale(loss_scale)
        return trainer

    return make


@pytest.mark.parametrize("clip_norm", [0.0, 0.01])
def test_a_scaled_loss_moves_the_weights_as_an_unscaled_one(scaled: Callable[..., Stepper], clip_norm: float) -> None:
    plain, other = TinyDetector(), TinyDetector()
    expected = stepper(plain, amp="off", clip_norm=clip_norm).step(drawn_batch(0), 0.01)
    found = scaled(other, clip_norm=clip_norm).step(drawn_batch(0), 0.01)
    assert found.norm == pytest.approx(expected.norm, rel=1e-4)
    assert found.losses == pytest.approx(expected.losses)
    for name, array in arrays(plain).items():
        np.testing.assert_allclose(arrays(other)[name], array, atol=1e-6)


def test_an_overflow_halves_the_scale_and_leaves_the_weights(scaled: Callable[..., Stepper]) -> None:
    model = TinyDetector()
    trainer = scaled(model, loss_scale=2.0**127)
    before = {name: array for name, array in arrays(model).items() if not name.startswith("norm._")}
    result = trainer.step(drawn_batch(0), 0.01)
    assert (result.taken, result.overflowed, trainer.loss_scale) == (False, True, 2.0**126)
    for name, array in before.items():
        np.testing.assert_array_equal(arrays(model)[name], array)
    while trainer.step(drawn_batch(0), 0.01).overflowed:
        pass
    assert 1.0 < trainer.loss_scale < 2.0**126
    assert any((arrays(model)[name] != array).any() for name, array in before.items())


def test_a_loss_that_is_not_finite_is_no_overflow(scaled: Callable[..., Stepper]) -> None:
    trainer = scaled(TinyDetector())
    batch = dataclasses.replace(drawn_batch(0), threshold_map=np.full((4, SIDE, SIDE), np.nan, np.float32))
    result = trainer.step(batch, 0.01)
    assert (result.taken, result.overflowed, trainer.loss_scale) == (False, False, 2.0**12)


@pytest.mark.skipif(not has_bf16(), reason="this processor has no bfloat16")
def test_a_step_in_bfloat16_goes_where_one_in_float32_goes() -> None:
    """The same batches lower the loss alike, and yet not to the digit: the products were rounded."""
    curves = {}
    for amp in ("on", "off"):
        trainer = stepper(TinyDetector(), amp=amp)
        curves[amp] = [trainer.step(drawn_batch(seed), 0.01).losses["loss"] for seed in range(8)]
    assert curves["on"] != curves["off"]
    np.testing.assert_allclose(curves["on"], curves["off"], rtol=0.05)
