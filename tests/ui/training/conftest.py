"""A data root whose waiting runs do not begin."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.services.training import queue as training_queue


@pytest.fixture
def runs_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(training_queue, "start_due", lambda *_, **__: None)
    return tmp_path
