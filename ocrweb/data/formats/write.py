"""Write a planned import as a dataset in the ICDAR2015 layout, whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from ocrweb.data.checks.label_line import ZERO_WIDTH
from ocrweb.data.checks.names import images_name, stem_of
from ocrweb.data.checks.picture import SUFFIX_OF_FORMAT
from ocrweb.data.formats.labelme import embedded_picture
from ocrweb.data.formats.plan import ADJUSTMENTS, ImportPlan, PlannedPicture
from ocrweb.data.formats.report import Account, ImportReport, ProblemKind, Reasons, Tally
from ocrweb.data.formats.whole import whole_folder
from ocrweb.data.icdar_write import write_split
from ocrweb.data.labelling.carried import put_record
from ocrweb.data.labelling.record import PictureRecord
from ocrweb.data.sample import SPLITS, Sample, Split
from ocrweb.disk.names import take_name, word_name
from ocrweb.disk.progress import Progress
from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import encode_picture
from ocrweb.imaging.picture import DEFAULT_LIMITS, check_limits, read_pixels
from ocrweb.imaging.sniff import header_of
from ocrweb.imaging.sound import note_sound
from ocrweb.imaging.source import read_head

QUALITY = 97  # of pictures that must be encoded again


@dataclass(frozen=True, slots=True)
class _Job:
    """picture: what to write. target: its file without a suffix."""

    picture: PlannedPicture
    target: Path


def report_of(plan: ImportPlan) -> ImportReport:
    """What the plan amounts to."""
    return _report(plan, list(plan.pictures), plan.tally, plan.account)


def _report(
    plan: ImportPlan, pictures: list[PlannedPicture], tally: Tally, account: Account, out: Path | None = None
) -> ImportReport:
    boxes = [box for picture in pictures for box in picture.boxes]
    test = sum(picture.split == "test" for picture in pictures)
    adjusted = _total(picture.adjusted for picture in pictures)
    return ImportReport(
        format=plan.format,
        pictures=len(pictures),
        train=len(pictures) - test,
        test=test,
        boxes=len(boxes),
        ignored=sum(box.ignore for box in boxes),
        empty=sum(not picture.boxes for picture in pictures),
        split=plan.split_by,
        all_ignored=plan.all_ignored,
        guessed=plan.guessed,
        adjusted={name: adjusted[name] for name in ADJUSTMENTS},
        counts={kind: tally.counts[kind] for kind in get_args(ProblemKind)},
        problems=tuple(tally.problems),
        out=str(out) if out else None,
        ignored_because=dict(sorted(_total(picture.ignored_because for picture in pictures).items())),
        account=account,
    )


def write_import(plan: ImportPlan, out: Path, progress: Progress | None = None, workers: int = 2) -> ImportReport:
    """Write pictures, labels and lists to a new or empty folder.

    Pictures are copied byte by byte, except that WebP, TIFF and GIF become PNG, and those with an EXIF turn are written
    upright, so that every tool sees the same. A picture that cannot be decoded is left out and listed.
    Raises OcrwebError formats.all-ignored, formats.no-boxes, formats.not-empty, usage.not-writable, usage.disk-full.
    """
    refuse_useless(plan)
    tally = Tally(Counter(plan.tally.counts), list(plan.tally.problems))
    account = plan.account.copy()
    with whole_folder(out) as partial:
        written = _write_all(plan, partial, tally, account, progress, workers)
        if not any(picture.usable for picture in written if picture.split == "train"):
            raise OcrwebError("formats.no-boxes", pictures=len(written), reasons=Reasons(tally))
    return _report(plan, written, tally, account, out)


def _total(counted: Iterable[tuple[tuple[str, int], ...]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for counts in counted:
        total.update(dict(counts))
    return total


def refuse_useless(plan: ImportPlan) -> None:
    """Nothing to learn from is an error, found before training finds it with a loss of 1.0 and an hmean of 0."""
    if plan.all_ignored:
        boxes = sum(len(picture.boxes) for picture in plan.pictures)
        raise OcrwebError("formats.all-ignored", boxes=boxes)
    if not any(picture.boxes for picture in plan.pictures):
        raise OcrwebError("formats.no-boxes", pictures=len(plan.pictures), reasons=Reasons(plan.tally))


def free_stem(name: str, taken: set[str]) -> str:
    """A name for a picture and its label that a list line can hold and that is not taken, in any case of letters."""
    return take_name(word_name(stem_of(name), 180, "picture", also=ZERO_WIDTH), taken)


def _write_all(
    plan: ImportPlan, root: Path, tally: Tally, account: Account, progress: Progress | None, workers: int
) -> list[PlannedPicture]:
    written: list[PlannedPicture] = []
    records: list[tuple[str, PictureRecord]] = []
    samples: dict[Split, list[Sample]] = {split: [] for split in SPLITS}
    jobs = list(_jobs(plan, root))
    pool = ThreadPoolExecutor(workers, thread_name_prefix="import")
    try:
        answers = pool.map(lambda job: _write_picture(plan, job), jobs)
        for done, (job, answer) in enumerate(zip(jobs, answers, strict=True), start=1):
            if isinstance(answer, Path):
                written.append(job.picture)
                samples[job.picture.split].append(Sample(answer, None, job.picture.boxes))
                records.append((answer.relative_to(root).as_posix(), job.picture.record))
            else:
                tally.add("unreadable", job.picture.file or job.picture.embedded, answer)
                account.pictures_left_out["unreadable"] += 1
                account.lose("unreadable", len(job.picture.boxes))
            if progress:
                progress(done, len(jobs))
    finally:
        pool.shutdown(cancel_futures=True)
    for split in SPLITS:
        write_split(root, split, samples[split])
    for name, record in records:
        put_record(root, name, record)
    return written


def _jobs(plan: ImportPlan, root: Path) -> Iterator[_Job]:
    taken: dict[str, set[str]] = {split: set() for split in SPLITS}
    for split in SPLITS:
        (root / images_name(split)).mkdir()
    for picture in plan.pictures:
        stem = free_stem(picture.file or picture.embedded, taken[picture.split])
        yield _Job(picture, root / images_name(picture.split) / stem)


def _write_picture(plan: ImportPlan, job: _Job) -> Path | str:
    """Decode one picture to be sure of it, and write it. Returns its file, or why it cannot be used."""
    try:
        return save_picture(_bytes_of(plan, job.picture), job.target)
    except OcrwebError as error:
        return error.message()


def save_picture(data: bytes, target: Path) -> Path:
    """Write a picture as the training layout wants it, byte by byte where it is so already.

    target: the file without its suffix. Returns the file. Raises OcrwebError ``image.…`` for what cannot be decoded, and
    OSError when it cannot be written.
    """
    header = header_of(data, None)
    check_limits(header, DEFAULT_LIMITS, None)
    pixels = read_pixels(data, header, None)
    suffix = SUFFIX_OF_FORMAT.get(header.format, ".png")
    if header.format not in SUFFIX_OF_FORMAT or header.orientation != 1:
        data = encode_picture(pixels, suffix, QUALITY)
    file = target.with_name(target.name + suffix)
    file.write_bytes(data)
    note_sound(file)
    return file


def _bytes_of(plan: ImportPlan, picture: PlannedPicture) -> bytes:
    if not picture.file:
        return embedded_picture(plan.tree, picture.embedded)
    data = read_head(plan.tree.path(picture.file), picture.file, DEFAULT_LIMITS.bytes + 1)
    if len(data) > DEFAULT_LIMITS.bytes:
        megabytes = DEFAULT_LIMITS.bytes // 1_000_000
        raise OcrwebError("image.too-many-bytes", size=f"> {megabytes}", limit=megabytes)
    return data
