"""What is done to a dataset in the background, and what it leaves."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.config import paths
from ocrweb.data.formats.report import ImportReport, Problem
from ocrweb.data.repair import apply as applying
from ocrweb.data.repair.change import Change
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets import work as dataset_work
from ocrweb.services.datasets.importing import ImportOptions
from ocrweb.services.datasets.store import get_dataset
from ocrweb.services.datasets.validation import validate
from tests.data.corpus import make_good
from tests.data.snapshot import snapshot
from tests.imaging.documents.made import pdf
from tests.services.datasets.ended import SEPARATOR, finished, uploaded, zipped

pytestmark = pytest.mark.usefixtures("given_folders")


def test_a_repair_in_place_is_checked_again_and_taken_back(tmp_path: Path) -> None:
    uploaded(tmp_path, SEPARATOR)
    assert not dataset_work.can_undo("data")
    mended = finished(dataset_work.start_repair("data", copy=False))
    assert mended.report is not None
    assert mended.report.ok
    assert dataset_work.can_undo("data")
    back = finished(dataset_work.start_undo("data"))
    assert back.report is not None
    assert back.report.rules == {"label.separator": 1}


@pytest.mark.parametrize("second", ["repair", "undo", "split"])
def test_a_change_while_a_repair_runs_is_refused_and_its_backup_stays_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, second: str
) -> None:
    uploaded(tmp_path, SEPARATOR)
    root = get_dataset("data").path
    before, go_on, halfway = snapshot(root), threading.Event(), threading.Event()
    do = applying._do

    def slowly(folder: Path, change: Change) -> None:
        halfway.set()
        assert go_on.wait(60)
        do(folder, change)

    monkeypatch.setattr(applying, "_do", slowly)
    first = dataset_work.start_repair("data", copy=False)
    assert halfway.wait(60)
    start = {
        "repair": lambda: dataset_work.start_repair("data", copy=False),
        "undo": lambda: dataset_work.start_undo("data"),
        "split": lambda: dataset_work.start_split("data", 0.5, 0),
    }
    refused = finished(start[second]()).error
    go_on.set()
    assert refused is not None
    assert refused.code == "store.busy"
    mended = finished(first).report
    assert mended is not None
    assert mended.ok
    finished(dataset_work.start_undo("data"))
    assert snapshot(root) == before


def test_an_undo_without_a_repair_is_a_failed_job(tmp_path: Path) -> None:
    uploaded(tmp_path)
    error = finished(dataset_work.start_undo("data")).error
    assert error is not None
    assert error.code == "dataset.no-backup"


def test_a_repair_on_a_copy_leaves_the_original(tmp_path: Path) -> None:
    uploaded(tmp_path, SEPARATOR)
    job = finished(dataset_work.start_repair("data", copy=True))
    assert job.outcome.dataset == "data_repaired"
    assert job.report is not None
    assert job.report.ok
    assert not validate(get_dataset("data").path).ok


def test_a_shrunk_dataset_is_a_new_one_without_errors(tmp_path: Path) -> None:
    uploaded(tmp_path)
    job = finished(dataset_work.start_resize("data", 48))
    assert job.error is None
    assert job.outcome.dataset == "data_48"
    assert job.report is not None
    assert job.report.ok


def test_a_downloaded_dataset_can_be_uploaded_as_another_one(tmp_path: Path) -> None:
    uploaded(tmp_path)
    packed = finished(dataset_work.start_download("data"))
    assert packed.outcome.file is not None
    again = finished(dataset_work.start_upload(packed.outcome.file))
    assert again.report is not None
    assert again.report.ok


def test_labels_for_another_tool_come_back_with_every_box(tmp_path: Path) -> None:
    before = uploaded(tmp_path)
    exported = finished(dataset_work.start_label_export("data", "ppocrlabel"))
    assert exported.outcome.file is not None
    foreign = finished(dataset_work.start_upload(exported.outcome.file))
    assert [key for key, _ in foreign.outcome.note] == ["foreign"]
    assert foreign.report is None
    back = finished(dataset_work.start_import((), foreign.outcome.dataset or "", "back", ImportOptions()))
    assert before.report is not None
    assert back.report is not None
    assert back.report.counts["boxes"] == before.report.counts["boxes"]


def test_pdfs_of_a_program_become_a_dataset_and_tell_no_folder(tmp_path: Path) -> None:
    files = tuple(tmp_path / name for name in ("a.pdf", "b.pdf", "locked.pdf"))
    for file in files:
        file.write_bytes(pdf(["Invoice 4711"], locked=file.stem == "locked"))
    made = finished(dataset_work.start_import(files, "", "", ImportOptions(looks="paper")))
    assert made.outcome.dataset == "a"
    assert dict(made.outcome.note)["imported"]["pictures"] == 2
    left_out = dict(made.outcome.note)["import-left-out"]
    assert left_out["count"] == 1
    assert left_out["first"].message("en").startswith("locked.pdf: ")
    assert made.report is not None
    assert made.report.ok


def test_a_zip_of_pdfs_alone_is_offered_for_import(tmp_path: Path) -> None:
    root = tmp_path / "bills"
    root.mkdir()
    (root / "a.pdf").write_bytes(pdf(["Invoice 4711"]))
    added = finished(dataset_work.start_upload(zipped(root)))
    assert added.outcome.note == (("foreign", {"formats": "pdf"}),)
    made = finished(dataset_work.start_import((), added.outcome.dataset or "", "", ImportOptions()))
    assert dict(made.outcome.note)["imported"]["pictures"] == 2


def test_a_server_folder_outside_of_the_allowed_ones_is_refused() -> None:
    for start in (
        lambda: dataset_work.start_folder("/etc"),
        lambda: dataset_work.start_import((), "/etc", "", ImportOptions()),
    ):
        with pytest.raises(OcrwebError, match="outside-root"):
            start()


@pytest.mark.parametrize("source", ["..", ".", "../..", "~", "~/x", ".ocrweb"])
def test_only_the_name_of_a_dataset_is_imported_from_without_the_question_whether_it_may_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    uploaded(tmp_path)
    allowed = tmp_path / "allowed"
    allowed.mkdir()
    monkeypatch.setenv("OCRWEB_ALLOWED_ROOTS", str(allowed))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OcrwebError, match="outside-root"):
        dataset_work.start_import((), source, "", ImportOptions())
    assert finished(dataset_work.start_import((), "data", "again", ImportOptions())).error is None


def test_an_export_replaces_the_one_before_as_a_whole(tmp_path: Path) -> None:
    uploaded(tmp_path)
    file = finished(dataset_work.start_label_export("data", "ppocrlabel")).outcome.file
    assert file is not None
    whole = file.read_bytes()
    with open(file, "rb") as download:
        assert finished(dataset_work.start_label_export("data", "ppocrlabel")).outcome.file == file
        assert download.read() == whole
        assert not os.path.samestat(os.fstat(download.fileno()), file.stat())
    assert [path.name for path in file.parent.iterdir()] == ["data_ppocrlabel.zip"]


def test_a_server_folder_is_known_without_a_copy(tmp_path: Path) -> None:
    root = make_good(tmp_path / "linked")
    job = finished(dataset_work.start_folder(str(root)))
    assert get_dataset(job.outcome.dataset or "").linked
    assert job.report is not None
    assert job.report.ok


@pytest.mark.parametrize(
    ("train", "test", "said"),
    [
        pytest.param(0, 5, "训练页数 的值为 0，应为 1 到 5000 之间的整数", id="none"),
        pytest.param(-1, 0, "训练页数 的值为 -1", id="negative"),
        pytest.param(10**6, 0, "训练页数 的值为 1000000", id="too many"),
        pytest.param(1, -2, "测试页数 的值为 -2，应为 0 到 5000 之间的整数", id="test pages"),
    ],
)
def test_an_amount_of_sample_pages_that_makes_no_sense_is_refused_by_the_fields_label(
    train: int, test: int, said: str
) -> None:
    with pytest.raises(OcrwebError, match="bad-value") as caught:
        dataset_work.start_sample(train, test, 0, "")
    assert said in caught.value.message("zh")


def test_a_model_that_was_deleted_since_cannot_label() -> None:
    with pytest.raises(OcrwebError) as caught:
        dataset_work.start_autolabel((), "20250101_000000_gone", "")
    assert caught.value.code == "model.unknown"


@pytest.mark.parametrize(
    "start",
    [
        lambda: dataset_work.start_split("gone", 0.5, 0), lambda: dataset_work.start_resize("gone", 48), lambda: dataset_work.start_download("gone"),
        lambda: dataset_work.start_label_export("gone", "ppocrlabel"), lambda: dataset_work.start_repair("gone", copy=True),
        lambda: dataset_work.start_undo("gone"), lambda: dataset_work.start_decisions("gone", ()), lambda: dataset_work.preview_repair("gone"),
        lambda: dataset_work.can_undo("gone"), lambda: dataset_work.start_autolabel_stored("gone"),
    ],
    ids=["split", "resize", "download", "export", "repair", "undo", "decisions", "preview", "can undo", "autolabel"],
)  # fmt: skip
def test_nothing_begins_on_a_dataset_that_is_not_there(start: Any, tmp_path: Path) -> None:
    uploaded(tmp_path)
    with pytest.raises(OcrwebError, match=r"store\.unknown"):
        start()


def test_what_was_done_is_said_in_numbers(tmp_path: Path) -> None:
    uploaded(tmp_path)
    assert finished(dataset_work.start_split("data", 0.25, 0)).outcome.note == (("divided", {"train": 9, "test": 3}),)
    small = finished(dataset_work.start_resize("data", 32))
    assert dict(small.outcome.note)["resized"] == {"resized": 12, "pictures": 12, "name": "data_32"}
    exported = finished(dataset_work.start_label_export("data", "label-studio"))
    assert exported.outcome.note == (("exported", {"pictures": 12, "boxes": 24}),)
    assert exported.outcome.file is not None
    assert exported.outcome.file.name == "data_label-studio.zip"
    assert (exported.report, exported.outcome.dataset) == (None, "data")  # nothing was changed that would be checked
    packed = finished(dataset_work.start_download("data"))
    assert (packed.outcome.note, packed.report) == ((("packed", {"name": "data"}),), None)
    twice = finished(dataset_work.start_upload(zipped(tmp_path / "data")))
    assert twice.outcome.note == (("known", {"name": twice.outcome.dataset}),)


class Begun(Exception):
    """A job has said what it does first."""


@pytest.mark.parametrize(
    ("start", "kind", "stage"),
    [
        (lambda file: dataset_work.start_upload(file), "upload", "unpack"), (lambda file: dataset_work.start_import((file,), "", "", ImportOptions()), "import", "import"),
        (lambda file: dataset_work.start_sample(1, 0, 0, ""), "sample", "render"), (lambda file: dataset_work.start_autolabel((file,), "ppocrv6-small", ""), "autolabel", "label"),
        (lambda file: dataset_work.start_autolabel_stored("data"), "autolabel", "label"), (lambda file: dataset_work.start_repair("data", copy=True), "repair", "repair"),
        (lambda file: dataset_work.start_decisions("data", ()), "repair", "repair"), (lambda file: dataset_work.start_undo("data"), "undo", "undo"),
        (lambda file: dataset_work.start_resize("data", 48), "resize", "resize"), (lambda file: dataset_work.start_split("data", 0.5, 0), "split", "split"),
        (lambda file: dataset_work.start_download("data"), "download", "pack"), (lambda file: dataset_work.start_label_export("data", "coco"), "export", "export"),
    ],
    ids=["upload", "import", "sample", "autolabel", "autolabel stored", "repair", "decisions", "undo", "resize", "split", "download", "export"],
)  # fmt: skip
def test_who_waits_is_told_what_is_being_done(
    start: Any, kind: str, stage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_good(paths.datasets_dir() / "data")
    (tmp_path / "a.zip").write_bytes(b"zip")
    told: list[str] = []

    def say(name: str) -> None:
        told.append(name)
        raise Begun

    def begin(kind: str, work: Any, identifier: str | None = None) -> str:
        told.append(kind)
        with pytest.raises(Begun):
            work(SimpleNamespace(stage=say, progress=lambda done, total: None))
        return "id"

    monkeypatch.setattr(dataset_work.dataset_jobs, "start", begin)
    assert start(tmp_path / "a.zip") == "id"
    assert told == [kind, stage]


def test_a_rendered_dataset_is_ready_to_train(tmp_path: Path) -> None:
    job = finished(dataset_work.start_sample(2, 1, 3, "drawn"))
    assert job.error is None
    assert job.report is not None
    assert job.report.ok
    assert job.report.counts["train_pictures"] == 2


def test_what_an_import_left_out_and_what_a_person_should_look_at_is_said_kind_by_kind() -> None:
    problems = (
        Problem("columns", "b.txt", "1,2,3,4,5,6,7,8"), Problem("missing", "a.json:1", "x.png"),
        Problem("missing", "a.json:9", "y.png"), Problem("swapped", "c.txt", "640×480"), Problem("unlabelled", "d.png"),
    )  # fmt: skip
    counts = {"missing": 2, "unlabelled": 5, "columns": 3, "swapped": 1}
    report = ImportReport("coco", 3, 2, 1, 9, 0, 0, "seeded", True, True, {"clipped": 0}, counts, problems)
    notes = dataset_work.import_note(report)
    assert {"imported", "import-all-ignored", "import-guessed"} <= {key for key, _ in notes}
    told = [(key, values["count"], values["first"].where) for key, values in notes if "first" in values]
    assert told[-1] == ("import-look", 3, "b.txt")
    assert sorted(told[:-1]) == [("import-left-out", 1, "c.txt"), ("import-left-out", 2, "a.json:1")]
