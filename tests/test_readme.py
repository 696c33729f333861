"""What the READMEs promise: their commands run, their files and links exist, both languages say the same."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bad_input import saved

ROOT = Path(__file__).parent.parent
READMES = [ROOT / "README.md", ROOT / "README_zh.md"]
SMALL = {"--train": "4", "--test": "2"}  # the same command, on less data
SETTINGS = {"epochs=3": "epochs=1"}
FAST = ["-o", "max_minutes=1", "-o", "crop_size=320", "-o", "batch_size=2"]


def commands(readme: Path) -> list[str]:
    """Lines of the bash blocks, without comments."""
    blocks = re.findall(r"^```bash\n(.*?)^```", readme.read_text(encoding="utf-8"), re.S | re.M)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def smaller(line: str) -> list[str]:
    """The words after `ocrweb`, with numbers that a test can afford."""
    words = shlex.split(line)[1:]
    for at, word in enumerate(words):
        if word in SMALL:
            words[at + 1] = SMALL[word]
        words[at] = SETTINGS.get(words[at], words[at])
    return words + FAST if words[0] == "train" else words


@pytest.mark.slow
def test_the_commands_run_one_after_the_other(tmp_path: Path) -> None:
    for name in ("1.png", "1.jpg"):
        (tmp_path / "receipts").mkdir(exist_ok=True)
        (tmp_path / "receipts" / name).write_bytes(saved("PNG" if name.endswith("png") else "JPEG"))
    lines = [line for line in commands(READMES[0]) if line.startswith(".venv/bin/ocrweb ")]
    assert {"detect", "sample-data", "validate", "train"} <= {smaller(line)[0] for line in lines}
    environment = os.environ | {"OCRWEB_HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "OCRWEB_LANG": "en"}
    for line in lines:
        ended = subprocess.run(
            [sys.executable, "-m", "ocrweb", *smaller(line)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )
        # an epoch on four pictures teaches nothing, which `train` says by its exit code, as the README tells
        good = {0, 1} if smaller(line)[0] == "train" else {0}
        assert ended.returncode in good, f"{line}\n{ended.stdout[-500:]}\n{ended.stderr[-2000:]}"


def test_every_command_that_is_named_exists() -> None:
    from typer.main import get_command

    from ocrweb.cli.main import app

    known = set(get_command(app).commands)  # type: ignore[attr-defined]
    for readme in READMES:
        named = set(re.findall(r"(?<![/\w])ocrweb ([a-z][a-z-]+)", readme.read_text(encoding="utf-8")))
        assert named <= known, readme.name


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_links_lead_to_files(readme: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)|src=\"([^\"]+)\"", readme.read_text(encoding="utf-8")):
        path = target[0] or target[1]
        assert path.startswith("http") or (ROOT / path).exists(), path


def test_both_languages_give_the_same_commands() -> None:
    assert commands(READMES[0]) == commands(READMES[1])


@pytest.mark.parametrize("script", ["start_app.sh", "run_tests.sh"])
def test_the_scripts_are_sound(script: str) -> None:
    assert f"bash {script}" in commands(READMES[0])
    subprocess.run(["bash", "-n", script], cwd=ROOT, check=True)
