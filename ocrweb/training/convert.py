"""Weights → ONNX from the command line: ``python -m ocrweb.training.convert WEIGHTS OUT.onnx [--card model.yml]``.

Exit code 0 and the file, or 1 and one line of reason on stderr.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from ocrweb.errors import OcrwebError
from ocrweb.runtime.card import CARD_FILE, CARD_KEY, read_card
from ocrweb.runtime.paddle_env import machine_environment


def convert(weights: Path, out: Path, card: Path | None = None) -> float:
    """Write the network of a ``.pdparams`` file or of a run folder as ONNX, its card inside; returns the parity.

    card: a ``model.yml``; by default the one of a run folder. Raises what ``build_model`` and ``export_onnx`` raise.
    """
    from ocrweb.model.architecture import build_model
    from ocrweb.training.export import export_onnx

    beside = weights / CARD_FILE
    if card is None and beside.is_file():
        card = beside
    metadata = {CARD_KEY: read_card(card).model_dump_json(exclude_none=True)} if card else {}
    layer, _, _ = build_model(weights)
    return export_onnx(layer, out, metadata=metadata)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ocrweb.training.convert")
    parser.add_argument("weights", type=Path, help=".pdparams file, run folder or .onnx file")
    parser.add_argument("out", type=Path, help="ONNX file to write")
    parser.add_argument("--card", type=Path, help="model.yml to keep in the file")
    given = parser.parse_args(arguments)
    os.environ.update(machine_environment())
    try:
        convert(given.weights, given.out, given.card)
    except OcrwebError as error:
        print(error.message(), file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{given.out}: {error.strerror or error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
