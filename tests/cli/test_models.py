"""`ocrweb models`, `export`, `golden`, `doctor` and `bench`: what each prints, without the work behind it."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.cli import bench, checkup
from ocrweb.cli.models import _width
from ocrweb.errors import OcrwebError
from ocrweb.services.detect import golden as golden_service
from ocrweb.services.exporting import run as exporting
from ocrweb.services.exporting import words as export_words
from ocrweb.services.models import downloads, importing, listing
from tests.cli.conftest import Typed
from tests.cli.options import declared


def row(name: str, *, available: bool = True, **changes: Any) -> Any:
    usual = {"detects": True, "trains": False, "source": "here", "note": "get it"}
    return SimpleNamespace(**{"name": name, "available": available, **usual, **changes})


def test_the_table_is_as_wide_as_its_widest_cells_and_what_is_absent_has_a_note(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "models", lambda: [row("票据模型甲"), row("b", available=False, source="")])
    code, out, err = typed("models")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "name        detects  trains  available  source",
        "票据模型甲  yes      no      yes        here",
        "b           yes      no      no",
        "b: get it",
    ]  # fmt: skip


def test_the_document_is_the_services(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "models_document", lambda: {"models": [1]})
    assert json.loads(typed("models", "--json")[1]) == {"models": [1]}


@pytest.mark.parametrize(("cell", "columns"), [("", 0), ("ab", 2), ("票据", 4), ("ａ", 2), ("é", 1)])
def test_a_chinese_character_takes_two_columns(cell: str, columns: int) -> None:
    assert _width(cell) == columns


def test_a_download_tells_every_tenth_percent_of_each_file(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    def download(what: str, *, source: Any, on_progress: Any) -> Any:
        assert (what, source) == ("official", Path("D"))
        for done in range(0, 101, 3):
            on_progress("a", done, 100)
        for done in (5, 50):
            on_progress("b", done, None)
        on_progress("c", 9, 100)
        on_progress("c", 10, 100)
        made = []
        for name, fresh in (("a", True), ("b", False)):
            document = {"name": name, "path": "P", "sha256": "S"}
            made.append(SimpleNamespace(fresh=fresh, to_dict=lambda document=document: document))
        return made

    monkeypatch.setattr(downloads, "download", download)
    code, out, err = typed("models", "--download", "official", "--from", "D")
    assert (code, out.splitlines()) == (
        0, ["a: downloaded to P (SHA-256 S)", "b: already here, P (SHA-256 S)"],
    )  # fmt: skip
    assert err.splitlines() == [*(f"a: {percent} %" for percent in (12, 24, 36, 48, 60, 72, 84, 96)), "c: 10 %"]
    document = json.loads(typed("models", "--download", "official", "--from", "D", "--json")[1])
    assert [item["name"] for item in document["downloads"]] == ["a", "b"]


def test_an_imported_model_tells_its_stages_and_its_proof(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    proof = {"found": 7, "texts": 8, "boxes": 9, "seconds": 0.4}
    made = SimpleNamespace(name="mine", to_dict=lambda: {"proof": proof})
    asked: list[Any] = []

    def import_model(request: Any, tell: Any) -> Any:
        asked.append(request)
        tell("read", 0.0)
        return made

    monkeypatch.setattr(importing, "import_model", import_model)
    code, out, err = typed("models", "--import", "m.onnx", "--name", "mine")
    assert (code, err) == (0, "Reading the file\n")
    assert out == "mine can be used now: 7 of 8 texts on a rendered page found (9 boxes), 0.4 s.\n"
    assert json.loads(typed("models", "--import", "m.onnx", "--json")[1]) == {"imported": {"proof": proof}}
    assert [request.name for request in asked] == ["mine", ""]


@pytest.mark.parametrize("good", [True, False])
def test_a_copy_in_int8_tells_each_stage_once_and_what_it_is_worth(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, good: bool
) -> None:
    asked: list[Any] = []

    def make(model: str, data: str, tell: Any) -> Any:
        asked.append((model, data))
        for stage in ("pictures", "quantise", "quantise", "done"):
            tell(stage, 0.5)
        measured = {"times": {"f32": 10.4, "int8": 4.6}, "hmean": {"f32": 0.9, "int8": 0.89}, "pictures": 7}
        return SimpleNamespace(**measured, good=good, facts=lambda: {"good": good})

    monkeypatch.setattr("ocrweb.services.models.int8_copy.make_int8_copy", make)
    code, out, err = typed("models", "--int8", "m", "--data", "d")
    assert (code, asked, len(err.splitlines())) == (int(not good), [("m", "d")], 3)
    first, second, third = out.splitlines()
    assert first == "A network run here: f32 10 ms, int8 5 ms"
    assert second == "hmean on 7 pictures it was not made with: f32 0.9000, int8 0.8900"
    assert third.startswith("m has a copy" if good else "The copy in int8 finds less")
    code, out, _ = typed("models", "--int8", "m", "--json")
    assert (code, json.loads(out), asked[-1]) == (int(not good), {"int8": {"good": good}}, ("m", ""))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--data", "x"), "quantised.data-without-model"),
        (("--name", "x"), "imports.name-without-file"),
        (("--from", "x"), "download.from-without-download"),
    ],
)
def test_half_of_a_wish_is_refused(typed: Typed, words: tuple[str, ...], code: str) -> None:
    left, out, _ = typed("models", *words, "--json")
    assert (left, json.loads(out)["error"]["code"]) == (2, code)


@pytest.mark.parametrize("passed", [True, False])
def test_an_export_tells_each_stage_once(typed: Typed, monkeypatch: pytest.MonkeyPatch, passed: bool) -> None:
    asked: list[Any] = []

    def run_export(request: Any, tell: Any) -> Any:
        asked.append(request)
        for stage, share in (("load", 0.0), ("convert", 0.25), ("convert", 0.5), ("done", 1.0)):
            tell(stage, share)
        return SimpleNamespace(passed=passed, to_dict=lambda: {"passed": passed})

    monkeypatch.setattr(exporting, "run_export", run_export)
    monkeypatch.setattr(export_words, "report_lines", lambda document: [f"passed: {document['passed']}", "end"])
    code, out, err = typed("export")
    assert (code, out) == (int(not passed), f"passed: {passed}\nend\n")
    assert err.splitlines() == ["  0%  Loading the model", " 25%  Converting to ONNX", "100%  Done"]
    one = asked[0]
    assert (one.model, one.size, one.precision, one.out, one.data, one.opset) == (
        "in-use", "dynamic", "fp32", None, None, 17,
    )  # fmt: skip
    assert typed("export", "--json", "--opset", "11")[0] == int(not passed)
    assert asked[1].opset == 11


def picture(name: str, *, ok: bool = True, recall: float | None = 0.987, error: OcrwebError | None = None) -> Any:
    result = SimpleNamespace(error=error, timing=SimpleNamespace(total=0.126))
    return SimpleNamespace(name=name, ok=ok, recall=recall, boxes=4, result=result)


@pytest.mark.parametrize(("verdict", "code"), [("ok", 0), ("weak", 1), ("environment", 1)])
def test_golden_has_a_line_a_picture_and_a_verdict(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, verdict: str, code: int
) -> None:
    failure = OcrwebError("image.empty")

    def run_golden(request: Any, images: Any, tell: Any) -> Any:
        for one in (picture("a"), picture("b", ok=False, recall=None), picture("c", ok=False, error=failure)):
            tell(one)
        return SimpleNamespace(
            verdict=verdict, model="m", device="CPU", next_step=lambda: "NEXT", to_dict=lambda: {"verdict": verdict}
        )

    monkeypatch.setattr(golden_service, "run_golden", run_golden)
    left, out, _ = typed("golden")
    assert left == code
    assert out.splitlines()[:4] == [
        "✓ a: 4 boxes, recall 0.99, 0.13 s", "✗ b: 4 boxes, 0.13 s", f"✗ c: {failure.message('en')}", "Model m on CPU",
    ]  # fmt: skip
    assert out.splitlines()[-1] == "NEXT"
    assert json.loads(typed("golden", "--json")[1]) == {"verdict": verdict}


def test_golden_keeps_and_forgets_only_when_it_is_told(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    report = SimpleNamespace(verdict="ok", model="m", device="CPU", next_step=lambda: "", to_dict=dict)
    monkeypatch.setattr(golden_service, "run_golden", lambda *_: report)
    monkeypatch.setattr(golden_service, "keep_own_pictures", lambda images: done.append("kept"))
    monkeypatch.setattr(golden_service, "forget_own_pictures", lambda: done.append("forgotten"))
    typed("golden", "--images", "a", "b", "c")
    assert done == []
    assert "from now on" in typed("golden", "--images", "a", "b", "c", "--keep")[1]
    assert "shipped one again" in typed("golden", "--reset")[1]
    assert done == ["kept", "forgotten"]
    assert typed("golden", "--reset", "--json")[1] == "{}\n"
    code, out, _ = typed("golden", "--keep", "--json")
    assert (code, json.loads(out)["error"]["code"]) == (2, "golden.keep-without-images")


@pytest.mark.parametrize(("ok", "last"), [(True, "This machine is ready."), (False, "Something must be mended first")])
def test_the_doctor_marks_each_line_and_advises_where_there_is_something_to_do(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, ok: bool, last: str
) -> None:
    def check(state: str, advice: str) -> Any:
        return SimpleNamespace(state=state, title=lambda: state, detail="D", advice=lambda: advice)

    asked: list[int] = []

    def diagnose_machine(port: int, tell: Any) -> Any:
        asked.append(port)
        for one in (check("ok", ""), check("warn", "A"), check("fail", "B")) if tell else ():
            tell(one)
        return SimpleNamespace(ok=ok, to_dict=lambda: {"ok": ok})

    monkeypatch.setattr(checkup, "diagnose_machine", diagnose_machine)
    code, out, _ = typed("doctor")
    assert (code, out.splitlines()[:-1]) == (
        int(not ok), ["✓ ok: D", "! warn: D", "  → A", "✗ fail: D", "  → B"],
    )  # fmt: skip
    assert out.splitlines()[-1].startswith(last)
    code, out, _ = typed("doctor", "--port", "65535", "--json")
    assert (code, json.loads(out), asked) == (int(not ok), {"ok": ok}, [7860, 65535])


class Child:
    def __init__(self, said: bytes, code: int) -> None:
        self.returncode, self._said = code, said

    def communicate(self) -> tuple[bytes, None]:
        return self._said, None

    def wait(self) -> int:
        return self.returncode


@pytest.mark.parametrize(("left", "code"), [(0, 0), (1, 1), (2, 2), (3, 1), (-9, 1), (-1, 1)])
def test_a_benchmarks_document_is_passed_on_with_a_code_of_ours(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, left: int, code: int
) -> None:
    started: list[Any] = []
    monkeypatch.setattr(
        bench, "start_module", lambda *words, **more: started.append((words, more)) or Child(b'{"a": 1}', left)
    )
    got, out, _ = typed("bench", "detect", "--json", "--rounds", "1")
    assert (got, json.loads(out)) == (code, {"a": 1})
    assert started[0][0] == ("benchmarks.detect", "--rounds", "1", "--json")
    assert started[0][1]["start_new_session"] is True


def test_a_benchmark_without_a_document_is_told_as_that(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "start_module", lambda *_, **__: Child(b"Traceback \xff", 1))
    code, out, _ = typed("bench", "detect", "--json")
    error = json.loads(out)["error"]
    assert (code, error["code"]) == (2, "bench.failed")
    assert "1" in error["message"]


@pytest.mark.parametrize("failure", [KeyboardInterrupt, OcrwebError("bench.failed", name="x", exit_code=1)])
def test_what_ends_a_benchmark_early_ends_all_that_it_started(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    ended: list[Any] = []
    child = Child(b"", 0)

    def wait() -> int:
        raise failure

    child.wait = wait  # type: ignore[method-assign]
    monkeypatch.setattr(bench, "start_module", lambda *_, **__: child)
    monkeypatch.setattr(bench, "end_group", ended.append)
    monkeypatch.setattr("sys.stdout.fileno", lambda: 1, raising=False)
    assert typed("bench", "detect")[0] == (130 if failure is KeyboardInterrupt else 2)
    assert ended == [child]


def test_an_installed_package_has_no_benchmarks(typed: Typed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bench, "CHECKOUT", tmp_path)
    code, out, _ = typed("bench", "--json")
    assert (code, json.loads(out)["error"]["code"]) == (2, "bench.not-here")
    (tmp_path / "benchmarks").mkdir()
    for name in ("b.py", "a.py", "_own.py", "readme.md"):
        (tmp_path / "benchmarks" / name).touch()
    assert typed("bench") == (0, "Benchmarks: a, b\nOptions: ocrweb bench NAME --help\n", "")
    assert json.loads(typed("bench", "-h", "--json")[1]) == {"benchmarks": ["a", "b"]}


def test_their_options() -> None:
    common = {"--engine": "auto", "--precision": "auto", "--device": "auto", "--json": False}
    assert declared("models") == {
        "--download": None, "--from": None, "--import": None, "--name": None, "--int8": None, "--data": None, "--json": False,
    }  # fmt: skip
    assert declared("bench") == {"name": None, "--json": False}
    assert declared("doctor") == {"--port": (7860, 1, 65535), "--json": False}
    assert declared("golden") == {
        "--model": "in-use", "--images": None, "--keep": False, "--reset": False, **common,
    }  # fmt: skip
    assert declared("export") == {
        "--model": "in-use", "--size": "dynamic", "--precision": "fp32", "--out": None, "--data": None,
        "--opset": (17, 11, 19), "--json": False,
    }  # fmt: skip
