"""Files of weights (``.pdparams``) as plain arrays, read without Paddle and without running what a pickle may hold."""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.disk.atomic import replace_file
from ocrweb.disk.ordinary import read_ordinary
from ocrweb.errors import OcrwebError

NAME_TABLE = "StructuredToParameterName@@"
_HARMLESS = {
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy.core.multiarray", "scalar"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy._core.numeric", "_frombuffer"),
    ("numpy.core.numeric", "_frombuffer"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("collections", "OrderedDict"),
    ("_codecs", "encode"),
    ("builtins", "tuple"),
    ("__builtin__", "tuple"),
}
_DAMAGE = (  # what the unpickler raises on bytes that are no whole pickle
    pickle.UnpicklingError,
    EOFError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ImportError,
    MemoryError,
    OverflowError,
)


class _ForeignObject(pickle.UnpicklingError):
    """A pickle names a class or function that no file of weights needs."""


class _ArrayUnpickler(pickle.Unpickler):
    """Builds numpy arrays, dictionaries and plain values; everything else stops the reading."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _HARMLESS:
            raise _ForeignObject(f"{module}.{name}")
        return super().find_class(module.replace("__builtin__", "builtins"), name)


def read_pdparams(path: Path | str) -> dict[str, np.ndarray]:
    """The tensors of a file that ``paddle.save`` wrote for a state dict, by name and in order; bfloat16 is not widened.

    Raises what ``read_plain`` raises, and ``weights.not-weights`` when there are no tensors by name in the file.
    """
    tensors = _tensors_of(read_plain(path))
    if not tensors:
        raise OcrwebError("weights.not-weights", path=str(path))
    return tensors


def read_plain(path: Path | str) -> Any:
    """What ``paddle.save`` wrote, arrays as numpy; optimizer states too.

    Nothing in the file is executed: only arrays, containers and plain values are built. Raises ``weights.missing``,
    ``weights.damaged`` or ``weights.foreign`` (the file asks for code).
    """
    path = Path(path)
    try:
        content = read_ordinary(path)
    except OSError as error:
        raise OcrwebError("weights.missing", path=str(path), reason=error.strerror or str(error)) from error
    try:
        return _ArrayUnpickler(io.BytesIO(content), encoding="latin1").load()
    except _ForeignObject as error:
        raise OcrwebError("weights.foreign", path=str(path), object=str(error)) from error
    except _DAMAGE as error:
        raise OcrwebError("weights.damaged", path=str(path), size=len(content)) from error


def write_pdparams(tensors: Mapping[str, np.ndarray], path: Path | str) -> None:
    """Write arrays as ``paddle.load`` and PaddleOCR read them: a plain dictionary with Paddle's table of names.

    ``path`` is always whole, the old file or the new one. OSError (a full disk, no rights) is left to the caller.
    """
    saved: dict[str, Any] = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    saved[NAME_TABLE] = {name: name for name in tensors}
    replace_file(Path(path), lambda temporary: _dump(saved, temporary))


def _dump(saved: dict[str, Any], path: Path) -> None:
    with path.open("wb") as file:
        pickle.dump(saved, file, protocol=4)


def _tensors_of(loaded: Any) -> dict[str, np.ndarray]:
    """Arrays by name; Paddle 2.1 and later may store a tensor as (its own name, array)."""
    if not isinstance(loaded, Mapping):
        return {}
    tensors: dict[str, np.ndarray] = {}
    for name, value in loaded.items():
        if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str):
            value = value[1]
        if isinstance(name, str) and isinstance(value, np.ndarray) and value.dtype != object:
            tensors[name] = value
    return tensors
