"""What is remembered of visitors: a bounded number of them, and little of each."""

from __future__ import annotations

import datetime

import gradio as gr
import pytest

from ocrweb.ui.line import sessions
from ocrweb.ui.line.sessions import BoundedSessions


@pytest.fixture
def page() -> gr.Blocks:
    with gr.Blocks() as page:
        gr.State({"kept": 1})
    return page


def state_of(page: gr.Blocks) -> int:
    return next(number for number, block in page.blocks.items() if isinstance(block, gr.State))


def test_calls_push_no_window_out(page: gr.Blocks) -> None:
    kept = BoundedSessions(page, is_call=lambda name: name.startswith("call"))
    kept["window"][state_of(page)] = "mine"
    for number in range(5000):
        kept[f"call{number}"]
    assert kept["window"][state_of(page)] == "mine"
    assert len(kept._calls) == sessions.MOST_CALLS


def test_the_windows_unused_for_longest_go_first(page: gr.Blocks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST_PAGES", 2)
    kept = BoundedSessions(page, is_call=lambda _: False)
    for name in ("a", "b", "a", "c"):
        kept[name]
    assert list(kept.session_data) == ["a", "c"]
    assert set(kept.time_last_used) == {"a", "c"}


def test_windows_start_alike_and_share_nothing(page: gr.Blocks) -> None:
    kept, state = BoundedSessions(page, is_call=lambda _: False), state_of(page)
    kept["a"][state]["kept"] = 2
    assert kept["b"][state] == {"kept": 1}


def test_a_closed_window_is_kept_for_a_reload_and_then_forgotten(page: gr.Blocks) -> None:
    kept = BoundedSessions(page, is_call=lambda _: False)
    kept["closed"].is_closed = True
    kept["open"]
    kept.delete_all_expired_state()
    assert "closed" in kept
    for name in ("closed", "open"):
        kept.time_last_used[name] -= sessions.CLOSED_KEPT + datetime.timedelta(seconds=1)
    kept.delete_all_expired_state()
    assert list(kept.session_data) == ["open"]


def test_a_window_copies_no_table_of_the_page_and_keeps_its_changes_to_itself(page: gr.Blocks) -> None:
    with page:
        widget = gr.Textbox("page's")
    kept = BoundedSessions(page, is_call=lambda _: False)
    mine, other = kept["a"], kept["b"]
    assert not mine.blocks_config.blocks.maps[0]  # type: ignore[attr-defined]
    mine[widget._id] = gr.Textbox("mine", render=False)
    assert (mine[widget._id].value, other[widget._id].value, widget.value) == ("mine", "page's", "page's")
    assert widget._id in other
    assert mine.blocks_config.fns.keys() == page.default_config.fns.keys()


def test_windows_in_which_a_widget_has_become_the_same_share_it(page: gr.Blocks) -> None:
    """What a thousand windows hold is what they differ in."""
    with page:
        widget = gr.Dropdown(["a"], label="which")
    kept = BoundedSessions(page, is_call=lambda _: False)
    for number in range(100):
        choices = ["a", "b" if number < 50 else "c"]
        kept[f"window{number}"][widget._id] = gr.Dropdown(choices, label="which", render=False)
    seen = [kept[f"window{number}"][widget._id] for number in range(100)]
    assert [one.choices[1][0] for one in seen] == ["b"] * 50 + ["c"] * 50
    assert len({id(one) for one in seen}) == 2
    assert len(kept._widgets._shared) == 2


@pytest.mark.parametrize(("closed", "kept_for"), [(True, sessions.CLOSED_KEPT), (False, sessions.SILENT_KEPT)])
def test_a_window_is_forgotten_when_its_time_is_over_and_not_before(
    page: gr.Blocks, monkeypatch: pytest.MonkeyPatch, closed: bool, kept_for: datetime.timedelta
) -> None:
    now = datetime.datetime(2026, 1, 1)
    kept = BoundedSessions(page, is_call=lambda _: False)
    kept["window"].is_closed = closed
    kept.time_last_used["window"] = now - kept_for
    clock = type("Clock", (datetime.datetime,), {"now": staticmethod(lambda tz=None: now)})
    monkeypatch.setattr(sessions.datetime, "datetime", clock)
    kept.delete_all_expired_state()
    assert "window" in kept
    kept.time_last_used["window"] -= datetime.timedelta(seconds=1)
    kept.delete_all_expired_state()
    assert "window" not in kept


def test_a_call_is_forgotten_once_it_is_answered_and_a_window_by_its_name_is_not(page: gr.Blocks) -> None:
    kept = BoundedSessions(page, is_call=lambda name: name == "call")
    first, window = kept["call"], kept["window"]
    assert kept["call"] is first
    for name in ("call", "window", "nobody"):
        kept.forget_call(name)
    assert kept["call"] is not first
    assert kept["window"] is window
