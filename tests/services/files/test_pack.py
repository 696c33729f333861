"""Files packed as a zip: under their names, in order, and what is dense already is not packed again."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.files import versions
from ocrweb.services.files.pack import write_zip, zip_outputs


def test_pictures_and_networks_are_stored_and_texts_are_packed(tmp_path: Path) -> None:
    names = ["1.jpg", "2.JPEG", "a/3.png", "4.webp", "5.onnx", "6.bin", "7.pdiparams", "8.json", "9.txt", "10.bmp"]
    for name in names:
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(b"x" * 999)
    told: list[tuple[int, int]] = []
    files = [tmp_path / "in" / name for name in names]
    done = write_zip(tmp_path / "out.zip", tmp_path / "in", files, lambda *given: told.append(given))
    assert done == tmp_path / "out.zip"
    assert told == [(number, 10) for number in range(1, 11)]
    with zipfile.ZipFile(done) as archive:
        assert archive.namelist() == names
        stored = [entry.filename for entry in archive.infolist() if entry.compress_type == zipfile.ZIP_STORED]
        assert stored == names[:7]
        assert archive.read("a/3.png") == b"x" * 999


def test_a_folder_of_results_lies_in_its_zip_under_its_own_name_without_hidden_files(tmp_path: Path) -> None:
    folder = tmp_path / "outputs_1"
    for name in ("json/b.json", "json/a.json", ".ocrweb-run.json", "summary.csv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    done = zip_outputs(folder)
    assert done == tmp_path / "outputs_1.zip"
    with zipfile.ZipFile(done) as archive:
        assert archive.namelist() == [f"outputs_1/{name}" for name in ("json/a.json", "json/b.json", "summary.csv")]
    with pytest.raises(OcrwebError, match=r"usage\.missing-path"):
        zip_outputs(tmp_path / "none")
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "home") == ["outputs_1", "outputs_1.zip"]


def test_a_file_that_cannot_be_packed_leaves_no_zip(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    with pytest.raises((OcrwebError, OSError)):
        write_zip(tmp_path / "out.zip", tmp_path, [tmp_path / "a.txt", tmp_path / "gone.txt"])
    assert not list(tmp_path.glob("*.zip*"))


def test_versions_name_what_decides_results_and_leave_out_what_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    found = versions.versions.__wrapped__()
    assert list(found)[:2] == ["ocrweb", "python"]
    assert {"openvino", "onnxruntime", "opencv-python", "numpy", "gradio"} <= found.keys()
    monkeypatch.setattr(versions, "LIBRARIES", ("numpy", "no-such-library"))
    assert versions.versions.__wrapped__().keys() == {"ocrweb", "python", "numpy"}
    assert versions.installed_version("no-such-library") is None
