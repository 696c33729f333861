"""A data root of a newer program is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.services.root.version import LAYOUT, check_layout, mark_layout
from tests.services.root.backup.archives import refused


def test_older_programs_leave_a_newer_data_root_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    mark_layout()
    check_layout()
    (tmp_path / ".ocrweb" / "layout").write_text(f"{LAYOUT + 1}\n")
    assert refused(check_layout) == "root.newer"
    mark_layout()
    assert refused(check_layout) == "root.newer"
