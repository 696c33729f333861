"""What an address of the page names."""

from __future__ import annotations

import gradio as gr
import pytest

from ocrweb.ui.parts.address import asked_js, named, tab_of


@pytest.mark.parametrize(
    ("query", "name", "value"),
    [
        ("tab=models&model=a%20b", "model", "a b"),
        ("model=a&model=b", "model", "b"),
        ("tab=models", "model", ""),
        ("", "model", ""),
        (None, "model", ""),
    ],
    ids=str,
)
def test_the_last_word_counts_and_what_is_not_there_is_empty(query: str | None, name: str, value: str) -> None:
    assert named(query, name) == value


@pytest.mark.parametrize(
    ("query", "tab"), [("tab=models", "models"), ("tab=nonsense", "single"), ("", "single"), ("tab=", "single")]
)
def test_an_address_opens_its_tab_and_else_the_first(query: str, tab: str) -> None:
    assert tab_of(query).selected == tab


def test_a_tab_that_the_browser_has_opened_is_left_alone() -> None:
    assert tab_of("tab=models&opened=1") == gr.skip()


def test_what_the_address_names_goes_before_what_was_kept() -> None:
    script = asked_js("run", "kept()")
    assert script.index('get("run")') < script.index("value ||") < script.index("kept()")


@pytest.mark.parametrize(
    ("query", "tab", "found"),
    [
        ("tab=training&dataset=shop", "training", "shop"),
        ("tab=training&dataset=shop", "datasets", ""),
        ("tab=training&dataset=shop", "", "shop"),
        ("dataset=shop", "training", ""),
        ("tab=training&dataset=%E7%A5%A8", "training", "票"),
        (None, "training", ""),
    ],
)
def test_a_name_that_several_tabs_know_counts_at_its_tab(query: str | None, tab: str, found: str) -> None:
    assert named(query, "dataset", tab) == found


def test_the_script_asks_for_the_tab_only_where_several_know_the_name() -> None:
    assert 'asked.get(\'tab\') === "training" && asked.get("dataset")' in asked_js("dataset", "null", "training")
    assert "'tab'" not in asked_js("run")
