"""What the page offers for a zip that is no dataset yet."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ocrweb.services.datasets.store import add_zip
from ocrweb.services.datasets.validation import repair, validate
from tests.data.formats.sources import entry, label_txt, put


@pytest.mark.browser
def test_a_zip_of_plain_pictures_is_labelled_by_a_button(
    visit: Callable[..., Page], picture: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    shutil.copy(picture, folder / "page.png")
    page = visit()
    page.get_by_role("tab", name="Datasets").click()
    archive = shutil.make_archive(str(folder), "zip", folder)
    page.locator("#dataset-zip input[type=file]").set_input_files(archive)
    expect(page.locator("#dataset-findings")).to_contain_text("nobody has labelled them yet")
    expect(page.locator("#dataset-convert")).to_be_hidden()
    page.locator("#dataset-label-these").click()
    expect(page.locator("#dataset-chosen input")).to_have_value("photos_labelled", timeout=120_000)
    expect(page.locator("#dataset-label-these")).to_be_hidden()
    expect(page.locator("#dataset-status")).to_contain_text("1 picture labelled with 6 boxes")


def test_a_stored_zip_and_a_zip_file_are_named_as_the_person_named_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    put(tmp_path / "set", "1.jpg")
    label_txt(tmp_path / "set", {"1.jpg": [entry()]})
    archive = Path(shutil.make_archive(str(tmp_path / "my set"), "zip", tmp_path / "set"))
    (found,) = validate(archive).findings
    assert f"ocrweb import '{archive}' --out 'my set_dataset'" in found.hint("en")
    stored = add_zip(archive)
    (found,) = validate(stored.name).findings
    assert f"ocrweb import {stored.name} " in found.hint("en").replace("'", "")
    mended = repair(archive)
    assert (mended.result.changes, mended.report.rules) == (0, {"layout.foreign": 1})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "my set.zip", "set"]
