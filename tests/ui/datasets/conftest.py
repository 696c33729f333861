"""A data root that may take datasets of the test's folder."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def datasets_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("OCRWEB_ALLOWED_ROOTS", str(tmp_path))
    return tmp_path / "home"
