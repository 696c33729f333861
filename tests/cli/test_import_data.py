"""`ocrweb import`: what is printed of a report, and what contradicts what."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.cli import autolabel, import_data, resize, sample_data
from ocrweb.data.formats.report import Account, ImportReport, Problem
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets import autolabel as labelling
from ocrweb.services.datasets import importing, tools, validation
from ocrweb.services.datasets import sample_data as drawing
from ocrweb.services.root.backup import pack as packing
from tests.cli.conftest import Typed
from tests.cli.options import declared

NONE = dict.fromkeys(("clipped", "reduced", "reordered"), 0)


def report(**changes: Any) -> ImportReport:
    usual: dict[str, Any] = {
        "format": "coco", "pictures": 3, "train": 2, "test": 1, "boxes": 8, "ignored": 0, "empty": 0, "split": "seeded",
        "all_ignored": False, "guessed": False, "adjusted": NONE,
        "counts": {"outside": 0, "broken": 0, "unlabelled": 0, "scanned": 0}, "problems": (), "out": "OUT",
    }  # fmt: skip
    return ImportReport(**{**usual, **changes})


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Any:
    asked = SimpleNamespace(report=report(), calls=[])

    def answer(sources: Any, out: Any, options: Any, progress: Any) -> ImportReport:
        asked.calls.append((sources, out, options, progress))
        return asked.report  # type: ignore[no-any-return]

    def export(source: Any, out: Any, to: str, options: Any) -> Any:
        asked.calls.append((source, out, to))
        return SimpleNamespace(pictures=3, boxes=8, files=(Path("a"), Path("b")), folder=out), asked.report

    monkeypatch.setattr(importing, "import_sources", answer)
    monkeypatch.setattr(tools, "export_labels", export)
    nothing = SimpleNamespace(findings=(), to_dict=lambda: {"findings": []})
    monkeypatch.setattr(validation, "validate", {"OUT": nothing}.__getitem__)
    return asked


NEXT = "Check it with: `ocrweb validate OUT`    Train with it: `ocrweb train -o dataset=OUT`"


def test_a_plain_import_is_two_lines(typed: Typed, given: Any) -> None:
    assert typed("import", "in", "--out", "OUT") == (
        0, f"coco: 3 pictures (2 train, 1 test) with 8 boxes imported to OUT.\n{NEXT}\n", "",
    )  # fmt: skip
    ((sources, out, _, progress),) = given.calls
    assert (sources, out, progress) == ([Path("in")], Path("OUT"), None)


def test_a_dry_run_says_what_would_be_and_names_no_next_step(typed: Typed, given: Any) -> None:
    given.report = report(out=None)
    assert typed("import", "in", "--dry-run") == (
        0, "coco: 3 pictures (2 train, 1 test) with 8 boxes would be imported. Nothing was written.\n", "",
    )  # fmt: skip


def test_all_that_was_met_is_told_in_its_order(typed: Typed, given: Any) -> None:
    many = [Problem("missing", f"{number}.txt", "x.jpg") for number in range(5)]
    given.report = report(
        ignored=1, empty=2, adjusted={**NONE, "clipped": 3}, guessed=True, all_ignored=True,
        counts={"outside": 0, "broken": 1, "unlabelled": 1, "scanned": 4, "missing": 9},
        problems=(*many[:3], Problem("broken", "b.jpg", "why"), *many[3:]),
        account=Account(pictures=12, pages=4, lines=30), ignored_because={"###": 5, "difficult": 1}, autolabel="ocrweb autolabel x",
    )  # fmt: skip
    code, out, err = typed("import", "in", "--out", "OUT")
    assert (code, err) == (1, "")
    assert out.splitlines()[1:] == [
        "  1 box is ignored", "  2 pictures have no text", "  3 boxes stuck out of their picture and were cut at its edge",
        "  read 4 pages with 30 lines of text; each page is drawn as 2 pictures",
        "  ignored because of: ### (5), difficult (1); --not-ignored MARK takes one as text, --ignore WORD ignores more",
        "These are a model's predictions that nobody has confirmed.",
        "Every box is marked ### (to be ignored). If that only means that nobody typed the text, add --ignored-as-text.",
        *(f"! {number}.txt: the picture x.jpg was not found; its labels are left out." for number in range(3)), "! b.jpg: cannot be read (why) and is left out.",
        "  … and 6 more of this kind", NEXT, "4 pages are scans, which a model labels: `ocrweb autolabel x`",
    ]  # fmt: skip


def test_three_problems_of_a_kind_are_all_of_them(typed: Typed, given: Any) -> None:
    given.report = report(
        counts={"outside": 0, "missing": 3}, problems=tuple(Problem("missing", f"{n}.txt", "x.jpg") for n in range(3))
    )
    code, out, _ = typed("import", "in", "--out", "OUT")
    assert (code, out.count("! "), "more of this kind" in out) == (1, 3, False)


def test_options_reach_the_import(typed: Typed, given: Any) -> None:
    words = [
        "--val-ratio",
        "0.3",
        "--seed",
        "7",
        "--ignored-as-text",
        "--labels-on",
        "stored",
        "--ignore",
        "x",
        "--ignore-mark",
        "y",
    ]
    typed("import", "a", "b", "--out", "OUT", "--format", "coco", *words, "--not-ignored", "###", "--looks", "clean")
    assert given.calls[0][2] == importing.ImportOptions("coco", 0.3, 7, True, "stored", ("x", "y"), ("###",), "clean")
    typed("import", "a", "--out", "OUT")
    assert given.calls[1][2] == importing.ImportOptions("auto", None, 0, False, "auto", (), (), "both")


def test_labels_for_another_tool(typed: Typed, given: Any) -> None:
    assert typed("import", "in", "--to", "coco", "--out", "OUT") == (0, "3 pictures with 8 boxes written: a, b\n", "")
    assert given.calls == [(Path("in"), Path("OUT"), "coco")]
    given.report = report(counts={"missing": 1, "outside": 0}, problems=(Problem("missing", "1.txt", "x.jpg"),))
    code, out, _ = typed("import", "in", "--to", "coco", "--out", "OUT", "--json")
    document = json.loads(out)
    assert (code, document["out"], document["files"], len(document["problems"])) == (1, "OUT", ["a", "b"], 1)
    code, out, _ = typed("import", "in", "--to", "coco", "--out", "OUT")
    assert (code, out.splitlines()[0]) == (1, "! 1.txt: the picture x.jpg was not found; its labels are left out.")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("a",), "formats.out-or-dry-run"), (("a", "--out", "o", "--dry-run"), "formats.out-or-dry-run"),
        (("a", "--dry-run", "--to", "coco"), "usage.bad-value"), (("a", "b", "--out", "o", "--to", "coco"), "usage.bad-value"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_refused_before_anything_is_read(
    typed: Typed, given: Any, words: tuple[str, ...], code: str
) -> None:
    left, out, _ = typed("import", *words, "--json")
    assert (left, json.loads(out)["error"]["code"], given.calls) == (2, code, [])


@pytest.mark.parametrize("module", [autolabel, resize, sample_data])
def test_the_line_of_progress_ends_with_the_last_one(module: Any, capsys: pytest.CaptureFixture[str]) -> None:
    for done in (1, 2):
        module._progress(done, 2)
    said = capsys.readouterr()
    assert (said.out, said.err.count("\r"), said.err.count("\n"), said.err[-1]) == ("", 2, 1, "\n")
    assert "1/2" in said.err.split("\r")[1]


def test_imports_have_such_a_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    tell = import_data._progress()
    tell(1, 2)
    assert not capsys.readouterr().err.endswith("\n")
    tell(2, 2)
    assert capsys.readouterr().err.endswith("\n")


def resized(**changes: Any) -> Any:
    numbers = {"pictures": 9, "resized": 4, "boxes": 20, "too_small_before": 1, "too_small": 1, "too_small_below": 8.0}
    usual = {"root": "R", "worst": "w.jpg", "dropped": [], "backup": None}
    made = SimpleNamespace(**{**numbers, **usual, **changes})
    made.to_dict = lambda: {name: getattr(made, name) for name in numbers}
    return made


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ({}, []),
        ({"too_small": 2}, ["Most of them are in w.jpg; a larger --max-side keeps more text."]),
        ({"too_small": 2, "worst": ""}, []),
        ({"dropped": [1, 2]}, ["2 boxes were so thin that nothing is left of them; they are taken out."]),
        ({"backup": "B"}, ["The dataset as it was lies in B; --undo puts it back."]),
    ],
    ids=str,
)
def test_resize_says_what_became_of_the_text(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], lines: list[str]
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(tools, "resize", lambda *given: asked.append(given) or resized(**changes))
    code, out, err = typed("resize", "d", "--in-place")
    assert (code, err, asked) == (0, "", [(Path("d"), 640, None, None)])
    small = changes.get("too_small", 1)
    assert out.splitlines() == [
        "4 of 9 pictures shrunk to at most 640 pixels, their labels with them: R",
        f"{small} of 20 boxes {'is' if small == 1 else 'are'} lower than 8 pixels now (before: 1); training learns nothing from them.", *lines,
    ]  # fmt: skip
    assert json.loads(typed("resize", "d", "--out", "o", "--max-side", "800", "--json")[1])["boxes"] == 20
    assert asked[-1] == (Path("d"), 800, Path("o"), None)


@pytest.mark.parametrize(
    "words", [(), ("--out", "o", "--in-place"), ("--in-place", "--undo"), ("--out", "o", "--undo")]
)
def test_resize_takes_one_of_three_ways(typed: Typed, words: tuple[str, ...]) -> None:
    code, out, _ = typed("resize", "d", *words, "--json")
    assert (code, json.loads(out)["error"]["code"]) == (2, "formats.exactly-one")


def test_a_resize_is_taken_back(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "undo_resize", lambda dataset: Path("R"))
    assert typed("resize", "d", "--undo") == (0, "R is as it was before.\n", "")
    assert json.loads(typed("resize", "d", "--undo", "--json")[1]) == {"undone": "R"}


@pytest.mark.parametrize("where", [None, "deep/bad.png"])
def test_autolabel_names_what_could_not_be_used_once(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, where: str | None
) -> None:
    numbers = {"model": "m", "boxes": 5, "pictures": 2, "empty": 1, "out": "O", "unsure": 3, "sure_from": 0.85}
    failed = [("bad.png", OcrwebError("image.empty", where=where))]
    made = SimpleNamespace(failed=failed, out=Path("O"), to_dict=lambda: {**numbers, "failed": [], "cancelled": False})
    asked: list[Any] = []
    monkeypatch.setattr(labelling, "auto_label", lambda *given: asked.append(given) or made)
    code, out, err = typed("autolabel", "p", "--out", "O", "--margin", "0.5")
    assert code == 1
    assert out.splitlines()[0].startswith("m found 5 boxes in 2 pictures (1 without text): O. 3 boxes score under 0.85")
    assert "O/train_images" in out.splitlines()[2]
    assert err.startswith(f"! {where or 'bad.png'}: ")
    assert err.count("bad.png") == 1
    request, where_to, progress = asked[0]
    assert (request.margin, where_to, progress) == (0.5, Path("O"), None)
    made.failed = []
    assert typed("autolabel", "p", "--out", "O", "--json")[0] == 0


def test_sample_data_says_what_it_drew_and_what_comes_next(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    made = SimpleNamespace(
        train=2, test=1, path="P", to_dict=lambda: {"path": "P", "train": 2, "test": 1, "seconds": 0.5}
    )
    asked: list[Any] = []
    monkeypatch.setattr(drawing, "make_sample_data", lambda *given: asked.append(given) or made)
    code, out, _ = typed("sample-data", "--out", "P")
    assert (code, out.splitlines()[0]) == (0, "3 pages (2 train, 1 test) in P, 0.5 s")
    assert out.splitlines()[1] == "Check it with: `ocrweb validate P`    Train with it: `ocrweb train -o dataset=P`"
    assert asked == [(Path("P"), 40, 10, 0, None)]


def test_their_options() -> None:
    assert declared("import") == {
        "sources": "required", "--out": None, "--format": "auto", "--to": "dataset", "--val-ratio": None, "--seed": 0,
        "--ignored-as-text": False, "--labels-on": "auto", "--ignore": None, "--not-ignored": None, "--looks": "both",
        "--dry-run": False, "--json": False,
    }  # fmt: skip
    assert declared("resize") == {
        "dataset": "required", "--max-side": 640, "--out": None, "--in-place": False, "--undo": False, "--json": False,
    }  # fmt: skip
    assert declared("autolabel") == {
        "images": "required", "--out": "required", "--model": "in-use", "--margin": 0.25, "--engine": "auto",
        "--device": "auto", "--json": False,
        "--cluster": None, "--shard-size": (None, 1, None), "--actor-cores": (None, 1, None),
    }  # fmt: skip
    assert declared("sample-data") == {"--out": "required", "--train": 40, "--test": 10, "--seed": 0, "--json": False}


WORKERS = {
    "autolabel": (labelling, "auto_label", ("p", "--out", "O")),
    "import": (importing, "import_sources", ("in", "--out", "OUT")),
    "resize": (tools, "resize", ("d", "--in-place")),
    "sample-data": (drawing, "make_sample_data", ("--out", "P")),
    "backup": (packing, "back_up", ("--out", "B")),
}


@pytest.mark.parametrize("command", WORKERS)
@pytest.mark.parametrize(
    ("terminal", "json_too", "told"), [(True, False, True), (True, True, False), (False, False, False), (False, True, False)]
)  # fmt: skip
def test_how_far_it_is_is_told_on_a_terminal_that_waits_for_no_document(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, command: str, terminal: bool, json_too: bool, told: bool
) -> None:
    service, name, words = WORKERS[command]
    asked: list[Any] = []

    def work(*given: Any) -> Any:
        asked.append(given[-1])
        raise OcrwebError("image.empty")

    monkeypatch.setattr(service, name, work)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    assert typed(command, *words, *["--json"] * json_too)[0] == 2
    assert [one is not None for one in asked] == [told]
