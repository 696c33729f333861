"""`ocrweb detect`: text regions of pictures, folders and zips."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ocrweb.cli.detection_options import NONE_GIVEN, Settings, with_detection
from ocrweb.cli.frame import GOOD, PROBLEMS, USAGE, command, emit_stream, report_error, say, text
from ocrweb.config.model_names import DEFAULT

if TYPE_CHECKING:
    from ocrweb.services.batch.run import BatchReport, BatchRequest, BatchRow
    from ocrweb.services.detect.detection import DetectionResult

PROGRESS_EVERY = 5.0  # seconds


@command
@with_detection("threshold", "box_threshold", "unclip_ratio", "min_size", "shape", "limit_side", "limit_type")
def detect(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Pictures, folders or .zip files.")],
    model: Annotated[str, typer.Option(help="A name from `ocrweb models`, a run, `latest`, or a file.")] = DEFAULT,
    settings: Settings = NONE_GIVEN,
    out: Annotated[
        Path | None, typer.Option(help="Output folder; an unfinished batch in it is gone on with. Default: a new one.")
    ] = None,
    engine: Annotated[Literal["auto", "openvino", "onnx", "paddle"], typer.Option()] = "auto",
    precision: Annotated[Literal["auto", "f32", "bf16"], typer.Option()] = "auto",
    device: Annotated[Literal["auto", "cpu", "gpu"], typer.Option()] = "auto",
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> int:
    """Find the text in pictures; one result per picture, a bad one is reported and the rest go on."""
    from ocrweb.services.batch.run import BatchRequest
    from ocrweb.services.detect.request import DetectRequest
    from ocrweb.services.detect.settings import chosen_options

    decode, resize = chosen_options(model, settings)
    request = DetectRequest(model, engine, precision, device, decode, resize)
    return _run(BatchRequest(tuple(paths), request, out), as_json=json)


def _run(request: BatchRequest, *, as_json: bool) -> int:
    from ocrweb.services.batch.run import run_batch

    cancel = threading.Event()
    with _stop_gently(cancel):
        report = run_batch(request, _Lines(quiet=as_json), cancel)
    if as_json:
        emit_stream(_document(report))
    if report.answered_none and report.total == 1 and report.first_error is not None:
        if not as_json:
            report_error(report.first_error, as_json=False)
        return USAGE
    if not as_json:
        if report.resumed:
            say(text("detect.resumed", count=report.resumed))
        say(
            text(
                "detect.summary",
                pictures=report.done,
                failed=report.failed,
                boxes=report.boxes,
                seconds=f"{report.seconds:.1f}",
                folder=report.folder,
            )
        )
    if report.cancelled:
        say(text("detect.cancelled", folder=report.folder))
        return 130
    return USAGE if report.answered_none else PROBLEMS if report.failed else GOOD


class _Lines:
    """A line for every picture on stdout, and how far a long batch is on stderr."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._next_progress = PROGRESS_EVERY

    def __call__(self, row: BatchRow) -> None:
        result, progress = row.result, row.progress
        if not self._quiet and (result.success or progress.total > 1):
            print(_line(result), flush=True)
        if progress.seconds >= self._next_progress:
            self._next_progress = progress.seconds + PROGRESS_EVERY
            left = "–" if progress.eta is None else f"{progress.eta:.0f} s"
            numbers = {"done": progress.done, "total": progress.total, "failed": progress.failed}
            say(text("detect.progress", **numbers, rate=f"{progress.rate:.1f}", eta=left))


def _line(result: DetectionResult) -> str:
    if result.error is not None:
        message = result.error.message()
        named = message if message.startswith(result.image_path) else f"{result.image_path}: {message}"
        return f"{named}\n  → {result.error.hint()}"
    key = "detect.picture" if result.regions else "detect.nothing"
    found = text(key, name=result.image_path, boxes=len(result.regions), seconds=f"{result.timing.total:.2f}")
    tiles = [text("detect.tiles", count=result.tiles)] if result.tiles > 1 else []
    return "\n  ".join([found, *tiles, *(f"→ {text(f'detect.{code}')}" for code in result.warnings)])


def _document(report: BatchReport) -> Iterator[str]:
    """The JSON document in pieces: results are read from their files one by one, however many there are."""
    yield '{"results": ['
    for number, document in enumerate(report.documents()):
        yield ("," if number else "") + "\n" + dumps(document, ensure_ascii=False, indent=1)
    summary = {
        "pictures": report.done,
        "failed": report.failed,
        "seconds": round(report.seconds, 3),
        "folder": str(report.folder),
    }
    yield f'],\n"summary": {dumps(summary, ensure_ascii=False)}'
    if report.answered_none and report.first_error is not None:
        yield f',\n"error": {dumps(report.first_error.to_dict(), ensure_ascii=False)}'
    yield "}\n"


@contextlib.contextmanager
def _stop_gently(cancel: threading.Event) -> Iterator[None]:
    """The first Ctrl-C finishes the pictures in work, the second one ends at once."""
    before = signal.getsignal(signal.SIGINT)

    def stop(number: int, frame: object) -> None:
        cancel.set()
        signal.signal(signal.SIGINT, before)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
