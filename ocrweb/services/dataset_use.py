"""Which training runs are reading a dataset at this moment."""

from __future__ import annotations

from pathlib import Path

import yaml

from ocrweb.config import paths
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.rundir.status import read_status


def runs_using(name: str, folder: Path) -> list[str]:
    """Names of the active runs that train from a dataset. name: it may stand in their settings instead of the folder."""
    real = folder.resolve()
    return [
        run.name
        for run in names.list_runs(paths.workdirs_dir())
        if read_status(run).active and (given := _dataset_of(run)) and (given == name or Path(given).resolve() == real)
    ]


def refuse_used(name: str, folder: Path) -> None:
    """Raise store.in-use when a run trains from the dataset."""
    if runs := runs_using(name, folder):
        raise OcrwebError("store.in-use", name=name, run=runs[0])


def _dataset_of(run: Path) -> str:
    """The dataset in a run's settings; "" when they cannot be read."""
    try:
        settings = yaml.safe_load((run / names.CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return ""
    return str(settings.get("dataset") or "") if isinstance(settings, dict) else ""
