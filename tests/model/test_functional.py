"""The fast CPU forms compute what the plain functions compute, gradients included."""

from __future__ import annotations

from typing import Any

import numpy as np
import paddle
import paddle.nn.functional as F
import pytest

from ocrweb.model import functional


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
