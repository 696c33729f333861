"""Weights → ONNX, in a child process, once a version of the weights."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

from ocrweb.config import paths
from ocrweb.disk.atomic import replacing
from ocrweb.disk.child import run_module
from ocrweb.disk.lock import locked
from ocrweb.errors import OcrwebError
from ocrweb.runtime.cache import prune
from ocrweb.runtime.paddle_env import child_environment

CONVERTER = "ocrweb.training.export.convert"
PATIENCE = 600  # seconds


def onnx_of(weights: Path) -> Path:
    """The ONNX network of a .pdparams file, converted unless that was done before.

    The result is kept under the hash of the weights, so a retrained file is converted anew and an unchanged copy is not.
    Two requests at once, of two processes too, convert once. Raises what the converter did (``weights.…``,
    ``convert.…``), `model.not-converted` with its last words where it ended without a word of its own.
    """
    folder = paths.private_dir() / "converted"
    folder.mkdir(parents=True, exist_ok=True)
    network = folder / f"{_hash(weights)}.onnx"
    if network.is_file():
        return network
    with locked(folder / f".{network.stem}.lock"):
        if not network.is_file():
            _convert(weights, network)
            prune(folder, "*.onnx")
    return network


def _convert(weights: Path, network: Path) -> None:
    with replacing(network) as unfinished:
        try:
            child = run_module(CONVERTER, weights, unfinished, patience=PATIENCE, environment=child_environment())
        except subprocess.TimeoutExpired as failure:
            raise OcrwebError("model.not-converted", path=str(weights), reason=f"> {PATIENCE} s") from failure
        if child.returncode != 0 and (told := _told(child.stdout)) is not None:
            raise told
        if child.returncode != 0 or not unfinished.stat().st_size:
            lines = [line.strip() for line in child.stderr.splitlines() if line.strip()]
            reason = lines[-1][:300].rstrip(".。") if lines else f"exit {child.returncode}"
            raise OcrwebError("model.not-converted", path=str(weights), reason=reason)


def _told(printed: str) -> OcrwebError | None:
    """The coded error whose record the converter printed last, with the hint that fits it; None without one."""
    try:
        record = json.loads(printed.strip().splitlines()[-1])
        return OcrwebError(record["code"], where=record["where"], **record["params"])
    except (IndexError, ValueError, KeyError, TypeError):
        return None


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
