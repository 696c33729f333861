"""docs/security.md names for each promise a test that is there, and links to pages that are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
PROMISES = [line for line in TEXT.partition("## Promises")[2].partition("\n## ")[0].splitlines() if "`tests/" in line]


def test_there_are_promises() -> None:
    assert len(PROMISES) > 20


@pytest.mark.parametrize("line", PROMISES, ids=lambda line: line.split("|")[1].strip()[:40])
def test_each_promise_has_its_tests(line: str) -> None:
    for name in re.findall(r"`(tests/[^`]+)`", line):
        files = [ROOT / name] if name.endswith(".py") else sorted((ROOT / name).glob("test_*.py"))
        assert files, name
        assert all("def test_" in file.read_text(encoding="utf-8") for file in files), name


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", TEXT))))
def test_each_link_leads_somewhere(link: str) -> None:
    assert (ROOT / "docs" / link).is_file()
