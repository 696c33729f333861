"""``python -m ocrweb.runtime.engines.trial onnx|paddle INDEX``: does the library run on that GPU?

Exit 0 when it does; else 1, and the last line on stdout says why.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

from ocrweb import messages
from ocrweb.disk.child import run_module
from ocrweb.errors import OcrwebError
from ocrweb.runtime.engines.gpu import gpu_failed
from ocrweb.runtime.engines.load import abilities, load_engine
from ocrweb.runtime.engines.paddle import FAILURES, check_gpu, words
from ocrweb.runtime.paddle_env import child_environment

MODULE = "ocrweb.runtime.engines.trial"
LIBRARIES = {"onnx": "ONNX Runtime", "paddle": "Paddle"}
PATIENCE = 180.0  # seconds; the first use of a GPU may compile kernels


@dataclass(frozen=True, slots=True)
class Trial:
    """One library on one GPU. built: it was built with CUDA. failure: a sentence why it does not run there, "" when it does.

    A library that was built without CUDA is not tried.
    """

    engine: str
    built: bool
    failure: str = ""


def try_gpu(index: int) -> tuple[Trial, ...]:
    """Try ONNX Runtime and Paddle on a GPU, each in a process of its own.

    So Paddle is not imported here, a native crash is an answer, and the GPU's memory is free again afterwards.
    """
    can = abilities()
    built = {"onnx": can.onnx_cuda, "paddle": can.paddle_cuda}
    return tuple(
        Trial(engine, built[name], run_child(name, index) if built[name] else "") for name, engine in LIBRARIES.items()
    )


def run_child(name: str, index: int) -> str:
    """Why the library does not run on the GPU, as a sentence in the language in force; "" when it does."""
    try:
        environment = {**child_environment(), "OCRWEB_LANG": messages.language()}
        child = run_module(MODULE, name, index, patience=PATIENCE, environment=environment)
    except subprocess.TimeoutExpired:
        return gpu_failed(LIBRARIES[name], f"> {PATIENCE:.0f} s").message()
    if child.returncode == 0:
        return ""
    said = child.stdout.strip().splitlines()
    if child.returncode == 1 and said:
        return said[-1]
    return gpu_failed(LIBRARIES[name], f"exit {child.returncode}").message()


def main(argv: list[str] | None = None) -> int:
    """Run one library on one GPU in this process."""
    name, index = sys.argv[1:] if argv is None else argv
    try:
        {"onnx": _detect, "paddle": _convolve}[name](int(index))
    except OcrwebError as error:
        print(error.message())
        return 1
    return 0


def _detect(index: int) -> None:
    """The embedded detector in a CUDA session."""
    from ocrweb.config.model_names import DEFAULT
    from ocrweb.runtime.catalogue import resolve

    load_engine(resolve(DEFAULT), "onnx", device=f"gpu:{index}").engine.close()


def _convolve(index: int) -> None:
    """A convolution in Paddle, as training runs them; raises `engine.gpu-failed`."""
    import paddle

    check_gpu(index)
    try:
        paddle.set_device(f"gpu:{index}")
        float(paddle.nn.Conv2D(3, 8, 3)(paddle.ones([1, 3, 32, 32])).mean())
    except FAILURES as failure:
        raise gpu_failed("Paddle", words(failure)) from failure


if __name__ == "__main__":
    sys.exit(main())
