from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime.result import DetectionResult
from ocrweb.services.batch.resume import RESULT, picture_key, read_document, read_finished, settle_run
from ocrweb.services.files.outputs import open_output_folder, save_named


def answer(path: str, error: OcrwebError | None = None) -> DetectionResult:
    return DetectionResult(path, 10, 10, "m", "CPU", 0.2, error=error)


def test_finished_pictures_are_known_by_their_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = open_output_folder(tmp_path / "out")
    save_named(answer("x/a.jpg"), None, folder, "a")
    save_named(answer("y/a.jpg", OcrwebError("batch.no-pictures", path="x")), None, folder, "a_2")
    found = read_finished(folder)
    assert {key: (entry.name, entry.success) for key, entry in found.items()} == {
        os.path.abspath("x/a.jpg"): ("a", True),
        picture_key(str(tmp_path / "y" / "a.jpg")): ("a_2", False),
    }


@pytest.mark.parametrize("content", [b"", b'{"schema": 1, "ima', b"[]", b'{"image_path": "a"}', b"\xff\xfe"])
def test_half_written_files_answer_nothing(tmp_path: Path, content: bytes) -> None:
    folder = open_output_folder(tmp_path)
    (folder.json / "a.json").write_bytes(content)
    assert read_finished(folder) == {}
    assert read_document(folder.json / "a.json") is None


def test_leftovers_of_a_kill_are_removed(tmp_path: Path) -> None:
    folder = open_output_folder(tmp_path)
    leftovers = [
        folder.json / ".ocrweb-1.tmp",
        folder.visualization / ".ocrweb-2.tmp",
        folder.path / ".summary.csv.tmp",
    ]
    for leftover in leftovers:
        leftover.write_bytes(b"half")
    read_finished(folder)
    assert not any(leftover.exists() for leftover in leftovers)


def test_results_of_other_settings_are_not_mixed(tmp_path: Path) -> None:
    folder = open_output_folder(tmp_path)
    settle_run(folder, {"model": "m", "threshold": 0.2})
    settle_run(folder, {"model": "m", "threshold": 0.2})
    with pytest.raises(OcrwebError) as caught:
        settle_run(folder, {"model": "m", "threshold": 0.3})
    assert caught.value.code == "batch.other-settings"
    assert "threshold" in caught.value.message("en")


def test_results_of_a_model_that_has_changed_are_not_kept(tmp_path: Path) -> None:
    folder = open_output_folder(tmp_path)
    settle_run(folder, {"model": "mine", "weights": "a1"})
    with pytest.raises(OcrwebError, match=r"batch\.other-settings.*weights"):
        settle_run(folder, {"model": "mine", "weights": "b2"})


def test_a_mark_of_an_earlier_version_is_gone_on_with(tmp_path: Path) -> None:
    folder = open_output_folder(tmp_path)
    (tmp_path / ".ocrweb-run.json").write_text('{"schema": 1, "settings": {"model": "m"}}')
    assert settle_run(folder, {"model": "m", "weights": "a1"}) == os.getcwd()


def test_relative_paths_mean_the_folder_where_the_first_run_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path)
    folder = open_output_folder(tmp_path / "out")
    base = settle_run(folder, {"model": "m"})
    save_named(answer("a.jpg"), None, folder, "a")
    monkeypatch.chdir(tmp_path / "other")
    assert settle_run(folder, {"model": "m"}) == base == str(tmp_path)
    found = read_finished(folder, base)
    assert picture_key("../a.jpg") in found
    assert picture_key("a.jpg") not in found


def test_a_damaged_mark_is_written_again(tmp_path: Path) -> None:
    folder = open_output_folder(tmp_path)
    settle_run(folder, {"model": "m"})
    mark = next(tmp_path.glob(".ocrweb-run.json"))
    mark.write_bytes(mark.read_bytes()[:10])
    settle_run(folder, {"model": "m"})
    assert json.loads(mark.read_text())["settings"] == {"model": "m"}


@pytest.mark.parametrize(
    "spoilt",
    [
        {"boxes": None}, {"scores": [0.9, "x"]}, {"scores": 0.9}, {"width": "9"}, {"height": []}, {"inference_time": "x"}, {"error": "x"}, {"success": 1}, {"image_path": 3},
    ],
    ids=str,
)  # fmt: skip
def test_what_only_looks_like_a_result_answers_nothing(spoilt: dict[str, object], tmp_path: Path) -> None:
    whole = answer("a.jpg").to_dict()
    for document, known in ((whole, True), ({**whole, **spoilt}, False)):
        (tmp_path / "a.json").write_text(json.dumps(document))
        assert (read_document(tmp_path / "a.json") is not None) is known
    least = {key: whole[key] for key in RESULT}
    for document, known in ((least, True), ({key: least[key] for key in [*least][1:]}, False)):
        (tmp_path / "a.json").write_text(json.dumps(document))
        assert (read_document(tmp_path / "a.json") is not None) is known
    none = {**whole, "width": None, "height": None, "inference_time": None}
    (tmp_path / "a.json").write_text(json.dumps(none))
    assert read_document(tmp_path / "a.json") == none


def test_the_mark_is_not_written_again_when_it_says_the_same(tmp_path: Path) -> None:
    folder = open_output_folder(tmp_path)
    base, mark = settle_run(folder, {"model": "m"}), tmp_path / ".ocrweb-run.json"
    before = mark.stat()
    assert settle_run(folder, {"model": "m"}) == base
    assert os.path.samestat(before, mark.stat())
    assert json.loads(mark.read_text()) == {"schema": 1, "settings": {"model": "m"}, "base": base}
    settle_run(folder, {"model": "m", "weights": "of a later version"})
    assert json.loads(mark.read_text())["settings"] == {"model": "m", "weights": "of a later version"}
