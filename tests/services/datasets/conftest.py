"""Folders that uploads and server folders come from."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def given_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Uploads of the page lie in a folder of their own, and all of the test's may be read."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("OCRWEB_ALLOWED_ROOTS", str(tmp_path))
