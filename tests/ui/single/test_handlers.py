"""What the widgets of the tab of single pictures do, without a browser or a network."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from ocrweb.config.detection import DecodeOptions
from ocrweb.errors import OcrwebError
from ocrweb.services.detect.detection import Detection
from ocrweb.ui.single import document as single_document
from ocrweb.ui.single import tab as single_tab
from ocrweb.ui.single import view as single
from tests.ui.desk import Desk

FULL = OcrwebError("usage.disk-full", path="/data")


def refused(name: str) -> DecodeOptions:
    raise OcrwebError("model.unknown", name=name, nearest="–")


class Answered(Detection):
    """A detection without pixels."""

    def __init__(self, model: str, pages: int = 1) -> None:
        result = SimpleNamespace(model=model, to_dict=lambda lang: {"model": model, "lang": lang})
        for name, value in (("handle", f"handle of {model}"), ("result", result), ("pages", pages)):
            object.__setattr__(self, name, value)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Any]:
    """What was detected: path, page, request; what was asked again: the settings; what was saved: the folder."""
    calls: list[Any] = []
    shown = tmp_path / "shown.png"
    for name in ("shown.png", "a_result.png", "a.json"):
        (tmp_path / name).write_bytes(b"x")

    def detect(path: Path, wanted: Any, *, shown: str, number: int, cancel: Any) -> Detection:
        calls.append((path, number, wanted))
        return Answered(wanted.model, 3 if path.suffix == ".pdf" else 1)

    def redecode(handle: str, decode: Any) -> Detection:
        calls.append((handle, decode))
        return Answered("ppocrv6-small")

    def save(handle: Any, result: Any, folder: Any) -> Any:
        calls.append(folder)
        return SimpleNamespace(visualization=tmp_path / "a_result.png", json=tmp_path / "a.json")

    monkeypatch.setattr(single.detection, "detect_picture", detect)
    monkeypatch.setattr(single.detection, "redecode", redecode)
    monkeypatch.setattr(single.detection, "save_detection", save)
    monkeypatch.setattr(single.detection, "picture", lambda handle: handle)
    monkeypatch.setattr(single.scratch, "show", lambda pixels: str(shown))
    monkeypatch.setattr(single, "new_output_folder", lambda: f"folder {len(calls)}")
    monkeypatch.setattr(single, "detected", lambda result: (result.model,))
    monkeypatch.setattr(single, "map_address", lambda handle: "map")
    monkeypatch.setattr(single, "summary_line", lambda result, lang: f"found by {result.model}")
    monkeypatch.setattr(single, "viewer", lambda file, layers, lang: f"{layers.boxes} {layers.other}")
    monkeypatch.setattr(single, "Layers", lambda boxes, name, other, map: SimpleNamespace(boxes=boxes, other=other))
    return calls


def test_the_page_opens_with_the_model_named_and_nothing_found(desk: Desk) -> None:
    assert "ocrweb-note" in desk["single-result"]
    assert "<svg" in desk["single-threshold-means"]
    assert "ppocrv6-small" in desk["single-chosen-model"]
    desk.click("single-start")
    assert "ocrweb-warning" in desk["single-result"]
    assert not desk.look("single-page")


def test_the_sliders_open_with_what_the_model_in_use_was_made_for(
    built_page: gr.Blocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = Desk(built_page)
    card = DecodeOptions(threshold=0.4, box_threshold=0.7, unclip_ratio=2.5, max_candidates=77)
    monkeypatch.setattr(single, "model_at_first", lambda: "mine")
    monkeypatch.setattr(single, "check_model", lambda name: name)
    monkeypatch.setattr(single, "model_decode_options", lambda name: card)
    desk = Desk(built_page)
    assert desk["single-threshold"] == 0.4
    assert [desk[f"single-{name}"] for name in single_tab.ADVANCED] == [getattr(card, n) for n in single_tab.ADVANCED]
    monkeypatch.setattr(single, "model_decode_options", refused)
    assert Desk(built_page)["single-threshold"] == usual["single-threshold"]


def test_no_event_of_the_opening_changes_what_a_visitor_may_have_asked_for(desk: Desk, asked: list[Any]) -> None:
    desk.enter("single-picture", "/x/a.png")
    desk.put("single-model", "mine")
    desk.put("single-threshold", 0.45)
    before = dict(desk.values)
    desk.event(desk.page, "load")
    changed = {desk.page.blocks[number].elem_id for number, value in desk.values.items() if before[number] is not value}
    assert not {name for name in changed if str(name).startswith("single-")}


def test_a_picture_is_detected_at_once_with_what_the_knobs_say_and_saved_after(desk: Desk, asked: list[Any]) -> None:
    desk.put("single-limit-side", 960.0)
    desk.put("single-box_threshold", 0)
    desk.enter("single-picture", "/x/a.png")
    path, number, wanted = asked[0]
    assert (path, number, wanted.model, wanted.resize.limit_side) == (Path("/x/a.png"), 1, "ppocrv6-small", 960)
    assert desk["single-result"] == "found by ppocrv6-small"
    assert desk["single-json"] == {"model": "ppocrv6-small", "lang": "en"}
    assert asked[1] == "folder 1"
    assert desk["single-save-json"].endswith("a.json")
    assert desk.look("single-save-json", "interactive")
    assert desk.look("single-save-picture", "interactive")
    assert not desk.look("single-page")
    desk.put("single-limit-side", None)
    desk.click("single-start")
    assert asked[2][2].resize is None

    desk.enter("single-picture", None)
    assert "ocrweb-note" in desk["single-result"]
    assert (desk["single-boxes"], desk["single-json"]) == ("", None)
    assert not desk.look("single-save-json", "interactive")


def test_settings_are_tried_on_the_kept_map_and_saved_in_the_same_folder(desk: Desk, asked: list[Any]) -> None:
    desk.event("single-threshold", "release")
    assert asked == []
    desk.enter("single-picture", "/x/a.png")
    desk.put("single-threshold", 0.45)
    desk.event("single-threshold", "release")
    handle, decode = asked[2]
    assert (handle, decode.threshold) == ("handle of ppocrv6-small", 0.45)
    assert asked[1] == asked[3] == "folder 1"


def test_another_model_makes_the_result_stale_and_its_own_lies_beside_it(
    desk: Desk, asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single, "check_model", lambda name: name)
    monkeypatch.setattr(single, "model_decode_options", lambda name: DecodeOptions(threshold=0.5))
    desk.enter("single-picture", "/x/a.png")
    assert desk["single-boxes"] == "('ppocrv6-small',) None"
    desk.enter("single-model", "mine")
    assert "ocrweb-warning" in desk["single-stale"]
    assert "mine" in desk["single-chosen-model"]
    desk.enter("single-model", "ppocrv6-small")
    assert desk["single-stale"] == ""
    desk.put("single-model", "mine")
    desk.click("single-start")
    assert desk["single-boxes"] == "('mine',) ('ppocrv6-small', ('ppocrv6-small',))"
    desk.click("single-start")
    assert desk["single-boxes"] == "('mine',) ('ppocrv6-small', ('ppocrv6-small',))"
    desk.enter("single-picture", "/x/b.png")
    assert desk["single-boxes"] == "('mine',) None"


def test_a_model_that_is_chosen_while_another_ones_answer_is_on_its_way_is_told_apart_from_it(
    desk: Desk, asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single, "check_model", lambda name: name)
    monkeypatch.setattr(single, "model_decode_options", lambda name: DecodeOptions())
    answer = single.detection.detect_picture

    def chosen_meanwhile(path: Path, wanted: Any, **more: Any) -> Detection:
        found = answer(path, wanted, **more)
        desk.enter("single-model", "mine")
        return found

    monkeypatch.setattr(single.detection, "detect_picture", chosen_meanwhile)
    desk.enter("single-picture", "/x/a.png")
    assert desk["single-result"] == "found by ppocrv6-small"
    assert "ocrweb-warning" in desk["single-stale"]
    assert desk["single-json"]["model"] == "ppocrv6-small"
    desk.click("single-start")
    assert desk["single-stale"] == ""


def test_pages_of_a_document_are_looked_at_in_place_of_a_picture(desk: Desk, asked: list[Any]) -> None:
    desk.enter("single-picture", "/x/a.png")
    desk.upload("single-open-document", "/x/b.pdf")
    assert desk["single-picture"] is None
    assert desk["single-result"] == "found by ppocrv6-small"
    assert desk.look("single-page")
    detections = [call for call in asked if isinstance(call, tuple) and isinstance(call[0], Path)]
    assert [(path.name, number) for path, number, _ in detections] == [("a.png", 1), ("b.pdf", 1)]
    desk.put("single-page", 2)
    desk.event("single-page", "input")
    assert (asked[-2][0].name, asked[-2][1]) == ("b.pdf", 2)
    desk.enter("single-picture", "/x/c.png")
    assert not desk.look("single-page")


def test_what_is_no_document_stays_said_when_the_picture_before_it_goes(
    desk: Desk, asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any, **__: Any) -> Any:
        raise OcrwebError("document.damaged")

    desk.enter("single-picture", "/x/a.png")
    monkeypatch.setattr(single.detection, "detect_picture", refused)
    desk.upload("single-open-document", "/x/b.pdf")
    assert desk["single-picture"] is None
    assert "ocrweb-problem" in desk["single-result"]
    assert not desk.look("single-page")
    desk.enter("single-picture", "/x/c.png")
    desk.enter("single-picture", None)
    assert "ocrweb-note" in desk["single-result"]


def test_what_fails_is_said_and_leaves_nothing_to_save(
    desk: Desk, asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any, **__: Any) -> Any:
        raise FULL

    save = single.detection.save_detection
    monkeypatch.setattr(single.detection, "save_detection", refused)
    desk.enter("single-picture", "/x/a.png")
    assert desk["single-result"] == "found by ppocrv6-small"
    assert "No space is left" in desk["single-unsaved"]
    assert not desk.look("single-save-json", "interactive")
    monkeypatch.setattr(single.detection, "save_detection", save)
    desk.click("single-start")
    assert desk["single-unsaved"] == ""
    assert desk.look("single-save-json", "interactive")
    monkeypatch.setattr(single.scratch, "show", refused)
    desk.enter("single-picture", "/x/b.png")
    assert "No space is left" in desk["single-result"]
    assert (desk["single-boxes"], desk["single-json"]) == ("", None)
    monkeypatch.setattr(single.detection, "detect_picture", refused)
    desk.click("single-start")
    assert "No space is left" in desk["single-result"]
    desk.put("single-model", "nobody")
    desk.click("single-start")
    assert "ocrweb-problem" in desk["single-result"]


def test_the_page_field_after_each_answer() -> None:
    fields = single_document.DocumentFields("button", "page", "opened")  # type: ignore[arg-type]
    one, many = (fields.shown(Answered("m", pages), "/x/b.pdf", "en") for pages in (1, 2))
    assert [answer["page"].visible for answer in (one, many)] == [False, True]
    assert one["opened"] == many["opened"] == "/x/b.pdf"
    wrong = fields.shown(OcrwebError("document.no-such-page", page=9, pages=2), "/x/b.pdf", "en")
    assert wrong == {"opened": "/x/b.pdf"}
    for answer, document in ((None, None), (FULL, "/x/b.pdf")):
        told = fields.shown(answer, document, "en")
        assert (told["page"].visible, told["opened"]) == (False, document)
