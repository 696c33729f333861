"""What is written down when a run is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.config import paths
from ocrweb.config.loader import read_yaml
from ocrweb.config.training import TrainingConfig
from ocrweb.rundir import names
from ocrweb.services.datasets.sample_data import make_sample_data
from ocrweb.services.training.runs import prepare_run


@pytest.mark.parametrize("meant", ["latest", "receipts"])
def test_a_base_model_that_is_a_run_is_written_down_by_its_lasting_name(tmp_path: Path, meant: str) -> None:
    """The new run becomes ``latest`` and may have the same given name."""
    base = names.create_run(paths.workdirs_dir(), "receipts")
    (base / names.BEST).write_bytes(b"weights")
    make_sample_data(tmp_path / "data", train=1, test=0)
    run = prepare_run(TrainingConfig(dataset=str(tmp_path / "data"), model=meant, name="receipts"))
    assert run != base
    assert read_yaml(run / names.CONFIG)["model"] == base.name
