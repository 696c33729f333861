"""A run becomes a small file with a checksum that loads as the whole network."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import paddle
import pytest

from benchmarks.pretrain import ship as shipping
from ocrweb.evaluation.sweep import FINE
from ocrweb.model.architecture import Architecture, build_model, new_layer
from ocrweb.model.pdparams import read_pdparams, write_pdparams
from ocrweb.model.weights import save_weights
from ocrweb.rundir import metrics, names
from ocrweb.runtime import catalogue
from ocrweb.runtime.card import ModelCard, write_card
from ocrweb.training.learn.base import load_base
from ocrweb.training.run.checkpoint import Checkpoint, RunProgress, save_checkpoint


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "workdirs" / "20260101_000000_pretrain"
    folder.mkdir(parents=True)
    paddle.seed(0)
    untrained = new_layer(Architecture("db-resnet18"))
    bias = untrained.head.binarize.conv3.bias
    bias.set_value(paddle.full_like(bias, -9.0))  # it finds nothing: noise would be thousands of boxes to judge
    save_weights(untrained, folder / names.BEST)
    card = ModelCard(
        name=folder.name, threshold=0.25, box_threshold=0.5, limit_side=640, metrics={"validation": {"hmean": 0.91}}
    )
    write_card(card, folder / names.CARD)
    (folder / names.CONFIG).write_text("epochs: 3\n", encoding="utf-8")
    save_checkpoint(folder / names.LATEST_OPTIMIZER, Checkpoint(RunProgress(step=1234, seconds=7200.0), {}, {}, {}))
    for step in (10, 20):
        metrics.append_row(folder / names.METRICS, {"step": step, "loss": 1.5, "hmean": step / 40})
    return folder


@pytest.mark.slow
def test_a_run_becomes_the_house_model(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its latest weights, since its best ones have learnt nothing; with the thresholds that suit them."""
    shutil.copyfile(catalogue.SHIPPED / "db_resnet18.pdparams", run / names.LATEST)
    out = tmp_path / "weights"
    told = shipping.ship(run, out, tmp_path, pages=4)
    assert told["weights"] == names.LATEST
    asset = out / "db_resnet18.pdparams"
    assert told["bytes"] == asset.stat().st_size <= shipping.MOST_BYTES
    digest = hashlib.sha256(asset.read_bytes()).hexdigest()
    assert (out / "db_resnet18.sha256").read_text(encoding="utf-8").split() == [digest, asset.name]

    monkeypatch.setattr(catalogue, "SHIPPED", out)
    entry = catalogue.resolve("db-resnet18")
    assert entry.available
    assert entry.card.name == "db-resnet18"
    assert entry.card.threshold in FINE.thresholds
    assert entry.card.metrics["validation"]["pictures"] == 4
    assert entry.card.metrics["validation"]["hmean"] > 0.2  # street scenes among them
    base = load_base("db-resnet18")
    assert base.pretrained
    assert not base.fresh
    _, _, report = build_model(asset)
    assert report is not None
    assert report.complete
    before, after = read_pdparams(run / names.LATEST), dict(base.model.state_dict())
    assert all(np.allclose(after[name].numpy(), array, rtol=1e-3, atol=1e-6) for name, array in before.items())

    hmean = str(entry.card.metrics["validation"]["hmean"])
    card = (tmp_path / "MODEL_CARD.md").read_text(encoding="utf-8")
    for figure in ("1234", "2.0 hours", "| 20 | 1.5 | 0.5 |", digest, "epochs: 3", hmean, names.LATEST):
        assert figure in card
    assert not set("<>") & set(card)


def test_numbers_that_float16_cannot_hold_are_refused_and_nothing_is_written(run: Path, tmp_path: Path) -> None:
    tensors = read_pdparams(run / names.BEST)
    name = next(name for name, array in tensors.items() if array.ndim > 1)
    write_pdparams({**tensors, name: np.full_like(tensors[name], 1e5)}, run / names.BEST)
    with pytest.raises(ValueError, match=name):
        shipping.ship(run, tmp_path / "weights", tmp_path, pages=1)
    assert not (tmp_path / "weights").exists()
