"""Deleting a model: what would be lost with it, and who deletes what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ocrweb import messages
from ocrweb.config import paths
from ocrweb.disk.names import some_of
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.runtime.registered import registered
from ocrweb.services.exporting.jobs import list_exports
from ocrweb.services.exporting.run import delete_export, read_report
from ocrweb.services.models.importing import delete_imported
from ocrweb.services.registry.rows import ModelFacts, model_facts
from ocrweb.services.training import jobs as training_jobs
from ocrweb.services.training.runs import run_info


@dataclass(frozen=True, slots=True)
class Losses:
    """What hangs on a model. exports: made from it, which stay. runs: that were trained from it, which stay too.

    before: the model that would be in use then; "" when this one is not in use.
    """

    model: ModelFacts
    exports: tuple[str, ...]
    runs: tuple[str, ...]
    before: str

    def told(self, lang: str | None = None) -> str:
        """One line for people."""
        facts = self.model
        parts = [messages.text(f"registry.lost-{facts.kind}", lang, size=f"{facts.megabytes:g}")]
        parts.append(
            messages.text("registry.lost-in-use", lang, before=self.before)
            if self.before
            else messages.text("registry.lost-not-in-use", lang)
        )
        if self.exports:
            parts.append(messages.text("registry.lost-exports", lang, names=some_of(self.exports)))
        if self.runs:
            parts.append(messages.text("registry.lost-runs", lang, names=some_of(self.runs)))
        return messages.text("registry.lost-join", lang).join(parts)

    def to_dict(self) -> dict[str, Any]:
        return {
            "model": self.model.name,
            "in_use": bool(self.before),
            "in_use_then": self.before or None,
            "exports": list(self.exports),
            "runs": list(self.runs),
        }


def losses(name: str) -> Losses:
    """Raises what naming the model raises, and ``registry.kept`` for one that cannot be deleted."""
    facts = model_facts(name)
    if not facts.deletable:
        raise OcrwebError("registry.kept", name=facts.name)
    return Losses(facts, _exports_of(facts.name), _runs_of(facts.name), _before(facts))


def delete_model(name: str) -> str:
    """Move a model into the bin, of a run all its files, of an export its zip too; its id there.

    One in use gives way to the one before it. Raises as `losses`, and ``run.still-active``.
    """
    facts = losses(name).model
    return {"run": training_jobs.delete, "export": delete_export, "imported": delete_imported}[facts.kind](facts.name)


def _before(facts: ModelFacts) -> str:
    if not facts.in_use:
        return ""
    known = registered()
    left = tuple(used for used in known.used if used.model != facts.name)
    return type(known)(used=left).in_use


def _exports_of(model: str) -> tuple[str, ...]:
    reports = ((name, read_report(paths.exports_dir() / name)) for name in list_exports())
    return tuple(name for name, report in reports if report and report.get("model") == model)


def _runs_of(model: str) -> tuple[str, ...]:
    infos = (run_info(folder) for folder in names.list_runs(paths.workdirs_dir()))
    return tuple(info.name for info in infos if info.config and info.config.model == model)
