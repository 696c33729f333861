"""Training runs: start, watch, stop. The worker is a process of its own; its run folder is all they share."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrweb.config import own_dataset, paths
from ocrweb.config.loader import build, dump_yaml, merge, parse_overrides, read_yaml
from ocrweb.config.presets import preset as preset_settings
from ocrweb.config.training import TrainingConfig, dataset_folder
from ocrweb.data.icdar import complete_tree
from ocrweb.data.plain import unlabelled_pictures
from ocrweb.disk import atomic
from ocrweb.disk.child import run_module, start_module
from ocrweb.disk.lock import run_lock
from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import write_error
from ocrweb.messages import Sentence
from ocrweb.rundir import names
from ocrweb.rundir.names import typed_run as typed_run
from ocrweb.rundir.status import (
    FINISHED,
    STARTING,
    STOPPED,
    RunStatus,
    ask_to_stop,
    read_status,
    worked_by,
    write_status,
)
from ocrweb.runtime.catalogue import resolve
from ocrweb.runtime.cluster.connection import knock
from ocrweb.runtime.cluster.needed import check_libraries
from ocrweb.runtime.device import choose_device
from ocrweb.runtime.entry import ModelEntry
from ocrweb.services.files.retelling import retold_entry
from ocrweb.services.models.weights import refuse_foreign
from ocrweb.services.training.devices import check_devices
from ocrweb.services.training.labels_used import labels_used, note_labels
from ocrweb.services.work.child import printed_answer

ENDING = 20.0  # seconds that a worker may take to end after its last word


@dataclass(frozen=True, slots=True)
class RunInfo:
    """A run as it is now. name: of its folder. config: None when its file is absent or broken."""

    name: str
    folder: Path
    status: RunStatus
    config: TrainingConfig | None

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        cause = self.status.cause
        return {
            "name": self.name,
            "folder": str(self.folder),
            **self.status.to_dict(),
            "cause": retold_entry(cause, lang) if cause else None,
            "config": self.config.model_dump(mode="json") if self.config else None,
            "labels": labels_used(self.folder),
        }


def make_config(file: Path | None = None, words: Sequence[str] = (), *, preset: str | None = None) -> TrainingConfig:
    """Settings from a YAML file, a preset laid over it, and ``key=value`` words laid over both.

    Raises ``config.…``, ``usage.missing-path``, ``usage.unknown-name``.
    """
    settings: Mapping[str, Any] = {}
    if file is not None:
        settings = read_yaml(file)
        build(TrainingConfig, settings, where=str(file))
    if preset is not None:
        settings = merge(settings, preset_settings(preset))
    return build(TrainingConfig, merge(settings, parse_overrides(words)))


def prepare_run(config: TrainingConfig, own: Path | None = None) -> Path:
    """Make the folder of a new run with its settings in it; relative paths become absolute ones.

    own: the settings' dataset is a copy, on the same disk, of some pictures of the dataset that is named here, which goes on
    to change: it is moved into the run's folder.

    Raises ``config.dataset-missing``, ``usage.missing-path``, ``dataset.…`` when a list or folder of the dataset is
    missing, ``train.unlabelled-none``, what naming a model raises, ``train.not-trainable``, ``weights.…``, ``run.not-writable``;
    OSError on a full disk, and then no folder is left. The dataset's content is checked by the run itself, before its first step.
    """
    folder = None if config.pages.crops else dataset_folder(config.dataset).resolve()
    if folder:
        complete_tree(folder, "train")
    unlabelled = config.unlabelled
    if unlabelled.folder:
        pictures = Path(unlabelled.folder).expanduser().resolve()
        unlabelled_pictures(pictures)
        unlabelled = unlabelled.model_copy(update={"folder": str(pictures)})
    entry = resolve(config.model)
    if not entry.trains and "onnx" not in entry.files:
        raise OcrwebError("train.not-trainable", name=config.model)
    refuse_foreign(entry)
    model = _lasting_name(entry, config.model)
    name = config.name or (folder.name if folder else config.model)
    settled = config.model_copy(
        update={"dataset": str(folder or ""), "model": model, "name": name, "unlabelled": unlabelled}
    )
    run = names.create_run(paths.workdirs_dir(), settled.name)
    try:
        if folder and own:
            folder = _moved(folder, run / own_dataset.FOLDER / own.name)
            settled = settled.model_copy(update={"dataset": str(folder)})
        atomic.write_text(run / names.CONFIG, dump_yaml(settled))
        if folder:
            note_labels(run, folder, own)
    except BaseException:
        names.remove_run(run)
        raise
    return run


def _moved(folder: Path, place: Path) -> Path:
    place.parent.mkdir()
    return folder.rename(place).resolve()


def prepare_for_launcher(config: TrainingConfig) -> Path:
    """As `prepare_run`, for a launcher of several machines: until that starts it, the run counts as stopped."""
    run = prepare_run(config)
    write_status(run, RunStatus(state=STOPPED))
    return run


def _lasting_name(entry: ModelEntry, name: str) -> str:
    """What a run writes down for its base model: ``latest`` and a run's given name soon stand for the new run itself."""
    if entry.kind == "file" and entry.path:
        return str(entry.path.resolve())
    return entry.name if entry.kind == "run" else name


def start_run(config: TrainingConfig, *, devices: str = "", cluster: str = "") -> Path:
    """Start a new run in the background; its folder. devices: ``0,1`` for one process a device. cluster: address of the
    machines that it runs on, as of `connected`, which all see the folder.

    Raises as `prepare_run`, what a GPU that is asked for raises, `train.no-such-device`, `cluster.not-installed` and
    `cluster.unreachable`.
    """
    if cluster:
        _check_cluster(cluster)
    elif config.device.startswith("gpu"):
        choose_device(config.device)
    check_devices(config.device, devices)
    return start_prepared(prepare_run(config), devices=devices, cluster=cluster)


def _check_cluster(address: str) -> None:
    check_libraries()
    knock(address)


def start_prepared(run: Path, *, devices: str = "", cluster: str = "", gentle: bool = False) -> Path:
    """Start what `prepare_run` made; its folder. gentle: a console answers meanwhile, give way to it."""
    names.point_latest(run)
    where = ["--cluster", cluster] if cluster else ["--devices", devices] if devices else []
    _launch(run, where, gentle=gentle)
    return run


def resume_run(
    name: str | Path, words: Sequence[str] = (), *, devices: str = "", cluster: str = "", gentle: bool = False
) -> Path:
    """Go on with a run that was stopped, failed or lost, from its last checkpoint; its folder.

    words: settings to change, such as ``epochs=40``; a finished run goes on when they make it longer. gentle: a console
    answers meanwhile, give way to it. Raises ``run.unknown``, ``run.still-active``, ``run.busy``, ``run.complete``,
    ``config.…``, `cluster.not-installed`, `cluster.unreachable`.
    """
    if cluster:
        _check_cluster(cluster)
    run = names.find_run(paths.workdirs_dir(), name)
    status = read_status(run)
    if status.active:
        raise OcrwebError("run.still-active", name=run.name)
    before = read_yaml(run / names.CONFIG)
    config = build(TrainingConfig, merge(before, parse_overrides(words)), where=str(run / names.CONFIG))
    check_devices(config.device, devices)
    if status.state == FINISHED and not _longer(config, status.epochs, float(before.get("max_minutes", 0))):
        raise OcrwebError("run.complete", name=run.name, steps=status.step)
    with run_lock(run, patience=ENDING):
        atomic.write_text(run / names.CONFIG, dump_yaml(config))
    return start_prepared(run, devices=devices, cluster=cluster, gentle=gentle)


def _longer(config: TrainingConfig, epochs: int, minutes: float) -> bool:
    """Whether settings leave a run that ended after so many epochs, or by so many minutes (0: no limit), more to do."""
    return config.epochs > epochs or (minutes > 0 and (config.max_minutes > minutes or config.max_minutes == 0))


def preview(config: TrainingConfig, folder: Path) -> list[str]:
    """Write the first 16 training samples with their target maps as pictures; the files, an overview first.

    Runs in a process of its own. Raises what reading the dataset and naming the model raise, ``usage.not-writable``.
    """
    dataset = "" if config.pages.crops else str(dataset_folder(config.dataset).resolve())
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as failure:
        raise write_error(failure, folder) from failure
    with tempfile.TemporaryDirectory(prefix="ocrweb-") as temporary:
        file = Path(temporary) / names.CONFIG
        file.write_text(dump_yaml(config.model_copy(update={"dataset": dataset})), encoding="utf-8")
        child = run_module("ocrweb.training.show", file, folder, patience=None)
    try:
        answer = printed_answer(child.stdout)
    except ValueError as error:
        raise OcrwebError("train.crashed", exit_code=child.returncode) from error
    return [str(file) for file in answer["files"]]


def list_runs() -> list[RunInfo]:
    """All runs, the newest first."""
    return [_info(run) for run in names.list_runs(paths.workdirs_dir())]


def run_info(name: str | Path) -> RunInfo:
    """One run by folder name, given name or ``latest``, or the one of a known folder. Raises as `find_run`."""
    return _info(names.find_run(paths.workdirs_dir(), name))


def stop_run(name: str | Path, *, wait: float = 60.0) -> RunInfo:
    """Ask a run to save a checkpoint and end, and wait for it, at most ``wait`` seconds.

    Raises ``run.not-running`` when its process is not running on this machine.
    """
    info = request_stop(name)
    deadline = time.monotonic() + wait
    while time.monotonic() < deadline:
        info = _info(info.folder)
        if not info.status.active:
            break
        time.sleep(0.2)
    return info


def request_stop(name: str | Path) -> RunInfo:
    """Ask a run to save a checkpoint and end, without waiting. Raises ``run.not-running``."""
    info = run_info(name)
    if not ask_to_stop(info.status):
        raise OcrwebError("run.not-running", name=info.name, state=Sentence(f"train.state-{info.status.state}"))
    return info


def follow(run: Path, on_line: Callable[[str], None], *, offset: int = 0, interval: float = 0.5) -> RunInfo:
    """Hand each new line of the log on until the run has ended; the run as it ended. offset: bytes to leave out."""
    log = run / names.LOG
    while True:
        info = _info(run)
        offset = _new_lines(log, offset, on_line)
        if not info.status.active:
            return info
        time.sleep(interval)


def log_size(run: Path) -> int:
    path = run / names.LOG
    return path.stat().st_size if path.exists() else 0


def _new_lines(log: Path, offset: int, on_line: Callable[[str], None]) -> int:
    if not log.exists():
        return offset
    with log.open("rb") as file:
        file.seek(offset)
        whole, newline, _ = file.read().rpartition(b"\n")
    for line in whole.decode("utf-8", "replace").split("\n") if newline else []:
        on_line(line)
    return offset + len(whole) + len(newline)


def _info(run: Path) -> RunInfo:
    try:
        config = build(TrainingConfig, read_yaml(run / names.CONFIG))
    except OcrwebError:  # a run of another version is still listed, stopped and shown
        config = None
    return RunInfo(run.name, run, read_status(run), config)


def _launch(run: Path, where: Sequence[str], *, gentle: bool) -> None:
    """Start the worker in a session of its own, so that it outlives this process and its terminal. where: its devices.

    A run without a checkpoint is a new one, whatever became of its last worker: it tells in its log what it starts from.
    """
    resume = (run / names.LATEST_OPTIMIZER).is_file()
    asked = [*where, *["--resume"] * resume, *["--gentle"] * gentle]
    with (run / names.OUTPUT).open("ab") as output:
        worker = start_module(
            "ocrweb.training.worker",
            run,
            *asked,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    before = read_status(run)
    kept: dict[str, Any] = {"step": before.step, "best": before.best, "earlier": before.seconds if resume else 0.0}
    write_status(run, RunStatus(state=STARTING, started=time.time(), **kept, **worked_by(worker.pid)))
