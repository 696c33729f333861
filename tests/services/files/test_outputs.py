from __future__ import annotations

import csv
import errno
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime.region import TextRegion
from ocrweb.runtime.result import DetectionResult
from ocrweb.services.batch.summary import SummaryCsv, summary_row
from ocrweb.services.files import outputs
from ocrweb.services.files.outputs import (
    Names,
    new_output_folder,
    open_output_folder,
    safe_stem,
    save_named,
    save_single,
)
from ocrweb.services.files.pack import zip_outputs


def result(path: str = "a.jpg") -> DetectionResult:
    quad = np.array([[1, 2], [30, 2], [30, 12], [1, 12]], np.float32)
    return DetectionResult(path, 40, 20, "m", "CPU", 0.2, (TextRegion(quad, 0.9),))


def blank() -> np.ndarray:
    return np.full((20, 40, 3), 255, np.uint8)


def test_a_run_of_the_same_second_gets_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs.time, "strftime", lambda _: "20260102030405")
    names = [new_output_folder(tmp_path).path.name for _ in range(3)]
    assert names == ["outputs_20260102030405", "outputs_20260102030405_2", "outputs_20260102030405_3"]


def test_a_new_folder_lies_under_the_data_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    folder = new_output_folder()
    assert folder.path.parent == tmp_path / "outputs"
    assert folder.visualization.is_dir()
    assert folder.json.is_dir()


def test_a_single_picture_has_the_known_names(tmp_path: Path) -> None:
    saved = save_single(result(), blank(), open_output_folder(tmp_path))
    assert saved.json == tmp_path / "json" / "result.json"
    assert saved.visualization == tmp_path / "visualization" / "detection_result.png"
    assert json.loads(saved.json.read_text())["boxes"] == [[1, 2, 30, 2, 30, 12, 1, 12]]


def test_a_picture_of_a_batch_is_named_after_its_source(tmp_path: Path) -> None:
    saved = save_named(result(), blank(), open_output_folder(tmp_path), "发票")
    assert saved.json == tmp_path / "json" / "发票.json"
    assert saved.visualization == tmp_path / "visualization" / "发票_result.png"


def test_names_of_pictures_with_one_name_differ() -> None:
    names = Names(["b"])
    assert [names.give(path) for path in ("x/a.jpg", "y/a.png", "z/A.jpg", "b.jpg")] == ["a", "a_2", "A_3", "b_2"]


@pytest.mark.parametrize(
    ("source", "stem"),
    [("dir/a b.jpg", "a b"), ("票据.PNG", "票据"), ("a\nb:c.jpg", "a_b_c"), (".jpg", ".jpg"), ("   .jpg", "picture")],
)
def test_names_are_kept_but_for_what_breaks_a_path(source: str, stem: str) -> None:
    assert safe_stem(source) == stem


@pytest.mark.parametrize("letter", ["n", "长"])
def test_very_long_names_are_shortened_and_stay_apart(letter: str) -> None:
    first, second = safe_stem(letter * 300 + "1.jpg"), safe_stem(letter * 300 + "2.jpg")
    assert first != second
    assert max(len(first.encode()), len(second.encode())) <= 180


def test_a_name_that_is_not_utf8_is_written_as_escapes(tmp_path: Path) -> None:
    saved = save_named(result("bad\udcff.jpg"), None, open_output_folder(tmp_path), "bad")
    assert json.loads(saved.json.read_bytes())["image_path"] == "bad\udcff.jpg"
    assert saved.visualization is None


def test_a_full_disk_is_said_and_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = open_output_folder(tmp_path)

    def full(self: Path, data: bytes) -> int:
        self.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OcrwebError) as caught:
        save_single(result(), blank(), folder)
    assert caught.value.code == "usage.disk-full"
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OcrwebError) as caught:
        open_output_folder(tmp_path / "file" / "out")
    assert caught.value.code == "usage.not-writable"


def test_the_zip_holds_json_table_and_drawings_and_no_hidden_file(tmp_path: Path) -> None:
    folder = open_output_folder(tmp_path / "outputs_1")
    save_named(result(), blank(), folder, "a")
    with SummaryCsv(folder.summary) as table:
        table.add(summary_row(result().to_dict(), "a.json"))
    (folder.path / ".ocrweb-run.json").write_text("{}")
    archive = zip_outputs(folder.path)
    assert archive == tmp_path / "outputs_1.zip"
    assert sorted(zipfile.ZipFile(archive).namelist()) == [
        "outputs_1/json/a.json",
        "outputs_1/summary.csv",
        "outputs_1/visualization/a_result.png",
    ]
    assert zip_outputs(folder.path) == archive


def test_a_zip_of_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OcrwebError) as caught:
        zip_outputs(tmp_path / "none")
    assert caught.value.code == "usage.missing-path"


def test_the_table_grows_row_by_row_and_opens_in_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "summary.csv"
    with SummaryCsv(path, [summary_row(result("旧.jpg").to_dict(), "旧.json")]) as table:
        table.add(summary_row(result("新, 1.jpg").to_dict(), "新, 1.json"))
        rows = list(csv.DictReader(path.open(encoding="utf-8-sig")))
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert [row["image_path"] for row in rows] == ["旧.jpg", "新, 1.jpg"]
    assert rows[1] | {"inference_time": ""} == {
        "image_path": "新, 1.jpg",
        "json": "新, 1.json",
        "success": "true",
        "boxes": "1",
        "mean_score": "0.9",
        "width": "40",
        "height": "20",
        "inference_time": "",
        "tiles": "1",
        "warnings": "",
        "error": "",
    }
