"""`ocrweb labels`: the states of a dataset's pictures, and versions, without a mouse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ocrweb.cli.main import main
from ocrweb.services.training import learning
from tests.services.labels.conftest import make_set

ONE = "train_images/1.png"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    return make_set(tmp_path / "data")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    with pytest.raises(SystemExit) as left:
        main(["labels", *words, "--json"])
    assert left.value.code == 0
    return json.loads(capsys.readouterr().out)


def test_states_are_listed_set_and_counted(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, str(data))["counts"] == {"new": 1, "auto": 0, "check": 1, "checked": 2, "aside": 0}
    assert run(capsys, str(data), ONE, "train_images/3.png", "--set", "aside")["changed"] == [ONE, "train_images/3.png"]
    aside = run(capsys, str(data), "--state", "aside")["pictures"]
    assert [row["picture"] for row in aside] == [ONE, "train_images/3.png"]


def test_labels_are_kept_compared_brought_back_and_restored(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = data / "train_gts" / "1.txt"
    before = labels.read_bytes()
    first = run(capsys, str(data), "--keep")["id"]
    labels.write_text("0,0,9,0,9,9,0,9,new\n")
    assert run(capsys, str(data), "--compare", first, "now")["total"] == {
        "added": 1, "removed": 2, "moved": 0, "retold": 0
    }  # fmt: skip
    brought = run(capsys, str(data), "--bring-back", first)
    assert (labels.read_bytes(), brought["restored"]) == (before, 1)
    assert [version["id"] for version in run(capsys, str(data), "--versions")["versions"]] == [brought["before"], first]
    run(capsys, str(data), ONE, "--restore")
    assert labels.read_text() == "0,0,9,0,9,9,0,9,new\n", "what was there when somebody first changed it here"


def test_a_model_draws_anew_what_nobody_has_touched(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "review.csv").write_text("picture,unsure\n1.png,yes\n2.png,yes\n")
    run(capsys, str(data), "train_images/2.png", "--set", "checked")
    labels = [data / "train_gts" / f"{number}.txt" for number in (1, 2)]
    before = [file.read_bytes() for file in labels]
    told = run(capsys, str(data), "--propose", "ppocrv6-small")
    assert (told["model"], told["pictures"], told["failed"]) == ("ppocrv6-small", 2, [])
    assert [file.read_bytes() == old for file, old in zip(labels, before, strict=True)] == [False, True]
    run(capsys, str(data), "--bring-back", told["version"])
    assert [file.read_bytes() for file in labels] == before


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_people_read_a_line_a_picture(
    data: Path, lang: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OCRWEB_LANG", lang)
    for words in (
        ["--keep"],
        ["--versions"],
        ["--propose", "ppocrv6-small"],
        ["--compare", "now", "now"],
        [ONE, "--set", "check"],
        [],
    ):
        with pytest.raises(SystemExit):
            main(["labels", str(data), *words])
    lines = capsys.readouterr().out.strip().splitlines()
    assert ("to check" if lang == "en" else "待检查") in lines[-5]
    assert ONE in lines[-5]
    assert "4" in lines[-1]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([ONE], "labels.which-pictures"),
        (["--restore"], "labels.which-pictures"),
        (["--keep", "--versions"], "dataset.one-of"),
        (["--learn", "--propose", "ppocrv6-small"], "dataset.one-of"),
        (["--learn"], "labels.too-few-checked"),
    ],
    ids=str,
)
def test_what_contradicts_itself_is_refused(
    data: Path, words: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["labels", str(data), *words, "--json"])
    assert (left.value.code, json.loads(capsys.readouterr().out)["error"]["code"]) == (2, code)


def test_a_training_on_the_checked_pictures_is_told_with_what_comes_next(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(learning, "start_learning", lambda labelled: f"run_of_{labelled.root.name}")
    assert run(capsys, str(data), "--learn") == {"run": "run_of_data"}
    with pytest.raises(SystemExit):
        main(["labels", str(data), "--learn"])
    assert f"ocrweb labels {data} --propose run_of_data" in capsys.readouterr().out
