"""Static int8: calibrate, quantise, find out which layers hurt, and keep those in float32.

Activations are unsigned (U8) and weights signed, per channel (S8): on CPUs with VNNI this is 1.8 times faster than signed
activations. Values are tied to the calibration pictures, so these should look like the pictures that will come.
"""

from __future__ import annotations

import copy
import heapq
import itertools
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.model.onnx_graph.fold import fold_convolutions, fold_deconvolutions

OPSET = 17  # per-channel weights need 13 or later
LAYERS = ("Conv", "ConvTranspose")
STEPS = (1, 2, 4, 8, 16, 32)  # layers left in float32, the most harmful first
MOST = 0.25  # share of the layers that may stay float32: with more of them int8 gains no time
PROBES = 2  # pictures that layers are tried on

Loss = Callable[[Path], float]


@dataclass(frozen=True, slots=True)
class Quantized:
    """loss: what `loss` said of the result. kept: names of the layers that stayed float32. tried: (layers kept, loss)."""

    loss: float
    kept: tuple[str, ...]
    tried: tuple[tuple[int, float], ...]


class Quantizer:
    """One float32 network, calibrated once, quantised as often as wanted."""

    def __init__(self, network: Path, blobs: Iterable[np.ndarray], work: Path) -> None:
        """network: float32 ONNX with free or fixed sides. blobs: (1, 3, H, W) float32 inputs. work: folder for files."""
        from onnxruntime.quantization import CalibrationMethod
        from onnxruntime.quantization.calibrate import create_calibrator
        from onnxruntime.quantization.quant_utils import save_and_reload_model_with_shape_infer

        self._work = work
        prepared = work / "prepared.onnx"
        _prepare(network, prepared)
        self._model = save_and_reload_model_with_shape_infer(_load(prepared))  # once: else each `write` does so
        with _quiet():
            calibrator: Any = create_calibrator(
                prepared,
                None,
                augmented_model_path=str(work / "augmented.onnx"),
                calibrate_method=CalibrationMethod.MinMax,
            )
            calibrator.collect_data(_reader(self._model.graph.input[0].name, blobs))
            self._ranges = calibrator.compute_data()
        self._quantizer = _knowing_weights()

    @property
    def layers(self) -> list[str]:
        """Names of the layers that weigh: convolutions, in the order of the graph."""
        return [node.name for node in self._model.graph.node if node.op_type in LAYERS]

    def write(self, out: Path, keep: Sequence[str] = (), only: Sequence[str] = ()) -> None:
        """Write the quantised network. keep: layers that stay float32. only: quantise these layers and nothing else."""
        from onnx import ModelProto
        from onnxruntime.quantization import QuantType
        from onnxruntime.quantization.registry import QDQRegistry

        network = ModelProto()  # of its own, because the quantiser changes it
        network.CopyFrom(self._model)
        with _quiet():
            quantizer = self._quantizer(
                network,
                per_channel=True,
                reduce_range=False,
                weight_qType=QuantType.QInt8,
                activation_qType=QuantType.QUInt8,
                tensors_range=copy.deepcopy(self._ranges),  # it fits those to what follows a layer
                nodes_to_quantize=list(only),
                nodes_to_exclude=list(keep),
                op_types_to_quantize=list(LAYERS if only else QDQRegistry),
                # Else an upsampling whose input is a sum stays float, and with it the next sum: a tenth of all the time
                extra_options={"ForceQuantizeNoInputCheck": True},
            )
            quantizer.quantize_model()
            quantizer.model.save_model_to_file(str(out))

    def worst_first(self, loss: Loss) -> Iterator[str]:
        """The layers by what quantising them alone does to `loss`, the most harmful first, found as they are asked for.

        Neighbours are tried together and only the worst are parted, so that few layers cost few trials: a layer's harm
        counts as no more than that of those it is tried with.
        """
        alone, trial = self._work / "alone.onnx", itertools.count()
        left = [(0.0, next(trial), self.layers)] if self.layers else []
        while left:
            _, _, names = heapq.heappop(left)
            if len(names) == 1:
                yield names[0]
                continue
            middle = (len(names) + 1) // 2
            for half in (names[:middle], names[middle:]):
                self.write(alone, only=half)
                heapq.heappush(left, (-loss(alone), next(trial), half))


def quantize(
    quantizer: Quantizer, out: Path, loss: Loss, *, enough: float, probe: Loss, on_step: Callable[[int], None]
) -> Quantized:
    """Quantise everything; while `loss` is above `enough`, give the most harmful layers back to float32.

    loss, probe: 0 is perfect; the second is the quicker one that layers are tried with. on_step: hears how many
    layers are float32 in the attempt. The best attempt is written to `out`, and its loss may still be above `enough`.
    """
    on_step(0)
    quantizer.write(out)
    tried = [(0, loss(out))]
    best: tuple[float, tuple[str, ...]] = (tried[0][1], ())
    if best[0] > enough:
        worst, order = quantizer.worst_first(probe), list[str]()
        attempt = out.with_name("attempt.onnx")
        most = max(1, round(len(quantizer.layers) * MOST))
        for count in (step for step in STEPS if step <= most):
            on_step(count)
            order += itertools.islice(worst, count - len(order))
            quantizer.write(attempt, keep=order)
            found = loss(attempt)
            tried.append((count, found))
            if found < best[0]:
                best = (found, tuple(order))
                attempt.replace(out)
            if best[0] <= enough:
                break
        attempt.unlink(missing_ok=True)
    return Quantized(best[0], best[1], tuple(tried))


def _knowing_weights() -> type[Any]:
    """ONNX Runtime's quantiser, which scales each weight once for all networks that it writes of one model: half of its time."""
    from onnxruntime.quantization.qdq_quantizer import QDQQuantizer

    known: dict[str, Any] = {}

    class Knowing(QDQQuantizer):
        tensors_to_quantize: dict[str, Any]

        def _calc_initializer_quant_params(self) -> dict[str, Any]:
            wanted = self.tensors_to_quantize
            self.tensors_to_quantize = {name: each for name, each in wanted.items() if name not in known}
            known.update(super()._calc_initializer_quant_params())
            self.tensors_to_quantize = wanted
            return {name: copy.deepcopy(known[name]) for name in wanted if name in known}  # it fits them to biases

    return Knowing


def to_float16(network: Path, out: Path) -> None:
    """Weights and layers in float16, input and output in float32; operators that lose too much stay float32.

    Batch norms are folded first: a running variance may leave float16's range although what is done with it does not.
    """
    import onnx
    from onnxruntime.transformers.float16 import DEFAULT_OP_BLOCK_LIST, convert_float_to_float16
    from onnxruntime.transformers.onnx_model import OnnxModel

    kept = [*DEFAULT_OP_BLOCK_LIST, "Sigmoid"]
    with _quiet():
        whole = _load(network)
        fold_convolutions(whole)
        model = convert_float_to_float16(whole, keep_io_types=True, op_block_list=kept)
        OnnxModel.graph_topological_sort(model.graph)  # the casts were appended at the end
    onnx.save(model, str(out))


def _prepare(network: Path, out: Path) -> None:
    """Opset, shapes and fused batch norms as the quantiser wants them."""
    import onnx
    from onnxruntime.quantization.shape_inference import quant_pre_process

    model = _load(network)
    if next(item.version for item in model.opset_import if item.domain in ("", "ai.onnx")) < 13:
        model = onnx.version_converter.convert_version(model, OPSET)
    upgraded = out.with_name("upgraded.onnx")
    onnx.save(model, str(upgraded))
    with _quiet():
        quant_pre_process(str(upgraded), str(out), skip_symbolic_shape=True)
    prepared = _load(out)
    fold_deconvolutions(prepared)
    del prepared.graph.value_info[:]  # of the tensors that are no more
    _name_nodes(prepared)
    onnx.save(prepared, str(out))


def _name_nodes(model: Any) -> None:
    """Layers are told apart by name, and graphs may come without."""
    taken = set()
    for number, node in enumerate(model.graph.node):
        if not node.name or node.name in taken:
            node.name = f"{node.op_type}.{number}"
        taken.add(node.name)


def _reader(name: str, blobs: Iterable[np.ndarray]) -> Any:
    from onnxruntime.quantization import CalibrationDataReader

    class Blobs(CalibrationDataReader):
        def __init__(self) -> None:
            self._left: Iterator[np.ndarray] = iter(blobs)

        def get_next(self) -> dict[str, np.ndarray] | None:
            blob = next(self._left, None)
            return None if blob is None else {name: blob}

    return Blobs()


def _load(path: Path) -> Any:
    import onnx

    return onnx.load(str(path))


@contextmanager
def _quiet() -> Iterator[None]:
    """The quantiser warns through the root logger about what was decided here on purpose."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.setLevel(level)
