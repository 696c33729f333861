from __future__ import annotations

import csv
import errno
import json
import os
import threading
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ocrweb.config.detection import DecodeOptions
from ocrweb.errors import OcrwebError
from ocrweb.runtime.detector import Detector
from ocrweb.services.batch import run as batch
from ocrweb.services.batch.run import AHEAD, BatchRequest, BatchRow, run_batch
from ocrweb.services.detect.detection import detect_picture
from ocrweb.services.detect.request import DetectRequest

pytestmark = pytest.mark.usefixtures("detector")


def rows_of(request: BatchRequest) -> tuple[list[BatchRow], object]:
    rows: list[BatchRow] = []
    return rows, run_batch(request, rows.append)


def table(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "summary.csv").open(encoding="utf-8-sig")))


def failing_at(name: str) -> Callable[..., object]:
    """`Detector.regions` that gives up at one picture."""
    regions = Detector.regions

    def odd(self: Detector, page: object, *rest: object, image_path: str = "") -> object:
        if image_path.endswith(name):
            raise ZeroDivisionError("odd")
        return regions(self, page, *rest, image_path=image_path)  # type: ignore[arg-type]

    return odd


def test_a_batch_gives_what_single_detections_give_in_the_order_of_the_names(pictures: Path) -> None:
    rows: list[BatchRow] = []
    report = run_batch(BatchRequest((pictures,)), rows.append)
    assert [row.index for row in rows] == list(range(6))
    assert [len(row.result.regions) for row in rows] == [1, 2, 3, 4, 5, 6]
    single = detect_picture(pictures / "p4.png").result.to_dict()
    assert [document["image_path"] for document in report.documents()] == [
        str(pictures / f"p{n}.png") for n in range(1, 7)
    ]
    assert list(report.documents())[3]["boxes"] == single["boxes"]
    assert rows[-1].progress.done == rows[-1].progress.total == report.done == 6
    assert (report.failed, report.boxes, report.cancelled, report.resumed) == (0, 21, False, 0)


def test_the_output_folder_is_complete(pictures: Path, home: Path) -> None:
    report = run_batch(BatchRequest((pictures,)))
    assert report.folder.parent == home / "outputs"
    assert sorted(path.name for path in (report.folder / "json").iterdir()) == [f"p{n}.json" for n in range(1, 7)]
    drawn = sorted(path.name for path in (report.folder / "visualization").iterdir())
    assert drawn == [f"p{n}_result.png" for n in range(1, 7)]
    assert [row["boxes"] for row in table(report.folder)] == ["1", "2", "3", "4", "5", "6"]


def test_a_bad_picture_is_a_row_and_the_rest_go_on(pictures: Path) -> None:
    (pictures / "p2.png").write_bytes(b"")
    (pictures / "p3.png").write_text("<html>")
    (pictures / "p5.png").write_bytes((pictures / "p5.png").read_bytes()[:300])
    rows: list[BatchRow] = []
    report = run_batch(BatchRequest((pictures, pictures / "none.png")), rows.append)
    errors = [row.result.error and row.result.error.code for row in rows]
    assert errors == [None, "image.empty", "image.not-a-picture", None, "image.truncated", None, "usage.missing-path"]
    assert (report.done, report.failed) == (7, 4)
    assert report.first_error is not None
    assert report.first_error.code == "image.empty"
    failed = json.loads((report.folder / "json" / "p2.json").read_text())
    assert (failed["success"], failed["boxes"], failed["scores"]) == (False, [], [])
    assert failed["error"]["hint"]
    assert [row["error"] for row in table(report.folder)][1] == "image.empty"


def test_the_error_of_a_row_does_not_keep_the_picture_in_memory(pictures: Path) -> None:
    (pictures / "p2.png").write_bytes((pictures / "p2.png").read_bytes()[:300])
    rows: list[BatchRow] = []
    report = run_batch(BatchRequest((pictures,)), rows.append)
    for error in (rows[1].result.error, report.first_error):
        assert error is not None
        assert error.__traceback__ is error.__cause__ is error.__context__ is None


@pytest.mark.parametrize(
    ("count", "cores", "streams"), [(1, 2, 1), (3, 2, 1), (4, 2, 2), (10_000, 2, 2), (10_000, 64, 8)]
)
def test_many_pictures_share_the_cores_and_few_get_all_of_them(
    monkeypatch: pytest.MonkeyPatch, count: int, cores: int, streams: int
) -> None:
    monkeypatch.setattr(batch, "usable_cores", lambda: cores)
    assert batch.streams_for(count) == streams


@pytest.mark.parametrize(("cores", "workers"), [(1, 2), (2, 3), (16, 17), (64, 17)])
def test_one_picture_more_than_there_are_cores_is_in_work(
    cores: int, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "usable_cores", lambda: cores)
    assert batch.default_workers() == workers


@pytest.mark.parametrize(
    ("total", "done", "failed", "cancelled", "none"),
    [(3, 3, 0, False, False), (3, 3, 2, False, False), (3, 3, 3, False, True), (3, 2, 2, True, True), (3, 0, 0, True, False)],
)  # fmt: skip
def test_a_batch_answered_none_when_all_that_were_tried_failed(
    total: int, done: int, failed: int, cancelled: bool, none: bool
) -> None:
    tally = batch.Tally(total, done, failed, 1.0, None)
    report = batch.BatchReport(Path(), ("a",) * done, total, failed, 0, 0, 1.0, cancelled, None)
    assert (tally.cancelled, tally.answered_none, report.answered_none) == (cancelled, none, none)


def test_what_nobody_wants_written_is_answered_all_the_same(pictures: Path, home: Path) -> None:
    (pictures / "p2.png").write_bytes(b"")
    rows: list[BatchRow] = []
    tally = batch.answer_batch(BatchRequest((pictures,)), rows.append)
    assert [(row.index, len(row.result.regions)) for row in rows] == [(0, 1), (1, 0), (2, 3), (3, 4), (4, 5), (5, 6)]
    assert (tally.total, tally.done, tally.failed, tally.cancelled) == (6, 6, 1, False)
    assert tally.first_error is not None
    assert tally.first_error.code == "image.empty"
    assert not (home / "outputs").exists()


def test_an_odd_failure_of_one_picture_is_a_row_with_a_report(
    pictures: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Detector, "regions", failing_at("p3.png"))
    report = run_batch(BatchRequest((pictures,)))
    assert (report.done, report.failed) == (6, 1)
    assert "odd" in next((home / ".ocrweb" / "reports").iterdir()).read_text()


def test_pictures_of_one_name_do_not_overwrite_each_other(pictures: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "p1.png").write_bytes((pictures / "p6.png").read_bytes())
    report = run_batch(BatchRequest((pictures / "p1.png", other / "p1.png")))
    assert {document["image_path"]: len(document["boxes"]) for document in report.documents()} == {
        str(pictures / "p1.png"): 1,
        str(other / "p1.png"): 6,
    }
    assert report.names == ("p1", "p1_2")


def test_one_file_alone_has_the_names_of_a_single_picture(pictures: Path) -> None:
    report = run_batch(BatchRequest((pictures / "p1.png",)))
    assert sorted(path.name for path in report.folder.rglob("*.*") if not path.name.startswith(".")) == [
        "detection_result.png",
        "result.json",
        "summary.csv",
    ]


def test_what_one_picture_needs_after_a_loss_of_power_is_synced_and_no_more(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settings, the drawing and the document, each with its folder, in this order: a document says that all is there."""
    synced: list[str] = []
    sync = os.fsync

    def seen(handle: int) -> None:
        place = Path(os.readlink(f"/proc/self/fd/{handle}"))
        synced.append(str(place.relative_to(out)) if place.is_dir() else place.parent.name)
        sync(handle)

    monkeypatch.setattr(os, "fsync", seen)
    out = tmp_path / "out"
    request = BatchRequest((pictures / "p1.png",), out=out)
    run_batch(request)
    assert synced == ["out", ".", "visualization", "visualization", "json", "json"]
    synced.clear()
    run_batch(request)
    assert synced == ["out", "."], "only the table, which takes the place of the one with its row"


def test_a_zip_is_a_batch(pictures: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        for path in pictures.iterdir():
            archive.write(path, f"in/{path.name}")
    report = run_batch(BatchRequest((tmp_path / "p.zip",), names_only=True))
    assert [document["image_path"] for document in report.documents()] == [f"p.zip/p{n}.png" for n in range(1, 7)]
    assert report.boxes == 21


def test_a_cancel_keeps_what_is_done_and_the_next_run_goes_on_from_there(pictures: Path, tmp_path: Path) -> None:
    cancel, out = threading.Event(), tmp_path / "out"
    request = BatchRequest((pictures,), out=out, workers=1)

    def stop_at_two(row: BatchRow) -> None:
        if row.progress.done == 2:
            cancel.set()

    first = run_batch(request, stop_at_two, cancel)
    assert first.cancelled
    assert 2 <= first.done < 6
    assert len(table(out)) == first.done
    before = {path: path.stat().st_mtime_ns for path in (out / "json").iterdir()}
    rows: list[BatchRow] = []
    second = run_batch(request, rows.append)
    assert (second.done, second.resumed, len(rows)) == (6, first.done, 6 - first.done)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert rows[-1].progress.done == 6
    assert [len(document["boxes"]) for document in second.documents()] == [1, 2, 3, 4, 5, 6]
    assert sorted(row["json"] for row in table(out)) == [f"p{n}.json" for n in range(1, 7)]


def test_a_picture_that_was_replaced_since_is_done_again(pictures: Path, tmp_path: Path) -> None:
    run_batch(BatchRequest((pictures,), out=tmp_path / "out"))
    os.replace(pictures / "p6.png", pictures / "p1.png")  # an older file under the name of a finished one
    report = run_batch(BatchRequest((pictures,), out=tmp_path / "out"))
    assert (report.resumed, report.total) == (4, 5)
    assert len(json.loads((tmp_path / "out" / "json" / "p1.json").read_text())["boxes"]) == 6


def test_the_same_relative_path_of_another_folder_is_another_picture(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "elsewhere" / pictures.name
    other.mkdir(parents=True)
    (pictures / "p6.png").rename(other / "p1.png")
    boxes = []
    for start in (pictures.parent, other.parent, pictures.parent):
        monkeypatch.chdir(start)
        report = run_batch(BatchRequest((Path(pictures.name, "p1.png"),), out=tmp_path / "out"))
        boxes.append((report.boxes, report.resumed))
    assert boxes == [(1, 0), (6, 0), (1, 1)]


def test_an_output_folder_among_the_pictures_hides_none_of_them(pictures: Path) -> None:
    run_batch(BatchRequest((pictures,), out=pictures))
    report = run_batch(BatchRequest((pictures,), out=pictures))
    assert (report.total, report.resumed) == (6, 6)


def test_after_a_kill_half_written_and_failed_pictures_are_done_again(pictures: Path, tmp_path: Path) -> None:
    good = (pictures / "p2.png").read_bytes()
    (pictures / "p2.png").write_bytes(b"")
    request = BatchRequest((pictures,), out=tmp_path / "out")
    run_batch(request)
    (pictures / "p2.png").write_bytes(good)
    half = tmp_path / "out" / "json" / "p4.json"
    half.write_bytes(half.read_bytes()[:50])
    with (tmp_path / "out" / "summary.csv").open("a") as stream:
        stream.write("half a li")
    rows: list[BatchRow] = []
    report = run_batch(request, rows.append)
    assert [row.index for row in rows] == [1, 3]
    assert (report.done, report.failed, report.resumed, report.boxes) == (6, 0, 4, 21)
    assert sorted(row["boxes"] for row in table(tmp_path / "out")) == ["1", "2", "3", "4", "5", "6"]


def test_a_folder_with_results_of_other_settings_is_left_alone(pictures: Path, tmp_path: Path) -> None:
    request = BatchRequest((pictures,), out=tmp_path / "out")
    run_batch(request)
    other = BatchRequest((pictures,), DetectRequest(decode=DecodeOptions(threshold=0.5)), out=tmp_path / "out")
    with pytest.raises(OcrwebError) as caught:
        run_batch(other)
    assert caught.value.code == "batch.other-settings"


def test_new_pictures_join_a_finished_batch(pictures: Path, tmp_path: Path) -> None:
    request = BatchRequest((pictures,), out=tmp_path / "out")
    run_batch(request)
    (pictures / "p0.png").write_bytes((pictures / "p3.png").read_bytes())
    report = run_batch(request)
    assert (report.done, report.resumed, report.names[0]) == (7, 6, "p0")


def test_a_full_disk_stops_the_batch_and_keeps_what_is_done(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, fill = Path.write_bytes, threading.Event()

    def write_bytes(self: Path, data: bytes) -> int:
        if fill.is_set():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(self, data)

    def fill_at_two(row: BatchRow) -> None:
        if row.progress.done == 2:
            fill.set()

    monkeypatch.setattr(Path, "write_bytes", write_bytes)
    request = BatchRequest((pictures,), out=tmp_path / "out", workers=1)
    with pytest.raises(OcrwebError) as caught:
        run_batch(request, fill_at_two)
    assert caught.value.code == "usage.disk-full"
    assert len(table(tmp_path / "out")) == 2
    fill.clear()
    assert run_batch(request).resumed >= 2


@pytest.mark.parametrize("workers", [1, 2])
def test_only_so_many_pictures_are_handed_out_ahead(
    pictures: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    handed, answered, ahead = [0], [0], []

    class Counted(ThreadPoolExecutor):
        def submit(self, *given: Any, **named: Any) -> Any:
            handed[0] += 1
            ahead.append(handed[0] - answered[0])
            return super().submit(*given, **named)

    def count(row: BatchRow) -> None:
        answered[0] += 1

    monkeypatch.setattr(batch, "ThreadPoolExecutor", Counted)
    many = (pictures, *[pictures / f"p{n}.png" for n in range(1, 7)] * 3)
    run_batch(BatchRequest(many, workers=workers), count)
    assert handed[0] == 24
    assert max(ahead) == workers * AHEAD


def test_a_failure_begins_no_picture_that_still_waits(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, over = [], threading.Event()
    regions = Detector.regions

    class Pool(ThreadPoolExecutor):
        def __exit__(self, *failure: Any) -> bool | None:
            over.set()
            return super().__exit__(*failure)

    def seen(self: Detector, *given: Any, image_path: str = "", **named: Any) -> object:
        begun.append(Path(image_path).name)
        if len(begun) == 2:
            over.wait(60)
        return regions(self, *given, image_path=image_path, **named)

    def fail(row: BatchRow) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(batch, "ThreadPoolExecutor", Pool)
    monkeypatch.setattr(Detector, "regions", seen)
    with pytest.raises(ZeroDivisionError):
        run_batch(BatchRequest((pictures,), workers=1), fail)
    assert begun[:1] == ["p1.png"]
    assert len(begun) <= 2


def test_a_picture_that_failed_is_tried_again_although_it_has_not_changed(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What failed was not the picture: memory, a damaged model, a disk."""
    request = BatchRequest((pictures,), out=tmp_path / "out")
    with monkeypatch.context() as patch:
        patch.setattr(Detector, "regions", failing_at("p3.png"))
        assert run_batch(request).failed == 1
    rows: list[BatchRow] = []
    report = run_batch(request, rows.append)
    assert [row.index for row in rows] == [2]
    assert (report.failed, report.resumed, report.boxes, report.first_error) == (0, 5, 21, None)
    assert [row["boxes"] for row in table(tmp_path / "out")].count("3") == 1
    assert len(table(tmp_path / "out")) == 6
