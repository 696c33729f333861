"""The registry: every model that can be used here, with all that people ask of one."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrweb.errors import OcrwebError
from ocrweb.messages import language
from ocrweb.rundir.status import RunStatus
from ocrweb.runtime.catalogue import IMPORTED, list_models, resolve_name
from ocrweb.runtime.entry import ModelEntry
from ocrweb.runtime.registered import Registered, registered
from ocrweb.services.exporting.run import read_report
from ocrweb.services.registry.scores import ModelScore, measured_scores, trained_scores
from ocrweb.services.registry.speed import Speed, known_speed
from ocrweb.services.training.labels_used import labels_used
from ocrweb.services.training.runs import run_info

DELETABLE = ("run", "export", "imported")
MB = 1e6


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """name: its own. title: what somebody calls it, "" for nothing. base: the model that it was made from, dataset: that
    it was trained on, version: of that dataset's labels; "" where there is none. megabytes: of the network's files. speed: None
    as long as it was not measured here. described: by its card. made: seconds since 1970, 0 for what came with the program. since: when it came into
    use, 0 for one that always was, None for one that is not in use.
    """

    name: str
    title: str
    kind: str
    trains: bool
    base: str
    dataset: str
    version: str
    scores: tuple[ModelScore, ...]
    megabytes: float
    speed: Speed | None
    described: str
    notes: str
    made: float
    since: float | None

    @property
    def shown(self) -> str:
        return self.title or self.name

    @property
    def in_use(self) -> bool:
        return self.since is not None

    @property
    def deletable(self) -> bool:
        return self.kind in DELETABLE

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "title": self.title,
            "kind": self.kind,
            "trains": self.trains,
            "base": self.base,
            "dataset": self.dataset,
            "dataset_version": self.version,
            "scores": [score.to_dict() for score in self.scores],
            "megabytes": self.megabytes,
            "speed": self.speed.to_dict() if self.speed else None,
            "described": self.described,
            "notes": self.notes,
            "made": _told_time(self.made),
            "in_use": self.in_use,
            "in_use_since": _told_time(self.since),
            "deletable": self.deletable,
        }


def registry(lang: str | None = None) -> list[ModelFacts]:
    """The models that can be used for detection now, the one in use first, then in the order of `list_models`.

    A damaged registry file costs the names, not the list.
    """
    known = _known()
    found = [_facts(entry, known, lang) for entry in list_models() if _is_here(entry)]
    return sorted(found, key=lambda facts: not facts.in_use)


def model_facts(name: str, lang: str | None = None) -> ModelFacts:
    """One of them, by any of its names. Raises what naming it raises, and why it cannot be used."""
    entry = resolve_name(name)
    if entry.missing is not None:
        raise entry.missing
    return _facts(entry, _known(), lang)


def model_before() -> str:
    """What `roll_back` would bring into use again; "" when there was none before."""
    used = _known().used
    return Registered(used=used[:-1]).in_use if used else ""


def _known() -> Registered:
    try:
        return registered()
    except OcrwebError:
        return Registered()


def _is_here(entry: ModelEntry) -> bool:
    return entry.available and entry.detects and bool(entry.files)


def _facts(entry: ModelEntry, known: Registered, lang: str | None) -> ModelFacts:
    status, base, dataset, version = _origin(entry)
    since = known.used[-1].since if known.used else 0.0
    return ModelFacts(
        name=entry.name,
        title=known.titles.get(entry.name, ""),
        kind=entry.kind,
        trains=entry.trains,
        base=base,
        dataset=dataset,
        version=version,
        scores=(*trained_scores(entry.card.metrics, status), *measured_scores(entry)),
        megabytes=round(sum(map(_size, entry.files.values())) / MB, 1),
        speed=known_speed(entry),
        described=entry.card.description.get(lang or language(), ""),
        notes=known.notes.get(entry.name, ""),
        made=_made(entry),
        since=since if known.in_use == entry.name else None,
    )


def _origin(entry: ModelEntry) -> tuple[RunStatus | None, str, str, str]:
    """Status of the run, base model, name of the dataset and version of its labels, as far as there are any."""
    folder = Path(entry.source) if entry.kind in ("run", "export") else None
    if folder is None:
        origin = entry.card.metrics.get(IMPORTED)
        return None, str(origin.get("file", "")) if isinstance(origin, dict) else "", "", ""
    if entry.kind == "export":
        report = read_report(folder)
        model = str(report.get("model", "")) if report else ""
        return _status_of(model), model, "", ""
    info = run_info(folder)
    used = labels_used(folder)
    dataset = Path(info.config.dataset).name if info.config else ""
    return info.status, info.config.model if info.config else "", dataset, str(used["version"]) if used else ""


def _status_of(run: str) -> RunStatus | None:
    """What the end of the run said from which an export was made, while that is here."""
    try:
        return run_info(run).status
    except OcrwebError:
        return None


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(file.stat().st_size for file in path.iterdir() if file.is_file())
    return path.stat().st_size


def _made(entry: ModelEntry) -> float:
    if entry.kind not in DELETABLE or entry.path is None:
        return 0.0
    return entry.path.stat().st_mtime


def _told_time(seconds: float | None) -> str | None:
    """With the offset of this machine's clock."""
    return time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(seconds)) if seconds else None
