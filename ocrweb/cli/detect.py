"""`ocrweb detect`: text regions of pictures, folders and zips."""

from __future__ import annotations

import contextlib
import signal
import tempfile
import threading
from collections.abc import Iterable, Iterator
from json import dumps
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from ocrweb.cli.cluster import ActorCoresOption, ClusterOption, ShardSizeOption, Spread, detect_on_cluster
from ocrweb.cli.detection_options import NONE_GIVEN, Settings, with_detection
from ocrweb.cli.frame import GOOD, INTERRUPTED, PROBLEMS, USAGE, command, emit_stream, report_error, say, text
from ocrweb.cli.parameters import DeviceOption, EngineOption, JsonOption, PrecisionOption
from ocrweb.cli.stdin import DASH, given_paths
from ocrweb.config.model_names import IN_USE
from ocrweb.disk.pattern import expanded

if TYPE_CHECKING:
    from ocrweb.services.batch.run import BatchReport, BatchRequest, BatchRow, Tally
    from ocrweb.services.detect.detection import DetectionResult

PROGRESS_EVERY = 5.0  # seconds
IN_MEMORY = 64 << 20  # bytes of results that are written nowhere; more of them go to the system's temporary folder
BETWEEN = "\n\0\n"  # no line of a JSON document


@command
@with_detection("threshold", "box_threshold", "unclip_ratio", "min_size", "shape", "limit_side", "limit_type")
def detect(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Pictures, folders or .zip files; - is standard input.")
    ],
    model: Annotated[
        str, typer.Option(help="A name from `ocrweb models`, a run, `latest`, `in-use`, or a file.")
    ] = IN_USE,
    settings: Settings = NONE_GIVEN,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Output folder; an unfinished batch in it is gone on with. Default: a new one; with --json none."
        ),
    ] = None,
    engine: EngineOption = "auto",
    precision: PrecisionOption = "auto",
    device: DeviceOption = "auto",
    cluster: ClusterOption = None,
    overlays: Annotated[
        bool, typer.Option("--overlays", help="With --cluster: pictures with their boxes too.")
    ] = False,
    shard_size: ShardSizeOption = None,
    actor_cores: ActorCoresOption = None,
    json: JsonOption = False,
) -> int:
    """Find the text in pictures; one result per picture, a bad one is reported and the rest go on."""
    from ocrweb.services.batch.run import BatchRequest
    from ocrweb.services.detect.request import DetectRequest
    from ocrweb.services.detect.settings import chosen_options

    paths = expanded(paths)
    decode, resize = chosen_options(model, settings)
    request = DetectRequest(model, engine, precision, device, decode, resize)
    spread = Spread(cluster, shard_size, actor_cores)
    if spread.asked(overlays):
        return detect_on_cluster(spread, paths, out, request, overlays=overlays, as_json=json)
    with given_paths(paths) as given:
        batch = BatchRequest(given, request, out, names_only=DASH in paths)
        return _run_for_programs(batch) if json else _run(batch)


def _run(request: BatchRequest) -> int:
    from ocrweb.services.batch.run import run_batch

    cancel = threading.Event()
    with _stop_gently(cancel):
        report = run_batch(request, _Lines(), cancel)
    if report.answered_none and report.total == 1 and report.first_error is not None:
        report_error(report.first_error, as_json=False)
        return USAGE
    if report.resumed:
        say(text("detect.resumed", count=report.resumed))
    numbers = {"pictures": report.done, "failed": report.failed, "boxes": report.boxes}
    say(text("detect.summary", **numbers, seconds=f"{report.seconds:.1f}", folder=report.folder))
    if report.cancelled:
        say(text("detect.cancelled", folder=report.folder))
    return _code(report)


def _run_for_programs(request: BatchRequest) -> int:
    """One document; files only where a folder for them was named."""
    from ocrweb.services.batch.run import answer_batch, run_batch

    cancel = threading.Event()
    if request.out is not None:
        with _stop_gently(cancel):
            kept = run_batch(request, _Lines(quiet=True), cancel)
        emit_stream(_document(map(_in_json, kept.documents()), kept, kept.folder))
        if kept.cancelled:
            say(text("detect.cancelled", folder=kept.folder))
        return _code(kept)
    with tempfile.SpooledTemporaryFile(IN_MEMORY, "w+", encoding="utf-8", errors="surrogateescape") as results:
        lines = _Lines(quiet=True)

        def keep(row: BatchRow) -> None:
            lines(row)
            results.write(f"{_in_json(row.result.to_dict())}{BETWEEN}")

        with _stop_gently(cancel):
            tally = answer_batch(request, keep, cancel)
        results.seek(0)
        emit_stream(_document(_pieces(results), tally, None))
        if tally.cancelled:
            say(text("command.interrupted"))
        return _code(tally)


def _code(report: BatchReport | Tally) -> int:
    if report.cancelled:
        return INTERRUPTED
    return USAGE if report.answered_none else PROBLEMS if report.failed else GOOD


class _Lines:
    """A line for every picture on stdout, and how far a long batch is on stderr."""

    def __init__(self, quiet: bool = False) -> None:
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


def _in_json(document: dict[str, Any]) -> str:
    return dumps(document, ensure_ascii=False, indent=1)


def _pieces(results: IO[str]) -> Iterator[str]:
    """What was put aside, one result after the other."""
    piece: list[str] = []
    for line in results:
        if line == BETWEEN[1:]:
            yield "".join(piece).removesuffix("\n")
            piece = []
        else:
            piece.append(line)


def _document(results: Iterable[str], report: BatchReport | Tally, folder: Path | None) -> Iterator[str]:
    """The JSON document in pieces: its results come one by one, however many there are."""
    yield '{"results": ['
    for number, result in enumerate(results):
        yield ("," if number else "") + "\n" + result
    numbers = {"pictures": report.done, "failed": report.failed, "seconds": round(report.seconds, 3)}
    summary = {**numbers, "folder": str(folder) if folder else None}
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
