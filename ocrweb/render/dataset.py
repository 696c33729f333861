"""A rendered dataset in the ICDAR2015 layout, whole or not at all."""

from __future__ import annotations

import functools
import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from ocrweb.data.checks.names import images_name
from ocrweb.data.formats.whole import whole_folder
from ocrweb.data.icdar_write import write_split
from ocrweb.data.sample import SPLITS, LabelledBox, Sample, Split
from ocrweb.disk.progress import Progress
from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import write_picture
from ocrweb.render.fonts import FontSet
from ocrweb.render.page import render_page

MOST = 1_000_000
_TEST_OFFSET = 1 << 40  # no seed of a training page is that of a test page


def render_dataset(
    out: Path,
    train: int,
    test: int,
    seed: int = 0,
    progress: Progress | None = None,
    *,
    kind: str | None = None,
    fonts: FontSet = "train",
    workers: int = 1,
) -> int:
    """Write ``train`` and ``test`` rendered pages with labels and lists to a new or empty folder; returns their count.

    seed: ≥ 0; the same arguments give the same files, whatever ``workers`` (processes) is. progress: called with done and
    total after each page. Raises usage.bad-value, render.not-empty, usage.not-writable, usage.disk-full; nothing is left then.
    """
    for name, value, least in (("--train", train, 0), ("--test", test, 0), ("--seed", seed, 0)):
        if not least <= value <= MOST:
            raise OcrwebError("usage.bad-value", name=name, value=value, expected=f"{least}–{MOST:,}")
    if train + test == 0:
        raise OcrwebError("usage.bad-value", name="--train + --test", value=0, expected="≥ 1")
    with whole_folder(out, "render.not-empty") as working:
        _fill(working, {"train": train, "test": test}, seed, progress, functools.partial(_draw, kind, fonts), workers)
    return train + test


def _fill(
    root: Path,
    counts: dict[Split, int],
    seed: int,
    progress: Progress | None,
    draw: Callable[[tuple[Path, int]], Sample],
    workers: int,
) -> None:
    done, total = 0, sum(counts.values())
    with ExitStack() as stack:
        spread: Callable[..., Iterable[Sample]] = map
        if workers > 1:
            spread = functools.partial(_spread, stack.enter_context(_processes(workers)))
        for split in SPLITS:
            folder = root / images_name(split)
            folder.mkdir()
            first = seed * MOST + (_TEST_OFFSET if split == "test" else 0)
            samples = []
            for sample in spread(
                draw, [(folder / f"{index + 1}.jpg", first + index) for index in range(counts[split])]
            ):
                samples.append(sample)
                done += 1
                if progress:
                    progress(done, total)
            write_split(root, split, samples)


@contextmanager
def _processes(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that draw. When the work ends early they finish the pages in hand, which go with the unfinished folder:
    killing them makes the pool write its own tracebacks.
    """
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _spread(
    pool: ProcessPoolExecutor, draw: Callable[[tuple[Path, int]], Sample], jobs: list[tuple[Path, int]]
) -> Iterator[Sample]:
    """What ``draw`` makes of each job, in their order. Its processes are born deaf to Ctrl-C, which a terminal sends to all."""
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return pool.map(draw, jobs)  # starts the processes
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


def _draw(kind: str | None, fonts: FontSet, job: tuple[Path, int]) -> Sample:
    """Draw one page and write its picture."""
    path, seed = job
    page = render_page(kind, seed, fonts=fonts)
    write_picture(path, page.pixels)
    height, width = page.pixels.shape[:2]
    return Sample(path, None, whole_pixels(page.boxes, width, height))


def whole_pixels(boxes: Iterable[LabelledBox], width: int, height: int) -> tuple[LabelledBox, ...]:
    """Boxes as label files of ICDAR2015 hold them: whole pixels inside the picture, each box once, none without area."""
    limit = np.array([width - 1, height - 1], np.float32)
    kept: dict[bytes, LabelledBox] = {}
    for box in boxes:
        points = np.clip(np.rint(box.points), 0, limit).astype(np.float32)
        if abs(cv2.contourArea(points)) >= 4 and cv2.isContourConvex(points.astype(np.int32)):
            kept.setdefault(points.tobytes(), replace(box, points=points))
    return tuple(kept.values())
