"""A run that has done its steps, and what it was asked to export."""

from __future__ import annotations

from pathlib import Path

import pytest
from paddle import nn

from ocrweb.model.architecture import Architecture
from ocrweb.runtime.card import ModelCard
from ocrweb.training.learn.base import Base
from ocrweb.training.run import finish
from tests.training.run.ended import Brightness, Ended


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """The metadata of each ONNX file that was asked for."""
    asked: list[dict[str, str]] = []

    def export(network: nn.Layer, path: Path, *, metadata: dict[str, str]) -> None:
        assert not network.training
        path.write_bytes(b"onnx")
        asked.append(metadata)

    monkeypatch.setattr(finish, "export_onnx", export)
    return asked


@pytest.fixture
def ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exported: list[dict[str, str]]) -> Ended:
    monkeypatch.setattr(finish, "new_layer", lambda architecture: Brightness(gain=0.0))
    dim = Base(Brightness(gain=0.1), Architecture("onnx"), ModelCard(name="base"), pretrained=True)
    monkeypatch.setattr(finish, "load_base", lambda model: dim)
    return Ended(tmp_path)
