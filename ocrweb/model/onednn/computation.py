"""A primitive of oneDNN between arrays in Paddle's order: they are brought into its own order, and back out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ocrweb.model.onednn.binding import DST, F32, SRC, Handle, OneDNN

Reordered = dict[int, tuple[Any, Any]]
"""oneDNN's index of an argument → an order of oneDNN's, and the memory that the array lies in in this order."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How Paddle keeps an array of float32: the shape as oneDNN counts it, and strides in elements."""

    shape: tuple[int, ...]
    strides: tuple[int, ...]


def dense(shape: tuple[int, ...]) -> Layout:
    """One index after the other, the last axis the fastest."""
    strides = [1] * len(shape)
    for axis in range(len(shape) - 2, -1, -1):
        strides[axis] = strides[axis + 1] * shape[axis + 1]
    return Layout(shape, tuple(strides))


class Computation:
    """arrays: oneDNN's index of an argument → its layout (None: there is none) and what to ask the primitive for to
    learn the order it wants (None: it takes the layout as it is)."""

    def __init__(
        self, onednn: OneDNN, descriptor: Handle, arrays: Mapping[int, tuple[Layout | None, int | None]]
    ) -> None:
        self._onednn = onednn
        self._descriptor = descriptor  # the orders live in it
        self._primitive = onednn.primitive(descriptor)
        self._arrays = {
            index: _Array(onednn, layout, which and onednn.layout(descriptor, which))
            for index, (layout, which) in arrays.items()
            if layout is not None
        }

    def __call__(self, inputs: Mapping[int, int], results: Mapping[int, int], reordered: Reordered) -> None:
        """Addresses of the inputs, and where the results go, by oneDNN's index of the argument.

        reordered: inputs that an earlier computation has brought into its order; where this one wants the same order it
        takes them from there, and it leaves there what it had to bring itself.
        """
        for index, address in inputs.items():
            self._arrays[index].take(address, reordered, index)
        rooms = [self._arrays[index].make_room(address) for index, address in results.items()]
        self._onednn.run(self._primitive, {index: array.inner for index, array in self._arrays.items()})
        for index, address in results.items():
            self._arrays[index].give(address)
        rooms.clear()  # kept until here: the primitive worked in them


class _Array:
    """One array as Paddle keeps it (outer) and as the primitive wants it (inner)."""

    def __init__(self, onednn: OneDNN, layout: Layout, wanted: Any) -> None:
        self._onednn = onednn
        self._plain = onednn.strided_format(layout.shape, layout.strides, F32)
        self._wanted = wanted or self._plain.pointer
        self._same = onednn.same(self._plain.pointer, self._wanted)
        self._size = onednn.size(self._wanted)
        self._outer = onednn.memory(self._plain.pointer)
        self.inner = onednn.memory(self._wanted)

    def take(self, address: int, reordered: Reordered, index: int) -> None:
        """Have an input in the primitive's order: as it is, as somebody has left it there, or brought into it now."""
        if self._same:
            self._onednn.place(self.inner, address)
            return
        order, room = reordered.get(index, (None, None))
        if room is not None and self._onednn.same(order, self._wanted):
            self._onednn.place(self.inner, room.ctypes.data)
            return
        reordered[index] = self._wanted, self.make_room(address)
        self._onednn.place(self._outer, address)
        self._onednn.run(self._enter, {SRC: self._outer, DST: self.inner})

    def make_room(self, address: int) -> np.ndarray | None:
        """Give the primitive memory for this array: the given address where the orders agree, else new memory."""
        room = None if self._same else np.empty(self._size, np.uint8)
        self._onednn.place(self.inner, address if room is None else room.ctypes.data)
        return room

    def give(self, address: int) -> None:
        """Bring a result from the primitive's order to its address."""
        if not self._same:
            self._onednn.place(self._outer, address)
            self._onednn.run(self._leave, {SRC: self.inner, DST: self._outer})

    @cached_property
    def _enter(self) -> Handle:
        return self._onednn.primitive(self._onednn.describe_reorder(self._plain.pointer, self._wanted))

    @cached_property
    def _leave(self) -> Handle:
        return self._onednn.primitive(self._onednn.describe_reorder(self._wanted, self._plain.pointer))
