"""Export a model: a child process does it, the gate judges it, and only then it takes its name."""

from __future__ import annotations

import shutil
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocrweb.config import paths
from ocrweb.config.documents import parse_json, parse_yaml
from ocrweb.config.named import named
from ocrweb.errors import OcrwebError
from ocrweb.services.exporting.child import Told, run_child
from ocrweb.services.exporting.gate import Verdict, judge, speed_ratio
from ocrweb.services.exporting.plan import MARK, ExportRequest, plan_export
from ocrweb.services.files.outputs import to_json, writing
from ocrweb.services.files.pack import zip_outputs
from ocrweb.services.files.temporary import working_folder
from ocrweb.services.models.bin import put_export
from ocrweb.services.models.register import forget_use

NETWORK, OPENVINO = "model.onnx", "openvino"


@dataclass(frozen=True, slots=True)
class ExportReport:
    """path, archive: the folder and its zip; None when the gate refused. files: relative to the folder. measured: what
    the child measured (``parity``, ``speed``, ``memory_mib``, ``hmean``, ``details``, ``forms``, ``quantised``)."""

    request: ExportRequest
    target: Path
    path: Path | None
    archive: Path | None
    files: tuple[str, ...]
    verdict: Verdict
    measured: dict[str, Any] = field(repr=False)
    seconds: float

    @property
    def passed(self) -> bool:
        return self.verdict.passed

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """The JSON document of ``ocrweb export``, and ``report.json``."""
        parity = self.measured["parity"]
        ratio = speed_ratio(self.measured)
        return {
            "path": str(self.path) if self.path else None,
            "files": list(self.files),
            "parity": {**parity["onnx"], "others": {name: gap for name, gap in parity.items() if name != "onnx"}},
            "speed": {**self.measured["speed"], "ratio_to_fp32": None if ratio is None else round(ratio, 3)},
            "hmean": self.measured["hmean"],
            "memory_mib": self.measured["memory_mib"],
            "passed": self.passed,
            "problems": [problem.to_record(lang) for problem in self.verdict.problems],
            "withdrawn": {name: problem.to_record(lang) for name, problem in self.verdict.withdrawn.items()},
            "notes": [note.to_record(lang) for note in self.verdict.notes],
            "archive": str(self.archive) if self.archive else None,
            "model": self.request.model,
            "details": self.measured["details"],
            "missing_forms": self.measured["forms"]["missing"],
            "seconds": round(self.seconds, 2),
        }


def run_export(
    request: ExportRequest, told: Told = lambda stage, share: None, cancel: threading.Event | None = None
) -> ExportReport:
    """Export and judge; the folder and its zip are there in whole when this returns a report that passed, else not at all.

    told: hears stage and share (0..1) of the work. cancel: when set the work ends, ``export.cancelled`` is raised and
    nothing is left. Raises what `plan_export` and the child's steps raise, ``export.crashed``, ``usage.disk-full``.
    """
    start = time.monotonic()
    plan = plan_export(request)
    with working_folder(plan.target.parent, "export") as staging:
        folder = staging / plan.target.name
        with writing(plan.target.parent):
            folder.mkdir()
            (staging / "work").mkdir()
        measured = run_child(plan, staging, folder, told, cancel)
        shutil.rmtree(staging / "work", ignore_errors=True)
        verdict = judge(request.precision, measured["parity"], measured)
        with writing(plan.target):
            _withdraw(folder, verdict)
        files = (*_files(folder), MARK) if verdict.passed else ()
        placed, archive = (plan.target, plan.target.with_name(f"{plan.target.name}.zip")) if files else (None, None)
        report = ExportReport(
            plan.request,
            plan.target,
            placed,
            archive,
            tuple(sorted(files)),
            verdict,
            measured,
            time.monotonic() - start,
        )
        if report.passed:
            told("pack", 0.99)
            _publish(report, folder)
        told("done", 1.0)
        return report


def delete_export(name: str) -> str:
    """Move an export and its zip from ``exports/`` into the bin; its id there. Raises `usage.missing-path`."""
    folder = paths.exports_dir() / named(name)
    if not (folder / MARK).is_file():
        raise OcrwebError("usage.missing-path", path=name, cwd=paths.exports_dir().name)
    forget_use(folder.name)
    with writing(folder):
        return put_export(folder)


def exported_report(name: str) -> dict[str, Any]:
    """The report of an export in ``exports/``. Raises `usage.missing-path`."""
    report = read_report(paths.exports_dir() / named(name))
    if report is None:
        raise OcrwebError("usage.missing-path", path=name, cwd=paths.exports_dir().name)
    return report


def read_report(folder: Path) -> dict[str, Any] | None:
    """The report of an export that is there, None when the folder is none of ours."""
    try:
        document = parse_json((folder / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) and "parity" in document else None


def _withdraw(folder: Path, verdict: Verdict) -> None:
    """Take away forms that failed; with bf16 refused, the card tells our own runtime not to use it."""
    if "openvino" in verdict.withdrawn:
        shutil.rmtree(folder / OPENVINO, ignore_errors=True)
    if "openvino-bf16" in verdict.withdrawn:
        _forbid_bf16(folder)


def _forbid_bf16(folder: Path) -> None:
    """In ``model.yml`` and in the card that the network carries when it leaves its folder."""
    import yaml

    from ocrweb.runtime.card import CARD_FILE, embed_card, read_card

    path = folder / CARD_FILE
    document = {**parse_yaml(path.read_text(encoding="utf-8")), "bf16": False}
    path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")
    embed_card(read_card(path), folder / NETWORK)


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def _publish(report: ExportReport, folder: Path) -> None:
    """Report, zip, then both renames; an earlier export of that name makes room at the last moment."""
    target, old = report.target, folder.with_name("old")
    assert report.archive is not None
    with writing(target):
        (folder / MARK).write_bytes(to_json(report.to_dict("en")))
        try:
            archive = zip_outputs(folder)
        except OcrwebError as error:  # names the staging folder, which nobody knows
            raise OcrwebError(error.code, **{**error.params, "path": str(target.parent)}) from error
        if target.exists():
            target.rename(old)
        try:
            folder.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
        archive.replace(report.archive)
