"""`ocrweb sample-data` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ocrweb.cli.main import main


def run(arguments: list[str]) -> int:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return int(left.value.code or 0)


def test_it_writes_a_dataset_and_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "data"
    assert run(["sample-data", "--out", str(out), "--train", "2", "--test", "1", "--seed", "3", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {key: document[key] for key in ("path", "train", "test", "seed")} == {
        "path": str(out),
        "train": 2,
        "test": 1,
        "seed": 3,
    }
    assert (out / "train_list.txt").read_text().split() == [
        "train_images/1.jpg",
        "train_gts/1.txt",
        "train_images/2.jpg",
        "train_gts/2.txt",
    ]


def test_a_folder_in_use_is_one_coded_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x").write_text("x")
    assert run(["sample-data", "--out", str(tmp_path), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "render.not-empty"
