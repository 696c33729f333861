"""The list before a training is started: every tick is computed, and an error makes starting impossible."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import psutil

from ocrweb import messages
from ocrweb.config import paths
from ocrweb.config.model_names import DEFAULT, HOUSE
from ocrweb.config.training import TrainingConfig, dataset_folder
from ocrweb.data.checks.finding import Finding
from ocrweb.data.plain import unlabelled_pictures
from ocrweb.disk.passing import passing_name
from ocrweb.errors import OcrwebError
from ocrweb.runtime.catalogue import resolve
from ocrweb.runtime.device import see_gpus
from ocrweb.services.datasets.reports import checked
from ocrweb.services.detect.golden_memory import remembered_golden
from ocrweb.services.files.versions import installed_version
from ocrweb.services.labels.entries import labelled_set
from ocrweb.services.labels.listing import unreviewed
from ocrweb.services.training.device import device_of, usable_gpus

State = Literal["ok", "warning", "error"]
GIB = 2**30
LEAST_MEMORY, GOOD_MEMORY = 1 * GIB, 3 * GIB
LEAST_DISK, GOOD_DISK = 1 * GIB, 5 * GIB
HIGH_RATE, PRETRAINED_RATE = 0.01, 0.003
LARGE_BATCH_CPU, LARGE_CROP = 8, 1024
FEW_PICTURES = 20


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One line. id: ``dataset``, ``log``, ``parameters``, ``hardware`` or ``golden``.

    detail: name of its sentence in messages text/checklist with its parameters; error: the coded error behind it.
    """

    id: str
    state: State
    detail: str
    params: dict[str, Any] = field(default_factory=dict)
    error: OcrwebError | None = None

    def title(self, lang: str | None = None) -> str:
        return messages.text(f"checklist.{self.id}", lang)

    def message(self, lang: str | None = None) -> str:
        if self.error is not None:
            return f"{self.error.message(lang)} {self.error.hint(lang)}"
        said = {
            name: value.message(lang) if isinstance(value, Finding) else value for name, value in self.params.items()
        }
        return messages.text(f"checklist.{self.detail}", lang, **said)


def check_config(config: TrainingConfig, *, golden: bool = True) -> tuple[CheckItem, ...]:
    """All lines for a run with these settings. golden: False leaves the golden test set out.

    Datasets are validated again only when a file of theirs changed, and the golden set only when the model or a
    library did.
    """
    items = [check_dataset(config.dataset), check_log(), check_parameters(config), check_hardware(config.device)]
    return (*items, check_golden(config.model)) if golden else tuple(items)


def check_dataset(text: str) -> CheckItem:
    """No error in the dataset, whose pictures were all looked at."""
    if not text:
        return CheckItem("dataset", "error", "dataset-none")
    try:
        report = checked(dataset_folder(text))
    except OcrwebError as error:
        return CheckItem("dataset", "error", "", error=error)
    counts = report.counts
    params = {"train": counts["train_pictures"], "test": counts["test_pictures"], "boxes": counts["boxes"]}
    if not report.ok:
        first = next(found for found in report.findings if found.severity == "error")
        place = ":".join(str(part) for part in (first.file, first.line) if part)
        params = {"count": counts["error"], "fixable": report.fixable, "place": place, "problem": first}
        return CheckItem("dataset", "error", "dataset-errors", params)
    if unchecked := len(unreviewed(labelled_set(dataset_folder(text)))):
        return CheckItem("dataset", "warning", "dataset-unreviewed", {**params, "count": unchecked})
    if counts["train_pictures"] < FEW_PICTURES:
        return CheckItem("dataset", "warning", "dataset-small", params)
    if counts["warning"]:
        return CheckItem("dataset", "warning", "dataset-warnings", {**params, "count": counts["warning"]})
    return CheckItem("dataset", "ok", "dataset-good", params)


def check_log() -> CheckItem:
    """The run folder can be written, so that the log is visible from the first second, and the disk has room."""
    root = paths.workdirs_dir()
    probe = root / passing_name("probe")
    try:
        root.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
        free = shutil.disk_usage(root).free
    except OSError as failure:
        params = {"path": paths.shown(root), "reason": failure.strerror or str(failure)}
        return CheckItem("log", "error", "log-not-writable", params)
    params = {"path": paths.shown(root / "latest" / "log.txt"), "free": f"{free / GIB:.1f}"}
    if free < LEAST_DISK:
        return CheckItem("log", "error", "log-disk-full", params)
    return CheckItem("log", "warning" if free < GOOD_DISK else "ok", "log-good", params)


def check_parameters(config: TrainingConfig) -> CheckItem:
    """Settings that are known to go wrong are named; the schema has refused impossible ones already."""
    if folder := config.unlabelled.folder:
        try:
            unlabelled_pictures(Path(folder).expanduser())
        except OcrwebError as error:
            return CheckItem("parameters", "error", "", error=error)
    cpu = config.device == "cpu" or not usable_gpus()
    params = {"batch": config.batch_size, "epochs": config.epochs, "rate": f"{config.learning_rate:g}"}
    if config.learning_rate > HIGH_RATE:
        return CheckItem("parameters", "warning", "rate-high", params)
    if config.learning_rate > PRETRAINED_RATE and config.model != HOUSE:
        return CheckItem("parameters", "warning", "rate-pretrained", params)
    if cpu and config.batch_size > LARGE_BATCH_CPU:
        return CheckItem("parameters", "warning", "batch-large", params)
    if config.crop_size > LARGE_CROP:
        return CheckItem("parameters", "warning", "crop-large", {**params, "crop": config.crop_size})
    return CheckItem("parameters", "ok", "parameters-good", params)


def check_hardware(wanted: str) -> CheckItem:
    """The device is there, or another one steps in; memory is free."""
    if installed_version("paddlepaddle") is None and installed_version("paddlepaddle-gpu") is None:
        return CheckItem("hardware", "error", "hardware-no-paddle")
    usable = usable_gpus()
    if wanted.startswith("gpu") and int(wanted.partition(":")[2] or 0) >= len(usable):
        return CheckItem("hardware", "error", "hardware-no-gpu", {"wanted": wanted, "count": len(usable)})
    free = psutil.virtual_memory().available
    params = {"memory": f"{free / GIB:.1f}"}
    if free < GOOD_MEMORY:
        return CheckItem("hardware", "error" if free < LEAST_MEMORY else "warning", "hardware-memory", params)
    if wanted == "cpu" or not usable:
        idle = "hardware-cpu-build" if see_gpus().gpus and wanted != "cpu" else "hardware-cpu"
        return CheckItem("hardware", "warning" if idle == "hardware-cpu-build" else "ok", idle, params)
    index = int(device_of(wanted).partition(":")[2])
    name = next((gpu.name for gpu in usable if gpu.index == index), usable[0].name)
    return CheckItem("hardware", "ok", "hardware-gpu", {**params, "gpu": name})


def check_golden(model: str) -> CheckItem:
    """The base model passes the golden test set; one without weights yet is judged by the default model."""
    try:
        entry = resolve(model)
        checked = model if entry.available else DEFAULT
        verdict = remembered_golden(checked)
    except OcrwebError as error:
        return CheckItem("golden", "error", "", error=error)
    state: dict[str, State] = {"ok": "ok", "weak": "warning", "environment": "error"}
    return CheckItem("golden", state[verdict], f"golden-{verdict}", {"model": Path(checked).name})
