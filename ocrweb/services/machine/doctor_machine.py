"""The doctor's checks of the device and of memory, and one real detection."""

from __future__ import annotations

import psutil

from ocrweb import messages
from ocrweb.config.model_names import DEFAULT
from ocrweb.errors import OcrwebError
from ocrweb.runtime.catalogue import resolve
from ocrweb.runtime.device import choose_device, cpu_threads
from ocrweb.runtime.engines.choose import PRECISIONS, plan
from ocrweb.runtime.engines.load import abilities
from ocrweb.runtime.engines.trial import Trial, try_gpu
from ocrweb.runtime.int8 import find_copy
from ocrweb.services.detect.plausible import LEAST_RECALL
from ocrweb.services.machine.check import Check, State
from ocrweb.services.machine.doctor_place import GIB, level_of

LEAST_MEMORY, GOOD_MEMORY = 1 * GIB, 3 * GIB


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
    """Which arithmetic `auto` takes for the default model on the CPU, and why: float32 takes about twice the time."""
    entry = resolve(DEFAULT)
    made = plan(entry, "auto", "auto", choose_device("cpu"), abilities(), find_copy(entry))
    why = [note.text() for note in made.notes if note.key.partition("-")[0] in PRECISIONS]
    return Check("bf16", "warn" if made.precision == "f32" else "ok", " ".join(why))


def check_memory(free: int | None = None) -> Check:
    """Free memory: about 1 GiB is needed to detect, 3 to train."""
    free = psutil.virtual_memory().available if free is None else free
    return Check("memory", level_of(free, LEAST_MEMORY, GOOD_MEMORY), f"{free / GIB:.1f} GiB")


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
