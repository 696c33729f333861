"""Weights into a network and out of it, with a report of what fitted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ocrweb.errors import OcrwebError
from ocrweb.model.pdparams import read_pdparams, write_pdparams

if TYPE_CHECKING:
    from paddle import nn

Shape = tuple[int, ...]
MINIMUM_SHARE = 0.5
_WRAPPERS = ("module.", "_layers.", "model.", "Student.", "Teacher.", "Student2.")
_CLAS_BLOCK = re.compile(r"^blocks\.(\d+)\.")


@dataclass(frozen=True)
class Reshaped:
    """A tensor that the file has with another shape than the network."""

    name: str
    in_file: Shape
    in_model: Shape


@dataclass(frozen=True)
class LoadReport:
    """What became of each tensor, by its name in the network.

    matched: loaded. missing: of the network, not in the file; they keep their values. reshaped: in both with different
    shapes; they keep their values too. unexpected: in the file only, under the file's own names.
    """

    matched: tuple[str, ...]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    reshaped: tuple[Reshaped, ...]

    @property
    def total(self) -> int:
        """How many tensors the network has."""
        return len(self.matched) + len(self.missing) + len(self.reshaped)

    @property
    def complete(self) -> bool:
        """Whether every tensor of the network was loaded."""
        return not self.missing and not self.reshaped


def load_weights(model: nn.Layer, path: Path | str, *, minimum_share: float = MINIMUM_SHARE) -> LoadReport:
    """Fill a network from a ``.pdparams`` file: all of it, or a backbone alone.

    Names may be PaddleOCR's, those of a backbone alone, PaddleClas's (``stem``, ``blocks``), or any of them under the
    prefix of a wrapper such as ``Student.``. Raises ``weights.too-few`` when less than ``minimum_share`` of the
    network's tensors fit, before anything was changed, and whatever ``read_pdparams`` raises.
    """
    tensors = read_pdparams(path)
    state = model.state_dict()
    shapes = shapes_of(model)
    sources = matching_names(tensors, shapes)
    report = compare(tensors, shapes, sources)
    if len(report.matched) < minimum_share * report.total:
        raise OcrwebError("weights.too-few", path=str(path), matched=len(report.matched), total=report.total)
    for name in report.matched:
        state[name].set_value(_as_float32(tensors[sources[name]]))
    return report


def save_weights(model: nn.Layer, path: Path | str) -> None:
    """Write all tensors of a network, so that PaddleOCR and ``paddle.load`` read them; ``path`` is always a whole file.

    OSError (a full disk, no rights) is left to the caller.
    """
    write_pdparams({name: tensor.numpy() for name, tensor in model.state_dict().items()}, path)


def shapes_of(model: nn.Layer) -> dict[str, Shape]:
    """Name and shape of every tensor of a network, in the order of its definition."""
    return {name: tuple(int(side) for side in tensor.shape) for name, tensor in model.state_dict().items()}


def compare(tensors: Mapping[str, np.ndarray], shapes: Mapping[str, Shape], sources: Mapping[str, str]) -> LoadReport:
    """What loading a file's tensors would do to a network, given which name in the file fills which of its names."""
    in_file = {name: tensors[sources[name]].shape for name in shapes if name in sources}
    used = set(sources.values())
    return LoadReport(
        matched=tuple(name for name, shape in in_file.items() if shape == shapes[name]),
        missing=tuple(name for name in shapes if name not in sources),
        unexpected=tuple(name for name in tensors if name not in used),
        reshaped=tuple(Reshaped(name, shape, shapes[name]) for name, shape in in_file.items() if shape != shapes[name]),
    )


def matching_names(tensors: Mapping[str, np.ndarray], shapes: Mapping[str, Shape]) -> dict[str, str]:
    """Name in the network → name in the file; of all known ways to rename, the one by which most tensors fit."""

    def fitting(names: Mapping[str, str]) -> int:
        return sum(1 for name, source in names.items() if tensors[source].shape == shapes[name])

    return max(_ways_to_match(tensors, shapes), key=fitting)


def _ways_to_match(tensors: Mapping[str, object], shapes: Mapping[str, Shape]) -> Iterator[dict[str, str]]:
    """One table of names for each known way to rename, the plain one first."""
    for prefix in ("", *_WRAPPERS):
        bare = {source.removeprefix(prefix): source for source in tensors if source.startswith(prefix)}
        for rename in (str, _into_backbone, _from_paddleclas):
            yield {rename(name): source for name, source in bare.items() if rename(name) in shapes}


def _into_backbone(name: str) -> str:
    return "backbone." + name


def _from_paddleclas(name: str) -> str:
    """``blocks.3.conv0.bn.weight`` → ``backbone.bb_1_1.conv0._batch_norm.weight``; two blocks make a stage of ResNet18."""
    name = re.sub(r"^stem\.(\d)\.", lambda found: f"conv1_{int(found[1]) + 1}.", name)
    name = _CLAS_BLOCK.sub(lambda found: f"bb_{int(found[1]) // 2}_{int(found[1]) % 2}.", name)
    return _into_backbone(name.replace(".conv.", "._conv.").replace(".bn.", "._batch_norm."))


def _as_float32(array: np.ndarray) -> np.ndarray:
    """Paddle stores bfloat16 as the upper halves of float32 numbers, in uint16."""
    if array.dtype == np.uint16:
        return (array.astype(np.uint32) << 16).view(np.float32)
    return array.astype(np.float32, copy=False)
