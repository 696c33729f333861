"""`ocrweb backup` and `ocrweb restore`: exit codes, one JSON document, words for people."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.called import run
from tests.services.training.made_runs import make_run


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    make_run()
    make_run("20260102_000000_busy", state="running")
    return tmp_path / "home"


def test_pack_check_and_restore(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = str(tmp_path / "b.tar.gz")
    status, out, _ = run(capsys, "backup", "--out", file, "--without", "outputs", "--json")
    packed = json.loads(out)
    assert (status, packed["path"], packed["running"]) == (0, file, ["20260102_000000_busy"])
    assert "outputs" not in packed["kinds"]

    status, out, _ = run(capsys, "restore", file, "--check", "--json")
    checked = json.loads(out)
    assert (status, checked["ok"], checked["path"]) == (0, True, None)
    assert checked["files"] == packed["files"] > 0

    status, out, _ = run(capsys, "restore", file, "--out", str(tmp_path / "new"))
    assert status == 0
    assert "1 run was at work" in out
    assert f"OCRWEB_HOME={tmp_path / 'new'} ocrweb serve" in out
    assert (tmp_path / "new" / "workdirs" / "20260101_000000_demo" / "status.json").is_file()


def test_a_damaged_backup_is_a_finding_of_the_check_and_an_error_of_the_restore(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "b.tar"
    run(capsys, "backup", "--out", str(file))
    file.write_bytes(file.read_bytes().replace(b'"finished"', b'"finishes"'))
    status, out, _ = run(capsys, "restore", str(file), "--check", "--json")
    assert (status, json.loads(out)["error"]["code"]) == (1, "backup.damaged")
    status, out, _ = run(capsys, "restore", str(file), "--out", str(tmp_path / "new"), "--json")
    assert (status, json.loads(out)["error"]["code"]) == (2, "backup.damaged")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("arguments", [(), ("--check", "--out", "x")])
def test_one_of_check_and_out_is_needed(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    status, _, err = run(capsys, "restore", "b.tar", *arguments)
    assert status == 2
    assert "--out, --check" in err


def test_commands_leave_the_data_root_of_a_newer_program_alone(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    (home / ".ocrweb").mkdir(exist_ok=True)
    (home / ".ocrweb" / "layout").write_text("99\n")
    status, out, _ = run(capsys, "runs", "--json")
    assert (status, json.loads(out)["error"]["code"]) == (2, "root.newer")
