"""`ocrweb suspects` on pages of the renderer whose labels somebody has spoiled."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from pathlib import Path
from typing import Any

import cv2
import pytest

from ocrweb.cli.main import main
from ocrweb.services.datasets.sample_data import make_sample_data

KINDS = {"missing", "extra", "joined", "cut", "shifted", "ignored", "readable", "duplicate"}


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The second picture lacks its longest label and has one on nothing; the third is in the test part again."""
    folder = tmp_path_factory.mktemp("suspects") / "data"
    make_sample_data(folder, train=3, test=1, seed=8)
    labels = sorted((folder / "train_gts").iterdir())
    lines = labels[1].read_text(encoding="utf-8").splitlines()
    lines.remove(longest(lines))
    labels[1].write_text("\n\n".join([*lines, "0,0,60,0,60,14,0,14,nothing"]) + "\n", encoding="utf-8")
    pictures = sorted((folder / "train_images").iterdir())
    copy = cv2.imread(str(pictures[2]))
    cv2.imwrite(str(folder / "test_images" / "again.jpg"), copy, [cv2.IMWRITE_JPEG_QUALITY, 70])
    (folder / "test_gts" / "again.txt").write_bytes(labels[2].read_bytes())
    with (folder / "test_list.txt").open("a", encoding="utf-8") as file:
        file.write("test_images/again.jpg test_gts/again.txt\n")
    return folder


def longest(lines: list[str]) -> str:
    def length(line: str) -> int:
        values = line.split(",")
        return 0 if "###" in line else abs(int(values[2]) - int(values[0]))

    return max(lines, key=length)


@pytest.fixture(scope="module")
def found(spoiled: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The document's entries."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(said):
        patch.setenv("OCRWEB_HOME", str(tmp_path_factory.mktemp("home")))
        with pytest.raises(SystemExit) as left:
            main(["suspects", str(spoiled), "--json"])
    assert left.value.code == 0
    document = json.loads(said.getvalue())
    assert document["pictures"] == 5
    return list(document["suspects"])


def of_kind(found: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [entry for entry in found if entry["kind"] == kind]


def test_the_surest_come_first_in_the_promised_form(found: list[dict[str, Any]]) -> None:
    scores = [entry["score"] for entry in found]
    assert scores == sorted(scores, reverse=True)
    for entry in found:
        assert entry["kind"] in KINDS
        assert entry["box"] is None or len(entry["box"]) == 8
        assert (entry["kind"] in ("missing", "duplicate")) == (entry["label_line"] is None)


def test_a_label_that_was_taken_out_is_missing(found: list[dict[str, Any]], spoiled: Path) -> None:
    first = of_kind(found, "missing")[0]
    assert first["picture"] == "train_images/2.jpg"
    assert first["score"] > 0.5


def test_a_label_on_nothing_is_named_with_its_line_blank_ones_counted(
    found: list[dict[str, Any]], spoiled: Path
) -> None:
    (entry,) = [entry for entry in of_kind(found, "extra") if entry["picture"] == "train_images/2.jpg"]
    assert entry["box"] == [0, 0, 60, 0, 60, 14, 0, 14]
    lines = (spoiled / "train_gts" / "2.txt").read_text(encoding="utf-8").split("\n")
    assert lines[entry["label_line"] - 1].endswith("nothing")


def test_a_picture_in_both_parts_is_named_with_the_other(found: list[dict[str, Any]]) -> None:
    (entry,) = of_kind(found, "duplicate")
    assert (entry["picture"], entry["of"]) == ("test_images/again.jpg", "train_images/3.jpg")
    assert entry["box"] is None


def test_the_list_for_people_says_what_and_where(
    spoiled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("OCRWEB_LANG", "zh")
    with pytest.raises(SystemExit):
        main(["suspects", str(spoiled), "--count", "1"])
    first, total, more = capsys.readouterr().out.strip().splitlines()
    assert "test_images/again.jpg" in first
    assert "train_images/3.jpg" in first
    assert "同一画面" in first
    assert "5 张图片" in total
    assert "--count" in more


def test_what_a_person_dismissed_is_not_named_again(
    found: list[dict[str, Any]],
    spoiled: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    folder = tmp_path / "data"
    shutil.copytree(spoiled, folder)
    (tmp_path / "list.json").write_text(json.dumps({"suspects": found[:2]}))
    with pytest.raises(SystemExit) as left:
        main(["suspects", str(folder), "--dismiss", str(tmp_path / "list.json"), "--json"])
    assert (left.value.code, json.loads(capsys.readouterr().out)) == (0, {"dismissed": 2})
    with pytest.raises(SystemExit):
        main(["suspects", str(folder), "--json"])
    assert json.loads(capsys.readouterr().out)["suspects"] == found[2:]


def test_a_part_whose_boxes_are_all_ignored_is_left_out(
    spoiled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    folder = tmp_path / "data"
    shutil.copytree(spoiled, folder)
    for labels in (folder / "train_gts").iterdir():
        lines = [",".join([*line.split(",")[:8], "###"]) for line in labels.read_text().splitlines() if line]
        labels.write_text("\n".join(lines) + "\n")
    with pytest.raises(SystemExit) as left:
        main(["suspects", str(folder), "--json"])
    document = json.loads(capsys.readouterr().out)
    assert (left.value.code, document["pictures"]) == (0, 2)
    assert {entry["picture"].split("/")[0] for entry in document["suspects"]} <= {"test_images"}
