"""Services of validation: datasets by path or name, repair of zips, findings as tables."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.datasets import validation
from tests.data.corpus import GOOD_LINES, content, label, make_good
from tests.services.datasets.test_validation_of_zips import packed


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))


def test_an_uploaded_dataset_is_found_by_its_name(tmp_path: Path) -> None:
    root = make_good(tmp_path / "home/datasets/receipts")
    assert validation.dataset_path("receipts") == root
    assert validation.validate("receipts").ok


@pytest.mark.parametrize("name", ["nothing", "../home", "a/b", ""])
def test_unknown_names_are_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    if name:
        with pytest.raises(OcrwebError):
            validation.validate(name)


def test_a_zip_is_mended_into_a_folder_beside_it(tmp_path: Path) -> None:
    root = make_good(tmp_path / "data")
    label("1，2，30，2，30，20，1，20，a", "1,2")(root)
    archive = tmp_path / "set.zip"
    archive.write_bytes(before := packed(root))
    repaired = validation.repair(archive)
    assert repaired.result.root == tmp_path / "set_repaired"
    assert repaired.report.rules == {"label.too-few": 1}
    assert validation.repair(archive).result.root == tmp_path / "set_repaired_2"
    assert archive.read_bytes() == before
    document = repaired.to_dict("en")
    assert document["repair"]["changes"][0]["file"] == "train_gts/3.txt"
    assert not document["ok"]


def test_findings_as_a_table_and_as_json(tmp_path: Path) -> None:
    root = make_good(tmp_path / "data")
    label("=cmd()")(root)
    content("train_list.txt~", b"")(root)
    report = validation.validate(root)
    rows = list(csv.DictReader(io.StringIO(validation.findings_csv(report, "en"))))
    assert [(row["rule"], row["file"], row["line"], row["fixable"]) for row in rows] == [
        ("label.too-few", "train_gts/3.txt", "2", "False"),
        ("list.backup-file", "train_list.txt~", "", "True"),
    ]
    assert rows[0]["quote"] == "'=cmd()"
    document = json.loads(validation.findings_json(report, "zh"))
    assert set(document["findings"][0]) == {"rule", "severity", "file", "line", "message", "hint", "fixable", "quote"}
    assert "坐标" in document["findings"][0]["message"]


def test_a_decision_about_files_that_are_others_since_the_check_changes_nothing(tmp_path: Path) -> None:
    root = make_good(tmp_path / "data")
    file = root / "train_gts" / "3.txt"
    file.write_text(f"{GOOD_LINES[0]}\n1,2,3,4\n")
    decided = validation.decisions(validation.validate(root).findings)
    assert [one.where for one in decided] == ["train_gts/3.txt:2"]
    file.write_text(f"{GOOD_LINES[0]}\n{GOOD_LINES[1]}\n1,2,3,4\n")
    with pytest.raises(OcrwebError) as refused:
        validation.decide("data", root, decided)
    assert refused.value.code == "labels.changed-meanwhile"
    assert len(file.read_text().splitlines()) == 3
    validation.validate(root)
    validation.decide("data", root, validation.decisions(validation.validate(root).findings))
    assert file.read_text().splitlines() == list(GOOD_LINES[:2])
