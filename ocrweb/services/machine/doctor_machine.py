"""The doctor's checks of the device, memory, disk, rights and port, and one real detection."""

from __future__ import annotations

import shutil
import socket
import uuid
from pathlib import Path

import psutil

from ocrweb import messages
from ocrweb.config import paths
from ocrweb.errors import OcrwebError
from ocrweb.runtime.device import choose_device, cpu_threads, has_bf16
from ocrweb.runtime.engines.trial import Trial, try_gpu
from ocrweb.services.detect.plausible import LEAST_RECALL
from ocrweb.services.machine.check import Check, State

GIB = 2**30
LEAST_MEMORY, GOOD_MEMORY = 1 * GIB, 3 * GIB
LEAST_DISK, GOOD_DISK = 1 * GIB, 10 * GIB
GOOD_SHM = 256 * 2**20


def check_device() -> Check:
    """The device that `auto` picks, and why. A GPU is tried with each library that was built with CUDA.

    A warning when the driver is broken or a library was built without CUDA, a failure when one was built with it and
    does not run there.
    """
    device = choose_device("auto")
    detail = f"{device} ({device.name}), {cpu_threads()} CPU threads. {device.why()}"
    if device.kind == "cpu":
        return Check("device", "warn" if device.reason == "driver-error" else "ok", detail)
    trials = try_gpu(device.index)
    state: State = "ok" if all(trial.built for trial in trials) else "warn"
    if any(trial.failure for trial in trials):
        state = "fail"
    return Check("device", state, " ".join([detail, *map(_outcome, trials)]))


def check_bf16() -> Check:
    """Whether the CPU computes in bfloat16 itself: detection takes half the time then."""
    able = has_bf16()
    return Check("bf16", "ok" if able else "warn", "bf16" if able else "f32")


def check_memory(free: int | None = None) -> Check:
    """Free memory: about 1 GiB is needed to detect, 3 to train."""
    free = psutil.virtual_memory().available if free is None else free
    return Check("memory", _level(free, LEAST_MEMORY, GOOD_MEMORY), f"{free / GIB:.1f} GiB")


def check_shm(folder: Path = Path("/dev/shm")) -> Check:
    """Shared memory, through which training's reader processes hand over batches; containers often give 64 MiB."""
    if not folder.is_dir():
        return Check("shm", "warn", f"{folder}: –")
    free = shutil.disk_usage(folder).free
    return Check("shm", "ok" if free >= GOOD_SHM else "warn", f"{free / 2**20:.0f} MiB")


def check_disk(free: int | None = None) -> Check:
    """Free space under the data root."""
    root = _existing(paths.home())
    free = shutil.disk_usage(root).free if free is None else free
    return Check("disk", _level(free, LEAST_DISK, GOOD_DISK), f"{root}: {free / GIB:.1f} GiB")


def check_rights() -> Check:
    """Whether the data root's folders can be made and written."""
    for folder in (paths.home(), paths.outputs_dir(), paths.workdirs_dir(), paths.datasets_dir(), paths.private_dir()):
        present = _existing(folder)
        probe = present / f".{uuid.uuid4().hex}"
        try:
            probe.touch()
            probe.unlink()
        except OSError as failure:
            return Check("rights", "fail", f"{present}: {failure.strerror}")
    return Check("rights", "ok", str(paths.home()))


def check_port(port: int) -> Check:
    """Whether the console's port is free, or held by this user's own console."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            return Check("port", "ok", f"{port}")
        except OSError as failure:
            reason = failure.strerror or str(failure)
    holder = _console_pid(port)
    if holder is not None:
        return Check("port", "ok", f"{port}: ocrweb, pid {holder}")
    return Check("port", "warn", f"{port}: {reason}")


def check_detection() -> Check:
    """A real detection on a shipped picture with known boxes, from file to regions."""
    from ocrweb.services.detect.golden import check_one
    from ocrweb.services.detect.request import DetectRequest

    try:
        picture = check_one(DetectRequest())
    except OcrwebError as error:
        return Check("detection", "fail", error.message())
    if picture.result.error is not None:
        return Check("detection", "fail", picture.result.error.message())
    recall = picture.recall or 0.0  # a shipped picture has its true boxes
    found = messages.text(
        "doctor.found",
        name=picture.name,
        boxes=picture.boxes,
        recall=f"{recall:.0%}",
        seconds=f"{picture.result.timing.total:.2f}",
        device=picture.result.device,
    )
    return Check("detection", "ok" if recall >= LEAST_RECALL else "fail", found)


def _outcome(trial: Trial) -> str:
    if trial.failure:
        return trial.failure
    return messages.text("doctor.gpu-runs" if trial.built else "doctor.gpu-no-build", engine=trial.engine)


def _level(value: int, least: int, good: int) -> State:
    return "ok" if value >= good else "warn" if value >= least else "fail"


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder


def _console_pid(port: int) -> int | None:
    """The process of this data root's console on that port, from its pid file, when it is alive."""
    try:
        pid = int((paths.private_dir() / f"console-{port}.pid").read_text(encoding="utf-8"))
        return pid if "app.py" in " ".join(psutil.Process(pid).cmdline()) else None
    except (OSError, ValueError, psutil.Error):
        return None
