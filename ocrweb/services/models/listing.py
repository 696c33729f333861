"""What can be detected with or trained from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ocrweb.errors import OcrwebError
from ocrweb.messages import language
from ocrweb.runtime.catalogue import is_named, list_models, resolve_name
from ocrweb.runtime.entry import ModelEntry
from ocrweb.runtime.registered import model_in_use, registered

SHOWN = 80  # characters of a name that is unknown


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model for a list. note: why it is not available and what to do, or what its card says about it; may be empty."""

    name: str
    kind: str
    detects: bool
    trains: bool
    source: str
    available: bool
    note: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "detects": self.detects,
            "trains": self.trains,
            "source": self.source,
            "available": self.available,
            "kind": self.kind,
            "note": self.note,
        }


def models(lang: str | None = None) -> list[ModelRow]:
    """Every model, the default first. Nothing is loaded or downloaded."""
    return [_row(entry, lang) for entry in list_models()]


def models_document(lang: str | None = None) -> dict[str, Any]:
    """The document of ``ocrweb models --json``."""
    return {"models": [row.to_dict() for row in models(lang)], "in_use": model_in_use()}


def usable_models() -> list[str]:
    """Names of the available models that detect, the one in use first, then the default one."""
    found = [row.name for row in models() if row.available and row.detects]
    used = model_in_use()
    return sorted(found, key=lambda name: name != used)


def titles_of_models() -> dict[str, str]:
    """What people call models, by the models' own names; nothing where that cannot be told."""
    try:
        return dict(registered().titles)
    except OcrwebError:
        return {}


def title_of(model: str) -> str:
    """What people call a model."""
    return titles_of_models().get(model) or model


def models_here() -> list[str]:
    """As `usable_models`, of those that need no download first."""
    here = {entry.name for entry in list_models() if entry.path is not None}
    return [name for name in usable_models() if name in here]


def another_model(model: str) -> str | None:
    """A model to hold this one's boxes against: the one in use, else the next; None where there is no other."""
    return next((name for name in models_here() if name != model), None)


def used_since() -> tuple[str, float] | None:
    """The model in use and since when, in seconds since 1970; None as long as nobody has chosen one."""
    used = registered().used
    return (used[-1].model, used[-1].since) if used else None


def check_model(name: str | None) -> str:
    """The name of a model as a visitor may give it: of the catalogue, a run, an export, an imported one or `latest`.

    Raises as `refuse_path`, and `model.unknown` when there is no such model (any more).
    """
    wanted = refuse_path(name or "")
    try:
        resolve_name(wanted)
    except OcrwebError as error:
        if error.code != "usage.unknown-name":
            raise
        raise OcrwebError("model.unknown", name=wanted[:SHOWN], nearest=error.params["nearest"]) from error
    return wanted


def refuse_path(name: str) -> str:
    """The text itself, unless it leads to a file or folder, there or not: `model.by-name`, which says how to import."""
    leads = name.startswith(("~", ".")) or "/" in name or "\\" in name or "\0" in name
    if leads or (name.endswith((".onnx", ".pdparams")) and not is_named(name)):
        raise OcrwebError("model.by-name")
    return name


def _row(entry: ModelEntry, lang: str | None) -> ModelRow:
    if entry.missing is not None:
        note = f"{entry.missing.message(lang)} {entry.missing.hint(lang)}"
    else:
        described = entry.card.description
        note = described.get(lang or language(), described.get("en", ""))
    return ModelRow(entry.name, entry.kind, entry.detects, entry.trains, entry.source, entry.available, note)
