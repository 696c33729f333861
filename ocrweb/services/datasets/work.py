"""What the page can have done to datasets in the background: add, make, mend, shrink, hand on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ocrweb.data.formats.report import NO_LOSS, ImportReport
from ocrweb.data.repair.apply import RepairResult, apply_repair, undo_repair
from ocrweb.data.repair.journal import list_journals
from ocrweb.errors import OcrwebError
from ocrweb.imaging.picture import read_picture
from ocrweb.messages import Sentence
from ocrweb.services.datasets import jobs as dataset_jobs
from ocrweb.services.datasets import tools as dataset_tools
from ocrweb.services.datasets.autolabel import AutoLabelRequest
from ocrweb.services.datasets.importing import ImportOptions
from ocrweb.services.datasets.jobs import Handle, Outcome
from ocrweb.services.datasets.sample_data import SampleData, make_sample_data
from ocrweb.services.datasets.store import (
    StoredDataset,
    add_folder,
    add_zip,
    get_dataset,
    list_datasets,
    make_dataset,
)
from ocrweb.services.datasets.use import changing, refuse_used
from ocrweb.services.datasets.validation import Decision, RepairPlan, decide, mend_in_place, plan_repair
from ocrweb.services.datasets.zip import zip_again
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.files.pack import write_zip
from ocrweb.services.files.scratch import scratch_folder
from ocrweb.services.files.temporary import temporary_folder
from ocrweb.services.intake.allowed import check_allowed
from ocrweb.services.intake.inbox import keep_uploads
from ocrweb.services.models.listing import check_model

LARGEST_SAMPLE = 5000
UNTOLD = ("unlabelled", "blank")  # nothing is lost by them, and nobody has to look


def start_upload(upload: Path) -> str:
    """Unpack an uploaded zip as a new dataset and check it."""
    identifier, (kept,) = keep_uploads((upload,))

    def work(handle: Handle) -> Outcome:
        handle.stage("unpack")
        return _added(add_zip(kept, upload.stem, handle.progress))

    return dataset_jobs.start("upload", work, identifier)


def start_folder(folder: str) -> str:
    """Make a server folder known and check it. Raises batch.outside-root, usage.missing-path."""
    check_allowed(Path(folder))
    return dataset_jobs.start("folder", lambda handle: _added(add_folder(Path(folder))))


def start_import(uploads: tuple[Path, ...], source: str, name: str, options: ImportOptions) -> str:
    """Import another tool's labels as a new dataset. uploads: a zip, or PDFs; without any, source is a dataset or a folder.

    Raises batch.outside-root for a folder outside of the allowed ones.
    """
    identifier, kept = keep_uploads(uploads)
    if not kept and source not in {known.name for known in list_datasets()}:
        check_allowed(Path(source).expanduser())
    wanted = name or (uploads[0].stem if uploads else f"{Path(source).name}_imported")

    def work(handle: Handle) -> Outcome:
        handle.stage("import")
        dataset, report = dataset_tools.import_stored(kept or (source,), wanted, options, handle.progress)
        return Outcome(dataset.name, import_note(report))

    return dataset_jobs.start("import", work, identifier)


def start_sample(train: int, test: int, seed: int, name: str) -> str:
    """Render a dataset and check it. Raises usage.bad-value for an amount that makes no dataset, by its label."""
    for field, given, low in (("train", train, 1), ("test", test, 0)):
        if not low <= given <= LARGEST_SAMPLE:
            expected = Sentence("detect.between-whole", {"low": low, "high": LARGEST_SAMPLE})
            named = Sentence(f"ui_datasets.sample-{field}")
            raise OcrwebError("usage.bad-value", name=named, value=str(given), expected=expected)

    def work(handle: Handle) -> Outcome:
        handle.stage("render")

        def fill(folder: Path) -> SampleData:
            return make_sample_data(folder, train, test, seed, handle.progress)

        dataset, made = make_dataset(name or f"sample_{seed}", fill, source=f"sample-data, seed {seed}")
        return Outcome(dataset.name, (("made", {"train": made.train, "test": made.test, "seconds": made.seconds}),))

    return dataset_jobs.start("sample", work)


def start_autolabel(uploads: tuple[Path, ...], model: str, name: str) -> str:
    """Label pictures, or a zip of them, with a model, as a new dataset to correct by hand. Raises model.unknown."""
    wanted = check_model(model)
    identifier, kept = keep_uploads(uploads)
    request = AutoLabelRequest(kept, DetectRequest(model=wanted), confined=True, names_only=True)
    return _start_labelling(request, name or "autolabel", identifier)


def start_autolabel_stored(name: str) -> str:
    """Label the pictures of a stored dataset with the default model, as a new dataset beside it."""
    request = AutoLabelRequest((get_dataset(name).path.resolve(),))
    return _start_labelling(request, f"{name}_labelled")


def _start_labelling(request: AutoLabelRequest, name: str, identifier: str | None = None) -> str:
    def work(handle: Handle) -> Outcome:
        handle.stage("label")
        dataset, report = dataset_tools.auto_label_stored(request, name, handle.progress)
        numbers = {"pictures": report.pictures, "boxes": report.boxes, "unsure": report.unsure}
        failed = (("label-failed", {"count": len(report.failed)}),) if report.failed else ()
        return Outcome(dataset.name, (("labelled", numbers), *failed))

    return dataset_jobs.start("autolabel", work, identifier)


def preview_repair(name: str) -> RepairPlan:
    """Every change that a repair would make now."""
    return plan_repair(get_dataset(name).path)


def can_undo(name: str) -> bool:
    """Whether a repair made in place can be taken back."""
    return bool(list_journals(get_dataset(name).path))


def start_repair(name: str, *, copy: bool) -> str:
    """Mend a dataset, in place with a backup or as a new dataset beside it, and check what is left."""
    dataset = get_dataset(name)
    if not copy:
        refuse_used(name, dataset.path)

    def work(handle: Handle) -> Outcome:
        handle.stage("repair")

        def fill(folder: Path) -> RepairResult:
            return apply_repair(plan_repair(dataset.path), "copy", folder)

        if copy:
            mended, result = make_dataset(f"{name}_repaired", fill, source=name)
            return Outcome(mended.name, (("repaired-copy", {"changes": result.changes, "name": mended.name}),))
        _, result = mend_in_place(name, dataset.path)
        return Outcome(name, (("repaired", {"changes": result.changes}),))

    return dataset_jobs.start("repair", work)


def start_decisions(name: str, decided: Sequence[Decision], picture: Path | None = None) -> str:
    """Carry out what a person decided about findings, in place with a backup, and check what is left.

    picture: the file for the place of another one. Raises store.in-use, and ``image.…`` for a file that is no picture.
    """
    dataset = get_dataset(name)
    refuse_used(name, dataset.path)
    content = None
    if picture is not None:
        read_picture(picture, name=picture.name)
        content = picture.read_bytes()

    def work(handle: Handle) -> Outcome:
        handle.stage("repair")
        result = decide(name, dataset.path, decided, content)
        return Outcome(name, (("repaired", {"changes": result.changes}),))

    return dataset_jobs.start("repair", work)


def start_undo(name: str) -> str:
    """Take back the newest repair made in place and check what is there then. Raises store.in-use."""
    dataset = get_dataset(name)
    refuse_used(name, dataset.path)

    def work(handle: Handle) -> Outcome:
        handle.stage("undo")
        with changing(name, dataset.path):
            result = undo_repair(dataset.path)
        return Outcome(name, (("undone", {"changes": result.changes}),))

    return dataset_jobs.start("undo", work)


def start_resize(name: str, max_side: int) -> str:
    """Shrink pictures and labels together into a new dataset beside the old one."""
    get_dataset(name)

    def work(handle: Handle) -> Outcome:
        handle.stage("resize")
        small, report = make_dataset(
            f"{name}_{max_side}",
            lambda folder: dataset_tools.resize(name, max_side, folder, handle.progress),
            source=name,
        )
        numbers: dict[str, Any] = {"resized": report.resized, "pictures": report.pictures, "name": small.name}
        lost = (("resized-tiny", {"count": report.too_small, "boxes": report.boxes}),) if report.too_small else ()
        return Outcome(small.name, (("resized", numbers), *lost))

    return dataset_jobs.start("resize", work)


def start_split(name: str, share: float, seed: int) -> str:
    """Divide a dataset anew; only the lists are written, and undo takes it back."""
    get_dataset(name)

    def work(handle: Handle) -> Outcome:
        handle.stage("split")
        result = dataset_tools.split(name, share, seed)
        return Outcome(name, (("divided", {"train": result.train, "test": result.test}),))

    return dataset_jobs.start("split", work)


def start_download(name: str) -> str:
    """Pack a dataset as a zip to download."""
    get_dataset(name)

    def work(handle: Handle) -> Outcome:
        handle.stage("pack")
        return Outcome(name, (("packed", {"name": name}),), zip_again(name, progress=handle.progress), check=False)

    return dataset_jobs.start("download", work)


def start_label_export(name: str, target: str) -> str:
    """Write a dataset for PPOCRLabel/PaddleOCR or Label Studio, as a zip to download."""
    get_dataset(name)

    def work(handle: Handle) -> Outcome:
        handle.stage("export")
        archive = scratch_folder() / f"{name}_{target}.zip"
        with temporary_folder("export") as folder:
            result, _ = dataset_tools.export_labels(name, folder / name, target)
            write_zip(archive, folder, [path for path in sorted(folder.rglob("*")) if path.is_file()])
        note = ("exported", {"pictures": result.pictures, "boxes": result.boxes})
        return Outcome(name, (note,), archive, check=False)

    return dataset_jobs.start("export", work)


def _added(dataset: StoredDataset) -> Outcome:
    """A dataset that is there now; one with another tool's labels is not checked but offered for import."""
    note: tuple[tuple[str, dict[str, Any]], ...] = (("known", {"name": dataset.name}),) if dataset.duplicate else ()
    foreign = dataset.record.formats
    outcome = Outcome(dataset.name, note)
    if not foreign:
        return outcome
    return replace(outcome, check=False, note=(*note, ("foreign", {"formats": ", ".join(foreign)})))


def import_note(report: ImportReport) -> tuple[tuple[str, dict[str, Any]], ...]:
    """What came in, and what a person must know about it: of each kind of trouble how often, and the first in its own words."""
    numbers = {
        "format": report.format,
        "pictures": report.pictures,
        "boxes": report.boxes,
        "train": report.train,
        "test": report.test,
    }
    notes: list[tuple[str, dict[str, Any]]] = [("imported", numbers)]
    first = {problem.kind: problem for problem in reversed(report.problems) if problem.kind not in UNTOLD}
    for kind in sorted(first, key=lambda kind: kind in NO_LOSS):
        told = "import-look" if kind in NO_LOSS else "import-left-out"
        notes.append((told, {"count": report.counts[kind], "first": first[kind]}))
    if report.ignored_because:
        marks = ", ".join(f"{mark} ({count})" for mark, count in report.ignored_because.items())
        notes.append(("import-ignored", {"count": report.ignored, "marks": marks}))
    if report.all_ignored:
        notes.append(("import-all-ignored", {}))
    if report.guessed:
        notes.append(("import-guessed", {}))
    return tuple(notes)
