"""Where nothing is yet, a sentence and the buttons that go on."""

from __future__ import annotations

import re

import pytest

from ocrweb.ui.parts.next_step import Way, next_step


def buttons(html: str) -> list[tuple[str, str, str, str]]:
    """Of each: what it is, the tab it leads to, what it presses, its word."""
    found = re.findall(r"<(a|button) (.*?)>(.*?)</\1>", html)
    attributes = [(kind, dict(re.findall(r'([\w-]+)="(.*?)"', given)), word) for kind, given, word in found]
    return [(kind, given.get("data-go", ""), given.get("data-press", ""), word) for kind, given, word in attributes]


@pytest.mark.parametrize(
    ("given", "button"),
    [
        ({"press": "#up"}, ("button", "", "#up", "Add")),
        ({"tab": "datasets"}, ("a", "datasets", "", "Add")),
        ({"press": "#up", "tab": "datasets"}, ("a", "datasets", "#up", "Add")),
    ],
    ids=["here", "on another tab", "there"],
)
def test_the_button_leads_to_its_tab_and_presses_what_the_visitor_would(
    given: dict[str, str], button: tuple[str, str, str, str]
) -> None:
    assert buttons(next_step("Nothing yet.", "Add", **given)) == [button]


def test_other_ways_stand_plainly_beside_the_first_and_press_one_thing_after_another() -> None:
    html = next_step(
        "<nothing>", "Add", press="#up", others=(Way("Sample", ("#open", "#sample")), Way("Help", (), "x"))
    )
    assert [word for *_, word in buttons(html)] == ["Add", "Sample", "Help"]
    assert buttons(html)[1] == ("button", "", "#open | #sample", "Sample")
    assert re.findall(r'class="(ocrweb-go.*?)"', html) == [
        "ocrweb-go",
        "ocrweb-go ocrweb-plain",
        "ocrweb-go ocrweb-plain",
    ]
    assert "<span>&lt;nothing&gt;</span>" in html
    assert 'href="?tab=x"' in html
