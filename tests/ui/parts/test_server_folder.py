"""A folder is told from the data root, or from the root of the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.ui.parts.server_folder import server_folder


@pytest.mark.parametrize(
    ("typed", "meant"),
    [(" datasets/shop ", "/data/root/datasets/shop"), ("/mnt/scans", "/mnt/scans"), ("~/scans", "/home/clerk/scans")],
)
def test_a_folder_is_told_from_the_data_root(monkeypatch: pytest.MonkeyPatch, typed: str, meant: str) -> None:
    monkeypatch.setenv("OCRWEB_HOME", "/data/root")
    monkeypatch.setenv("HOME", "/home/clerk")
    assert server_folder(typed) == Path(meant)
