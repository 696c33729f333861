"""PDFs of a program on the dataset tab, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import open_tab
from tests.imaging.documents.made import pdf


@pytest.mark.browser
def test_pdfs_become_a_dataset_that_is_checked_and_ready(visit: Callable[..., Page], tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("march_bills.pdf", "april_bills.pdf")]
    for number, file in enumerate(files):
        file.write_bytes(pdf([f"Invoice {number}"]))
    page = visit()
    open_tab(page, "Datasets")
    page.get_by_role("tab", name="Import", exact=True).click()
    page.locator("#dataset-import-zip input[type=file]").set_input_files(files)
    expect(page.locator("#dataset-import-zip")).to_contain_text("april_bills")
    page.locator("#dataset-import-start").click()
    expect(page.locator("#dataset-chosen input")).to_have_value("march_bills")
    expect(page.locator("#dataset-verdict [data-ok=true]")).to_be_visible()
