"""`ocrweb validate`: exit codes, one JSON document, a report for people, fix and undo."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ocrweb.cli.main import main
from tests.data.corpus import label, make_good
from tests.data.snapshot import snapshot
from tests.services.datasets.test_store import active_run


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command line."""
    with pytest.raises(SystemExit) as left:
        main(["validate", *map(str, arguments)])
    shown = capsys.readouterr()
    return int(left.value.code or 0), shown.out, shown.err


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OCRWEB_LANG", "en")
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return make_good(tmp_path / "data")


@pytest.fixture
def broken(good: Path) -> Path:
    label("1，2，30，2，30，20，1，20，a", "1,2", "3,4", "5,6", "7,8")(good)
    return good


def test_a_good_dataset_exits_0(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, good)
    assert (code, err) == (0, "")
    assert out == (
        "No errors. Pictures: 10 for training, 2 for the test; boxes: 24, ignored of them: 12; warnings: 0, notes: 0.\n"
    )


def test_errors_exit_1_grouped_by_rule_with_counts(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, broken)
    assert code == 1
    assert "✗ label.too-few  4 × error" in out
    assert "train_gts/3.txt:3  Only 2 of 8" in out
    assert "… and 1 more" in out
    assert "✗ label.separator  1 × error, can be mended" in out
    assert "1 of them can be mended: add --fix" in out


def test_json_is_one_document(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, broken, "--json")
    document = json.loads(out)
    assert code == 1
    assert not document["ok"]
    assert document["counts"]["rules"] == {"label.separator": 1, "label.too-few": 4}
    first = document["findings"][0]
    assert (first["rule"], first["file"], first["line"], first["fixable"]) == (
        "label.separator",
        "train_gts/3.txt",
        2,
        True,
    )


def test_fix_mends_lists_the_rest_and_undo_takes_it_back(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = snapshot(broken)
    code, out, _ = run(capsys, broken, "--preview")
    assert (code, snapshot(broken)) == (0, before)
    assert "+1,2,30,2,30,20,1,20,a" in out
    code, out, _ = run(capsys, broken, "--fix")
    assert code == 1
    assert "What is left needs a human:" in out
    assert "label.separator  1 ×" not in out
    assert run(capsys, broken, "--undo")[0] == 0
    assert snapshot(broken) == before


@pytest.mark.parametrize("given", ["name", "folder"])
def test_neither_fix_nor_undo_touches_a_dataset_that_is_trained_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], given: str
) -> None:
    root = make_good(tmp_path / "datasets" / "mine")
    label("1，2，30，2，30，20，1，20，a")(root)
    dataset = "mine" if given == "name" else root
    assert run(capsys, dataset, "--fix")[0] == 0
    before = snapshot(root)
    active_run("mine")
    for change in ("--fix", "--undo"):
        code, out, _ = run(capsys, dataset, change, "--json")
        assert (code, json.loads(out)["error"]["code"]) == (2, "store.in-use")
    assert run(capsys, dataset, "--preview")[0] == 0
    assert snapshot(root) == before


def test_fix_into_another_folder(broken: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = snapshot(broken)
    code, out, _ = run(capsys, broken, "--fix", "--out", tmp_path / "mended", "--json")
    document = json.loads(out)
    assert code == 1
    assert document["repair"]["dataset"] == str(tmp_path / "mended")
    assert document["counts"]["rules"] == {"label.too-few": 4}
    assert snapshot(broken) == before


def test_strict_and_no_decode(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (good / "train_list.txt~").write_text("")
    (good / "train_images/1.jpg").write_bytes(b"")
    assert run(capsys, good, "--no-decode")[0] == 0
    code, out, _ = run(capsys, good, "--no-decode", "--strict")
    assert code == 1
    assert "Pictures were not opened" in out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["/nothing/here"], "usage.missing-path"),
        ([".", "--fix", "--undo"], "dataset.one-of"),
        ([".", "--out", "x"], "dataset.out-without-fix"),
        ([".", "--undo"], "dataset.no-backup"),
    ],
    ids=["missing", "two verbs", "out alone", "nothing to undo"],
)
def test_wrong_use_exits_2_with_a_coded_error(
    arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = run(capsys, *arguments, "--json")
    assert status == 2
    assert json.loads(out)["error"]["code"] == code
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert "→" in err
