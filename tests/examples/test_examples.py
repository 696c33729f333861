"""The examples: short, and each does what its first line says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ocrweb.config.paths import ASSETS, CHECKOUT
from ocrweb.render.dataset import render_dataset

EXAMPLES = sorted((CHECKOUT / "examples").glob("*.py"))
INVOICE = ASSETS / "golden" / "invoice.jpg"
LOG = """[2024/05/02 10:11:01] ppocr INFO: epoch: [1/20], global_step: 1, lr: 0.001000, loss: 3.1
lease of node gpu-7 has expired
OSError: [Errno 28] No space left on device: './output/latest.pdparams'
"""


def run(name: str, folder: Path, *arguments: object) -> str:
    ran = subprocess.run(
        [sys.executable, str(CHECKOUT / "examples" / name), *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), "OCRWEB_HOME": str(folder), "OCRWEB_LANG": "en"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return ran.stdout


def test_there_is_one_of_each_kind() -> None:
    assert [path.name for path in EXAMPLES] == ["agent.py", "console.py", "library.py", "own_rule.py", "train.py"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_at_most_forty_lines_and_says_how_it_is_called(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 40
    assert f"python examples/{path.name}" in lines[0]


def test_the_library(tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"")
    said = run("library.py", tmp_path, INVOICE, "broken.jpg")
    assert "invoice.jpg: " in said
    assert "regions" in said
    assert "broken.jpg: " in said
    assert [path.name for path in tmp_path.iterdir()] == ["broken.jpg"]


def test_a_rule_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "train.log").write_text(LOG)
    said = run("own_rule.py", tmp_path, "train.log")
    assert "cluster.lease (line 2): lease of node gpu-7 has expired" in said
    assert "disk.full: " in said
    (tmp_path / "train.log").write_text(LOG + "lease of gpu-7 renewed\n")
    assert "cluster.lease" not in run("own_rule.py", tmp_path, "train.log")


@pytest.mark.slow
def test_training(tmp_path: Path) -> None:
    render_dataset(tmp_path / "data", 4, 2)
    small = ("epochs=1", "max_minutes=1", "crop_size=320", "batch_size=2", "evaluation.limit_side=320")
    said = run("train.py", tmp_path, "data", *small)
    assert "Training finished!" in said
    assert "hmean on its own pictures: " in said
