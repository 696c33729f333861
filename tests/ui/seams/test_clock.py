"""The clock of Gradio's waiting answers goes with tenths of a second, not with each frame of the screen."""

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
# Three of its own frames, and what else asked for a frame meanwhile.
THREE = """([code, names]) => new Promise((done) => {
  const seen = [];
  const going = { valueOf: () => seen.filter((each) => each === "clock").length < 3 };
  const other = () => { seen.push("other"); if (going.valueOf()) requestAnimationFrame(other); else done(seen); };
  const begin = new Function(...names, `${code}; return ${names[6]}`.replace(`${names[5]}&&`, `${names[5]}.valueOf()&&`));
  begin(requestAnimationFrame, () => seen.push("clock"), 0, () => 0, 0, going)();
  requestAnimationFrame(other);
})"""


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
def test_its_frames_come_after_those_of_everybody_else(chromium: Browser) -> None:
    found = clock()
    names = [found[name] for name in ("frame", "write", "shown", "read", "start", "going", "again")]
    page = chromium.new_page()
    page.evaluate((Path(theme.__file__).parent / "clock.js").read_text(encoding="utf-8"))
    seen = page.evaluate(THREE, [found[0], names])
    page.close()
    assert seen.count("clock") == 3
    assert seen.index("clock") > seen.index("other"), "asked for first, and the next frame was not for it"
