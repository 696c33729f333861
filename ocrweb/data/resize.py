"""Shrink a dataset: pictures and labels together, since labels of another size are wrong labels."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocrweb.data.checks import label_box
from ocrweb.data.checks.names import images_name, stem_of, suffix_of
from ocrweb.data.checks.statistics import text_heights
from ocrweb.data.formats.whole import whole_folder
from ocrweb.data.icdar import read_split
from ocrweb.data.icdar_write import write_split
from ocrweb.data.labelling.carried import carried_record, put_record
from ocrweb.data.outlines import usable_outline
from ocrweb.data.sample import SPLITS, LabelledBox, Sample, Split
from ocrweb.disk.names import free_name
from ocrweb.disk.passing import passing_name
from ocrweb.disk.progress import Progress
from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import encode_picture, write_error
from ocrweb.imaging.picture import read_picture
from ocrweb.imaging.sniff import read_header

SMALLEST_SIDE, LARGEST_SIDE = 32, 20_000
LEARNABLE = 8.0  # pixels; training ignores text that is lower
QUALITY = 95
BACKUPS = ".ocrweb_backup"
DIGITS = 2  # of the scaled coordinates
_ASIDE = re.compile(r"^\.(.+)\.before-resize$")


@dataclass(frozen=True, slots=True)
class ResizeReport:
    """resized: pictures that were larger. boxes: that count as text, in all pictures. too_small_before, too_small: of
    those, lower than ``LEARNABLE`` pixels. worst: the picture with most of these. dropped: boxes without area afterwards,
    as (label file, number of the box in it). backup: where the old dataset lies after a resize in place."""

    root: Path
    max_side: int
    pictures: int
    resized: int
    boxes: int
    too_small_before: int
    too_small: int
    worst: str
    dropped: tuple[tuple[str, int], ...]
    backup: Path | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "dataset": str(self.root),
            "max_side": self.max_side,
            "pictures": self.pictures,
            "resized": self.resized,
            "boxes": self.boxes,
            "too_small_before": self.too_small_before,
            "too_small": self.too_small,
            "too_small_below": LEARNABLE,
            "worst": self.worst or None,
            "dropped": [{"file": file, "box": number} for file, number in self.dropped],
            "backup": str(self.backup) if self.backup else None,
        }


@dataclass(frozen=True, slots=True)
class _Shrunk:
    sample: Sample
    resized: bool
    heights: tuple[np.ndarray, np.ndarray]  # before, after
    dropped: tuple[tuple[str, int], ...]


def resize_dataset(
    root: Path, max_side: int, out: Path | None = None, progress: Progress | None = None, workers: int = 2
) -> ResizeReport:
    """Scale every picture whose longer side is over ``max_side`` down to it, and its boxes by the same factors.

    Pictures are never enlarged; those that fit are copied as they are. out: a new or empty folder; None works in place
    and keeps the old dataset inside, in ``.ocrweb_backup/<time>``. Raises OcrwebError usage.bad-value, what `read_split`
    refuses, formats.not-empty, usage.disk-full, usage.not-writable; the dataset is then as it was before.
    """
    if not SMALLEST_SIDE <= max_side <= LARGEST_SIDE:
        expected = f"{SMALLEST_SIDE}–{LARGEST_SIDE}"
        raise OcrwebError("usage.bad-value", name="--max-side", value=max_side, expected=expected)
    root = root.resolve()
    finish_interrupted(root.parent)
    samples = [(split, sample) for split in SPLITS for sample in read_split(root, split)]
    target = out or root.with_name(passing_name(root.name, ".resized"))
    try:
        with whole_folder(target) as folder:
            shrunk = list(_shrink_all(samples, folder, max_side, progress, workers))
            for split in SPLITS:
                listed = zip(samples, shrunk, strict=True)
                write_split(folder, split, [done.sample for (own, _), done in listed if own == split])
            for (_, sample), done in zip(samples, shrunk, strict=True):
                record = carried_record(root, sample.image.relative_to(root).as_posix(), len(sample.boxes))
                put_record(folder, done.sample.image.relative_to(folder).as_posix(), record)
        backup = None if out else _swap(root, target)
    finally:
        if out is None:
            shutil.rmtree(target, ignore_errors=True)
    return _report(out or root, max_side, shrunk, backup)


def take_back_resize(root: Path) -> Path:
    """Put back what the newest resize in place replaced. Raises OcrwebError dataset.no-backup. Returns the folder."""
    root = root.resolve()
    finish_interrupted(root.parent)
    backups = sorted((root / BACKUPS).glob("*")) if (root / BACKUPS).is_dir() else []
    if not backups:
        raise OcrwebError("dataset.no-backup", path=str(root / BACKUPS))
    shrunk = root.with_name(passing_name(root.name, ".resized"))
    aside = root.with_name(f".{root.name}.before-resize")
    try:
        os.rename(backups[-1], aside)
        for older in backups[:-1]:
            (aside / BACKUPS).mkdir(exist_ok=True)
            os.rename(older, aside / BACKUPS / older.name)
        os.rename(root, shrunk)
        os.rename(aside, root)
    except OSError as error:
        raise write_error(error, root) from error
    shutil.rmtree(shrunk, ignore_errors=True)
    return root


def finish_interrupted(parent: Path) -> list[str]:
    """Put away what a crash caught between two renames: the dataset gets its name back, or becomes the backup.

    Returns the names of the datasets.
    """
    names = []
    for entry in list(parent.iterdir()) if parent.is_dir() else []:
        match = _ASIDE.match(entry.name)
        if not match:
            continue
        root = parent / match[1]
        if root.exists():
            (root / BACKUPS).mkdir(exist_ok=True)
            os.rename(entry, root / BACKUPS / _stamp(root))
        else:
            os.rename(entry, root)
        names.append(match[1])
    return names


def scale_boxes(boxes: tuple[LabelledBox, ...], factors: tuple[float, float]) -> tuple[list[LabelledBox], list[int]]:
    """The boxes times (horizontal, vertical), and the indexes of those that are left without area."""
    kept: list[LabelledBox] = []
    gone: list[int] = []
    for index, box in enumerate(boxes):
        points = np.round(box.points.astype(np.float64) * factors, DIGITS)
        if label_box.is_degenerate(points[None])[0] or label_box.is_crossing(points[None])[0]:
            gone.append(index)
        else:
            polygon = None if box.polygon is None else np.round(box.polygon.astype(np.float64) * factors, DIGITS)
            outline = None if polygon is None else usable_outline(polygon)
            kept.append(LabelledBox(points.astype(np.float32), box.text, box.ignore, outline))
    return kept, gone


def _shrink_all(
    samples: list[tuple[Split, Sample]], folder: Path, max_side: int, progress: Progress | None, workers: int
) -> Iterator[_Shrunk]:
    taken: set[Path] = set()
    jobs: list[tuple[Sample, Path]] = []
    for split, sample in samples:
        (folder / images_name(split)).mkdir(exist_ok=True)
        jobs.append((sample, _free_file(folder / images_name(split) / sample.image.name, taken)))
    pool = ThreadPoolExecutor(workers, thread_name_prefix="resize")
    try:
        for done, shrunk in enumerate(pool.map(lambda job: _shrink(job[0], job[1], max_side), jobs), start=1):
            yield shrunk
            if progress:
                progress(done, len(jobs))
    finally:
        pool.shutdown(cancel_futures=True)


def _shrink(sample: Sample, file: Path, max_side: int) -> _Shrunk:
    width, height = read_header(sample.image).upright_size
    before = _heights(sample.boxes)
    if max(width, height) <= max_side:
        shutil.copyfile(sample.image, file)
        return _Shrunk(Sample(file, None, sample.boxes), False, (before, before), ())
    pixels = read_picture(sample.image).pixels
    scale = max_side / max(width, height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    smaller = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    file.write_bytes(encode_picture(smaller, file.suffix, QUALITY))
    boxes, gone = scale_boxes(sample.boxes, (size[0] / width, size[1] / height))
    label = sample.label.name if sample.label else sample.image.name
    dropped = tuple((label, index + 1) for index in gone)
    return _Shrunk(Sample(file, None, tuple(boxes)), True, (before, _heights(tuple(boxes))), dropped)


def _heights(boxes: tuple[LabelledBox, ...]) -> np.ndarray:
    return text_heights(np.array([box.points for box in boxes if not box.ignore], np.float64).reshape(-1, 4, 2))


def _report(root: Path, max_side: int, shrunk: list[_Shrunk], backup: Path | None) -> ResizeReport:
    small = [int((done.heights[1] < LEARNABLE).sum()) for done in shrunk]
    worst = max(range(len(shrunk)), key=small.__getitem__, default=0)
    return ResizeReport(
        root=root,
        max_side=max_side,
        pictures=len(shrunk),
        resized=sum(done.resized for done in shrunk),
        boxes=sum(len(done.heights[0]) for done in shrunk),
        too_small_before=sum(int((done.heights[0] < LEARNABLE).sum()) for done in shrunk),
        too_small=sum(small),
        worst=shrunk[worst].sample.image.name if small and small[worst] else "",
        dropped=tuple(entry for done in shrunk for entry in done.dropped),
        backup=backup,
    )


def _free_file(file: Path, taken: set[Path]) -> Path:
    """The file, or with a number: pictures of one name come together from sub-folders."""
    name = free_name(stem_of(file.name), lambda stem: file.with_name(stem) in taken)
    taken.add(file.with_name(name))
    return file.with_name(name + suffix_of(file.name))


def _swap(root: Path, new: Path) -> Path:
    """Put the new dataset in the old one's place and the old one inside it. `finish_interrupted` mends a crash between."""
    aside = root.with_name(f".{root.name}.before-resize")
    backup = root / BACKUPS / _stamp(root)
    try:
        os.rename(root, aside)
        try:
            os.rename(new, root)
        except OSError:
            os.rename(aside, root)
            raise
        if (aside / BACKUPS).is_dir():  # older backups stay in one place
            os.rename(aside / BACKUPS, root / BACKUPS)
        (root / BACKUPS).mkdir(exist_ok=True)
        os.rename(aside, backup)
    except OSError as error:
        raise write_error(error, root) from error
    return backup


def _stamp(root: Path) -> str:
    return free_name(time.strftime("%Y%m%d_%H%M%S"), lambda name: (root / BACKUPS / name).exists())
