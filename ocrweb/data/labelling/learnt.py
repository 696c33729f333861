"""Which run learns, or has learnt, from the checked pictures of a dataset, and whose boxes lie on those that nobody has touched."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from ocrweb.config.documents import fits, is_number, is_text, parse_json
from ocrweb.data.labelling.place import FOLDER, labelling_folder
from ocrweb.disk.ordinary import read_ordinary
from ocrweb.imaging.encode import write_whole

NAME = f"{FOLDER}/learnt.json"
KINDS = {"model": is_text, "at": is_number, "pictures": is_number, "before": is_text, "before_at": is_number}


@dataclass(frozen=True, slots=True)
class Learnt:
    """model: a run's name, or that of another model. at: seconds since 1970, when the labels were taken that it learns from.
    pictures: how many those were, 0 for a model that learnt elsewhere. renewed: how many pictures have its boxes since; None
    while none has, and before it: the model, and its time, whose boxes lie there until then, "" for that in use."""

    model: str
    at: float
    pictures: int = 0
    renewed: int | None = None
    before: str = ""
    before_at: float = 0.0

    @property
    def drawing(self) -> tuple[str, float]:
        """The model whose boxes lie on the pictures that nobody has touched, "" for that in use, and its time."""
        return (self.before, self.before_at) if self.renewed is None else (self.model, self.at)


def read_learnt(root: Path) -> Learnt | None:
    """None where nothing was learnt, or the file is damaged."""
    try:
        document = parse_json(read_ordinary(root / NAME))
    except (OSError, ValueError):
        return None
    if not fits(document, KINDS) or not KINDS.keys() <= document.keys():
        return None
    renewed = document.get("renewed")
    return Learnt(
        document["model"],
        float(document["at"]),
        int(document["pictures"]),
        int(renewed) if is_number(renewed) else None,
        document["before"],
        float(document["before_at"]),
    )


def write_learnt(root: Path, learnt: Learnt) -> None:
    """Raises usage.disk-full, usage.not-writable."""
    labelling_folder(root).mkdir(exist_ok=True)
    write_whole(root / NAME, json.dumps(asdict(learnt)).encode())
