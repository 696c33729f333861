"""Where things are kept: one data root with one folder a kind."""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
ASSETS = PACKAGE / "assets"
CHECKOUT = PACKAGE.parent  # holds the package: a clone, or site-packages


def home() -> Path:
    """The data root: ``OCRWEB_HOME``, else the working folder. Absolute; not created here."""
    return Path(os.environ.get("OCRWEB_HOME") or ".").resolve()


def datasets_dir() -> Path:
    return home() / "datasets"


def workdirs_dir() -> Path:
    return home() / "workdirs"


def outputs_dir() -> Path:
    return home() / "outputs"


def exports_dir() -> Path:
    return home() / "exports"


def models_dir() -> Path:
    """Models that were imported from files."""
    return home() / "models"


def shown(path: Path) -> str:
    """A path for visitors, who need not know where the data root lies: relative to it when inside, else whole."""
    return str(path.relative_to(home())) if path.is_relative_to(home()) else str(path)


def private_dir() -> Path:
    """Pid file, login, caches, crash reports: never served by the page."""
    return home() / ".ocrweb"
