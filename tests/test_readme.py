"""What the READMEs promise: their commands run, their files and links exist, both languages say the same."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
READMES = [ROOT / "README.md", ROOT / "README_zh.md"]


def commands(readme: Path) -> list[str]:
    """Lines of the bash blocks, without comments."""
    blocks = re.findall(r"^```bash\n(.*?)^```", readme.read_text(encoding="utf-8"), re.S | re.M)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def test_every_command_that_is_named_exists() -> None:
    from ocrweb.cli.main import command_line

    known = set(command_line().commands)
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
