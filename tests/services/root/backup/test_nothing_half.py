"""Neither writes over what is there, nor leaves a half of anything: full disks, kills."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ocrweb.services.root.backup.pack import back_up
from ocrweb.services.root.backup.unpack import restore
from tests.browser import ROOT
from tests.services.root.backup.archives import refused


def test_nothing_is_written_over(archive: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(lambda: back_up(archive)) == "backup.exists"
    assert refused(lambda: restore(archive, home)) == "backup.not-empty"
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    assert refused(lambda: restore(archive, tmp_path / "link")) == "backup.not-empty"
    assert refused(lambda: back_up(home / "outputs" / "b.tar")) == "backup.inside"
    assert refused(lambda: back_up(tmp_path / "b.zip")) == "usage.bad-value"
    (tmp_path / "empty").mkdir()
    assert restore(archive, tmp_path / "empty").path == tmp_path / "empty"
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "nothing"))
    assert refused(lambda: back_up(tmp_path / "b.tar")) == "backup.nothing"


def test_a_full_disk_is_told_and_leaves_nothing(archive: Path, home: Path, tmp_path: Path) -> None:
    """A limit on the size of a file stands for the disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = sorted(tmp_path.rglob("*"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        assert refused(lambda: back_up(tmp_path / "b.tar")) == "usage.disk-full"
        assert refused(lambda: restore(archive, tmp_path / "new")) == "usage.disk-full"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert sorted(tmp_path.rglob("*")) == before


KILLED = """
import os, signal, sys
from pathlib import Path
from ocrweb.services.root.backup import pack, unpack
if sys.argv[1] == "backup":
    pack.back_up(Path(sys.argv[2]), progress=lambda done, total: os.kill(os.getpid(), signal.SIGKILL))
else:
    unpack._compare = lambda *given: os.kill(os.getpid(), signal.SIGKILL)
    unpack.restore(Path(sys.argv[3]), Path(sys.argv[2]))
"""


@pytest.mark.parametrize(("what", "name"), [("backup", "new.tar"), ("restore", "new")])
def test_a_kill_leaves_nothing_visible_and_the_next_one_tidies_up(
    archive: Path, tmp_path: Path, what: str, name: str
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, what, str(tmp_path / name), str(archive)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    left = [path.name for path in tmp_path.iterdir() if path.name not in ("home", "there")]
    assert len(left) == 1
    assert left[0].startswith(f".{name}.")
    back_up(tmp_path / name) if what == "backup" else restore(archive, tmp_path / name)
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("home", "there")] == [name]
