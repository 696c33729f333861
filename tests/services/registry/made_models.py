"""Models as they lie on the disk, made in milliseconds."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from ocrweb.config import paths
from ocrweb.rundir import names
from ocrweb.rundir.status import read_status, write_status
from ocrweb.runtime.card import ModelCard, write_card
from ocrweb.runtime.catalogue import IMPORTED
from ocrweb.services.exporting.plan import MARK
from tests.runtime.networks import save_brightness
from tests.services.training.made_runs import make_run

RUN = "20260101_000000_till"


def make_model(stem: str = RUN, *, verdict: dict[str, Any] | None = None, **config: Any) -> Path:
    """A finished run whose network takes white for text."""
    run = make_run(stem, **config)
    test = {"pictures": 3, "hmean": 0.8, "interval": [0.7, 0.9]}
    metrics = {"validation": {"pictures": 12, "held_out": True, "hmean": 0.9}, "test": test}
    card = ModelCard(name=stem, architecture="db_resnet18", metrics=metrics)
    (run / names.BEST).write_bytes(b"weights of " + stem.encode())
    save_brightness(run / names.NETWORK, card=card)
    write_card(card, run / names.CARD)
    if verdict is not None:
        write_status(run, dataclasses.replace(read_status(run), verdict=verdict))
    return run


def make_export(name: str = "till-dynamic-fp32", model: str = RUN) -> Path:
    """An export with its zip."""
    folder = paths.exports_dir() / name
    folder.mkdir(parents=True)
    save_brightness(folder / "model.onnx")
    write_card(ModelCard(name=name), folder / names.CARD)
    (folder / MARK).write_text(json.dumps({"parity": {}, "model": model}))
    folder.with_name(f"{name}.zip").write_bytes(b"zip")
    return folder


def make_imported(name: str) -> Path:
    """A model that was imported from a file."""
    folder = paths.models_dir() / name
    folder.mkdir(parents=True)
    save_brightness(folder / names.NETWORK)
    write_card(ModelCard(name=name, metrics={IMPORTED: {"trains": False, "file": f"{name}.onnx"}}), folder / names.CARD)
    return folder
