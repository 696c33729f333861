"""Several processes, one run: each learns from its part of every batch, gradients are averaged, rank 0 writes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import paddle


@dataclass(frozen=True, slots=True)
class Group:
    """This process's place among those that train together. rank: 0..size-1."""

    rank: int = 0
    size: int = 1

    @property
    def writes(self) -> bool:
        return self.rank == 0

    def average_tensors(self, tensors: Sequence[paddle.Tensor]) -> None:
        """Replace each tensor by its mean over all processes: one transfer of everything in a row."""
        if self.size == 1 or not tensors:
            return
        with paddle.no_grad():
            row = paddle.concat([tensor.astype("float32").flatten() for tensor in tensors])
            paddle.distributed.all_reduce(row)
            row.scale_(1.0 / self.size)
            start = 0
            for tensor in tensors:
                count = int(np.prod(tensor.shape))
                paddle.assign(row[start : start + count].reshape(tensor.shape).astype(tensor.dtype), tensor)
                start += count

    def average_numbers(self, numbers: Mapping[str, float]) -> dict[str, float]:
        summed = self.sum_array(np.array(list(numbers.values()), dtype=np.float64))
        return dict(zip(numbers, (summed / self.size).tolist(), strict=True))

    def sum_array(self, values: np.ndarray) -> np.ndarray:
        """The sum over all processes; every process gets it. float64 stays exact for counts."""
        if self.size == 1:
            return values
        tensor = paddle.to_tensor(np.ascontiguousarray(values, dtype=np.float64))
        paddle.distributed.all_reduce(tensor)
        return tensor.numpy()

    def any(self, flag: bool) -> bool:
        """Whether the flag is set in any process: they stop and go on together."""
        return bool(self.sum_array(np.array([float(flag)]))[0])

    def share(self, count: int) -> range:
        """The indices of 0..count-1 that are this process's part."""
        return range(self.rank, count, self.size)


def processes_here(size: int) -> int:
    """How many of a group's processes share this machine; Paddle's launcher says so where there are several machines."""
    return max(1, int(os.environ.get("PADDLE_LOCAL_SIZE") or size))


def join() -> Group:
    """Join the processes that ``PADDLE_TRAINERS_NUM`` tells of (NCCL on GPUs, gloo on CPUs); alone without it."""
    size = int(os.environ.get("PADDLE_TRAINERS_NUM", "1"))
    if size == 1:
        return Group()
    if not paddle.device.get_device().startswith("gpu"):
        os.environ.setdefault("PADDLE_DISTRI_BACKEND", "gloo")
    paddle.distributed.init_parallel_env()
    return Group(paddle.distributed.get_rank(), paddle.distributed.get_world_size())
