"""PDFs that were made by a program → a labelled dataset, with nothing labelled by hand."""

from __future__ import annotations

import hashlib
import os
import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from ocrweb.data.checks.names import images_name
from ocrweb.data.formats.options import LOOKS, ImportOptions
from ocrweb.data.formats.plan import ADJUSTMENTS
from ocrweb.data.formats.report import Account, ImportReport, ProblemKind, Reasons, Tally
from ocrweb.data.formats.whole import whole_folder
from ocrweb.data.formats.write import free_stem
from ocrweb.data.icdar_write import write_split
from ocrweb.data.printed.labels import PageLabels, label_page
from ocrweb.data.sample import SPLITS, LabelledBox, Sample
from ocrweb.data.split import choose_test, content_keys
from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import write_picture
from ocrweb.render.copies import clean_copy, paper_copy
from ocrweb.services.intake.chosen_pages import write_pages
from ocrweb.services.intake.sources import Source, is_zip, open_sources

PDF = "pdf"  # the format's name
LONGEST = 1754  # pixels of a page's longest side: A4 at 150 dpi
WORKERS = 2
AHEAD = 3  # pages a worker
Look = Literal["clean", "paper"]
_ENDINGS = {"clean": ".png", "paper": "_paper.jpg"}


@dataclass(frozen=True, slots=True, eq=False)
class _Picture:
    """One look at a page. file: where it lies, None when nothing is written. lost: lines that are not in it, by reason."""

    file: Path | None
    boxes: tuple[LabelledBox, ...]
    lost: Counter[str]


@dataclass(frozen=True, slots=True, eq=False)
class _Page:
    """source: the page, or a picture. labels: None where there is no text to ask for. error: why it cannot be read."""

    source: Source
    labels: PageLabels | None = None
    pictures: tuple[_Picture, ...] = ()
    error: OcrwebError | None = None


def import_printed(
    paths: Sequence[Path],
    out: Path | None,
    options: ImportOptions = ImportOptions(),
    progress: Callable[[int, int], None] | None = None,
    *,
    names_only: bool = False,
    below: Path | None = None,
    typed: Sequence[Path] = (),
) -> ImportReport:
    """Label pages of PDFs by the text that they hold, and draw each page clean, as a print that was scanned or photographed,
    or both, into the new or empty folder ``out``; None writes nothing.

    paths: PDFs, folders, zips. options: `val_ratio` (None: 0.1), `seed`, `looks` count; pages of one document stay on one
    side. names_only: pages are told without their folders. below: by their path in this folder, and links that lead out of
    it are passed over. typed: the sources as a person types them, for the command that has a model label pages that are scans; ()
    on the page, which has a button for it.
    Raises `document.…` for a lone PDF that cannot be read, formats.no-own-text, formats.not-empty, batch.no-pictures,
    usage.bad-value, usage.not-writable, usage.disk-full.
    """
    if options.looks not in LOOKS:
        raise OcrwebError("usage.bad-value", name="--looks", value=options.looks, expected=", ".join(LOOKS))
    looks: tuple[Look, ...] = tuple(look for look in get_args(Look) if options.looks in (look, "both"))
    if options.val_ratio is not None:
        choose_test((), (), options.val_ratio, 0)  # refuses a ratio that is none before the work begins
    told = _Told(typed, out)
    with open_sources(paths, names_only=names_only) as opened:
        sources = opened if below is None else _inside(opened, below)
        if out is None:
            pages = list(_pages(_Work(looks, options.seed, None), sources, progress))
            return _report(pages, len(looks), _test_pages(pages, options), told)
        with whole_folder(out) as folder:
            for split in SPLITS:
                (folder / images_name(split)).mkdir()
            work = _Work(looks, options.seed, folder / images_name("train"))
            pages = list(_pages(work, sources, progress))
            test = _test_pages(pages, options)
            report = _report(pages, len(looks), test, told)
            _write(folder, pages, test)
        return report


def _inside(sources: Sequence[Source], folder: Path) -> tuple[Source, ...]:
    """Those that lie in a folder, links followed, told by their path in it."""
    root = folder.resolve()
    return tuple(
        replace(source, shown=os.path.relpath(source.shown, folder))
        for source in sources
        if source.path.resolve().is_relative_to(root)
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """typed: see `import_printed`. out: the dataset, None for a dry run."""

    typed: Sequence[Path]
    out: Path | None

    def autolabel(self, scans: Sequence[str]) -> str:
        """The command that has a model label these pages, "" where nobody types commands."""
        first = self.typed[0] if self.typed else Path()
        named = [str(first / page) for page in scans] if first.is_dir() else [str(first)] if is_zip(first) else scans
        out = f"{self.out}_scans" if self.out else "scans_dataset"
        return shlex.join(["ocrweb", "autolabel", *named, "--out", out]) if self.typed else ""


@dataclass(frozen=True, slots=True)
class _Work:
    """What a thread does with one page. folder: for pictures; None writes nothing."""

    looks: tuple[Look, ...]
    seed: int
    folder: Path | None

    def page(self, source: Source, stem: str) -> _Page:
        if source.error is not None:
            return _Page(source, error=source.error)
        if source.page is None or source.documents is None or source.path.suffix.lower() != ".pdf":
            return _Page(source)
        try:
            shown = source.shown.removesuffix(f"#{source.page}")
            printed = source.documents.printed(source.path, source.page, shown, LONGEST)
        except OcrwebError as error:
            return _Page(source, error=error)
        labels = label_page(printed)
        looks = self.looks if labels.kind == "printed" else ()
        return _Page(source, labels, tuple(self._draw(look, printed.page.pixels, labels, stem) for look in looks))

    def _draw(self, look: Look, pixels: np.ndarray, labels: PageLabels, stem: str) -> _Picture:
        """stem: decides how the paper lies, with the seed."""
        if look == "clean":
            copy = clean_copy(pixels, labels.boxes)
        else:
            name = int.from_bytes(hashlib.blake2b(stem.encode(), digest_size=8).digest(), "big")
            copy = paper_copy(pixels, labels.boxes, np.random.default_rng([self.seed, name]))
        file = None
        if self.folder is not None:
            file = self.folder / f"{stem}{_ENDINGS[look]}"
            write_picture(file, copy.pixels)
        return _Picture(file, copy.boxes, +Counter({"outside": copy.outside, "no-area": copy.flat}))


def _pages(work: _Work, sources: Sequence[Source], progress: Callable[[int, int], None] | None) -> Iterator[_Page]:
    """Every page in order, several in work, few of them in memory."""
    taken: set[str] = set()
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="printed") as pool:
        for start in range(0, len(sources), WORKERS * AHEAD):
            part = sources[start : start + WORKERS * AHEAD]
            stems = [_stem(source, taken) for source in part]
            for done, page in enumerate(pool.map(work.page, part, stems), start=start + 1):
                yield page
                if progress:
                    progress(done, len(sources))


def _stem(source: Source, taken: set[str]) -> str:
    """A free name for a page, with which the names of its looks are free too."""
    stem = free_stem(source.file_name.replace("\\", "/"), taken)
    taken.add(f"{stem}_paper".casefold())
    return stem


def _test_pages(pages: Sequence[_Page], options: ImportOptions) -> set[int]:
    """Indexes of the pages to test with: all pages of a document, and of copies of it, on one side."""
    ratio = 0.1 if options.val_ratio is None else options.val_ratio
    drawn = [index for index, page in enumerate(pages) if page.pictures]
    files = list(dict.fromkeys(pages[index].source.path for index in drawn))
    key_of = dict(zip(files, content_keys(files), strict=True))
    usable = [any(not box.ignore for picture in pages[index].pictures for box in picture.boxes) for index in drawn]
    chosen = choose_test([key_of[pages[index].source.path] for index in drawn], usable, ratio, options.seed)
    return {drawn[index] for index in chosen}


def _write(folder: Path, pages: Sequence[_Page], test: set[int]) -> None:
    """Labels and lists; pictures of test pages go to their folder."""
    for split in SPLITS:
        samples = []
        for page in (page for index, page in enumerate(pages) if (index in test) == (split == "test")):
            for picture in page.pictures:
                assert picture.file is not None
                file = folder / images_name(split) / picture.file.name
                if file != picture.file:
                    picture.file.rename(file)
                samples.append(Sample(file, None, picture.boxes))
        write_split(folder, split, samples)


def _scans(pages: Sequence[_Page]) -> tuple[str, ...]:
    """``scan.pdf#2-5,9`` for every document with pages that hold no text."""
    found: dict[str, list[int]] = {}
    for source in (page.source for page in pages if page.labels is not None and page.labels.kind == "scanned"):
        if source.page is not None:
            found.setdefault(source.shown.removesuffix(f"#{source.page}"), []).append(source.page)
    return tuple(write_pages(document, numbers) for document, numbers in found.items())


def _report(pages: Sequence[_Page], looks: int, test: set[int], told: _Told) -> ImportReport:
    """Raises formats.no-own-text when there is nothing to learn from."""
    tally, account, because = Tally(), Account(), Counter[str]()
    for page in pages:
        _count(page, looks, tally, account, because)
    scans = _scans(pages)
    boxes = [box for page in pages for picture in page.pictures for box in picture.boxes]
    if all(box.ignore for box in boxes):
        command = told.autolabel(scans) if scans else ""
        raise OcrwebError(
            "formats.no-own-text", pages=len(pages), reasons=Reasons(tally), command=command or "ocrweb autolabel"
        )
    pictures = [len(page.pictures) for page in pages]
    in_test = sum(pictures[index] for index in test)
    return ImportReport(
        format=PDF,
        pictures=sum(pictures),
        train=sum(pictures) - in_test,
        test=in_test,
        boxes=len(boxes),
        ignored=sum(box.ignore for box in boxes),
        empty=sum(not picture.boxes for page in pages for picture in page.pictures),
        split="seeded",
        all_ignored=False,
        guessed=False,
        adjusted=dict.fromkeys(ADJUSTMENTS, 0),
        counts={kind: tally.counts[kind] for kind in get_args(ProblemKind)},
        problems=tuple(tally.problems),
        out=str(told.out) if told.out else None,
        ignored_because=dict(sorted((+because).items())),
        account=account,
        to_autolabel=scans,
        autolabel=told.autolabel(scans) if scans else "",
    )


def _count(page: _Page, looks: int, tally: Tally, account: Account, because: Counter[str]) -> None:
    """What a page brought and where it went; each of its lines is a box in each of its looks."""
    labels, where = page.labels, page.source.shown
    account.pictures += looks
    if labels is None:
        kind = "unlabelled" if page.error is None else "broken"
        tally.add(kind, where, page.error.message() if page.error else "")
        account.pictures_left_out[kind] += looks
        return
    account.pages += 1
    account.lines += labels.lines
    account.boxes += looks * (labels.lines + labels.pictures)
    if labels.kind != "printed":
        tally.add(labels.kind, where)
        account.pictures_left_out[labels.kind] += looks
    for reason, count in labels.left_out.items():
        if reason != labels.kind:
            tally.add(reason, where, str(count), count)
        account.lose(reason, looks * count)
    for picture in page.pictures:
        for reason, count in picture.lost.items():
            account.lose(reason, count)
        ignored = sum(box.ignore for box in picture.boxes)
        because["picture"] += min(ignored, labels.pictures)
        because["illegible"] += max(0, ignored - labels.pictures)
