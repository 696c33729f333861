"""Weights → ONNX from the command line: ``python -m ocrweb.training.export.convert WEIGHTS OUT.onnx [--card model.yml]``.

Exit code 0 and the file, or 1 and one line of reason on stderr; stdout then holds a coded error's record, a JSON document.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ocrweb.errors import OcrwebError
from ocrweb.runtime.card import CARD_FILE, CARD_KEY, read_card
from ocrweb.runtime.paddle_env import machine_environment

if TYPE_CHECKING:
    from paddle import nn

ONLY_IN_TRAINING = "head.thresh."


def convert(weights: Path, out: Path, card: Path | None = None) -> float:
    """Write the network of a ``.pdparams`` file or of a run folder as ONNX, its card inside; returns the parity.

    card: a ``model.yml``; by default the one of a run folder. Raises what `complete_model` and ``export_onnx`` raise.
    """
    from ocrweb.model.architecture import architecture_named

    architecture_named(weights)  # what it raises is known long before Paddle is loaded
    from ocrweb.training.export.onnx import export_onnx
    from ocrweb.training.machine.device import on_cpu

    beside = weights / CARD_FILE
    if card is None and beside.is_file():
        card = beside
    metadata = {CARD_KEY: read_card(card).embedded()} if card else {}
    with on_cpu():
        return export_onnx(complete_model(weights), out, metadata=metadata)


def complete_model(source: str | Path) -> nn.Layer:
    """What `build_model` gives, with all the weights that detection uses.

    Training may start from a backbone alone; the rest of the network would then be random numbers. Raises
    ``convert.incomplete``, ``weights.too-few`` for those of a larger network, and what `build_model` raises.
    """
    from ocrweb.model.architecture import build_model, weights_file

    layer, architecture, report = build_model(source)
    if report is not None and architecture.graph is None:
        absent = [*report.missing, *(tensor.name for tensor in report.reshaped)]
        if any(not name.startswith(ONLY_IN_TRAINING) for name in absent):
            path = str(weights_file(source))
            if report.reshaped:  # as of a ResNet50: nothing is missing from that file
                raise OcrwebError("weights.too-few", path=path, matched=len(report.matched), total=report.total)
            raise OcrwebError("convert.incomplete", path=path, matched=len(report.matched), total=report.total)
    return layer


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ocrweb.training.export.convert")
    parser.add_argument("weights", type=Path, help=".pdparams file, run folder or .onnx file")
    parser.add_argument("out", type=Path, help="ONNX file to write")
    parser.add_argument("--card", type=Path, help="model.yml to keep in the file")
    given = parser.parse_args(arguments)
    os.environ.update(machine_environment())
    try:
        convert(given.weights, given.out, given.card)
    except OcrwebError as error:
        print(error.message(), file=sys.stderr)
        print(json.dumps(error.to_record(), default=str))
        return 1
    except OSError as error:
        print(f"{given.out}: {error.strerror or error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
