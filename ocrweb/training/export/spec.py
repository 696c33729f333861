"""What an export is asked for, as its process reads it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ocrweb.runtime.card import ModelCard


@dataclass(frozen=True, slots=True)
class Spec:
    """source: what `build_model` takes, or a Paddle inference folder when ``folder`` is set. card: of the model.

    size: (height, width) or None. target: the folder to fill. work: a folder for files that nobody needs later.
    pictures: for parity. dataset, split: of the hmean, or None. calibration: pictures for int8; empty = rendered pages.
    names: key → value for ``model.yml`` and the metadata: model, run, ocrweb.
    """

    source: str
    folder: bool
    card: ModelCard
    size: tuple[int, int] | None
    precision: str
    opset: int
    target: Path
    work: Path
    pictures: tuple[Path, ...]
    dataset: str | None
    split: str
    calibration: tuple[Path, ...]
    names: dict[str, str]

    @classmethod
    def read(cls, path: Path) -> Spec:
        given = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            **{
                **given,
                "card": ModelCard.model_validate(given["card"]),
                "size": tuple(given["size"]) if given["size"] else None,
                "target": Path(given["target"]),
                "work": Path(given["work"]),
                "pictures": tuple(map(Path, given["pictures"])),
                "calibration": tuple(map(Path, given["calibration"])),
            }
        )
