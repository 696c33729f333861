"""Who on this machine reads the data root."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocrweb.services.access.rights import keep_to_owner


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    before = os.umask(0o022)
    yield tmp_path
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def old_tree(home: Path) -> None:
    """What an earlier version left, made under a usual umask."""
    for folder in ("outputs/outputs_1", "datasets", ".ocrweb/reports"):
        (home / folder).mkdir(parents=True, mode=0o755)
    (home / ".ocrweb" / "reports" / "crash.txt").write_text("where it failed")
    (home / ".ocrweb" / "tool").write_text("")
    (home / ".ocrweb" / "tool").chmod(0o755)


def test_what_an_earlier_version_left_open_is_shut(home: Path) -> None:
    old_tree(home)
    (home / ".ocrweb" / "away").symlink_to("/etc/passwd")
    keep_to_owner()
    for folder in ("outputs", "datasets", ".ocrweb", ".ocrweb/reports"):
        assert mode(home / folder) == 0o700, folder
    assert mode(home / ".ocrweb" / "reports" / "crash.txt") == 0o600
    assert mode(home / ".ocrweb" / "tool") == 0o700
    assert mode(Path("/etc/passwd")) & 0o044


def test_what_is_made_afterwards_is_private_and_an_existing_data_root_stays_as_it_is(home: Path) -> None:
    home.chmod(0o755)
    keep_to_owner()
    (home / "new").mkdir()
    (home / "new" / "file").write_text("")
    assert (mode(home), mode(home / "new"), mode(home / "new" / "file")) == (0o755, 0o700, 0o600)


def test_a_data_root_that_is_made_here_is_private(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(home / "root"))
    keep_to_owner()
    assert mode(home / "root") == mode(home / "root" / ".ocrweb") == 0o700


def test_a_folder_of_a_group_stays_open_to_the_group(home: Path) -> None:
    old_tree(home)
    (home / "outputs").chmod(0o2775)
    home.chmod(0o2775)
    keep_to_owner()
    (home / "new").write_text("")
    assert (mode(home / "outputs"), mode(home / "new"), mode(home / ".ocrweb") & 0o007) == (0o770, 0o660, 0)
    assert (home / "outputs").stat().st_mode & 0o2000
