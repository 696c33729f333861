"""What stands at the front door of the repository: hooks and hosted tests run what run_tests.sh runs, nothing else."""

from __future__ import annotations

import re
from typing import Any

import yaml

from ocrweb.config.paths import CHECKOUT

SCRIPT = (CHECKOUT / "run_tests.sh").read_text(encoding="utf-8")


def load(name: str) -> Any:
    return yaml.safe_load((CHECKOUT / name).read_text(encoding="utf-8"))


def test_the_hooks_run_what_the_script_runs_before_the_tests() -> None:
    hooks = [hook["entry"] for repo in load(".pre-commit-config.yaml")["repos"] for hook in repo["hooks"]]
    checks = re.findall(r'^"\$PYTHON" (-m .+?) (?:\|\| exit 1$|& )', SCRIPT, re.M)
    assert hooks == [f".venv/bin/python {check}" for check in checks]


def test_hosted_tests_call_the_script_and_may_read_only() -> None:
    workflow = load(".github/workflows/tests.yml")
    steps = workflow["jobs"]["tests"]["steps"]
    assert [step["run"] for step in steps if "test" in step.get("run", "")] == ["bash run_tests.sh"]
    assert workflow["permissions"] == {"contents": "read"}
    assert all(re.search(r"@v\d+$", step["uses"]) for step in steps if "uses" in step)
    assert workflow["jobs"]["tests"]["container"]["image"] == "debian:12"  # Python 3.11, as everything was tested
