"""`ocrweb train`: a training run in the foreground."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocrweb.cli.cluster import ClusterOption
from ocrweb.cli.frame import GOOD, INTERRUPTED, PROBLEMS, command, emit, say, text
from ocrweb.config.judgement import HELPED
from ocrweb.config.presets import PRESETS
from ocrweb.errors import OcrwebError

if TYPE_CHECKING:
    from ocrweb.services.training.runs import RunInfo

DEFAULT_FILE = Path("configs") / "det_db.yml"
INSTEAD = ("--preview", "--prepare", "--background")  # of a run in the foreground
WITHOUT_PROCESSES = ("--preview", "--prepare")
PROCESSES = ("--devices", "--cluster")


@command
def train(
    config: Annotated[
        Path | None, typer.Option("-c", "--config", help="Settings file; default configs/det_db.yml where it exists.")
    ] = None,
    option: Annotated[
        list[str] | None, typer.Option("-o", "--option", metavar="KEY=VALUE", help="One setting; may be repeated.")
    ] = None,
    preset: Annotated[str | None, typer.Option(help=f"Starting point: {', '.join(PRESETS)}.")] = None,
    resume: Annotated[str | None, typer.Option(metavar="RUN", help="Go on with a run that did not finish.")] = None,
    devices: Annotated[str, typer.Option(help="One process a device: 0,1,2,3.")] = "",
    cluster: ClusterOption = None,
    background: Annotated[bool, typer.Option("--background", help="Return at once; watch with `ocrweb runs`.")] = False,
    prepare: Annotated[
        bool, typer.Option("--prepare", help="Only make the run folder, for `paddle.distributed.launch`.")
    ] = False,
    preview: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Only write the first 16 training samples as pictures.")
    ] = None,
    use_gpu: Annotated[
        str | None, typer.Option("--use_gpu", hidden=True, help="True or False, as in PaddleOCR.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout when the run has ended.")] = False,
) -> int:
    """Train a detector on your own pictures; Ctrl-C saves a checkpoint and ends."""
    from ocrweb.services.training import runs as training

    given = {
        "--config": config, "--preset": preset, "--preview": preview, "--prepare": prepare, "--background": background,
        "--devices": devices or None, "--cluster": cluster,
    }  # fmt: skip
    _refuse_contradictions(resume, [name for name, value in given.items() if value not in (None, False)])
    _check_devices(devices)
    words = [*(option or []), *_device_word(use_gpu)]
    if resume is not None:
        start = training.log_size(folder := training.run_info(training.typed_run(resume)).folder)
        run = training.resume_run(folder, words, devices=devices, cluster=cluster or "")
    else:
        file = config or (DEFAULT_FILE if DEFAULT_FILE.is_file() else None)
        settings = training.make_config(file, words, preset=preset)
        start = 0
        if preview is not None:
            return _previewed(training.preview(settings, preview), as_json=json)
        if prepare:
            run = training.prepare_for_launcher(settings)
        else:
            run = training.start_run(settings, devices=devices, cluster=cluster or "")
    if prepare or background:
        emit({"run": run.name, "folder": str(run)}) if json else print(run)
        return GOOD
    say(text("train.started", folder=run))
    with _pass_interrupt_on(run.name) as interrupted:
        info = training.follow(run, _say_nothing if json else _print, offset=start)
    if json:
        emit(info.to_dict())
    code = _outcome(info, quiet=json)
    return INTERRUPTED if interrupted and info.status.state == "stopped" else code


def _refuse_contradictions(resume: str | None, typed: list[str]) -> None:
    """Nothing that was typed is silently ignored."""
    of_a_new_run = [name for name in typed if name not in ("--background", *PROCESSES)]
    if resume is not None and of_a_new_run:
        raise OcrwebError("train.resume-alone", names=", ".join(of_a_new_run))
    instead = [name for name in typed if name in INSTEAD]
    if len(instead) > 1:
        raise OcrwebError("train.one-of", names=", ".join(instead))
    where = [name for name in typed if name in (*WITHOUT_PROCESSES, *PROCESSES)]
    if len(where) > 1:
        raise OcrwebError("train.one-of", names=", ".join(where))


def _check_devices(devices: str) -> None:
    numbers = devices.split(",")
    if devices and not (all(number.isdecimal() for number in numbers) and len(set(numbers)) == len(numbers)):
        raise OcrwebError("usage.bad-value", name="--devices", value=devices, expected="0,1,2,3")


def _outcome(info: RunInfo, *, quiet: bool) -> int:
    from ocrweb.services.training.told import doubt_of, outcome_told

    state = info.status.state
    if not quiet:
        if state == "lost":
            say(text("train.lost", name=info.name))
        elif state in ("finished", "stopped"):
            say(text(f"train.{state}", name=info.name, folder=info.folder))
        if info.status.outcome:
            say(outcome_told(info.status.outcome, doubt_of(info.status.verdict)))
    helped = info.status.outcome in HELPED
    return GOOD if state == "stopped" or (state == "finished" and helped) else PROBLEMS


def _previewed(files: list[str], *, as_json: bool) -> int:
    if as_json:
        emit({"files": files})
    else:
        print(*files, sep="\n")
    return GOOD


def _device_word(use_gpu: str | None) -> list[str]:
    """``--use_gpu False`` in the words of today."""
    if use_gpu is None:
        return []
    return ["device=gpu" if use_gpu.strip().lower() in ("true", "1", "yes") else "device=cpu"]


def _print(line: str) -> None:
    print(line, flush=True)


def _say_nothing(line: str) -> None:
    """The log is in the run's folder; stdout belongs to the document."""


@contextlib.contextmanager
def _pass_interrupt_on(name: str) -> Iterator[list[int]]:
    """Ctrl-C and SIGTERM ask the run to stop with a checkpoint; a second Ctrl-C leaves it to itself.

    Gives a list that holds SIGINT as soon as somebody has pressed Ctrl-C.
    """
    from ocrweb.services.training import runs as training

    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    interrupted: list[int] = []

    def stop(number: int, frame: object) -> None:
        if number == signal.SIGINT:
            interrupted.append(number)
        signal.signal(signal.SIGINT, kept[signal.SIGINT])
        say(text("train.stopping"))
        training.request_stop(name)

    for number in kept:
        signal.signal(number, stop)
    try:
        yield interrupted
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
