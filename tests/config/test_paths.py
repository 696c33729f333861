"""Visitors see places by their name below the data root."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.config import paths


def test_a_path_is_shown_from_the_data_root_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "root"))
    assert paths.shown(paths.outputs_dir() / "outputs_1") == "outputs/outputs_1"
    assert paths.shown(tmp_path / "root-elsewhere") == str(tmp_path / "root-elsewhere")
