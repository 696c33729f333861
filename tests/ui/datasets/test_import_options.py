"""What a person says about ignored boxes on the page counts in the import."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ocrweb.data.icdar import read_split
from tests.browser import Console
from tests.data.formats.sources import QUAD, TILTED, entry, label_txt, put

UPPER = [[110, 20], [190, 20], [190, 40], [110, 40]]


@pytest.mark.browser
def test_words_and_marks_of_the_import_form_decide_what_is_ignored(
    visit: Callable[..., Page], console: Console, tmp_path: Path
) -> None:
    put(tmp_path / "marks", "1.jpg")
    boxes = [entry(QUAD, "Skip"), entry(TILTED, "###"), entry(UPPER, "kept")]
    label_txt(tmp_path / "marks", {"1.jpg": boxes})
    archive = shutil.make_archive(str(tmp_path / "marks"), "zip", tmp_path / "marks")
    page = visit()
    page.get_by_role("tab", name="Datasets").click()
    page.locator("#dataset-add").get_by_role("tab", name="Import").click()
    page.locator("#dataset-import-zip input[type=file]").set_input_files(archive)
    page.locator("#dataset-ignore-words").get_by_role("textbox").fill("skip，other")
    page.locator("#dataset-not-marks").get_by_role("textbox").fill("###")
    expect(page.locator("#dataset-import-zip")).to_contain_text("marks")
    page.locator("#dataset-import-start").click()
    expect(page.locator("#dataset-status")).to_contain_text("because of skip (1)")
    (sample,) = read_split(console.home / "datasets/marks", "train")
    assert [box.ignore for box in sample.boxes] == [True, False, False]
