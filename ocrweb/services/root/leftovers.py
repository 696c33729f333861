"""What killed processes left half written in the data root: known by the process in its name, and removed."""

from __future__ import annotations

import os
from pathlib import Path

from ocrweb.config import paths
from ocrweb.disk.passing import sweep
from ocrweb.services.batch.past import is_unfinished
from ocrweb.services.datasets.bin import sweep_bin
from ocrweb.services.datasets.folder import sweep_datasets
from ocrweb.services.files.temporary import temporary_root
from ocrweb.services.intake.inbox import inbox, sweep_inbox
from ocrweb.services.models.bin import sweep_model_bins


def sweep_data_root() -> int:
    """Remove them where the console, workers and exports write; how many. Datasets are visitors' own: only what lies
    beside them is looked at, and the bins, whose old ones go."""
    sweep_datasets()
    sweep_bin()
    sweep_model_bins()
    elsewhere = {Path(os.environ.get("GRADIO_TEMP_DIR") or paths.private_dir() / "uploads"), inbox(), temporary_root()}
    ours = (paths.workdirs_dir(), paths.outputs_dir(), paths.exports_dir(), paths.models_dir(), paths.private_dir())
    return sum(sweep(folder, deep=True, but=elsewhere) for folder in ours) + sweep_inbox(is_unfinished)
