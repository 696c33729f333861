"""Processes that train together get the same numbers, of all of them, and each its own part of the pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
import paddle
import pytest

from ocrweb.training.machine import distributed
from ocrweb.training.machine.distributed import Group, join, processes_here


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    """What went to the other process, which has the same numbers and 1 more of each."""
    seen: list[np.ndarray] = []

    def all_reduce(tensor: paddle.Tensor) -> None:
        seen.append(tensor.numpy().copy())
        paddle.assign(tensor * 2 + 1, tensor)

    monkeypatch.setattr(paddle.distributed, "all_reduce", all_reduce)
    return seen


def test_tensors_of_any_shape_become_their_means_in_one_transfer(sent: list[np.ndarray]) -> None:
    shapes = [(2, 3), (1,), (4,), (1, 2, 2)]
    arrays = [np.arange(np.prod(shape), dtype=np.float32).reshape(shape) + 10 * n for n, shape in enumerate(shapes)]
    tensors = [paddle.to_tensor(array) for array in arrays]
    Group(0, 2).average_tensors(tensors)
    assert len(sent) == 1
    for tensor, array in zip(tensors, arrays, strict=True):
        np.testing.assert_allclose(tensor.numpy(), array + 0.5)


def test_a_tensor_keeps_its_own_type(sent: list[np.ndarray]) -> None:
    whole = paddle.to_tensor(np.array([4, 6], np.int64))
    Group(0, 2).average_tensors([whole, paddle.to_tensor(np.array([1.0], np.float32))])
    assert (whole.dtype, whole.numpy().tolist()) == (paddle.int64, [4, 6])
    assert sent[0].dtype == np.float32


def test_numbers_are_averaged_by_their_names_and_counts_are_summed_exactly(sent: list[np.ndarray]) -> None:
    assert Group(1, 2).average_numbers({"b": 4.0, "a": 1.0}) == {"b": 4.5, "a": 1.5}
    large = np.array([[2**40 + 1, 0]], np.int64)
    np.testing.assert_array_equal(Group(1, 2).sum_array(large), [[2 * (2**40 + 1) + 1, 1]])
    assert sent[-1].dtype == np.float64


def test_one_alone_sends_nothing(sent: list[np.ndarray]) -> None:
    tensor, values = paddle.to_tensor(np.array([3.0], np.float32)), np.array([2, 5])
    Group().average_tensors([tensor])
    assert tensor.numpy().tolist() == [3.0]
    assert Group().sum_array(values) is values
    assert Group().average_numbers({"a": 3.0}) == {"a": 3.0}
    Group(0, 2).average_tensors([])
    assert sent == []


@pytest.mark.parametrize(("mine", "others", "answer"), [(False, 0, False), (True, 0, True), (False, 1, True), (True, 2, True)])  # fmt: skip
def test_a_flag_in_any_of_them_is_one_for_all(
    mine: bool, others: int, answer: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paddle.distributed, "all_reduce", lambda tensor: paddle.assign(tensor + others, tensor))
    assert Group(0, 3).any(mine) is answer


@pytest.mark.parametrize(("count", "size"), [(0, 3), (2, 3), (10, 3), (9, 1)])
def test_all_pictures_are_shared_out_once(count: int, size: int) -> None:
    parts = [list(Group(rank, size).share(count)) for rank in range(size)]
    assert sorted(index for part in parts for index in part) == list(range(count))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    assert [Group(rank, size).writes for rank in range(size)] == [True] + [False] * (size - 1)


@pytest.mark.parametrize(("said", "size", "here"), [(None, 4, 4), ("", 3, 3), ("2", 4, 2), (None, 0, 1)])
def test_the_launcher_says_how_many_share_this_machine(
    said: str | None, size: int, here: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PADDLE_LOCAL_SIZE", raising=False)
    if said is not None:
        monkeypatch.setenv("PADDLE_LOCAL_SIZE", said)
    assert processes_here(size) == here


@pytest.mark.parametrize(
    ("device", "before", "backend"), [("cpu", None, "gloo"), ("cpu", "mpi", "mpi"), ("gpu:1", None, None)]
)
def test_several_join_over_what_their_devices_have(
    device: str, before: str | None, backend: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[Any] = []
    environment = {"PADDLE_TRAINERS_NUM": "3", **({"PADDLE_DISTRI_BACKEND": before} if before else {})}
    monkeypatch.setattr(distributed.os, "environ", environment)
    monkeypatch.setattr(paddle.device, "get_device", lambda: device)
    monkeypatch.setattr(paddle.distributed, "init_parallel_env", lambda: done.append(environment.get("PADDLE_DISTRI_BACKEND")))  # fmt: skip
    monkeypatch.setattr(paddle.distributed, "get_rank", lambda: 2)
    monkeypatch.setattr(paddle.distributed, "get_world_size", lambda: 3)
    assert join() == Group(2, 3)
    assert done == [backend]


@pytest.mark.parametrize("said", [{}, {"PADDLE_TRAINERS_NUM": "1"}], ids=str)
def test_one_alone_joins_nobody(said: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distributed.os, "environ", said)
    monkeypatch.delattr(paddle.distributed, "init_parallel_env")
    assert join() == Group(0, 1)
