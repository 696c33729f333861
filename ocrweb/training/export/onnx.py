"""A trained network as files that run without Paddle's training: ONNX, and Paddle's inference folder.

``python -m ocrweb.training.export PROGRAM PARAMETERS OUT OPSET`` is the converter's own process, because paddle2onnx
ends its process when it fails.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ocrweb.config.judgement import MAP_TOLERANCE, MEAN_TOLERANCE
from ocrweb.disk.atomic import replace_file
from ocrweb.disk.child import run_module
from ocrweb.errors import OcrwebError
from ocrweb.model.onnx_graph.fold import fold_deconvolutions
from ocrweb.model.onnx_graph.versions import ask_for_least
from ocrweb.model.onnx_graph.write import write_arrays

if TYPE_CHECKING:
    from paddle import nn

INPUT, OUTPUT = "x", "maps"
PROGRAM, PARAMETERS = "inference.json", "inference.pdiparams"
DEFAULT_OPSET = 17
PATIENCE = 300  # seconds
Size = tuple[int, int]
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def export_onnx(
    layer: nn.Layer,
    out: Path,
    *,
    size: Size | None = None,
    opset: int = DEFAULT_OPSET,
    metadata: Mapping[str, str] | None = None,
    program: tuple[Path, Path] | None = None,
) -> float:
    """Write a detector as ONNX: (N, 3, H, W) float32 → (N, 1, H, W) probabilities.

    size: fixed (height, width), each a multiple of 32; None leaves both free. A layer that came from an ONNX graph goes
    back into that very graph: same nodes, opset, input and output names, only trained numbers. Others get the input
    ``x`` and the output ``maps``. metadata: key → value, kept in the file. program: what `export_inference_folder`
    returned for this layer, where it has been written already.

    The file is checked by ONNX, run in ONNX Runtime and compared with Paddle before it takes its name; the returned
    number is the greatest difference found. Raises ``convert.failed``, or ``convert.differs`` above 1e-3, or 1e-5 on average; OSError when
    it cannot be written.
    """
    from ocrweb.model.onnx_graph.detector import OnnxDetector

    differences: list[float] = []

    def write(temporary: Path) -> None:
        if isinstance(layer, OnnxDetector):
            state = layer.state_dict()
            write_arrays(
                layer.source, {name: state[key].numpy() for key, name in layer.tensor_names.items()}, temporary
            )
        else:
            _convert(layer, temporary, opset, program)
        _finish(temporary, size, metadata or {}, rename=not isinstance(layer, OnnxDetector))
        worst, mean = _difference(layer, temporary, size)
        for difference, limit in ((worst, MAP_TOLERANCE), (mean, MEAN_TOLERANCE)):
            if not difference <= limit:
                raise OcrwebError("convert.differs", difference=f"{difference:.1e}", limit=f"{limit:.0e}")
        differences.append(worst)

    replace_file(out, write)
    return differences[0]


def export_inference_folder(layer: nn.Layer, folder: Path) -> tuple[Path, Path]:
    """Write ``inference.json`` and ``inference.pdiparams``, the form that Paddle and PaddleOCR load; sizes stay free."""
    import paddle
    from paddle.static import InputSpec

    folder.mkdir(parents=True, exist_ok=True)
    training = layer.training
    layer.eval()
    try:
        picture = InputSpec([None, 3, None, None], "float32", name=getattr(layer, "input_name", INPUT))
        with tempfile.TemporaryDirectory(prefix="ocrweb-") as temporary:
            paddle.jit.save(layer, str(Path(temporary) / "inference"), input_spec=[picture])
            for name in (PARAMETERS, PROGRAM):
                replace_file(folder / name, partial(_copy, Path(temporary) / name))
    finally:
        if training:
            layer.train()
    return folder / PROGRAM, folder / PARAMETERS


def _convert(layer: nn.Layer, out: Path, opset: int, written: tuple[Path, Path] | None) -> None:
    """Through Paddle's inference form, in a folder with a plain name: the converter garbles others."""
    with tempfile.TemporaryDirectory(prefix="ocrweb-") as temporary:
        if written is None:
            program, parameters = export_inference_folder(layer, Path(temporary))
        else:
            program, parameters = (Path(shutil.copy(path, temporary)) for path in written)
        converted = Path(temporary) / "network.onnx"
        try:
            child = run_module(__name__, program, parameters, converted, opset, patience=PATIENCE)
        except subprocess.TimeoutExpired as failure:
            raise OcrwebError("convert.failed", reason=f"> {PATIENCE} s") from failure
        if child.returncode != 0 or not converted.is_file():
            raise OcrwebError(
                "convert.failed", reason=_reason(child.stderr + child.stdout) or f"exit {child.returncode}"
            )
        _copy(converted, out)


def _reason(output: str) -> str:
    """The last line of the converter's output that speaks of an error, else the last that says anything."""
    lines = [_COLOUR.sub("", line).strip() for line in output.splitlines()]
    telling = [line for line in lines if len(line) > 5]
    errors = [line for line in telling if "error" in line.lower()]
    return (errors or telling or [""])[-1][:300]


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)


def _finish(path: Path, size: Size | None, metadata: Mapping[str, str], *, rename: bool) -> None:
    """Name the output and the axes, fix the size where asked, add the metadata, let ONNX check the result.

    rename: of a converted network, which is also freed of what runtimes would do one by one.
    """
    import onnx

    model = onnx.load(str(path))
    (picture,) = model.graph.input
    (maps,) = model.graph.output
    if rename:
        _rename_output(model, maps)
        fold_deconvolutions(model)
    height, width = size or ("H", "W")
    _set_axes(picture, ("N", 3, height, width))
    _set_axes(maps, ("N", 1, height, width))
    del model.graph.value_info[:]
    known = {item.key: item.value for item in model.metadata_props}
    onnx.helper.set_model_props(model, {**known, **metadata})
    ask_for_least(model)
    try:
        onnx.checker.check_model(model, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as failure:
        raise OcrwebError("convert.failed", reason=" ".join(str(failure).split())[:300]) from failure
    onnx.save(model, str(path))


def _rename_output(model: Any, maps: Any) -> None:
    for node in model.graph.node:
        for place, name in enumerate(node.output):
            if name == maps.name:
                node.output[place] = OUTPUT
    maps.name = OUTPUT


def _set_axes(value: Any, axes: tuple[str | int, ...]) -> None:
    shape = value.type.tensor_type.shape
    del shape.dim[:]
    for axis in axes:
        dimension = shape.dim.add()
        if isinstance(axis, int):
            dimension.dim_value = axis
        else:
            dimension.dim_param = axis


def _difference(layer: nn.Layer, path: Path, size: Size | None) -> tuple[float, float]:
    """Greatest and mean absolute difference between the file in ONNX Runtime and the layer in Paddle, on noise."""
    import onnxruntime
    import paddle

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    shapes = [(1, 3, *size)] if size else [(1, 3, 64, 96), (2, 3, 96, 64)]
    training = layer.training
    layer.eval()
    gaps = []
    try:
        for number, shape in enumerate(shapes):
            picture = np.random.default_rng(number).standard_normal(shape).astype(np.float32)
            with paddle.no_grad():
                expected = layer(paddle.to_tensor(picture)).numpy()
            gaps.append(np.abs(session.run(None, {name: picture})[0] - expected))
    finally:
        if training:
            layer.train()
    return max(float(gap.max()) for gap in gaps), max(float(gap.mean()) for gap in gaps)


def _main(arguments: list[str]) -> None:
    import paddle2onnx

    program, parameters, out, opset = arguments
    paddle2onnx.export(program, parameters, out, opset_version=int(opset), optimize_tool="None")


if __name__ == "__main__":
    _main(sys.argv[1:])
