"""A folder that is there whole or not at all, and nothing beside it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from ocrweb.data.formats.whole import whole_folder

KILLED = """
import os, signal, sys
from pathlib import Path
from ocrweb.data.formats.whole import whole_folder

with whole_folder(Path(sys.argv[1])) as folder:
    (folder / "big").write_bytes(bytes(1000))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def hidden(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob(".*"))


def test_what_a_kill_has_left_is_removed_by_the_next_one(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "a")], check=False)
    assert ended.returncode == -signal.SIGKILL
    (leftover,) = tmp_path.glob(".*")
    os.utime(leftover, (0, 0))
    with whole_folder(tmp_path / "b") as folder:
        (folder / "x").write_text("x")
    assert hidden(tmp_path) == []
    assert (tmp_path / "b" / "x").is_file()


def test_what_another_process_is_filling_stays(tmp_path: Path) -> None:
    (tmp_path / ".mine.partial").mkdir()
    with whole_folder(tmp_path / "a") as first:
        os.utime(first, (0, 0))
        with whole_folder(tmp_path / "b"):
            assert first.is_dir()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".mine.partial", "a", "b"]
