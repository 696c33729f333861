"""An answer comes into sight where the click was, on a desk and on a phone, and a screen reader hears it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Console, open_tab

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE = 60_000


def test_on_a_phone(visit: Callable[..., Page]) -> None:
    page = visit(width=390, height=600)
    a_batch_that_cannot_start_says_so_in_sight(page)
    a_console_that_was_updated_under_an_open_page_says_so_with_the_way_on(page)


def a_batch_that_cannot_start_says_so_in_sight(page: Page) -> None:
    open_tab(page, "Batch")
    page.locator("#batch-start").click()
    said = page.locator("#batch-said .ocrweb-warning")
    expect(said).to_be_in_viewport(timeout=PATIENCE)
    assert said.get_attribute("role") == "status"

    page.locator("#batch-folder textarea, #batch-folder input").fill("/nowhere/at/all")
    page.locator("#batch-start").click()
    problem = page.locator("#batch-said .ocrweb-problem, #batch-status .ocrweb-problem").first
    expect(problem).to_be_in_viewport(timeout=PATIENCE)
    assert problem.get_attribute("role") == "alert"


def a_console_that_was_updated_under_an_open_page_says_so_with_the_way_on(page: Page) -> None:
    status = page.locator("#status-bar .ocrweb-status")
    build = page.evaluate("ocrwebWords.build")
    expect(status).to_have_attribute("data-build", build, timeout=PATIENCE)
    expect(page.locator(".ocrweb-band")).to_have_count(0)
    page.evaluate("ocrwebWords.build = 'an earlier one'")
    expect(page.locator(".ocrweb-band")).to_contain_text("was updated", timeout=PATIENCE)
    page.locator(".ocrweb-band button").click()
    expect(status).to_have_attribute("data-build", build, timeout=PATIENCE)
    assert page.evaluate("ocrwebWords.build") == build
    expect(page.locator(".ocrweb-band")).to_have_count(0)


def test_a_picture_of_a_dataset_opens_in_sight(visit: Callable[..., Page], furnished: Console) -> None:
    page = visit(url=f"{furnished.url}/?tab=datasets&dataset=pages", height=700)
    page.get_by_role("tab", name="④ Look").click()
    page.locator("#dataset-gallery .thumbnail-item").first.click()
    expect(page.locator("#dataset-picture .prose > *").first).to_be_in_viewport(timeout=PATIENCE)
