"""README's figures are those that are made anew, and each is said to be the same, moved or unknown."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from benchmarks import run_all
from ocrweb.config.paths import CHECKOUT

ENTRIES = yaml.safe_load(run_all.FIGURES.read_text(encoding="utf-8"))
COMMAND = re.compile(r"`ocrweb ((?:bench|eval) [^`]+)`")
DOCUMENT = {"a": {"b": [{"c": 1.05}]}, "noise": None}


def test_every_command_is_one_of_readme_and_every_benchmark_of_readme_is_run() -> None:
    table = (CHECKOUT / "README.md").read_text(encoding="utf-8").split("\n## Figures\n")[1].split("\n## ")[0]
    assert set(COMMAND.findall(table)) == {entry["run"] for entry in ENTRIES}


@pytest.mark.parametrize(
    ("figure", "claim", "now", "state"),
    [
        ("a/b/0/c", {"was": 1.0}, 1.05, "the same"),
        ("a/b/0/c", {"was": 1.0, "within": 0.01}, 1.05, "moved"),
        ("a/b/0/c", {"was": 0.0, "within": 0}, 1.05, "moved"),
        ("noise", {"was": 1.0}, None, "too noisy"),
        ("a/b/7/c", {"was": 1.0}, None, "failed"),
        ("a/x", {"was": 1.0}, None, "failed"),
    ],
)
def test_a_figure_is_judged_by_its_claim(figure: str, claim: dict[str, float], now: float | None, state: str) -> None:
    row = run_all.judged("bench x", figure, claim, DOCUMENT, missing=False)
    assert (row.now, row.state) == (now, state)


def test_all_in_one_go_says_what_moved_and_what_is_not_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = tmp_path / "figures.yml"
    figures.write_text(
        "- {run: bench one, tells: {a/b/0/c: {was: 3}}}\n- {run: bench two, tells: {a: {was: 1}}}\n"
        "- {run: eval three, needs: [nowhere], tells: {hmean: {was: 1}}}\n- {run: bench four, long: true, tells: {a: {was: 1}}}\n"
    )
    asked: list[list[str]] = []

    def run(command: list[str], **_: Any) -> Any:
        asked.append(command[3:])
        return SimpleNamespace(stdout=json.dumps(DOCUMENT) if "one" in command else "no JSON", returncode=0)

    monkeypatch.setattr(run_all, "FIGURES", figures)
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    assert run_all.main(["--out", str(tmp_path / "out")]) == 1
    assert asked == [["bench", "one", "--json"], ["bench", "two", "--json"]]
    told = json.loads((tmp_path / "out" / "run_all.json").read_text())
    assert [row["state"] for row in told["figures"]] == ["moved", "failed", "not here"]
    assert "| `ocrweb bench one` | a/b/0/c | 3 | 1.05 | **moved** |" in capsys.readouterr().out


def test_datasets_may_lie_elsewhere_than_what_is_measured_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures, data = tmp_path / "figures.yml", tmp_path / "data"
    (data / "pages").mkdir(parents=True)
    figures.write_text("- {run: eval --data pages, needs: [pages], tells: {hmean: {was: 1}}}\n")
    code = "import json, ocrweb, os, pathlib; print(json.dumps({'hmean': int(pathlib.Path('pages').is_dir()), 'home': os.environ['OCRWEB_HOME']}))"
    monkeypatch.setattr(run_all, "FIGURES", figures)
    monkeypatch.setattr(run_all, "module_command", lambda *asked: [sys.executable, "-c", code])
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    assert run_all.main(["--data", str(data)]) == 0
    written = tmp_path / "home" / "outputs" / "benchmarks" / "eval_data_pages.json"
    assert json.loads(written.read_text()) == {"hmean": 1, "home": str(tmp_path / "home")}
    assert [path.name for path in data.rglob("*")] == ["pages"]
