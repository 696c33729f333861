"""How much memory a network needs in ONNX Runtime: ``python -m ocrweb.training.export.footprint NETWORK HEIGHT WIDTH``.

A process of its own, because memory that other libraries took would be counted too. Prints one JSON object.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import psutil

from ocrweb.disk.child import run_module

PATIENCE = 120  # seconds


def footprint(network: Path, height: int, width: int) -> dict[str, float] | None:
    """MiB that loading and running add to a bare process: ``loaded``, ``peak``; None when it could not be measured."""
    try:
        child = run_module(__name__, network, height, width, patience=PATIENCE)
        child.check_returncode()
        return {name: float(value) for name, value in json.loads(child.stdout).items()}
    except (subprocess.SubprocessError, ValueError):
        return None


def main(arguments: list[str]) -> int:
    import numpy as np
    import onnxruntime

    from ocrweb.runtime.engines.onnx import OnnxEngine
    from ocrweb.runtime.paddle_env import usable_cores

    network, height, width = arguments
    onnxruntime.set_default_logger_severity(3)
    before = psutil.Process().memory_info().rss
    engine = OnnxEngine(Path(network), threads=usable_cores())
    loaded = psutil.Process().memory_info().rss
    engine.run(np.zeros((1, 3, int(height), int(width)), np.float32))
    print(json.dumps({"loaded": round((loaded - before) / 2**20, 1), "peak": round((_peak() - before) / 2**20, 1)}))
    return 0


def _peak() -> int:
    """Most bytes this process ever held. `getrusage` will not do: it counts the process that started this one."""
    status = Path("/proc/self/status")
    if status.is_file():
        for line in status.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return int(psutil.Process().memory_info().rss)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
