"""Many pictures: several at a time, results as they come, nothing lost by a bad picture, a cancel or a kill."""

from __future__ import annotations

import itertools
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ocrweb.config.detection import DecodeOptions
from ocrweb.errors import OcrwebError
from ocrweb.runtime.detector import Detector, default_decode
from ocrweb.runtime.engines.base import MOST_STREAMS
from ocrweb.runtime.paddle_env import usable_cores
from ocrweb.runtime.result import DetectionResult
from ocrweb.services.batch.progress import BatchProgress, Meter
from ocrweb.services.batch.resume import Finished, picture_key, read_document, read_finished, settle_run
from ocrweb.services.batch.summary import SummaryCsv, summary_row
from ocrweb.services.batch.work import Task, Worker
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.files.outputs import Names, SavedPicture, new_output_folder, open_output_folder
from ocrweb.services.intake.inbox import inbox
from ocrweb.services.intake.sources import Source, is_zip, open_sources

AHEAD = 4  # pictures handed out per worker before the oldest must be answered: bounds what waits in memory
MOST_WORKERS = 16  # each holds a picture


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """paths: files, folders and zips. out: a folder to write into or to go on with; None makes a new output folder.

    confined: folders must lie under an allowed root. names_only: show file names without folders (uploads).
    workers: pictures at a time; None fits the machine.
    """

    paths: tuple[Path, ...]
    detect: DetectRequest = field(default_factory=DetectRequest)
    out: Path | None = None
    confined: bool = False
    names_only: bool = False
    workers: int | None = None


@dataclass(frozen=True, slots=True)
class BatchStart:
    """What is known before the first picture. folder: where results go. total: pictures in the list.

    kept: the lines of the summary that an earlier run had written, by their place in the list.
    """

    folder: Path
    total: int
    kept: dict[int, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One answered picture: its place in the list, where it came from, its result, its files, and how far the batch is."""

    index: int
    source: Source
    result: DetectionResult
    saved: SavedPicture
    progress: BatchProgress


@dataclass(frozen=True, slots=True)
class BatchReport:
    """folder: where everything lies. names: of all pictures that are answered, in the order of the sources.

    total = done + left; failed is part of done, resumed is what an earlier run had done. seconds: of this run.
    first_error: of the first failed picture.
    """

    folder: Path
    names: tuple[str, ...]
    total: int
    failed: int
    resumed: int
    boxes: int
    seconds: float
    cancelled: bool
    first_error: OcrwebError | None

    @property
    def done(self) -> int:
        return len(self.names)

    @property
    def answered_none(self) -> bool:
        """Pictures were tried and not one of them could be used."""
        return self.done > 0 and self.failed == self.done

    def documents(self) -> Iterator[dict[str, Any]]:
        """The result documents one by one, read from their files, so that memory does not grow with the count."""
        for name in self.names:
            document = read_document(self.folder / "json" / f"{name}.json")
            if document is not None:
                yield document


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of a batch that wrote nothing; the fields are those of `BatchReport`."""

    total: int
    done: int
    failed: int
    seconds: float
    first_error: OcrwebError | None

    @property
    def cancelled(self) -> bool:
        return self.done < self.total

    @property
    def answered_none(self) -> bool:
        return self.done > 0 and self.failed == self.done


def run_batch(
    request: BatchRequest,
    on_row: Callable[[BatchRow], None] | None = None,
    cancel: threading.Event | None = None,
    on_start: Callable[[BatchStart], None] | None = None,
) -> BatchReport:
    """Detect all pictures; each is written when it is done and handed to ``on_row`` in the order of the sources.

    A picture that cannot be used is a row with its error. After ``cancel`` is set, pictures in work are finished,
    the rest is left; with ``out`` the next run goes on from there. Raises coded errors for what stops everything:
    no pictures, an unusable model, an output folder that cannot be written, a full disk (what was done is kept).
    """
    with open_sources(request.paths, confined=request.confined, names_only=request.names_only) as sources:
        detector = request.detect.detector(streams=streams_for(len(sources)))
        folder = open_output_folder(request.out) if request.out else new_output_folder()
        decode = request.detect.decode or default_decode(detector.card)
        base = settle_run(folder, _settings(request.detect, detector, decode))
        if base != os.getcwd() and not request.names_only:  # relative paths in this folder mean others
            sources = tuple(replace(source, shown=os.path.abspath(source.shown)) for source in sources)
        known = "" if request.names_only else base  # names without a folder are the same from everywhere
        tasks, kept = _plan(
            sources, read_finished(folder, known), alone=len(sources) == 1 and _is_one_file(request.paths)
        )
        if on_start is not None:
            on_start(BatchStart(folder.path, len(sources), {index: entry.row for index, entry in kept.items()}))
        with SummaryCsv(folder.summary, [entry.row for entry in kept.values()]) as summary:
            worker = Worker(detector, decode, request.detect.resize, folder)
            run = _Run(worker, summary, cancel or threading.Event())
            meter = Meter(len(sources), already=len(kept))
            run.go(tasks, request.workers or default_workers(), meter, on_row)
        names = {**{index: entry.name for index, entry in kept.items()}, **run.answered}
        return BatchReport(
            folder=folder.path,
            names=tuple(names[index] for index in sorted(names)),
            total=len(sources),
            failed=run.failed,
            resumed=len(kept),
            boxes=run.boxes + sum(entry.row["boxes"] for entry in kept.values()),
            seconds=meter.read().seconds,
            cancelled=len(names) < len(sources),
            first_error=run.first_error,
        )


def answer_batch(
    request: BatchRequest,
    on_row: Callable[[BatchRow], None],
    cancel: threading.Event | None = None,
) -> Tally:
    """As `run_batch`, but nothing is written: the answers are ``on_row``'s alone. `BatchRequest.out` plays no part."""
    with open_sources(request.paths, confined=request.confined, names_only=request.names_only) as sources:
        detector = request.detect.detector(streams=streams_for(len(sources)))
        decode = request.detect.decode or default_decode(detector.card)
        run = _Run(Worker(detector, decode, request.detect.resize, None), None, cancel or threading.Event())
        meter = Meter(len(sources))
        tasks = [Task(index, source, "") for index, source in enumerate(sources)]
        run.go(tasks, request.workers or default_workers(), meter, on_row)
        return Tally(len(sources), len(run.answered), run.failed, meter.read().seconds, run.first_error)


def _settings(request: DetectRequest, detector: Detector, decode: DecodeOptions) -> dict[str, Any]:
    """What decides the boxes; engine and device do not, so a batch may go on on another machine."""
    resize = request.resize.model_dump() if request.resize else None
    return {"model": detector.model, "weights": detector.entry.digest(), **decode.model_dump(), "resize": resize}


def _is_one_file(given: tuple[Path, ...]) -> bool:
    return len(given) == 1 and given[0].is_file() and not is_zip(given[0])


def _plan(
    sources: tuple[Source, ...], finished: dict[str, Finished], *, alone: bool
) -> tuple[list[Task], dict[int, Finished]]:
    """What is left to do, and what is done by its place.

    A picture that failed, or that has changed since, is tried again under its old name.

    alone: one picture was asked for, which is called ``result``.
    """
    names = Names(entry.name for entry in finished.values())
    tasks: list[Task] = []
    kept: dict[int, Finished] = {}
    for index, source in enumerate(sources):
        entry = finished.pop(picture_key(source.shown), None)
        if entry is not None and entry.success and _is_unchanged(source, entry):
            kept[index] = entry
        else:
            name = entry.name if entry else names.give("result" if alone else source.file_name)
            tasks.append(Task(index, source, name, alone))
    return tasks, kept


def _is_unchanged(source: Source, entry: Finished) -> bool:
    """Whether the picture is still the one that was answered. An upload always is, though its file looks newer once the
    page's upload cache drops its own link to it."""
    given = source.archive or source.path
    return given.is_relative_to(inbox()) or source.changed() <= entry.written


class _Run:
    """The work of one batch. Each thread takes a picture through reading, network, drawing and writing; the stages of
    different pictures overlap, and only the pictures in work are in memory."""

    def __init__(self, worker: Worker, summary: SummaryCsv | None, cancel: threading.Event) -> None:
        self._worker, self._summary, self._cancel = worker, summary, cancel
        self.answered: dict[int, str] = {}
        self.failed = self.boxes = 0
        self.first_error: OcrwebError | None = None

    def go(self, tasks: list[Task], threads: int, meter: Meter, on_row: Callable[[BatchRow], None] | None) -> None:
        waiting: deque[tuple[Task, Future[tuple[DetectionResult, SavedPicture] | None]]] = deque()
        todo = iter(tasks)
        with ThreadPoolExecutor(threads, thread_name_prefix="batch") as pool:
            try:
                while True:
                    for task in itertools.islice(todo, threads * AHEAD - len(waiting)):
                        waiting.append((task, pool.submit(self._answer, task)))
                    if not waiting:
                        break
                    task, future = waiting.popleft()
                    answer = future.result()
                    if answer is not None:
                        self._count(task, *answer, meter, on_row)
            finally:
                for _, future in waiting:
                    future.cancel()

    def _answer(self, task: Task) -> tuple[DetectionResult, SavedPicture] | None:
        """In a thread: the picture's answer; None once the batch is cancelled."""
        return None if self._cancel.is_set() else self._worker.answer(task)

    def _count(
        self,
        task: Task,
        result: DetectionResult,
        saved: SavedPicture,
        meter: Meter,
        on_row: Callable[[BatchRow], None] | None,
    ) -> None:
        self.answered[task.index] = task.name
        self.boxes += len(result.regions)
        if result.error is not None:
            self.failed += 1
            self.first_error = self.first_error or result.error
        if self._summary is not None:
            self._summary.add(summary_row(result.to_dict(), saved.json.name))
        progress = meter.step(failed=result.error is not None)
        if on_row is not None:
            on_row(BatchRow(task.index, task.source, result, saved, progress))


def streams_for(count: int) -> int:
    """Pictures the network works on at the same time: one core each, but all cores on one picture when there are few."""
    cores = min(usable_cores(), MOST_STREAMS)
    return cores if count >= 2 * cores else 1


def default_workers() -> int:
    """Pictures in work: one more than the cores, so that no core idles while a file is read or written."""
    return min(usable_cores(), MOST_WORKERS) + 1
