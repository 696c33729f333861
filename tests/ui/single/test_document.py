"""A PDF on the tab of single pictures, page by page, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from gradio_client import Client, handle_file
from playwright.sync_api import Page, expect

from tests.browser import Console
from tests.imaging.documents.made import pdf

pytestmark = pytest.mark.browser


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    file = tmp_path / "scan.pdf"
    file.write_bytes(pdf(["Invoice 4711", "Total 12.50", ""]))
    return file


def test_a_page_is_chosen_and_its_json_names_it_in_pixels_and_points(
    visit: Callable[..., Page], console: Console, scan: Path, picture: Path
) -> None:
    page = visit()
    page.locator("#single-picture input[type=file]").first.set_input_files(picture)
    expect(page.locator("#single-summary")).to_be_visible()
    with page.expect_file_chooser() as chooser:
        page.locator("#single-open-document").click()
    chooser.value.set_files(scan)
    number = page.locator("#single-page input")
    expect(number).to_have_value("1")
    expect(page.locator("#single-page")).to_contain_text("of 3")
    expect(page.locator("#single-summary")).to_contain_text("1 text region found")
    page.get_by_role("tab", name="JSON").click()
    number.fill("2")
    expect(page.locator("#single-json")).to_contain_text("scan.pdf#2")
    expect(page.locator("#single-save-json")).to_be_enabled()
    with page.expect_download() as started:
        page.locator("#single-save-json").click()
    document = json.loads(Path(started.value.path()).read_text(encoding="utf-8"))
    assert (document["image_path"], document["page"], len(document["boxes_points"])) == ("scan.pdf#2", 2, 1)
    answer = Client(console.url, verbose=False).predict(handle_file(scan), page=2, api_name="/detect")
    assert (answer["image_path"], answer["boxes_points"]) == ("scan.pdf#2", document["boxes_points"])
    number.fill("4")
    expect(page.locator("#single-result")).to_contain_text("There is no page 4")
    page.locator("#single-picture input[type=file]").first.set_input_files(picture)
    expect(page.locator("#single-page")).to_be_hidden()
