"""Check a whole dataset in one pass that streams: lists, labels, pictures, pairs, statistics."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ocrweb.data.checks.examine import OF_CORNERS, Examined, Task, examine
from ocrweb.data.checks.finding import Finding, finding
from ocrweb.data.checks.folders import check_folders, layout_repair_exists, pair_by_name
from ocrweb.data.checks.leak import LeakFinder
from ocrweb.data.checks.list_file import Entry, ScannedList, scan_entries, scan_list_bytes
from ocrweb.data.checks.names import list_name
from ocrweb.data.checks.statistics import SplitStatistics, check_amount, check_reach, check_text_size, check_usable
from ocrweb.data.checks.swapped_files import SwappedFiles
from ocrweb.data.checks.textfile import LARGEST
from ocrweb.data.checks.tree import Tree
from ocrweb.data.foreign import foreign_finding
from ocrweb.data.icdar import open_tree
from ocrweb.data.report import Collector, ValidationReport
from ocrweb.data.sample import SPLITS, Split
from ocrweb.disk.progress import Progress


@dataclass(frozen=True, slots=True)
class ValidateOptions:
    """open_pictures: read every picture; otherwise only lists and labels are read. strict: warnings count as errors.

    train_side: pixels of the longest side that training shrinks pictures to. workers: threads that read pictures.
    """

    open_pictures: bool = True
    strict: bool = False
    train_side: int = 640
    workers: int = 2


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """What is to be looked at in a split. entries: by the list, or by the folders when there is no list."""

    split: Split
    findings: tuple[Finding, ...]
    entries: list[Entry]


@dataclass
class _Run:
    """The state of one validation."""

    tree: Tree
    options: ValidateOptions
    collector: Collector
    leaks: LeakFinder
    seen_images: set[str] = field(default_factory=set)
    seen_labels: set[str] = field(default_factory=set)
    swapped: SwappedFiles = field(default_factory=SwappedFiles)

    def add(self, found: Finding) -> None:
        """Collect a finding under the name that its file has on disk, if it has one."""
        absent = found.rule in ("layout.missing", "layout.in-archive", "list.missing")
        self.collector.add(found if absent else found.at(self.tree.real(found.file), found.line))


def validate_dataset(
    root: Path,
    options: ValidateOptions = ValidateOptions(),
    progress: Progress | None = None,
    shown: str | None = None,
) -> ValidationReport:
    """All rules over the folder ``root``. Never raises for bad data.

    A folder of another tool, or of plain pictures, gives one finding: what it is and what makes a dataset of it.
    shown: what the person calls the folder, for the commands in findings; None: its path.
    progress: called with the pictures done and the pictures in all; what it raises ends the validation.
    Raises usage.missing-path, dataset.not-a-folder, dataset.unreadable.
    """
    tree = open_tree(root)
    if foreign := foreign_finding(tree, str(root) if shown is None else shown):
        return _only(foreign, root, options)
    plans = [plan_split(tree, split) for split in SPLITS]
    run = _Run(tree, options, Collector(), LeakFinder.between(tree, *(p.entries for p in plans)))
    total = sum(len(plan.entries) for plan in plans)
    done = 0
    statistics: dict[str, Any] = {}
    for plan in plans:
        stats = SplitStatistics(plan.split, options.train_side)
        stats.pictures = len(plan.entries)
        for found in plan.findings:
            run.add(found)
        for examined in _stream(run, plan.entries):
            _take(run, stats, examined)
            done += 1
            if progress:
                progress(done, total)
        for check in (check_usable, check_amount, check_text_size, check_reach):
            for found in check(stats):
                run.add(found)
        statistics[plan.split] = stats.to_dict()
    _doubt_order(run)
    return run.collector.report(root, statistics, decoded=options.open_pictures, strict=options.strict)


def _only(found: Finding, root: Path, options: ValidateOptions) -> ValidationReport:
    """The report of a folder whose splits nobody can look at."""
    collector = Collector()
    collector.add(found)
    empty: dict[str, Any] = {split: SplitStatistics(split, options.train_side).to_dict() for split in SPLITS}
    return collector.report(root, empty, decoded=options.open_pictures, strict=options.strict)


def plan_split(tree: Tree, split: Split) -> SplitPlan:
    """Judge layout, list and pairing of a split: everything that needs no file besides the list."""
    listed = _read_list(tree, split)
    entries = list(scan_entries(tree, split, listed.lines))
    findings = [found for slot in tree.slots.values() if slot.name.startswith(f"{split}_") for found in slot.findings]
    findings += listed.findings
    findings = [
        replace(found, fixable=layout_repair_exists(tree, split, found, len(listed.lines))) for found in findings
    ]
    empty_test = split == "test" and tree.has(list_name(split)) and listed.readable
    findings += check_folders(tree, split, entries, list_usable=bool(entries) or empty_test)
    if not entries and not empty_test:
        entries = pair_by_name(tree, split)
    return SplitPlan(split, tuple(findings), entries)


def _read_list(tree: Tree, split: Split) -> ScannedList:
    name = list_name(split)
    if not tree.has(name):
        return ScannedList((), ())
    try:
        data = tree.read(name, LARGEST["list"])
    except OSError as failure:
        return ScannedList((finding("list.unreadable", reason=failure.strerror).at(name),), ())
    return scan_list_bytes(data, split, tree.usual_for(name))


def _stream(run: _Run, entries: Iterable[Entry]) -> Iterator[Examined]:
    """Examine entries in order, some ahead of the consumer in threads while pictures are read."""
    if not run.options.open_pictures:
        for entry in entries:
            yield examine(run.tree, _task(run, entry))
        return
    ahead = 2 * run.options.workers
    with ThreadPoolExecutor(run.options.workers, thread_name_prefix="validate") as pool:
        waiting: deque[Future[Examined]] = deque()
        try:
            for entry in entries:
                waiting.append(pool.submit(examine, run.tree, _task(run, entry)))
                if len(waiting) > ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _task(run: _Run, entry: Entry) -> Task:
    new_image = entry.image is not None and entry.image not in run.seen_images
    new_label = entry.label is not None and entry.label not in run.seen_labels
    run.seen_images.add(entry.image or "")
    run.seen_labels.add(entry.label or "")
    return Task(entry, run.options.open_pictures and new_image, new_label, run.leaks.wants(entry.image))


def _doubt_order(run: _Run) -> None:
    """Once x and y are swapped somewhere, boxes that run the wrong way round may be swapped too: putting them in order would spoil them."""
    if run.swapped.surely:
        run.collector.leave(OF_CORNERS, set(map(run.tree.real, run.swapped.maybe)), run.swapped.mendable)
        for label in run.swapped.maybe:
            run.add(finding("label.maybe-swapped", other=run.tree.real(run.swapped.surely)).at(label))


def _take(run: _Run, stats: SplitStatistics, examined: Examined) -> None:
    entry, labels = examined.entry, examined.labels
    run.swapped.note(examined)
    for found in examined.findings:
        run.add(found)
    if labels:
        stats.add_labels(labels)
        if examined.size and entry.image:
            stats.add_heights(entry.image, labels, examined.size)
    if examined.digest and entry.image:
        for found in run.leaks.check(stats.split, entry.image, examined.digest, labels):
            run.add(found)
