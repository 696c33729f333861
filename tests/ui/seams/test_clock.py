"""The clock of Gradio's waiting answers goes with tenths of a second, with seconds unseen, not with each frame of the screen."""

from __future__ import annotations

import re
from pathlib import Path

import gradio
import pytest
from playwright.sync_api import Browser

from ocrweb.ui.page import theme

NAME = r"[\w$]+"
CLOCK = re.compile(
    rf"function (?P<again>{NAME})\(\)\{{(?P<frame>{NAME})\(\(\)=>\{{(?P<write>{NAME})\((?P<shown>{NAME}),"
    rf"\(performance\.now\(\)-(?P<read>{NAME})\((?P<start>{NAME})\)\)/1e3\),(?P<going>{NAME})&&(?P=again)\(\)\}}\)\}}"
)
# Its first three ticks, and the tenths of a second that were waited before each.
THREE = """([code, names]) => new Promise((done) => {
  const tenths = [], wait = window.setTimeout;
  let since = 0;
  window.setTimeout = (callback, pause) => { since += pause / 100; return wait(callback, 0); };
  const write = () => { tenths.push(since); since = 0; if (!going.valueOf()) done(tenths); };
  const going = { valueOf: () => tenths.length < 3 };
  const begin = new Function(...names, `${code}; return ${names[6]}`.replace(`${names[5]}&&`, `${names[5]}.valueOf()&&`));
  begin(requestAnimationFrame, write, 0, () => 0, 0, going)();
})"""
OTHER = """() => {
  const wait = window.setTimeout;
  window.setTimeout = () => { throw new Error("waited"); };
  const frame = new Promise((done) => window.cancel = requestAnimationFrame(() => done("frame")));
  window.setTimeout = wait;
  return Promise.all([window.cancel > 0, frame]);
}"""
SHOWN = "<div data-testid=status-tracker><div class='progress-text'>0.0s</div></div>"


def clock() -> re.Match[str]:
    folder = Path(gradio.__file__).parent / "templates" / "frontend" / "assets"
    (tracker,) = folder.glob("statustracker-*.js")
    found = CLOCK.search(tracker.read_text(encoding="utf-8"))
    assert found is not None
    return found


def test_gradios_clock_is_still_what_is_slowed() -> None:
    found = clock()
    assert found["frame"] + "=typeof window<`u`?window.requestAnimationFrame" in found.string
    assert "clock.js" in theme.SCRIPTS


@pytest.mark.browser
@pytest.mark.parametrize(
    ("body", "waited"),
    [("", [10, 10, 10]), (SHOWN, [1, 1, 1]), (f"<div style='display:none'>{SHOWN}</div>", [10, 10, 10])],
    ids=["none", "in sight", "hidden"],
)
def test_it_goes_with_tenths_in_sight_and_with_seconds_else(chromium: Browser, body: str, waited: list[int]) -> None:
    found = clock()
    names = [found[name] for name in ("frame", "write", "shown", "read", "start", "going", "again")]
    page = chromium.new_page()
    page.set_content(body)
    page.evaluate((Path(theme.__file__).parent / "clock.js").read_text(encoding="utf-8"))
    assert page.evaluate(THREE, [found[0], names]) == waited
    page.close()


@pytest.mark.browser
def test_frames_of_everybody_else_come_as_ever(chromium: Browser) -> None:
    page = chromium.new_page()
    page.evaluate((Path(theme.__file__).parent / "clock.js").read_text(encoding="utf-8"))
    assert page.evaluate(OTHER) == [True, "frame"]
    page.close()
