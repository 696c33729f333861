"""Whatever a client sends as the value of a field, the answer has a code and tells nothing of the server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from gradio import EventData
from gradio.state_holder import SessionState

from ocrweb.errors import OcrwebError
from ocrweb.services.datasets import work as dataset_work
from ocrweb.services.datasets.sample_data import make_sample_data
from ocrweb.services.exporting import run as exporting
from ocrweb.ui.guard.values import (
    LARGEST,
    LONG_FIELDS,
    LONGEST_TEXT,
    GuardedPage,
    _wrong_kind,
    check,
    is_endpoint,
    with_defaults,
)
from tests.browser import Console
from tests.own_loop import run_async
from tests.page_config import ask, events_of, page_config

HOSTILE = {"null": None, "climbing": "../..", "absolute": "/etc", "turning": "a\u202egpj.exe"}
NUMBERS = (gr.Number, gr.Slider, gr.Checkbox)
FIELDS = (gr.Textbox, gr.Dropdown, gr.Radio, gr.CheckboxGroup, gr.BrowserState, gr.Number, gr.Slider, gr.Checkbox)
CODE = re.compile(r"[a-z]+\.[a-z-]+")
FAULT = re.compile(r"no code|usage\.internal|ocrweb itself failed|Traceback|site-packages|Errno")


@pytest.fixture
def page(built_page: gr.Blocks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> gr.Blocks:
    """The page of all tests, over a data root of this test's own."""
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("OCRWEB_LANG", "en")
    return built_page


def answer(page: gr.Blocks, session: SessionState, function: Any, place: int, value: Any) -> str:
    """What the page says when one value is of another's choice and the rest is as at its start."""
    data = [None if block.stateful else getattr(block, "value", None) for block in function.inputs]
    data[place] = value
    told = {"request": gr.Request(session_hash="walk", headers={}), "event_data": EventData(None, None)}  # as over HTTP
    try:
        return str(run_async(partial(page.process_api, function, data, state=session, **told))["data"])
    except gr.Error as refused:
        return f"{refused} no code" if not CODE.search(str(refused)) else str(refused)


def fields(function: Any) -> Iterator[tuple[int, str]]:
    """Places and names of values; of a long form fewer, because all of its fields go the same way."""
    places = [place for place, block in enumerate(function.inputs) if isinstance(block, FIELDS) and not block.stateful]
    long = len(places) > 20
    texts = [place for place in places if not isinstance(function.inputs[place], NUMBERS)]
    if long:
        texts = [place for place in texts if place in texts[:2] or isinstance(function.inputs[place], gr.Textbox)]
    for place in texts:
        yield from ((place, name) for name in (("null", "climbing") if long else HOSTILE))
    yield from ((place, "null") for place in [place for place in places if place not in texts][: 1 if long else None])


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a button begins goes on after its answer: a few pages are drawn there, and an export is called off."""

    def few(folder: Path, train: int, test: int, *rest: Any) -> Any:
        return make_sample_data(folder, 1, 1, *rest)

    def called_off(*_: Any) -> None:
        raise OcrwebError("export.cancelled")

    monkeypatch.setattr(dataset_work, "make_sample_data", few)
    monkeypatch.setattr(exporting, "run_child", called_off)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("brief")
def test_no_value_of_any_field_is_a_fault_of_the_program(page: gr.Blocks, tmp_path: Path) -> None:
    """Of texts those that `check` lets pass: it knows the fields' kinds, the handlers what they mean."""
    wrong, tries, session = [], 0, SessionState(page)  # one for all: making it takes longer than an answer
    for function in page.fns.values():
        for place, name in fields(function) if function.fn else ():
            tries += 1
            said = answer(page, session, function, place, HOSTILE[name])
            if FAULT.search(said):
                block = function.inputs[place]
                wrong.append(f"{function.name} {block.get_block_name()} {block.elem_id} {name}: {said[-200:]}")
    assert not wrong, f"{len(wrong)} of {tries}\n" + "\n".join(wrong[:30])
    assert tries > 250
    assert not list((tmp_path / ".ocrweb").glob("reports/*"))


@pytest.mark.parametrize(
    ("block", "value", "fits"),
    [
        (gr.Textbox(), "x" * LONGEST_TEXT, True), (gr.Textbox(), "x" * (LONGEST_TEXT + 1), False), (gr.Textbox(), "a\0", False),
        (gr.Textbox(), ["a"], False), (gr.Textbox(max_length=2**20), "a\0" * 9000, True), (gr.Dropdown(["a"]), ["a"], False),
        (gr.Dropdown(["a"], multiselect=True), ["a"], True), (gr.Number(), float("nan"), False), (gr.Number(), "7", False),
        (gr.Number(), 2 * LARGEST, False), (gr.Number(), True, False), (gr.Slider(0, 1), 0.5, True), (gr.Checkbox(), "yes", False),
        (gr.Number(), None, True), (gr.Dataset(samples=[["a"]]), 0, True), (gr.Dataset(samples=[["a"]]), 1, False),
        (gr.Dataset(samples=[["a"]]), None, False), (gr.Dataset(samples=[["a"]]), True, False), (gr.UploadButton(), None, False),
        (gr.UploadButton(), "x", True), (gr.Dataset(samples=[["a"]]), -1, False), (gr.Dataset(samples=[["a"]]), 0.0, False),
        (gr.Number(), LARGEST, True), (gr.Number(), -LARGEST, True), (gr.Number(), -2 * LARGEST, False), (gr.Number(), float("inf"), False),
        (gr.Number(), [1], False), (gr.Slider(0, 1), True, False), (gr.Checkbox(), 1, False), (gr.Checkbox(), False, True),
        (gr.CheckboxGroup(["a"]), ["a", 1, True], True), (gr.CheckboxGroup(["a"]), "a", False), (gr.CheckboxGroup(["a"]), ["a\0"], False),
        (gr.CheckboxGroup(["a"]), [["a"]], False), (gr.Radio(["a"]), "a", True), (gr.Radio(["a"]), 2, True), (gr.Radio(["a"]), False, True),
        (gr.Radio(["a"]), {"a": 1}, False), (gr.Radio(["a"]), "x" * (LONGEST_TEXT + 1), False), (gr.Dropdown(["a"], multiselect=True), "a", False),
        (gr.Textbox(), "\ud800", False), (gr.Textbox(), "\ue000", True), (gr.Textbox(max_length=5), "x" * LONGEST_TEXT, True),
        (gr.Textbox(max_length=9000), "x" * 9000, True), (gr.Textbox(max_length=9000), "x" * 9001, False),
        (gr.Textbox(max_length=9000), "\0", False), (gr.Textbox(max_length=LONG_FIELDS), "\0", True), (gr.State(), object(), True),
        (gr.BrowserState(), ["any"], True), (gr.HTML(), {"any": 1}, True),
    ],
)  # fmt: skip
def test_a_value_is_of_the_kind_of_its_field(block: Any, value: Any, fits: bool) -> None:
    if fits:
        check(block, value)
    else:
        with pytest.raises(OcrwebError, match=r"usage\.bad-field"):
            check(block, value)


def test_a_wrong_value_is_told_by_the_name_of_its_field_when_it_has_one() -> None:
    kept = gr.BrowserState()
    kept.holds_name = True  # type: ignore[attr-defined]
    check(kept, "a name")
    for block, told in (
        (gr.Number(elem_id="side", label="Side"), " (side)"),
        (gr.Number(label="Side"), " (Side)"),
        (gr.Number(), " (Number)"),
        (kept, ""),
    ):
        with pytest.raises(OcrwebError) as refused:
            check(block, ["x"])
        assert refused.value.params["field"] in (told, "")


def test_what_a_program_leaves_out_takes_its_default_and_files_are_marked_as_ones() -> None:
    box, number = gr.Textbox("usual"), gr.Number(3)
    assert with_defaults([box, number, box], ["a"]) == ["a", None, "usual"]
    assert with_defaults([box, number], [None, None]) == ["usual", None]
    assert with_defaults([box], ["a", "too many"]) == ["a"]
    marked = {"meta": {"_type": "gradio.FileData"}, "path": "/a"}
    file = gr.File()
    assert with_defaults([file], [{"path": "/a"}]) == [marked]
    assert with_defaults([file], [[{"path": "/a"}, {"path": 7}, "x"]]) == [[marked, {"path": 7}, "x"]]
    own = {"path": "/a", "meta": {"_type": "other"}}
    assert with_defaults([file], [own]) == [own]


def test_a_handler_gets_what_was_sent_of_an_emptied_text_the_empty_one_and_of_an_emptied_number_nothing() -> None:
    got: list[tuple[Any, ...]] = []

    def handler(*values: Any) -> None:
        got.append(values)

    with GuardedPage() as page:
        fields = [gr.Textbox("usual"), gr.Number(3), gr.Checkbox(True), gr.Dropdown(["a", "b"], value="b")]
        for visible in ("public", "private"):
            fields[0].change(handler, fields, None, api_visibility=visible, api_name=f"ask_{visible}")
    for function in page.fns.values():
        for sent in (["文 a", 7, False, "a"], [None] * 4):
            run_async(partial(page.process_api, function, sent, state=SessionState(page)))
    assert got[0] == got[2] == ("文 a", 7, False, "a")
    assert got[1] == ("usual", None, None, None), "a program that leaves a text out"
    assert got[3] == ("", None, None, None), "a visitor who emptied it"


def test_an_error_is_plain_for_a_program_and_html_for_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_LANG", "en")

    def refused(_: str) -> str:
        raise OcrwebError("config.dataset-missing", path="<b>")

    with GuardedPage() as page:
        text = gr.Textbox("a")
        for visible in ("public", "private"):
            text.change(refused, text, text, api_visibility=visible, api_name=f"ask_{visible}")
    said = {}
    for function in page.fns.values():
        told = {"request": [gr.Request(session_hash="walk", headers={"accept-language": "zh"})]}
        with pytest.raises(gr.Error) as failed:
            run_async(partial(page.process_api, function, ["b"], state=SessionState(page), **told))
        said[is_endpoint(function)] = failed.value
    assert said[True].title == "config.dataset-missing"
    assert said[False].title != "config.dataset-missing"
    assert "[config.dataset-missing]" in str(said[True])
    assert "<b>" not in str(said[False])
    assert re.search("[\u4e00-\u9fff]", str(said[True]))


@pytest.mark.parametrize("failure", [OSError(5, "Input/output error", "/srv/secret/place"), KeyError("secret")])
def test_an_exception_of_a_handler_is_told_with_a_code_and_kept_for_the_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))

    def broken(_: str) -> str:
        raise failure

    with GuardedPage() as page:
        text = gr.Textbox("a")
        text.change(broken, text, text)
    said = answer(page, SessionState(page), page.fns[0], 0, "b")
    assert "usage.internal" in said
    assert "secret" not in said + str(tmp_path.name)
    assert len(list(tmp_path.glob(".ocrweb/reports/*"))) == 1


@pytest.mark.slow
def test_over_http_a_wrong_value_is_refused_with_its_code(console: Console) -> None:
    (event,) = (one for one in events_of(page_config(console)) if one.name == "validate")
    wrong = (
        (["a"], "usage.bad-field"),
        ("a\0b", "usage.bad-field"),
        ("a" * 3000, "usage.bad-name"),
        ("a\u202eb", "usage.bad-name"),
    )
    for number, (value, code) in enumerate(wrong):
        assert code in ask(console, event.with_input(0, value, f"wrong{number}"))


@pytest.mark.parametrize(("lang", "words"), [("en", "notes.txt"), ("zh", "此处不接受“notes.txt”这类文件")])
def test_a_file_of_a_kind_that_the_field_does_not_take_is_refused_by_its_name(
    page: gr.Blocks, tmp_path: Path, lang: str, words: str
) -> None:
    function = next(each for each in page.fns.values() if [block.elem_id for block in each.inputs] == ["dataset-zip"])
    upload = tmp_path / "notes.txt"
    upload.write_bytes(b"x")
    value = {"path": str(upload), "orig_name": upload.name, "meta": {"_type": "gradio.FileData"}}
    request = gr.Request(session_hash="walk", headers={"accept-language": lang})
    with pytest.raises(gr.Error) as refused:
        run_async(partial(page.process_api, function, [value], state=SessionState(page), request=request))
    assert "[usage.file-kind]" in str(refused.value)
    assert words in str(refused.value)
    assert ".zip" in str(refused.value)
    assert str(tmp_path) not in str(refused.value)


@pytest.mark.parametrize(
    ("kinds", "given", "told"),
    [
        (["image", ".bmp"], {"path": "/x/notes.txt"}, ("notes.txt", "JPG, PNG, BMP .bmp")),
        ([".zip"], {"path": "/x/0a", "orig_name": "照片.rar"}, ("照片.rar", ".zip")),
        ([".zip"], [{"path": "/x/a.zip"}, {"path": "/x/b.rar"}], ("b.rar", ".zip")),
        ([".zip"], [{"path": "/x/a.zip"}, "text", {}], None),
        (None, {"path": "/x/a.exe"}, None),
    ],
    ids=["pictures", "by its own name", "the second of two", "nothing wrong", "a field for anything"],
)
def test_a_file_of_a_wrong_kind_is_told_with_what_its_field_takes(
    kinds: list[str] | None, given: Any, told: tuple[str, str] | None
) -> None:
    blocks = [gr.Textbox(), gr.File(file_types=kinds, file_count="multiple")]
    error = _wrong_kind(blocks, ["a", given])
    assert (error.params.get("file"), error.params.get("fits")) == (told or (None, None))
    assert error.code == ("usage.file-kind" if told else "usage.bad-field")


def test_what_the_framework_cannot_read_is_refused_with_a_code_and_a_code_of_ours_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OCRWEB_LANG", "en")

    def unreadable(_: Any) -> Any:
        raise failures[0]

    with GuardedPage() as page:
        field = gr.HTML()
        field.preprocess = unreadable  # type: ignore[method-assign]
        field.change(str, field, None)
    for failure, code in (
        (ValueError("secret"), "usage.bad-field"),
        (gr.Error("secret"), "usage.bad-field"),
        (OcrwebError("access.bad-url", url="u"), "access.bad-url"),
    ):
        failures = [failure]
        with pytest.raises(gr.Error) as refused:
            run_async(partial(page.process_api, page.fns[0], ["a"], state=SessionState(page)))
        assert f"[{code}]" in str(refused.value)
        assert "secret" not in str(refused.value)


def test_a_sentence_that_a_handler_raises_for_the_visitor_stays_as_it_is() -> None:
    def says(_: str) -> str:
        raise gr.Error("as it is")

    with GuardedPage() as page:
        text = gr.Textbox("a")
        text.change(says, text, text)
    with pytest.raises(gr.Error, match="as it is"):
        run_async(partial(page.process_api, page.fns[0], ["b"], state=SessionState(page)))
