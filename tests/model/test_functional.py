"""The fast CPU forms compute what the plain functions compute, gradients included."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import paddle
import paddle.nn.functional as F
import pytest

from ocrweb.model import depthwise, functional


def tensor(*shape: int, seed: int = 0) -> Any:
    made = paddle.to_tensor(np.random.default_rng(seed).standard_normal(shape).astype(np.float32))
    made.stop_gradient = False
    return made


@pytest.mark.parametrize(
    ("inputs", "outputs", "kernel", "padding"),
    [(16, 4, 3, 1), (16, 4, 3, 0), (12, 6, 5, 2), (4, 16, 3, 1), (8, 8, 1, 0)],
    ids=["narrowing", "narrowing-unpadded", "narrowing-5x5", "widening", "pointwise"],
)
def test_convolution_and_its_gradients_equal_paddles(inputs: int, outputs: int, kernel: int, padding: int) -> None:
    answers = []
    for convolve in (functional.conv2d, F.conv2d):
        x, weight, bias = (
            tensor(2, inputs, 9, 11),
            tensor(outputs, inputs, kernel, kernel, seed=1),
            tensor(outputs, seed=2),
        )
        y = convolve(x, weight, bias, padding=padding)
        (y * tensor(*y.shape, seed=3)).sum().backward()
        answers.append([y.numpy(), x.grad.numpy(), weight.grad.numpy(), bias.grad.numpy()])
    for ours, plain in zip(*answers, strict=True):
        np.testing.assert_allclose(ours, plain, rtol=1e-4, atol=1e-4)


def test_a_bias_may_have_the_shape_it_has_in_a_graph() -> None:
    x, bias = tensor(2, 3, 4, 5), tensor(1, 3, 1, 1, seed=1)
    np.testing.assert_array_equal(functional.add_bias(x, bias).numpy(), (x + bias).numpy())


def test_transposed_convolution_adds_its_bias() -> None:
    x, weight, bias = tensor(2, 3, 4, 5), tensor(3, 6, 2, 2, seed=1), tensor(6, seed=2)
    ours = functional.conv2d_transpose(x, weight, bias, stride=2)
    np.testing.assert_allclose(ours.numpy(), F.conv2d_transpose(x, weight, bias, stride=2).numpy(), atol=1e-6)


@pytest.mark.parametrize(
    ("channels", "kernel", "height", "width"),
    [(5, 7, 18, 40), (6, 3, 32, 32), (2, 3, 7, 95), (3, 5, 4, 3)],
    ids=["7x7", "whole-blocks", "prime-rows", "smaller-than-a-block"],
)
def test_depthwise_convolution_and_its_gradients_equal_paddles(
    channels: int, kernel: int, height: int, width: int
) -> None:
    answers = []
    for convolve in (functional.conv2d, F.conv2d):
        x, weight = tensor(2, channels, height, width), tensor(channels, 1, kernel, kernel, seed=1)
        y = convolve(x, weight, padding=kernel // 2, groups=channels)
        (y * tensor(*y.shape, seed=3)).sum().backward()
        answers.append([y.numpy(), x.grad.numpy(), weight.grad.numpy()])
    for ours, plain in zip(*answers, strict=True):
        np.testing.assert_allclose(ours, plain, rtol=1e-4, atol=1e-4)


def test_depthwise_gradients_are_only_made_where_wanted() -> None:
    x, weight = tensor(1, 4, 8, 8), tensor(4, 1, 3, 3)
    x.stop_gradient = True
    functional.conv2d(x, weight, padding=1, groups=4).sum().backward()
    assert x.grad is None
    assert weight.grad is not None


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_depthwise_convolution_is_the_same_with_any_number_of_threads(
    monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    x, weight = tensor(2, 5, 9, 33), tensor(5, 1, 3, 3, seed=1)
    expected = F.conv2d(x, weight, padding=1, groups=5).numpy()
    monkeypatch.setattr(depthwise, "_threads", lambda: threads)
    with ThreadPoolExecutor(threads) as pool:
        monkeypatch.setattr(depthwise, "_pool", lambda: pool)
        np.testing.assert_allclose(depthwise.depthwise_conv2d(x, weight).numpy(), expected, atol=1e-5)
