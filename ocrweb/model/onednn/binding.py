"""The C interface of oneDNN 3 as far as convolutions and pooling need it (oneapi-src/oneDNN, dnnl.h and dnnl_types.h)."""

from __future__ import annotations

import ctypes
import functools
import importlib.util
import threading
from collections.abc import Callable, Sequence
from ctypes import POINTER, Structure, byref, c_int, c_int64, c_size_t, c_void_p
from pathlib import Path
from typing import Any

MAJOR_VERSION = 3
MAX_DIMS = 12
BF16, F32 = 2, 3
FORWARD_TRAINING = 64
CONVOLUTION_DIRECT, DECONVOLUTION_DIRECT = 1, 10
POOLING_MAX, POOLING_AVERAGE_EXCLUDE_PADDING = 0x1FF, 0x3FF
SRC, DST, WEIGHTS, BIAS, WORKSPACE = 1, 17, 33, 41, 64
DIFF_SRC, DIFF_DST, DIFF_WEIGHTS, DIFF_BIAS = 129, 145, 161, 169
SRC_MD, DIFF_SRC_MD, WEIGHTS_MD, DIFF_WEIGHTS_MD, DST_MD, DIFF_DST_MD, WORKSPACE_MD = 129, 130, 131, 132, 133, 134, 135

_CPU, _IN_ORDER, _ANY_FORMAT = 1, 1, 1
_OUT_OF_MEMORY, _INVALID_ARGUMENTS, _UNIMPLEMENTED = 1, 2, 3

Dims = c_int64 * MAX_DIMS


class Refused(Exception):
    """oneDNN has no kernel for this on this processor, or the shapes do not fit each other."""


class _Version(Structure):
    _fields_ = (("major", c_int),)


class _Argument(Structure):
    _fields_ = (("index", c_int), ("memory", c_void_p))


class Handle:
    """An object of the library; gone when the last reference to it is."""

    def __init__(self, pointer: c_void_p, destroy: Callable[[c_void_p], Any] | None = None) -> None:
        self.pointer = pointer
        self._destroy = destroy

    def __del__(self) -> None:
        if self._destroy:
            self._destroy(self.pointer)


class OneDNN:
    """oneDNN in one process: a CPU engine with its stream.

    lock: hold it from placing arrays until the primitive has run; neither a memory nor the stream may be shared.
    """

    def __init__(self, file: Path) -> None:
        self.lock = threading.Lock()
        self._functions = ctypes.CDLL(str(file))
        self._functions.dnnl_version.restype = POINTER(_Version)
        major = self._functions.dnnl_version().contents.major
        if major != MAJOR_VERSION:
            raise OSError(f"oneDNN {major} is not {MAJOR_VERSION}")
        self._functions.dnnl_primitive_desc_query_md.restype = c_void_p
        self._functions.dnnl_memory_desc_get_size.restype = c_size_t
        self._engine = self._make("engine", _CPU, c_size_t(0))
        self._stream = self._make("stream", self._engine.pointer, _IN_ORDER)

    def free_format(self, shape: Sequence[int], kind: int) -> Handle:
        """An array whose order in memory oneDNN may choose."""
        return self._make("memory_desc", len(shape), Dims(*shape), kind, _ANY_FORMAT, call="create_with_tag")

    def strided_format(self, shape: Sequence[int], strides: Sequence[int], kind: int) -> Handle:
        """strides: elements from one index of an axis to the next."""
        return self._make("memory_desc", len(shape), Dims(*shape), kind, Dims(*strides), call="create_with_strides")

    def memory(self, layout: c_void_p) -> Handle:
        """A place for an array of this layout, without memory of its own."""
        return self._make("memory", layout, self._engine.pointer, None)

    def same(self, one: c_void_p, other: c_void_p) -> bool:
        return bool(self._functions.dnnl_memory_desc_equal(one, other))

    def size(self, layout: c_void_p) -> int:
        """Bytes."""
        return int(self._functions.dnnl_memory_desc_get_size(layout))

    def layout(self, descriptor: Handle, which: int) -> c_void_p:
        """The order in memory that a primitive has chosen; it lives as long as the descriptor."""
        return c_void_p(self._functions.dnnl_primitive_desc_query_md(descriptor.pointer, which, 0))

    def describe(self, operation: str, *arguments: Any) -> Handle:
        """What shall be computed, e.g. ``convolution_forward`` with the arguments of the C function after the engine."""
        call = f"{operation}_primitive_desc_create"
        return self._make("primitive_desc", self._engine.pointer, *arguments, function=call)

    def describe_reorder(self, source: c_void_p, target: c_void_p) -> Handle:
        engine = self._engine.pointer
        arguments = (source, engine, target, engine, None)
        return self._make("primitive_desc", *arguments, function="reorder_primitive_desc_create")

    def primitive(self, descriptor: Handle) -> Handle:
        """Ready to compute; machine code is written for it here."""
        return self._make("primitive", descriptor.pointer)

    def place(self, memory: Handle, address: int) -> None:
        """Where the array of a memory is."""
        self._check(self._functions.dnnl_memory_set_data_handle(memory.pointer, c_void_p(address)))

    def run(self, primitive: Handle, arguments: dict[int, Handle]) -> None:
        """Compute; the results are there when this returns."""
        given = (_Argument * len(arguments))(*[_Argument(index, memory.pointer) for index, memory in arguments.items()])
        self._check(
            self._functions.dnnl_primitive_execute(primitive.pointer, self._stream.pointer, len(arguments), given)
        )
        self._check(self._functions.dnnl_stream_wait(self._stream.pointer))

    def _make(self, kind: str, *arguments: Any, call: str = "create", function: str | None = None) -> Handle:
        pointer = c_void_p()
        name = f"dnnl_{function or f'{kind}_{call}'}"
        self._check(getattr(self._functions, name)(byref(pointer), *arguments))
        return Handle(pointer, getattr(self._functions, f"dnnl_{kind}_destroy"))

    @staticmethod
    def _check(status: int) -> None:
        """Raise Refused, MemoryError or RuntimeError for a status that is not success."""
        if status in (_INVALID_ARGUMENTS, _UNIMPLEMENTED):
            raise Refused
        if status == _OUT_OF_MEMORY:
            raise MemoryError("oneDNN: out of memory")
        if status:
            raise RuntimeError(f"oneDNN: status {status}")


@functools.cache
def load() -> OneDNN | None:
    """Paddle's copy of oneDNN; None where it has none, or one of another major version."""
    paddle = importlib.util.find_spec("paddle")
    if paddle is None or paddle.origin is None:
        return None
    for file in sorted((Path(paddle.origin).parent / "libs").glob("libdnnl.so*")):
        try:
            return OneDNN(file)
        except (OSError, AttributeError, RuntimeError):
            continue
    return None
