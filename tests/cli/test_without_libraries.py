"""Without the libraries a machine may lack, the doctor still says what to install, and no command is a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ocrweb.config.paths import CHECKOUT
from tests.data.corpus import make_good

# stands first on the path and hides the installed library
ABSENT = {
    "libGL": ("cv2", "libGL.so.1: cannot open shared object file: No such file or directory"),
    "cv2": ("cv2", "No module named 'cv2'"),
    "numpy": ("numpy", "No module named 'numpy'"),
}
NEED_IT = ("detect", "validate", "golden", "import", "resize", "autolabel", "eval", "sample-data", "export")
DRIVER = """
import contextlib, io, json, sys
from ocrweb.cli.main import main
answers = {}
for name, words in json.loads(sys.argv[1]).items():
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([*words, "--json"] if name != "serve" else words)
        except SystemExit as left:
            code = left.code or 0
    answers[name] = (code, out.getvalue(), err.getvalue())
print(json.dumps(answers))
"""


def commands(folder: Path) -> dict[str, list[str]]:
    data, free = str(make_good(folder / "data")), str(folder / "free")
    return {
        "detect": ["detect", f"{data}/train_images/1.jpg"],
        "validate": ["validate", data],
        "golden": ["golden"],
        "import": ["import", data, "--out", free],
        "resize": ["resize", data, "--out", free],
        "autolabel": ["autolabel", data, "--out", free],
        "eval": ["eval", "--data", data],
        "sample-data": ["sample-data", "--out", free],
        "export": ["export", "--out", free],
        "models": ["models"],
        "train": ["train", "-o", f"dataset={data}"],
        "runs": ["runs"],
        "diagnose": ["diagnose", "latest"],
        "backup": ["backup", "--out", f"{free}.tar"],
        "restore": ["restore", f"{free}.tar", "--out", free],
        "doctor": ["doctor"],
        "serve": ["serve", "--port", "1"],
    }


def run(absent: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    library, said = ABSENT[absent]
    (folder / "hidden").mkdir(exist_ok=True)
    named = f", name={library!r}" if absent != "libGL" else ""
    (folder / "hidden" / f"{library}.py").write_text(f"raise ImportError({said!r}{named})\n")
    environment = {
        **os.environ,
        "PYTHONPATH": f"{folder / 'hidden'}{os.pathsep}{CHECKOUT}",
        "OCRWEB_HOME": str(folder / "home"),
        "OCRWEB_LANG": "en",
    }
    return subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, env=environment, check=False, timeout=200
    )


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Any:
    made: dict[str, dict[str, tuple[int, str, str]]] = {}

    def answer(absent: str) -> dict[str, tuple[int, str, str]]:
        if absent not in made:
            folder = tmp_path_factory.mktemp(absent)
            ran = run(absent, folder, "-c", DRIVER, json.dumps(commands(folder)))
            assert ran.returncode == 0, ran.stderr
            made[absent] = json.loads(ran.stdout)
        return made[absent]

    return answer


@pytest.mark.slow
@pytest.mark.parametrize("absent", ABSENT)
def test_no_command_is_a_traceback(absent: str, answers: Any) -> None:
    for name, (code, out, err) in answers(absent).items():
        assert "Traceback" not in err, (name, err)
        assert code in (0, 1, 2), name
        if name != "serve":
            assert "usage.internal" not in json.dumps(json.loads(out)), (name, out)
    for name in NEED_IT:
        code, out, _ = answers(absent)[name]
        expected = "usage.no-system-library" if absent == "libGL" else "usage.no-library"
        assert (code, json.loads(out)["error"]["code"]) == (2, expected), (name, out)


@pytest.mark.slow
@pytest.mark.parametrize("absent", ABSENT)
def test_the_doctor_names_it_and_says_what_to_install(absent: str, answers: Any) -> None:
    code, out, _ = answers(absent)["doctor"]
    checks = {check["id"]: check for check in json.loads(out)["checks"]}
    assert code == 1
    assert ABSENT[absent][0 if absent != "libGL" else 1][:5] in json.dumps(checks)
    assert "apt-get install -y libgl1 libglib2.0-0" in checks["opencv"]["advice"]
    assert {checks[name]["state"] for name in ("python", "disk", "rights", "port")} <= {"ok", "warn"}


def bare(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command line of a Python that has no libraries at all."""
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "OCRWEB_HOME": str(folder), "OCRWEB_LANG": "en"}
    return subprocess.run(
        [sys.executable, "-S", "-m", "ocrweb", *words], capture_output=True, text=True, env=environment, check=False
    )


def test_the_doctor_runs_on_python_alone(tmp_path: Path) -> None:
    ran = bare(tmp_path, "doctor", "--json")
    checks = {check["id"]: check for check in json.loads(ran.stdout)["checks"]}
    assert (ran.returncode, len(checks)) == (1, 14)
    assert "typer" in checks["libraries"]["detail"]
    assert "bash start_app.sh" in checks["libraries"]["advice"]
    assert "Traceback" not in ran.stderr


def test_every_other_command_is_told_what_is_missing(tmp_path: Path) -> None:
    for words in (["detect", "1.jpg"], ["--help"], []):
        ran = bare(tmp_path, *words)
        assert ran.returncode == 2
        assert ran.stdout == ""
        assert "typer" in ran.stderr.splitlines()[0]
        assert "start_app.sh" in ran.stderr.splitlines()[1]
    assert json.loads(bare(tmp_path, "runs", "--json").stdout)["error"]["code"] == "usage.no-library"
