"""The plot of README's times is of README's figures."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from tools import draw_figures


@pytest.mark.parametrize("lang", draw_figures.TARGETS)
def test_the_plot_is_drawn_from_the_figures_of_today(lang: str) -> None:
    assert draw_figures.TARGETS[lang].read_text(encoding="utf-8") == draw_figures.draw(lang), (
        "python -m tools.draw_figures"
    )


@pytest.mark.parametrize("lang", draw_figures.TARGETS)
def test_each_bar_is_as_long_as_its_share_and_says_it(lang: str) -> None:
    """A share that README does not tell is not drawn."""
    readme = (draw_figures.ROOT / {"en": "README.md", "zh": "README_zh.md"}[lang]).read_text(encoding="utf-8")
    root = ElementTree.fromstring(draw_figures.draw(lang))
    space = "{http://www.w3.org/2000/svg}"
    bars = [float(bar.attrib["width"]) for bar in root.findall(f"{space}rect")][1:]
    told = [node.text for node in root.findall(f"{space}text") if re.fullmatch(r"0\.\d\d", node.text or "")]
    rows = draw_figures.drawn_figures()
    assert len(bars) == len(told) == len(rows) > 0
    for bar, text, claim in zip(bars, told, rows, strict=True):
        assert bar / draw_figures.SCALE == pytest.approx(claim["was"], abs=0.002)
        assert text == f"{claim['was']:.2f}"
        assert f"{text} " in readme
