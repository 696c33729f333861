"""What the page shows of the tutorial and the manual is what docs/ says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.build_manual import COPIES


@pytest.mark.parametrize(("source", "copy"), COPIES.items(), ids=[copy.name for copy in COPIES.values()])
def test_the_package_has_the_pages_of_today(source: Path, copy: Path) -> None:
    assert copy.read_bytes() == source.read_bytes(), "python -m tools.build_manual"
