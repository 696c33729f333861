"""`ocrweb detect`: what is printed of each picture and of the whole, and the code that it ends with."""

from __future__ import annotations

import io
import json
import signal
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.cli import detect
from ocrweb.errors import OcrwebError
from ocrweb.services.batch import run as service
from tests.cli.conftest import Typed
from tests.cli.options import declared

EMPTY = OcrwebError("image.empty", where="deep/b.png")


def result(name: str, regions: int = 2, *, tiles: int = 1, warnings: tuple[str, ...] = (), error: Any = None) -> Any:
    return SimpleNamespace(
        image_path=name, regions=[0] * regions, timing=SimpleNamespace(total=0.126), tiles=tiles, warnings=warnings, error=error,
        success=error is None, to_dict=lambda: {"image_path": name, "票": "\n"},
    )  # fmt: skip


def row(one: Any, done: int = 1, total: int = 2, seconds: float = 0.0, eta: float | None = None) -> Any:
    progress = SimpleNamespace(done=done, total=total, failed=1, rate=2.345, eta=eta, seconds=seconds)
    return SimpleNamespace(result=one, progress=progress)


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_LANG", "en")


@pytest.mark.parametrize(
    ("one", "lines"),
    [
        (result("a.png"), ["a.png: 2 regions, 0.13 s"]),
        (result("a.png", 0), ["a.png: no text detected, 0.13 s"]),
        (result("a.png", tiles=2), ["a.png: 2 regions, 0.13 s", "  Seen in 2 tiles, because the whole would have been too small to read."]),
        (result("a.png", error=OcrwebError("image.empty")), [f"a.png: {OcrwebError('image.empty').message('en')}", f"  → {EMPTY.hint('en')}"]),
        (result("deep/b.png", error=EMPTY), [EMPTY.message("en"), f"  → {EMPTY.hint('en')}"]),
    ],
    ids=["text", "none", "tiles", "error", "error that names it"],
)  # fmt: skip
def test_a_picture_is_a_line_and_what_is_to_be_known_of_it(one: Any, lines: list[str]) -> None:
    assert detect._line(one).splitlines() == lines


def test_a_warning_stands_below_it() -> None:
    assert (
        detect._line(result("a.png", warnings=("picture-shrunk",)))
        .splitlines()[1]
        .startswith("  → The picture was shrunk")
    )


def test_lines_come_for_all_but_a_single_failure_which_is_told_as_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    lines = detect._Lines()
    for one, total in ((result("a.png"), 1), (result("b.png", error=EMPTY), 1), (result("c.png", error=EMPTY), 2)):
        lines(row(one, total=total))
    said = capsys.readouterr()
    assert [line.split(":")[0] for line in said.out.splitlines() if not line.startswith(" ")] == ["a.png", "c.png"]
    assert said.err == ""
    detect._Lines(quiet=True)(row(result("a.png")))
    assert capsys.readouterr().out == ""


def test_how_far_a_long_batch_is_is_told_every_five_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    lines = detect._Lines(quiet=True)
    for seconds in (4.9, 5.0, 9.9, 10.1):
        lines(row(result("a.png"), done=1, total=9, seconds=seconds, eta=None if seconds < 6 else 7.6))
    assert capsys.readouterr().err.splitlines() == [
        "1/9 (1 failed), 2.3 pictures/s, – left", "1/9 (1 failed), 2.3 pictures/s, 8 s left",
    ]  # fmt: skip


def report(**changes: Any) -> Any:
    usual = {
        "done": 3, "failed": 0, "boxes": 8, "seconds": 1.26, "folder": Path("OUT"), "cancelled": False, "resumed": 0, "total": 3,
        "answered_none": False, "first_error": None, "documents": lambda: iter([{"image_path": "a"}, {"image_path": "b"}]),
    }  # fmt: skip
    return SimpleNamespace(**{**usual, **changes})


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> Any:
    given = SimpleNamespace(report=report(), rows=[], asked=[])

    def run(request: Any, on_row: Any, cancel: Any) -> Any:
        given.asked.append(request)
        for one in given.rows:
            on_row(one)
        return given.report

    monkeypatch.setattr(service, "run_batch", run)
    monkeypatch.setattr(service, "answer_batch", run)
    return given


@pytest.mark.parametrize(
    ("changes", "code"),
    [({}, 0), ({"failed": 1}, 1), ({"failed": 3, "answered_none": True}, 2), ({"cancelled": True}, 130),
     ({"cancelled": True, "failed": 3, "answered_none": True}, 130)],
    ids=str,
)  # fmt: skip
def test_the_code_tells_good_some_none_and_interrupted(
    typed: Typed, ended: Any, changes: dict[str, Any], code: int
) -> None:
    ended.report = report(**changes)
    for words in ((), ("--json",), ("--json", "--out", "OUT")):
        assert typed("detect", "a.png", *words)[0] == code


def test_the_end_is_told_on_stderr_with_what_was_kept_from_before(typed: Typed, ended: Any) -> None:
    summary = "3 pictures, 0 failed, 8 regions, 1.3 s. Results: OUT"
    assert typed("detect", "a.png")[2].splitlines() == [summary]
    ended.report = report(resumed=2, cancelled=True)
    assert typed("detect", "a.png")[2].splitlines() == [
        "2 pictures were done before and are kept.", summary, "Stopped; what was done is kept. Go on with: --out OUT",
    ]  # fmt: skip


def test_one_picture_that_fails_is_one_error_and_several_are_a_summary(typed: Typed, ended: Any) -> None:
    ended.report = report(answered_none=True, total=1, first_error=EMPTY, failed=1, done=1)
    code, out, err = typed("detect", "a.png")
    assert (code, out, err.splitlines()) == (2, "", [EMPTY.message("en"), f"  → {EMPTY.hint('en')}"])
    ended.report = report(answered_none=True, total=2, first_error=EMPTY, failed=2, done=2)
    assert "2 pictures, 2 failed" in typed("detect", "a.png")[2]


def test_the_document_holds_every_result_and_the_folder_only_where_there_is_one(typed: Typed, ended: Any) -> None:
    ended.rows = [row(result("a.png")), row(result("b.png"))]
    ended.report = report(failed=1)
    code, out, err = typed("detect", "a.png", "--json")
    document = json.loads(out)
    assert (code, err, list(document)) == (1, "", ["results", "summary"])
    assert document["results"] == [{"image_path": name, "票": "\n"} for name in ("a.png", "b.png")]
    assert document["summary"] == {"pictures": 3, "failed": 1, "seconds": 1.26, "folder": None}
    document = json.loads(typed("detect", "a.png", "--json", "--out", "OUT")[1])
    assert [one["image_path"] for one in document["results"]] == ["a", "b"]
    assert document["summary"]["folder"] == "OUT"
    ended.rows, ended.report = [], report(done=0, failed=0, answered_none=True, first_error=EMPTY)
    document = json.loads(typed("detect", "a.png", "--json")[1])
    assert (document["results"], document["error"]["code"]) == ([], "image.empty")


def test_an_interrupted_document_says_so_on_stderr(typed: Typed, ended: Any) -> None:
    ended.report = report(cancelled=True)
    assert typed("detect", "a.png", "--json")[2] == "Interrupted: nothing more is done.\n"
    assert "--out OUT" in typed("detect", "a.png", "--json", "--out", "OUT")[2]


def test_what_was_put_aside_comes_back_piece_by_piece() -> None:
    pieces = ['{"a": 1}', "{\n}", ""]
    aside = io.StringIO("".join(f"{piece}{detect.BETWEEN}" for piece in pieces))
    assert list(detect._pieces(aside)) == pieces
    assert list(detect._pieces(io.StringIO(""))) == []


def test_the_first_ctrl_c_finishes_what_is_in_work_and_the_second_is_the_shells() -> None:
    before = signal.getsignal(signal.SIGINT)
    cancel = threading.Event()
    with detect._stop_gently(cancel):
        assert signal.getsignal(signal.SIGINT) is not before
        signal.raise_signal(signal.SIGINT)
        assert cancel.is_set()
        assert signal.getsignal(signal.SIGINT) is before
    assert signal.getsignal(signal.SIGINT) is before


def test_outside_of_the_main_thread_signals_are_left_alone() -> None:
    failed: list[BaseException] = []

    def work() -> None:
        try:
            with detect._stop_gently(threading.Event()):
                pass
        except BaseException as failure:
            failed.append(failure)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert failed == []


def test_what_is_asked_for_reaches_the_batch(typed: Typed, ended: Any) -> None:
    words = "a.png b --engine onnx --precision f32 --device cpu --threshold 0.3 --out o"
    typed("detect", *words.split())
    one = ended.asked[0]
    assert (one.paths, one.out, one.names_only) == ((Path("a.png"), Path("b")), Path("o"), False)
    assert (one.detect.engine, one.detect.precision, one.detect.device, one.detect.decode.threshold) == (
        "onnx",
        "f32",
        "cpu",
        0.3,
    )


def test_its_options() -> None:
    assert declared("detect") == {
        "paths": "required", "--model": "in-use", "--out": None, "--engine": "auto", "--precision": "auto",
        "--device": "auto", "--cluster": None, "--overlays": False, "--shard-size": (None, 1, None),
        "--actor-cores": (None, 1, None), "--json": False,
    }  # fmt: skip
    assert (detect.PROGRESS_EVERY, detect.IN_MEMORY) == (5.0, 64 * 1024 * 1024)
