"""After pictures were labelled the command says where in the console their boxes are corrected."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb import messages
from ocrweb.cli.autolabel import _on_the_page
from ocrweb.config import paths


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_stored_dataset_has_its_address_and_any_other_is_added_as_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("OCRWEB_LANG", lang)
    assert "labels/edit?dataset=my+shop " in _on_the_page(paths.datasets_dir() / "my shop").replace("。", " ")
    elsewhere = _on_the_page(tmp_path / "labelled")
    tab = messages.load_area(lang, "text", "ui_datasets")
    assert str(tmp_path / "labelled") in elsewhere
    assert tab["tab"] in elsewhere
    assert tab["from-folder"] in elsewhere
