"""An array is brought into oneDNN's order once for a result and its gradients, and only where the orders differ."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ocrweb.model.onednn.binding import DST, SRC
from ocrweb.model.onednn.computation import _Array, dense


class Library:
    """Orders are words; what is placed and run is noted."""

    def __init__(self) -> None:
        self.ran: list[tuple[str, str]] = []
        self.placed: list[tuple[str, int]] = []

    def strided_format(self, shape: Any, strides: Any, kind: int) -> Any:
        return SimpleNamespace(pointer="plain")

    def same(self, one: str, other: str) -> bool:
        return one == other

    def size(self, layout: str) -> int:
        return 64

    def memory(self, layout: str) -> str:
        return f"memory {layout}"

    def describe_reorder(self, source: str, target: str) -> tuple[str, str]:
        return source, target

    def primitive(self, descriptor: tuple[str, str]) -> tuple[str, str]:
        return descriptor

    def place(self, memory: str, address: int) -> None:
        self.placed.append((memory, address))

    def run(self, primitive: tuple[str, str], arguments: dict[int, str]) -> None:
        assert set(arguments) == {SRC, DST}
        self.ran.append(primitive)


def array(library: Library, wanted: str) -> _Array:
    return _Array(library, dense((2, 3)), wanted)  # type: ignore[arg-type]


def test_where_the_orders_agree_nothing_is_copied() -> None:
    library = Library()
    one = array(library, "plain")
    left: Any = {}
    one.take(77, left, 5)
    assert one.make_room(88) is None
    one.give(88)
    assert (library.ran, left, library.placed) == ([], {}, [("memory plain", 77), ("memory plain", 88)])


@pytest.mark.parametrize(("second", "runs"), [("blocked", 1), ("other", 2)])
def test_an_array_in_another_order_is_brought_there_once_and_left_for_who_wants_the_same(
    second: str, runs: int
) -> None:
    library = Library()
    left: Any = {}
    array(library, "blocked").take(77, left, 5)
    order, room = left[5]
    assert (order, room.nbytes, library.ran) == ("blocked", 64, [("plain", "blocked")])
    array(library, second).take(77, left, 5)
    assert len(library.ran) == runs
    assert left[5][0] == second
    if runs == 1:
        assert library.placed[-1] == ("memory blocked", room.ctypes.data)


def test_a_result_is_brought_back_to_where_it_is_wanted() -> None:
    library = Library()
    one = array(library, "blocked")
    room = one.make_room(99)
    assert room is not None
    one.give(99)
    assert library.ran == [("blocked", "plain")]
    assert library.placed == [("memory blocked", room.ctypes.data), ("memory plain", 99)]


@pytest.mark.parametrize(("shape", "strides"), [((), ()), ((4,), (1,)), ((2, 3, 5), (15, 5, 1))])
def test_the_last_axis_is_the_fastest(shape: tuple[int, ...], strides: tuple[int, ...]) -> None:
    assert dense(shape).strides == strides
    assert dense(shape).shape == shape
    assert np.zeros(shape, np.float32).strides == tuple(4 * step for step in strides)
