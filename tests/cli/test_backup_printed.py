"""`ocrweb backup`, `restore`, `labels`: what is printed."""

from __future__ import annotations

import json
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.cli import backup, labels
from ocrweb.errors import OcrwebError
from ocrweb.services.root.backup import pack, unpack
from tests.cli.conftest import Typed
from tests.cli.options import declared
from tests.services.labels.conftest import make_set


def manifest(**changes: Any) -> Any:
    usual = {
        "files": [1, 2],
        "bytes": 3 << 19,
        "running": (),
        "linked": {},
        "skipped": (),
        "made": 1_000_000_000.0,
        "version": "9",
    }
    return SimpleNamespace(**{**usual, **changes})


def report(**changes: Any) -> Any:
    return SimpleNamespace(path=Path("B"), manifest=manifest(**changes), to_dict=lambda: {"path": "B"})


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ({}, []),
        ({"running": ("r1",)}, ["1 run was at work; each is kept as it was at one instant and can be resumed: r1"]),
        ({"linked": {"a": "/x"}}, ["Linked datasets lie elsewhere and are not in it: a → /x"]),
        ({"skipped": tuple("abcde")}, ["Passed over, because they are links or no files, or cannot be read: a, b, c, d, e"]),
        ({"skipped": tuple("abcdef")}, ["Passed over, because they are links or no files, or cannot be read: a, b, c, d, e …"]),
    ],
    ids=str,
)  # fmt: skip
def test_a_backup_says_what_is_in_it_and_what_a_person_may_miss(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], lines: list[str]
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(pack, "back_up", lambda *given: asked.append(given) or report(**changes))
    code, out, err = typed("backup", "--out", "B", "--without", "outputs", "--without", "models")
    assert (code, err, asked) == (0, "", [(Path("B"), ["outputs", "models"], None)])
    first = "B: 2 files, 1.5 MB; readable by its owner only, since it holds the console's login."
    assert out.splitlines() == [first, *lines]
    assert json.loads(typed("backup", "--out", "B", "--json")[1]) == {"path": "B"}
    assert asked[-1][1] == ()
    monkeypatch.setattr(unpack, "restore", lambda file, out: report(**changes))
    assert typed("restore", "B", "--out", "N")[1].splitlines() == [
        "B: 2 files, 1.5 MB, each as it was backed up.", *lines, "Next: OCRWEB_HOME=B ocrweb serve",
    ]  # fmt: skip
    monkeypatch.setattr(unpack, "check_backup", lambda file: report(**changes))
    made = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(1_000_000_000.0))
    assert typed("restore", "B", "--check")[1].splitlines() == [
        f"The backup is whole: 2 files, 1.5 MB, made {made} by version 9.", *lines,
    ]  # fmt: skip
    for words in (("--out", "N"), ("--check",)):
        assert json.loads(typed("restore", "B", *words, "--json")[1]) == {"path": "B"}


@pytest.mark.parametrize(("code", "exits"), [("backup.damaged", 1), ("backup.unsafe", 1), ("usage.missing-path", 2)])
def test_a_damaged_backup_is_a_finding_and_what_is_none_an_error(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, code: str, exits: int
) -> None:
    failure = OcrwebError(
        code, path="B", cwd="", name="x", reason="r", found="", wanted="", file="f", files="f", count=1
    )

    def check(file: Path) -> Any:
        raise failure

    monkeypatch.setattr(unpack, "check_backup", check)
    left, out, err = typed("restore", "B", "--check")
    assert left == exits
    assert (failure.message("en") in out, failure.message("en") in err) == (exits == 1, exits == 2)
    left, out, _ = typed("restore", "B", "--check", "--json")
    document = json.loads(out)
    assert (left, document["error"]["code"], document.get("ok")) == (exits, code, False if exits == 1 else None)


def test_how_far_a_backup_is_is_told_in_megabytes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OCRWEB_LANG", "en")
    backup._progress(1 << 20, 3 << 20)
    backup._progress(3 << 20, 3 << 20)
    assert capsys.readouterr().err == "\rPacking: 1 of 3 MB\rPacking: 3 of 3 MB\n"


def test_versions_are_listed_with_the_time_and_which_one_is_now(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = make_set(tmp_path / "data")
    assert typed("labels", data, "--versions") == (
        0, "No version is kept yet; a training run of an uploaded dataset keeps one, and so does --keep.\n", "",
    )  # fmt: skip
    code, out, _ = typed("labels", data, "--keep")
    version = out.split()[-1].rstrip(".")
    assert (code, out) == (0, f"The labels are kept as version {version}.\n")
    line = typed("labels", data, "--versions")[1]
    assert line.startswith(f"{version}  20")
    assert line.rstrip().endswith("(as the labels are now)")
    assert "pictures: 4, boxes: " in line
    assert typed("labels", data, "--compare", version, "now")[1].splitlines()[-1] == (
        "boxes added: 0, removed: 0, moved: 0, with another text: 0"
    )


def test_a_version_line_leaves_out_what_there_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_LANG", "en")
    row = {"id": "v1", "at": 1_000_000_000.0, "pictures": 2, "boxes": 3, "why": "", "current": False}
    at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(1_000_000_000.0))
    assert labels._version_line(row) == f"v1  {at}  pictures: 2, boxes: 3"
    assert labels._version_line({**row, "why": "run", "current": True}).endswith("  run  (as the labels are now)")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--set", "aside"), "labels.which-pictures"), (("train_images/1.png",), "labels.which-pictures"),
        (("--restore",), "labels.which-pictures"), (("a", "--set", "aside", "--restore"), "dataset.one-of"),
        (("--keep", "--versions"), "dataset.one-of"), (("--compare", "a", "b", "--bring-back", "c"), "dataset.one-of"),
        (("a", "--keep"), "labels.which-pictures"),
    ],
)  # fmt: skip
def test_pictures_are_named_where_something_is_done_to_them_and_nowhere_else(
    typed: Typed, tmp_path: Path, words: tuple[str, ...], code: str
) -> None:
    left, out, _ = typed("labels", make_set(tmp_path / "data"), *words, "--json")
    assert (left, json.loads(out)["error"]["code"]) == (2, code)


def test_the_list_tells_state_and_boxes_of_each_and_a_state_narrows_it(typed: Typed, tmp_path: Path) -> None:
    data = make_set(tmp_path / "data")
    every = typed("labels", data)[1].splitlines()
    checked = typed("labels", data, "--state", "checked")[1].splitlines()
    assert len(every) == 5
    assert [line.split()[0] for line in checked[:-1]] == ["checked", "checked"]
    assert every[-1] == checked[-1], "the counts are of all"
    assert "boxes: " in every[0]


def test_their_options() -> None:
    assert declared("backup") == {"--out": "required", "--without": None, "--json": False}
    assert declared("restore") == {"file": "required", "--out": None, "--check": False, "--json": False}
    assert declared("labels") == {
        "dataset": "required", "pictures": None, "--state": None, "--set": None, "--restore": False, "--keep": False,
        "--versions": False, "--compare": None, "--bring-back": None, "--learn": False,
        "--propose": None, "--json": False,
    }  # fmt: skip
