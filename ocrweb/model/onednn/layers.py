"""Convolution, transposed convolution and pooling of Paddle tensors on a CPU, gradients included."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, Literal

import paddle
from paddle.autograd import PyLayer

from ocrweb.model.onednn.binding import load
from ocrweb.model.onednn.convolution import Convolution, Pair, Problem, convolution
from ocrweb.model.onednn.pooling import Pooling, Window, pooling

_half: ContextVar[bool] = ContextVar("half", default=False)


def computes_in_bfloat16() -> bool:
    """Whether `products_in_bfloat16` changes anything: oneDNN is there. Whether the CPU is fast at it is not asked."""
    return load() is not None


@contextlib.contextmanager
def products_in_bfloat16(enabled: bool = True) -> Iterator[None]:
    """Convolutions started herein, and their gradients, multiply in bfloat16; sums and tensors stay float32."""
    token = _half.set(enabled)
    try:
        yield
    finally:
        _half.reset(token)


def conv2d(
    x: paddle.Tensor,
    weight: paddle.Tensor,
    bias: paddle.Tensor | None,
    stride: Pair,
    padding: Pair,
    *,
    groups: int = 1,
    transposed: bool = False,
) -> paddle.Tensor | None:
    """x: (N, C, H, W) float32, weight: (outputs, C / groups, kh, kw), transposed: (C, outputs, kh, kw); bias: C values
    of any shape. None where oneDNN is missing or has no kernel for it."""
    problem = Problem(
        tuple(x.shape), tuple(weight.shape), stride, padding, groups, bias is not None, transposed, _half.get()
    )
    plan = convolution(problem)
    return None if plan is None else _Convolve.apply(x, weight, bias, plan)


def pool2d(
    x: paddle.Tensor,
    kind: Literal["max", "mean"],
    kernel: Pair,
    stride: Pair,
    padding: Pair,
    *,
    ceil_mode: bool = False,
) -> paddle.Tensor | None:
    """x: (N, C, H, W) float32. mean: of the values that are not padding. None where oneDNN is missing or has no kernel."""
    plan = pooling(Window(tuple(x.shape), kind, kernel, stride, padding, ceil_mode))
    return None if plan is None else _Pool.apply(x, plan)


class _Convolve(PyLayer):
    @staticmethod
    def forward(
        ctx: Any, x: paddle.Tensor, weight: paddle.Tensor, bias: paddle.Tensor | None, plan: Convolution
    ) -> paddle.Tensor:
        x, weight, shift = x.contiguous(), weight.contiguous(), None if bias is None else bias.contiguous()
        ctx.save_for_backward(x, weight)
        ctx.plan, ctx.bias, ctx.reordered = plan, bias, {}
        y = paddle.empty(plan.problem.y, "float32")
        addresses = (x.data_ptr(), weight.data_ptr(), None if shift is None else shift.data_ptr(), y.data_ptr())
        plan.forward(*addresses, ctx.reordered)
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: paddle.Tensor) -> Any:
        x, weight = ctx.saved_tensor()
        bias, plan, reordered = ctx.bias, ctx.plan, ctx.reordered
        wanted = gradients[0].contiguous()
        for_x = for_weight = for_bias = None
        if not x.stop_gradient:
            for_x = paddle.empty(x.shape, "float32")
            plan.gradient_of_x(wanted.data_ptr(), weight.data_ptr(), for_x.data_ptr(), reordered)
        if not weight.stop_gradient or (bias is not None and not bias.stop_gradient):
            for_weight = paddle.empty(weight.shape, "float32")
            for_bias = None if bias is None else paddle.empty(bias.shape, "float32")
            plan.gradient_of_weight(
                x.data_ptr(),
                wanted.data_ptr(),
                for_weight.data_ptr(),
                None if for_bias is None else for_bias.data_ptr(),
                reordered,
            )
        if weight.stop_gradient:
            for_weight = None
        if bias is None:
            return for_x, for_weight
        return for_x, for_weight, None if bias.stop_gradient else for_bias


class _Pool(PyLayer):
    @staticmethod
    def forward(ctx: Any, x: paddle.Tensor, plan: Pooling) -> paddle.Tensor:
        x, y = x.contiguous(), paddle.empty(plan.window.y, "float32")
        ctx.plan, ctx.choices = plan, plan.forward(x.data_ptr(), y.data_ptr())
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: paddle.Tensor) -> paddle.Tensor:
        wanted, for_x = gradients[0].contiguous(), paddle.empty(ctx.plan.window.x, "float32")
        ctx.plan.gradient_of_x(wanted.data_ptr(), for_x.data_ptr(), ctx.choices)
        return for_x
