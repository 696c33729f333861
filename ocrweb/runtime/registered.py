"""What people said of the models here: the names they gave them, their notes, and which one is in use, since when."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocrweb.config import paths
from ocrweb.config.documents import parse_json
from ocrweb.config.model_names import DEFAULT
from ocrweb.disk.ordinary import read_ordinary
from ocrweb.errors import OcrwebError

FILE = "registry.json"  # in the folder of models
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Used:
    """A model by its own name, and since when it is what is used, in seconds since 1970."""

    model: str
    since: float


@dataclass(frozen=True, slots=True)
class Registered:
    """titles, notes: by the models' own names. used: the last one is in use, the one before it was so before; empty as long
    as it is the model that comes with the program."""

    titles: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    used: tuple[Used, ...] = ()

    @property
    def in_use(self) -> str:
        return self.used[-1].model if self.used else DEFAULT

    def named(self, name: str) -> str | None:
        """The own name of the model to which somebody gave this one."""
        return next((own for own, title in self.titles.items() if title == name), None)

    def to_dict(self) -> dict[str, Any]:
        used = [{"model": used.model, "since": used.since} for used in self.used]
        return {"schema": SCHEMA, "titles": dict(self.titles), "notes": dict(self.notes), "used": used}


def registry_file() -> Path:
    return paths.models_dir() / FILE


def registered() -> Registered:
    """As it is on the disk now; read once a version of the file. Raises ``registry.damaged``."""
    file = registry_file()
    try:
        state = file.stat()
    except OSError:
        return Registered()
    return _read(file, state.st_mtime_ns, state.st_size, state.st_ino)


def model_in_use() -> str:
    """The name of the model in use; of the one that comes with the program where the file cannot be read."""
    try:
        return registered().in_use
    except OcrwebError:
        return DEFAULT


@functools.lru_cache(maxsize=4)
def _read(file: Path, modified: int, size: int, inode: int) -> Registered:
    """`disk.atomic` writes a new file each time: its number, time and size tell the versions apart."""
    try:
        document = parse_json(read_ordinary(file))
        if document["schema"] != SCHEMA:
            raise ValueError("schema")
        titles, notes = (_texts(document[name]) for name in ("titles", "notes"))
        used = tuple(Used(str(each["model"]), float(each["since"])) for each in document["used"])
    except (OSError, ValueError, KeyError, TypeError) as failure:
        raise OcrwebError("registry.damaged", path=paths.shown(file)) from failure
    return Registered(titles, notes, used)


def _texts(given: Any) -> dict[str, str]:
    return {str(name): str(text) for name, text in dict(given).items()}
