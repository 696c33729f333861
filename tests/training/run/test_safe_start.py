"""The safe start of a new user (batch 2, learning rate 0.001) makes a pretrained model no worse, from the first steps on."""

from __future__ import annotations

from pathlib import Path

import paddle
import pytest

from ocrweb.config.loader import build, parse_overrides
from ocrweb.config.training import TrainingConfig
from ocrweb.render.dataset import render_dataset
from ocrweb.rundir import metrics, names
from ocrweb.training.machine.distributed import Group
from ocrweb.training.run.journal import Journal
from ocrweb.training.run.loop import Loop
from ocrweb.training.run.session import open_session


@pytest.mark.slow
def test_the_safe_start_holds_the_zero_shot_score_of_ppocrv6_small(tmp_path: Path) -> None:
    render_dataset(tmp_path / "data", 8, 0, 11, kind="receipt")
    run = tmp_path / "run"
    (run / "samples").mkdir(parents=True)
    words = [f"dataset={tmp_path / 'data'}", "epochs=2", "crop_size=320", "evaluation.validation_ratio=0.4"]
    words += ["evaluation.every_steps=3", "evaluation.limit_side=640", "evaluation.tune_thresholds=false"]
    config = build(TrainingConfig, parse_overrides(words))
    assert (config.batch_size, config.learning_rate) == (2, 0.001)
    paddle.seed(config.seed)
    opened = open_session(
        run, config, group=Group(), journal=Journal(run), stop_asked=lambda: False, resume=False, halve=False
    )
    loop = Loop(opened.session, opened.progress)
    try:
        loop.measure_base()
        loop.run()
    finally:
        opened.session.feed.close()
    zero_shot, *later = [row["hmean"] for row in metrics.read_rows(run / names.METRICS)]
    assert zero_shot is not None
    assert zero_shot > 0.5
    assert len(later) == 2
    assert all(hmean is not None and hmean >= zero_shot - 0.02 for hmean in later), (zero_shot, later)
