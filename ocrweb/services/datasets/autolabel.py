"""Pictures in, dataset out: labelled by a model, with what it was unsure of listed for a person to correct."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.config.detection import DecodeOptions
from ocrweb.data.export import Proposal, label_studio_task, write_label_studio, write_ppocrlabel
from ocrweb.data.formats.quads import fit_quads
from ocrweb.data.formats.whole import whole_folder
from ocrweb.data.formats.write import free_stem, save_picture
from ocrweb.data.icdar_write import write_split
from ocrweb.data.labelling.learnt import Learnt, write_learnt
from ocrweb.data.labelling.review import FOLDER
from ocrweb.data.sample import LabelledBox, Sample
from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import encode_picture
from ocrweb.imaging.source import read_head
from ocrweb.runtime.detector import Detector, default_decode
from ocrweb.runtime.paddle_env import usable_cores
from ocrweb.runtime.registered import model_in_use
from ocrweb.services.batch.run import default_workers
from ocrweb.services.datasets.review import write_review
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.intake.sources import Source, open_sources

MARGIN = 0.25  # on receipts and street scenes, boxes under it were right less than every other time
AHEAD = 4  # pictures handed out per worker before the oldest must be answered


@dataclass(frozen=True, slots=True)
class AutoLabelRequest:
    """paths: files, folders and zips. margin: a box whose score beats the box threshold by less is unsure, 0..1.

    confined: folders must lie under an allowed root (requests from the page).
    """

    paths: tuple[Path, ...]
    detect: DetectRequest = field(default_factory=DetectRequest)
    margin: float = MARGIN
    confined: bool = False
    names_only: bool = False


@dataclass(frozen=True, slots=True)
class AutoLabelReport:
    """out: the dataset; ``out/train_images`` opens in PPOCRLabel. unsure: boxes to look at. empty: pictures where nothing
    was found. sure_from: the score from which a box counts as sure. failed: pictures that could not be used, and why.
    mean_score: of all boxes, None without any. cancelled: stopped early; what was done is in the dataset."""

    out: Path
    model: str
    pictures: int
    boxes: int
    unsure: int
    empty: int
    sure_from: float
    mean_score: float | None
    failed: tuple[tuple[str, OcrwebError], ...]
    cancelled: bool

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        return {
            "out": str(self.out),
            "model": self.model,
            "pictures": self.pictures,
            "boxes": self.boxes,
            "unsure": self.unsure,
            "empty": self.empty,
            "sure_from": self.sure_from,
            "mean_score": self.mean_score,
            "failed": [{"picture": name, **error.to_dict(lang)} for name, error in self.failed],
            "cancelled": self.cancelled,
        }


@dataclass(frozen=True, slots=True)
class Labelled:
    """A picture of the dataset. size: (width, height) pixels."""

    file: Path
    size: tuple[int, int]
    proposals: tuple[Proposal, ...]


def auto_label(
    request: AutoLabelRequest,
    out: Path,
    progress: Callable[[int, int], None] | None = None,
    cancel: threading.Event | None = None,
) -> AutoLabelReport:
    """Write a dataset with all pictures in its training part, every box with the text ``text``.

    Beside it, for correction by hand: ``train_images/Label.txt`` (PPOCRLabel; unsure boxes are difficult),
    ``label_studio.json`` with scores, and ``review.csv``, the least sure box first. Imported again from
    ``train_images``, an unsure box that nobody corrected is ignored. Raises usage.bad-value, batch.no-pictures,
    autolabel.nothing-done, formats.not-empty, what the model raises, usage.disk-full, usage.not-writable.
    """
    if not 0 <= request.margin <= 1:
        raise OcrwebError("usage.bad-value", name="--margin", value=request.margin, expected="0–1")
    stop = cancel or threading.Event()
    with open_sources(request.paths, confined=request.confined, names_only=request.names_only) as sources:
        detector = request.detect.detector(streams=usable_cores())
        decode = request.detect.decode or default_decode(detector.card)
        sure_from = sure_from_of(decode, request.margin)

        def label(folder: Path) -> Iterator[tuple[str, Labelled | OcrwebError]]:
            yield from _answers(_Work(detector, request.detect, folder, sure_from), sources, stop)

        return labelled_dataset(out, label, detector.model, sure_from, len(sources), progress)


def sure_from_of(decode: DecodeOptions, margin: float) -> float:
    """The score from which a box counts as sure."""
    return round(min(1.0, decode.effective_box_threshold + margin), 4)


def labelled_dataset(
    out: Path,
    label: Callable[[Path], Iterable[tuple[str, Labelled | OcrwebError]]],
    model: str,
    sure_from: float,
    total: int,
    progress: Callable[[int, int], None] | None = None,
) -> AutoLabelReport:
    """The dataset, whole or not there. label: writes pictures into the folder it is given, and says what is on each."""
    failed: list[tuple[str, OcrwebError]] = []
    labelled: list[Labelled] = []
    with whole_folder(out) as folder:
        (folder / FOLDER).mkdir()
        for done, (shown, answer) in enumerate(label(folder / FOLDER), start=1):
            if isinstance(answer, Labelled):
                labelled.append(answer)
            else:
                failed.append((shown, answer))
            if progress:
                progress(done, total)
        if not labelled:
            raise OcrwebError("autolabel.nothing-done", reason=failed[0][1] if failed else "–")
        _write(folder, labelled, model)
        if (
            model != model_in_use()
        ):  # whose boxes people correct here; else it is the one in use, whichever that will be
            write_learnt(folder, Learnt(model, 0.0, renewed=len(labelled)))
    return _report(out, model, labelled, failed, sure_from, len(labelled) + len(failed) < total)


@dataclass(frozen=True, slots=True)
class _Work:
    detector: Detector
    request: DetectRequest
    folder: Path
    sure_from: float

    def label(self, source: Source, stem: str) -> Labelled | OcrwebError:
        """In a thread: write one picture and find its boxes."""
        try:
            if source.error is not None:
                raise source.error
            sheet = source.read_page(self.detector.longest(self.request.resize))
            data = read_head(source.path, source.shown) if sheet is None else encode_picture(sheet.pixels, ".png")
            file = save_picture(data, self.folder / stem)
            page = self.detector.probability(file, self.request.resize)
            result = self.detector.regions(page, self.request.decode)
        except OcrwebError as error:
            return error
        size = (result.width, result.height)
        quads, scores = [region.quad for region in result.regions], [region.score for region in result.regions]
        return Labelled(file, size, proposals_of(quads, scores, size, self.sure_from))


def proposals_of(
    quads: Sequence[np.ndarray], scores: Sequence[float], size: tuple[int, int], sure_from: float
) -> tuple[Proposal, ...]:
    """(4, 2) pixels and a score each → boxes within the picture, none twice. size: (width, height)."""
    proposals: dict[bytes, Proposal] = {}
    for fit, score in zip(fit_quads(quads, size), scores, strict=True):
        if fit.quad is not None:
            proposal = Proposal(LabelledBox(fit.quad, "text", False), score, score < sure_from)
            proposals.setdefault(fit.quad.tobytes(), proposal)
    return tuple(proposals.values())


def _answers(
    work: _Work, sources: Sequence[Source], stop: threading.Event
) -> Iterator[tuple[str, Labelled | OcrwebError]]:
    """One answer a picture, in order, several in work; after ``stop`` only those in work are finished."""
    taken: set[str] = set()
    threads = default_workers()
    with ThreadPoolExecutor(threads, thread_name_prefix="autolabel") as pool:
        for start in range(0, len(sources), threads * AHEAD):
            if stop.is_set():
                return
            part = sources[start : start + threads * AHEAD]
            stems = [free_stem(source.file_name.replace("\\", "/"), taken) for source in part]
            yield from zip([source.shown for source in part], pool.map(work.label, part, stems), strict=True)


def _write(folder: Path, labelled: list[Labelled], model: str) -> None:
    samples = [Sample(entry.file, None, tuple(p.box for p in entry.proposals)) for entry in labelled]
    write_split(folder, "train", samples)
    write_split(folder, "test", ())
    write_ppocrlabel(folder / FOLDER, ((entry.file.name, entry.proposals) for entry in labelled))
    tasks = [label_studio_task(f"{FOLDER}/{entry.file.name}", entry.size, entry.proposals, model) for entry in labelled]
    write_label_studio(folder, tasks)
    write_review(folder, ((entry.file.name, entry.proposals) for entry in labelled))


def _report(
    out: Path,
    model: str,
    labelled: list[Labelled],
    failed: list[tuple[str, OcrwebError]],
    sure_from: float,
    cancelled: bool,
) -> AutoLabelReport:
    proposals = [proposal for entry in labelled for proposal in entry.proposals]
    scores = [proposal.score for proposal in proposals if proposal.score is not None]
    return AutoLabelReport(
        out=out,
        model=model,
        pictures=len(labelled),
        boxes=len(proposals),
        unsure=sum(proposal.unsure for proposal in proposals),
        empty=sum(not entry.proposals for entry in labelled),
        sure_from=sure_from,
        mean_score=round(float(np.mean(scores)), 4) if scores else None,
        failed=tuple(failed),
        cancelled=cancelled,
    )
