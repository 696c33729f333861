"""A data root with something of each kind, and its backup."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ocrweb.config import paths
from ocrweb.disk.passing import passing_name
from ocrweb.rundir import names
from ocrweb.rundir.names import point_latest
from ocrweb.services.access.logins import decide_access
from ocrweb.services.datasets import store as dataset_store
from ocrweb.services.intake.sources import RUN_MARK
from ocrweb.services.root.backup.pack import back_up
from ocrweb.services.root.version import mark_layout
from tests.services.training.made_runs import make_run


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data root with a run, a dataset, an export, a batch, a login and caches."""
    root = tmp_path / "home"
    monkeypatch.setenv("OCRWEB_HOME", str(root))
    run = make_run()
    point_latest(run)
    (run / names.BEST).write_bytes(os.urandom(300_000))
    (run / names.LOG).write_text("epoch: 1/3\n")
    (run / passing_name("best.pdparams")).write_bytes(b"half")

    def pages(folder: Path) -> None:
        (folder / "train_images").mkdir(parents=True)
        (folder / "train_images" / "页 1.jpg").write_bytes(b"picture")
        (folder / "train_list.txt").write_text("train_images/页 1.jpg train_gts/1.txt\n")

    dataset_store.make_dataset("demo", pages, source="demo.zip")
    export = paths.exports_dir() / "demo-fp32"
    export.mkdir(parents=True)
    (export / "report.json").write_text(json.dumps({"parity": {}}))
    (paths.models_dir() / "imported").mkdir(parents=True)
    (paths.models_dir() / "imported" / "model.onnx").write_bytes(b"network")
    batch = paths.outputs_dir() / "outputs_20260101000000"
    (batch / "json").mkdir(parents=True)
    (batch / "json" / "a.json").write_text("{}")
    (batch / RUN_MARK).write_text("{}")
    decide_access("0.0.0.0", None, False)
    mark_layout()
    (paths.private_dir() / "uploads").mkdir()
    (paths.private_dir() / "uploads" / "x.png").write_bytes(b"a visitor's")
    (paths.private_dir() / "models").mkdir()
    (paths.private_dir() / "models" / "m.onnx").write_bytes(b"model")
    return root


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    file = tmp_path / "there" / "b.tar.gz"
    back_up(file)
    return file
