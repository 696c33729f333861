"""What a training form offers, and how a run's settings come back into it."""

from __future__ import annotations

from pathlib import Path

from ocrweb.config import paths
from ocrweb.config.loader import build, read_yaml
from ocrweb.config.model_names import DEFAULT, HOUSE
from ocrweb.config.own_dataset import taken_from
from ocrweb.config.training import TrainingConfig
from ocrweb.rundir import names
from ocrweb.runtime.catalogue import list_models
from ocrweb.runtime.device import see_gpus
from ocrweb.services.intake.allowed import check_allowed
from ocrweb.services.models.listing import refuse_path


def dataset_names() -> list[str]:
    """The console's datasets, the newest first."""
    root = paths.datasets_dir()
    if not root.is_dir():
        return []
    found = [path for path in root.iterdir() if path.is_dir() and not path.name.startswith(".")]
    return [path.name for path in sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)]


def base_models() -> list[str]:
    """Models that training can start from: the embedded one, the house model (also without weights), usable runs."""
    own = [
        entry.name
        for entry in list_models()
        if entry.trains and entry.available and entry.kind in ("run", "export", "imported")
    ]
    return [DEFAULT, HOUSE, *own]


def devices() -> list[str]:
    return ["auto", "cpu", *(f"gpu:{gpu.index}" for gpu in see_gpus().gpus)]


def allowed_config(config: TrainingConfig) -> TrainingConfig:
    """The settings as a visitor of the page may give them: models by name, datasets also as folders that are allowed.

    Raises ``batch.outside-root``, and as `refuse_path`.
    """
    if config.dataset and config.dataset not in dataset_names():
        check_allowed(Path(config.dataset).expanduser())
    for pictures in (config.distill.pictures, config.unlabelled.folder):
        if pictures:
            check_allowed(Path(pictures).expanduser())
    for model in (config.model, config.distill.teacher):
        refuse_path(model)
    return config


def run_config(name: str) -> TrainingConfig:
    """The settings of a run, its dataset by name where the console knows it, and its own name without the date.

    Raises ``run.unknown``, ``run.none``, ``config.…``.
    """
    folder = names.find_run(paths.workdirs_dir(), name)
    config = build(TrainingConfig, read_yaml(folder / names.CONFIG), where=str(folder / names.CONFIG))
    return config.model_copy(update={"dataset": known_name(config.dataset)})


def config_from_file(path: Path) -> TrainingConfig:
    """Settings out of an uploaded YAML file. Raises ``config.…``."""
    return build(TrainingConfig, read_yaml(path, path.name), where=path.name)


def run_folder(name: str) -> Path:
    return names.find_run(paths.workdirs_dir(), name)


def known_name(dataset: str) -> str:
    """A dataset of a run's settings as the console calls it: also one of whose checked pictures the run has a copy."""
    if own := taken_from(Path(dataset)):
        return own.name
    try:
        real = Path(dataset).resolve()
        return next((name for name in dataset_names() if (paths.datasets_dir() / name).resolve() == real), dataset)
    except OSError:
        return dataset
