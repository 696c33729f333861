"""Which network a name, a graph or a file of weights stands for; told without Paddle, built with it."""

from __future__ import annotations

import filecmp
import importlib.util
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ocrweb.config.model_names import DEFAULT as PUBLISHED
from ocrweb.config.model_names import HOUSE
from ocrweb.disk.atomic import replace_file
from ocrweb.errors import OcrwebError
from ocrweb.model.pdparams import read_pdparams
from ocrweb.rundir import names

if TYPE_CHECKING:
    from paddle import nn

    from ocrweb.model.weights import LoadReport

OWN_GRAPH = "onnx"
BASE_GRAPH = "base.onnx"
_PUBLISHED_FILE = Path("rapidocr") / "models" / "PP-OCRv6_det_small.onnx"
_SIGN_OF_HOUSE = ("neck.in5_conv.weight", (256, 512, 1, 1))
_RUN_WEIGHTS = (names.BEST, names.LATEST)
NEARLY_ALL = 0.9


@dataclass(frozen=True)
class Architecture:
    """name: ``db-resnet18``, ``ppocrv6-small`` or ``onnx`` (somebody's own graph). graph: the ONNX file it is made of."""

    name: str
    graph: Path | None = None


def published_graph() -> Path:
    """The ONNX file of ``ppocrv6-small`` inside the installed rapidocr; ``graph.package-missing`` without it."""
    if path := _find_published():
        return path
    raise OcrwebError("graph.package-missing", name=PUBLISHED)


def architecture_named(text: str | Path) -> Architecture:
    """The network of a name, an ``.onnx`` file, a ``.pdparams`` file or a run folder.

    Raises ``weights.unknown-architecture``, ``weights.base-mismatch``, what reading weights raises, or
    ``weights.missing`` when nothing of that name exists.
    """
    if str(text) == HOUSE:
        return Architecture(HOUSE)
    if str(text) == PUBLISHED:
        return Architecture(PUBLISHED, published_graph())
    path = weights_file(text)
    return _of_graph(path) if path.suffix == ".onnx" else architecture_of(path)


def weights_file(text: str | Path) -> Path:
    """The file itself, or the best (else the latest) weights of a run folder."""
    path = Path(text)
    if path.is_dir():
        for name in _RUN_WEIGHTS:
            if (path / name).is_file():
                return path / name
        raise OcrwebError("weights.missing", path=str(path / _RUN_WEIGHTS[0]), reason="no such file")
    return path


def architecture_of(path: Path | str) -> Architecture:
    """The network a ``.pdparams`` file belongs to, told from the names and shapes of its tensors.

    Weights of a graph need the graph: ``base.onnx`` beside them, else the published one when its tensors have the same
    names and shapes.
    """
    path = Path(path)
    shapes = {name: array.shape for name, array in read_pdparams(path).items()}
    name, shape = _SIGN_OF_HOUSE
    if any(key.endswith(name) and found == shape for key, found in shapes.items()) or _is_backbone(shapes):
        return Architecture(HOUSE)
    if not any(key.startswith("graph.") for key in shapes):
        raise OcrwebError(_foreign_code(shapes), path=str(path))
    beside = path.parent / BASE_GRAPH
    if beside.is_file():
        return _of_graph(beside)
    from ocrweb.model.onnx_graph.arrays import trainable_shapes

    published = published_graph()
    wanted = trainable_shapes(published)
    if {key: found for key, found in shapes.items() if key.startswith("graph.")} != wanted:
        raise OcrwebError("weights.unknown-architecture", path=str(path))
    return Architecture(PUBLISHED, published)


def _foreign_code(names: Iterable[str]) -> str:
    """What PaddleOCR's weights of another network are, by the names of their tensors."""
    told = " ".join(names)
    if any(word in told for word in ("ctc", "gtc_head", "sar_head", "attention_cell")):
        return "weights.of-recognition"
    if any(word in told for word in ("head.binarize", "ins_conv", "Student", "neck.in2_conv")):
        return "weights.of-other-detector"
    return "weights.unknown-architecture"


def build_model(text: str | Path) -> tuple[nn.Layer, Architecture, LoadReport | None]:
    """A network ready to train or to export, with what it is and, where weights were read, what fitted.

    text: ``db-resnet18`` (random weights), ``ppocrv6-small``, an ``.onnx`` file, a ``.pdparams`` file or a run folder.
    Weights of a graph must fit it almost completely (``weights.base-mismatch``); a threshold branch may be missing.
    """
    from ocrweb.model.weights import load_weights

    architecture = architecture_named(text)
    layer = new_layer(architecture)
    path = weights_file(text) if str(text) not in (HOUSE, PUBLISHED) else None
    if path is None or path.suffix == ".onnx":
        return layer, architecture, None
    if architecture.graph is None:
        return layer, architecture, load_weights(layer, path)
    try:
        report = load_weights(layer, path, minimum_share=NEARLY_ALL)
    except OcrwebError as error:
        if error.code != "weights.too-few":
            raise
        fit = {name: error.params[name] for name in ("matched", "total")}
        raise OcrwebError("weights.base-mismatch", weights=str(path), graph=str(architecture.graph), **fit) from error
    return layer, architecture, report


def new_layer(architecture: Architecture) -> nn.Layer:
    """The network before any training: random weights for the house model, the file's own for a graph."""
    if architecture.graph is None:
        from ocrweb.model.detector import DBResNet18

        return DBResNet18()
    from ocrweb.model.onnx_graph.detector import from_onnx

    return from_onnx(architecture.graph)


def keep_base_graph(architecture: Architecture, folder: Path) -> Path | None:
    """Copy the graph that weights belong to beside them, as ``base.onnx``; None for networks that need none."""
    source = architecture.graph
    if source is None:
        return None
    target = folder / BASE_GRAPH
    if source.resolve() != target.resolve():
        replace_file(target, lambda temporary: _copy(source, temporary))
    return target


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)


def _of_graph(path: Path) -> Architecture:
    """A copy of the published graph keeps its name."""
    published = _find_published()
    if published and path.is_file() and filecmp.cmp(path, published, shallow=False):
        return Architecture(PUBLISHED, path)
    return Architecture(OWN_GRAPH, path)


def _find_published() -> Path | None:
    found = importlib.util.find_spec(_PUBLISHED_FILE.parts[0])
    folders = (found.submodule_search_locations or []) if found else []
    paths = [Path(folder).parent / _PUBLISHED_FILE for folder in folders]
    return next((path for path in paths if path.is_file()), None)


def _is_backbone(shapes: Mapping[str, tuple[int, ...]]) -> bool:
    """Whether these are ImageNet weights of ResNet18_vd, in PaddleOCR's or PaddleClas's names."""
    last = ("bb_3_1.conv1._conv.weight", "blocks.7.conv1.conv.weight")
    return any(key.endswith(last) and shape == (512, 512, 3, 3) for key, shape in shapes.items())
