"""The fast CPU forms compute what the plain functions compute, gradients included."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import cv2
import numpy as np
import paddle
import paddle.nn.functional as F
import pytest
from paddle import nn

from ocrweb.model import functional
from ocrweb.model.onednn import binding, convolution, layers, pooling
from ocrweb.runtime.device import has_bf16

needs_bfloat16 = pytest.mark.skipif(
    binding.load() is None or not has_bf16(), reason="no oneDNN here, or a processor without bfloat16"
)
CONVOLUTIONS = {
    "narrowing": ((16, 9, 11), (4, 16, 3, 3), {"padding": 1}),
    "unpadded": ((16, 9, 11), (4, 16, 3, 3), {}),
    "5x5": ((12, 9, 11), (6, 12, 5, 5), {"padding": 2}),
    "halving": ((3, 33, 32), (8, 3, 3, 3), {"stride": 2, "padding": 1}),
    "pointwise": ((8, 9, 11), (8, 8, 1, 1), {}),
    "sides differ": ((8, 9, 11), (8, 8, 3, 1), {"padding": [1, 0], "stride": [2, 1]}),
    "depthwise": ((16, 18, 40), (16, 1, 7, 7), {"padding": 3, "groups": 16}),
    "depthwise halving": ((12, 20, 20), (12, 1, 5, 5), {"padding": 2, "stride": 2, "groups": 12}),
    "groups": ((8, 9, 9), (12, 4, 3, 3), {"padding": 1, "groups": 2}),
    "uneven ends": ((4, 9, 9), (4, 4, 2, 2), {"padding": [0, 1, 0, 1]}),
    "dilated": ((4, 12, 12), (4, 4, 3, 3), {"padding": 2, "dilation": 2}),
}
TRANSPOSED = {
    "doubling": ((8, 6, 7), (8, 5, 2, 2), {"stride": 2}),
    "to one map": ((64, 6, 7), (64, 1, 2, 2), {"stride": 2}),
    "overlapping": ((8, 6, 7), (8, 5, 3, 3), {"stride": 2, "padding": 1}),
}


POOLS = {
    "halving": ((9, 12), {"kernel_size": 2, "stride": 2}),
    "halving, rounded up": ((9, 11), {"kernel_size": 2, "stride": 2, "ceil_mode": True}),
    "overlapping": ((9, 12), {"kernel_size": 3, "stride": 2, "padding": 1}),
    "overlapping, rounded up": ((10, 12), {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True}),
    "same size": ((9, 12), {"kernel_size": 3, "stride": 1, "padding": 1}),
    "sides differ": ((9, 12), {"kernel_size": [3, 2], "stride": [2, 1], "padding": [1, 0]}),
    "uneven ends": ((9, 12), {"kernel_size": 2, "stride": 1, "padding": [0, 1, 0, 1]}),
}


@pytest.mark.parametrize(
    ("side", "padding", "rounds_up", "result", "behind"),
    [(8, 0, False, 3, 0), (9, 0, False, 4, 0), (8, 0, True, 4, 1), (8, 1, False, 4, 0), (8, 1, True, 5, 2), (9, 1, True, 5, 1), (7, 1, True, 4, 1)],
)  # fmt: skip
def test_the_last_window_gets_the_rows_that_it_lacks(
    side: int, padding: int, rounds_up: bool, result: int, behind: int
) -> None:
    """Three pixels, two apart: of one axis, and of the other beside one of five pixels in which two windows fit."""
    for swap in (1, -1):
        height, width = (side, 5)[::swap]
        window = pooling.Window((1, 1, height, width), "max", (3, 3), (2, 2), (padding, 0)[::swap], rounds_up=rounds_up)
        assert (window.y[2:][::swap], window.padding_behind[::swap]) == ((result, 2), (behind, 0))


def tensor(*shape: int, seed: int = 0) -> Any:
    made = paddle.to_tensor(np.random.default_rng(seed).standard_normal(shape).astype(np.float32))
    made.stop_gradient = False
    return made


def answers(function: Callable[..., Any], inputs: list[Any], options: dict[str, Any]) -> list[np.ndarray]:
    """The result and the gradient of each input, for a gradient of the result that differs everywhere."""
    tensors = [tensor(*shape, seed=seed) for seed, shape in enumerate(inputs)]
    y = function(*tensors, **options)
    (y * tensor(*y.shape, seed=9)).sum().backward()
    return [y.numpy(), *(given.grad.numpy() for given in tensors)]


@pytest.fixture(params=["oneDNN", "without"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """With Paddle's copy of oneDNN, and as on a machine where there is none."""
    caches = (convolution.convolution, pooling.pooling)
    for cache in caches:
        cache.cache_clear()
    if request.param == "without":
        monkeypatch.setattr(binding, "load", lambda: None)
    yield request.param
    for cache in caches:
        cache.cache_clear()


@pytest.mark.parametrize("with_bias", [False, True], ids=["plain", "bias"])
@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_convolution_and_its_gradients_equal_paddles(name: str, with_bias: bool, engine: str) -> None:
    x, weight, options = CONVOLUTIONS[name]
    inputs = [(2, *x), weight, *([(weight[0],)] if with_bias else [])]
    for ours, plain in zip(
        answers(functional.conv2d, inputs, options), answers(F.conv2d, inputs, options), strict=True
    ):
        np.testing.assert_allclose(ours, plain, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("with_bias", [False, True], ids=["plain", "bias"])
@pytest.mark.parametrize("name", TRANSPOSED)
def test_transposed_convolution_and_its_gradients_equal_paddles(name: str, with_bias: bool, engine: str) -> None:
    x, weight, options = TRANSPOSED[name]
    inputs = [(2, *x), weight, *([(weight[1],)] if with_bias else [])]
    plain = answers(F.conv2d_transpose, inputs, options)
    for ours, theirs in zip(answers(functional.conv2d_transpose, inputs, options), plain, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)


@needs_bfloat16
@pytest.mark.parametrize("name", ["narrowing", "pointwise", "depthwise", "halving"])
def test_products_in_bfloat16_differ_by_its_rounding_and_no_more(name: str) -> None:
    x, weight, options = CONVOLUTIONS[name]
    inputs = [(2, *x), weight, (weight[0],)]
    exact = answers(functional.conv2d, inputs, options)
    with layers.products_in_bfloat16():
        rounded = answers(functional.conv2d, inputs, options)
    for half, full in zip(rounded, exact, strict=True):
        difference = np.abs(half - full).max() / np.abs(full).max()
        assert 1e-4 < difference < 2e-2
    np.testing.assert_array_equal(answers(functional.conv2d, inputs, options)[0], exact[0])  # over again


@needs_bfloat16
def test_gradients_are_in_the_precision_of_their_forward_pass() -> None:
    x, weight = tensor(2, 16, 9, 11), tensor(4, 16, 3, 3, seed=1)
    with layers.products_in_bfloat16():
        y = functional.conv2d(x, weight, padding=1)
    y.sum().backward()
    half, full = x.grad.numpy(), F.conv2d_transpose(paddle.ones_like(y), weight, padding=1).numpy()
    assert 1e-4 < np.abs(half - full).max() / np.abs(full).max() < 2e-2


def test_gradients_are_only_made_where_wanted(engine: str) -> None:
    x, weight = tensor(1, 4, 8, 8), tensor(4, 1, 3, 3)
    x.stop_gradient = True
    functional.conv2d(x, weight, padding=1, groups=4).sum().backward()
    assert x.grad is None
    assert weight.grad is not None


def test_nothing_of_a_frozen_layer_is_learnt(engine: str) -> None:
    x, weight, bias = tensor(1, 4, 8, 8), tensor(4, 4, 3, 3), tensor(4)
    weight.stop_gradient = bias.stop_gradient = True
    functional.conv2d(x, weight, bias, padding=1).sum().backward()
    assert x.grad is not None
    assert weight.grad is None
    assert bias.grad is None


@pytest.mark.parametrize("frozen", ["weight", "bias"])
def test_weight_and_bias_of_a_layer_may_be_frozen_one_without_the_other(frozen: str, engine: str) -> None:
    x, weight, bias = tensor(1, 4, 8, 8), tensor(4, 4, 3, 3), tensor(4)
    {"weight": weight, "bias": bias}[frozen].stop_gradient = True
    functional.conv2d(x, weight, bias, padding=1).sum().backward()
    assert (weight.grad is None, bias.grad is None) == (frozen == "weight", frozen == "bias")


def test_enlargement_without_memory_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: Any, **options: Any) -> None:
        error = cv2.error("Failed to allocate")
        error.code = cv2.Error.StsNoMem
        raise error

    monkeypatch.setattr(cv2, "resize", full)
    with pytest.raises(MemoryError):
        functional.enlarged(tensor(1, 2, 3, 4), 2)


def test_a_view_of_a_tensor_is_convolved_as_its_copy_is() -> None:
    x, weight = tensor(2, 8, 9, 12), tensor(4, 12, 3, 3, seed=1)
    turned = x.transpose([0, 3, 1, 2])
    expected = F.conv2d(paddle.to_tensor(turned.numpy()), weight, padding=1).numpy()
    np.testing.assert_allclose(functional.conv2d(turned, weight, padding=1).numpy(), expected, atol=1e-4)


def test_a_bias_may_have_the_shape_it_has_in_a_graph(engine: str) -> None:
    x, bias = tensor(2, 3, 4, 5), tensor(1, 3, 1, 1, seed=1)
    np.testing.assert_array_equal(functional.add_bias(x, bias).numpy(), (x + bias).numpy())
    functional.conv2d(x, tensor(3, 3, 1, 1), bias).sum().backward()
    assert bias.grad.shape == [1, 3, 1, 1]
    np.testing.assert_allclose(bias.grad.numpy(), np.full((1, 3, 1, 1), 2 * 4 * 5), rtol=1e-5)


@pytest.mark.parametrize(("rows", "columns"), [(2, 2), (8, 8), (3, 1)])
def test_enlargement_and_its_gradient_equal_paddles(rows: int, columns: int) -> None:
    inputs = [(2, 3, 5, 7)]
    ours = answers(functional.enlarged, inputs, {"factors": [rows, columns]})
    plain = answers(F.interpolate, inputs, {"scale_factor": [rows, columns], "mode": "nearest"})
    for one, other in zip(ours, plain, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", POOLS)
@pytest.mark.parametrize("kind", ["max_pool2d", "avg_pool2d"])
def test_pooling_and_its_gradient_equal_paddles(kind: str, name: str, engine: str) -> None:
    sides, options = POOLS[name]
    inputs = [(2, 3, *sides)]
    ours = answers(getattr(functional, kind), inputs, options)
    for one, other in zip(ours, answers(getattr(F, kind), inputs, options), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


def normed(conv: nn.Layer, norm: nn.BatchNorm2D, x: Any) -> Any:
    return norm(conv(x))


def folded(conv: nn.Layer, norm: nn.BatchNorm2D, x: Any) -> Any:
    if isinstance(conv, nn.Conv2D):
        return functional.normalized(functional.conv2d, x, conv, norm, padding=1)
    return functional.normalized(functional.conv2d_transpose, x, conv, norm, stride=2)


@pytest.mark.parametrize("frozen", [True, False], ids=["frozen", "live"])
@pytest.mark.parametrize("with_bias", [False, None], ids=["plain", "bias"])
@pytest.mark.parametrize("transposed", [False, True])
def test_a_norm_and_all_weights_before_it_learn_as_without_folding(
    transposed: bool, with_bias: bool | None, frozen: bool, engine: str
) -> None:
    found = []
    for way in (normed, folded):
        paddle.seed(3)
        make = partial(nn.Conv2DTranspose, stride=2) if transposed else partial(nn.Conv2D, padding=1)
        conv, norm = make(8, 6, 2 if transposed else 3, bias_attr=with_bias), nn.BatchNorm2D(6)
        norm.weight.set_value(tensor(6, seed=1))
        norm.bias.set_value(tensor(6, seed=2))
        norm._mean.set_value(tensor(6, seed=3))
        norm._variance.set_value(tensor(6, seed=4).abs() + 0.1)
        norm.training = not frozen
        x = tensor(2, 8, 6, 7)
        y = way(conv, norm, x)
        (y * tensor(*y.shape, seed=9)).sum().backward()
        learning = [*conv.parameters(), norm.weight, norm.bias]
        found.append([y, x.grad, *(p.grad for p in learning), norm._mean, norm._variance])
    for plain, ours in zip(*found, strict=True):
        np.testing.assert_allclose(ours.numpy(), plain.numpy(), rtol=1e-3, atol=2e-4)
