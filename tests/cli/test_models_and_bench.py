"""`ocrweb models` and `ocrweb bench` as a person or a script types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def ocrweb(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OCRWEB_HOME": str(home), "OCRWEB_LANG": "en"}
    command = [sys.executable, "-m", "ocrweb", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=280, check=False)


def test_models_prints_a_table_for_people_and_a_document_for_scripts(tmp_path: Path) -> None:
    shown = ocrweb(tmp_path, "models")
    assert shown.returncode == 0
    assert "ppocrv6-small" in shown.stdout
    document = json.loads(ocrweb(tmp_path, "models", "--json").stdout)
    assert document["models"][0]["name"] == "ppocrv6-small"


def test_bench_lists_what_there_is_and_offers_it_for_a_wrong_name(tmp_path: Path) -> None:
    for arguments in ([], ["--help"]):
        assert "detect" in ocrweb(tmp_path, "bench", *arguments).stdout
    assert "detect" in json.loads(ocrweb(tmp_path, "bench", "--json").stdout)["benchmarks"]
    wrong = ocrweb(tmp_path, "bench", "detekt", "--json")
    assert wrong.returncode == 2
    assert "detect" in json.loads(wrong.stdout)["error"]["hint"]


def test_a_benchmark_answers_for_its_own_options(tmp_path: Path) -> None:
    assert "--limit-side" in ocrweb(tmp_path, "bench", "detect", "--help").stdout
    missing = ocrweb(tmp_path, "bench", "detect", "--data", str(tmp_path / "nowhere"))
    assert missing.returncode == 2
    assert "Traceback" not in missing.stderr


@pytest.mark.slow
def test_the_detection_benchmark_runs_on_rendered_pages(tmp_path: Path) -> None:
    done = ocrweb(
        tmp_path, "bench", "detect", "--json", "--pictures", "1", "--rounds", "1", "--limit-side", "320", "--parts", "peer", "stages"
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["peer"]["rapidocr"]["median_ratio"] == 1
    assert document["peer"]["ocrweb f32"]["median_ms"] > 0
    assert document["stages"]["outside network"]["median_ms"] > 0
    written = tmp_path / "outputs" / "benchmarks" / "detect.json"
    assert json.loads(written.read_text(encoding="utf-8")) == document
