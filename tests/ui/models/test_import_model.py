"""A model file of a visitor: imported when it is proven, refused by name when it is not, with the page answering."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Console
from tests.runtime.hostile import save_endless
from tests.runtime.networks import save_brightness

pytestmark = pytest.mark.browser


def open_import(page: Page) -> None:
    page.get_by_role("tab", name="Models").click()
    page.locator("#import-model > button").click()


def hand_in(page: Page, file: Path) -> None:
    page.locator("#import-file input[type=file]").set_input_files(file)
    expect(page.locator("#import-file")).to_contain_text(file.stem)
    page.locator("#import-start").click()


@pytest.mark.slow
def test_a_proven_file_is_used_exported_and_deleted_and_an_endless_one_is_refused(
    visit: Callable[..., Page], console: Console, tmp_path: Path
) -> None:
    page = visit()
    open_import(page)
    hand_in(page, save_endless(tmp_path / "endless.onnx"))
    expect(page.locator("#import-status .ocrweb-problem code")).to_have_text("imports.operator")
    page.locator("#import-file button[aria-label=Clear]").click()
    hand_in(page, save_brightness(tmp_path / "bright.onnx"))
    expect(page.locator("#import-status")).to_contain_text("bright can be used now", timeout=90_000)
    state = json.load(urllib.request.urlopen(f"{console.url}/healthz", timeout=60))
    assert (state["ready"], state["hanging"]) == (True, [])
    expect(page.locator("#models-facts .ocrweb-model")).to_have_attribute("data-model", "bright")
    page.locator("#models-use").click()
    expect(page.locator("#models-in-use")).to_contain_text("bright")
    page.locator("#models-export").click()
    expect(page.locator("#export-model input")).to_have_value("bright")
    page.get_by_role("tab", name="Models").click()
    page.locator("#models-delete").click()
    expect(page.locator("#models-question")).to_contain_text("ppocrv6-small takes its place everywhere")
    page.locator("#models-delete-yes").click()
    expect(page.locator("#models-in-use")).to_contain_text("ppocrv6-small")
    page.locator("#models-undelete").click()
    expect(page.locator("#models-said")).to_contain_text("bright is there again")
    page.locator("#models-delete").click()
    page.locator("#models-delete-yes").click()
    expect(page.locator("#models-undelete")).to_be_visible()
    assert not (console.home / "models" / "bright").exists()
