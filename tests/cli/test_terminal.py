"""What a terminal, a shell and a person at the keys do to a command: no traceback, the right exit code, a word of why."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocrweb import messages
from ocrweb.cli.main import command_line, main
from ocrweb.config.paths import CHECKOUT

ONE_AFTER_THE_OTHER = """
import sys
from ocrweb.cli.main import main
codes = []
for line in sys.argv[1:]:
    try:
        main(line.split())
    except SystemExit as left:
        codes.append(left.code)
print(codes, file=sys.stderr)
"""
OCRWEB = f"{shlex.quote(sys.executable)} -m ocrweb"


def shell(line: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """A line of bash; its exit code is that of the first command of its pipe."""
    environment = {
        **os.environ,
        "OCRWEB_HOME": str(folder),
        "OCRWEB_LANG": "en",
        "PYTHONPATH": str(CHECKOUT),
        **variables,
    }
    whole = f"{line}; exit ${{PIPESTATUS[0]}}"
    return subprocess.run(["bash", "-c", whole], capture_output=True, cwd=folder, env=environment, check=False)


@pytest.mark.parametrize("words", ["--help", "models", "models --json", "train --help"])
def test_a_full_disk_at_standard_output_is_told_as_that(words: str, tmp_path: Path) -> None:
    ran = shell(f"{OCRWEB} {words} > /dev/full", tmp_path)
    said = ran.stderr.decode().splitlines()
    assert ran.returncode == 2
    assert said[0] == "The answer could not be written to standard output: No space left on device."
    assert said[1].startswith("  → ")
    assert len(said) == 2


@pytest.mark.parametrize("words", ["--help", "models", "models --json", "completion bash"])
def test_a_reader_that_had_enough_is_no_failure(words: str, tmp_path: Path) -> None:
    ran = shell(f"{OCRWEB} {words} | head -n 1", tmp_path)
    assert ran.returncode in (0, 141)  # 0 when all was written before it went
    assert len(ran.stdout.splitlines()) == 1
    assert ran.stderr == b""


def test_a_reader_that_was_never_there_ends_it_as_a_shell_counts(tmp_path: Path) -> None:
    ran = shell(f"{OCRWEB} models --json | :; sleep 0", tmp_path)
    assert b"Traceback" not in ran.stderr
    assert b"BrokenPipe" not in ran.stderr


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gbk", "utf-8"])
def test_every_encoding_shows_what_it_can(encoding: str, lang: str, tmp_path: Path) -> None:
    variables = {"PYTHONIOENCODING": encoding, "OCRWEB_LANG": lang}
    lines = {"--help": 0, "models": 0, "detect nowhere.png": 2}
    typed = " ".join(map(shlex.quote, lines))
    ran = shell(f"{shlex.quote(sys.executable)} -c {shlex.quote(ONE_AFTER_THE_OTHER)} {typed}", tmp_path, **variables)
    assert "Traceback" not in (ran.stdout + ran.stderr).decode(encoding)
    assert ran.returncode == 0
    assert ran.stderr.decode(encoding).splitlines()[-1] == str([*lines.values()])
    assert "->" in ran.stderr.decode(encoding) or encoding in ("utf-8", "gbk")


def test_json_is_readable_in_every_encoding(tmp_path: Path) -> None:
    for encoding in ("ascii", "gbk", "utf-8"):
        ran = shell(f"{OCRWEB} detect 票据.png --json", tmp_path, PYTHONIOENCODING=encoding)
        assert "票据.png" in json.loads(ran.stdout)["error"]["message"]
        assert ran.stdout.isascii() or encoding != "ascii"


def test_closed_streams_are_no_failure(tmp_path: Path) -> None:
    assert shell(f"{OCRWEB} models 2>&-", tmp_path).returncode == 0
    assert b"Traceback" not in shell(f"{OCRWEB} models >&-", tmp_path).stderr


SERVICES = {
    "detect": ("ocrweb.services.batch.run.run_batch", ["detect", "x.png"]),
    "golden": ("ocrweb.services.detect.golden.run_golden", ["golden"]),
    "validate": ("ocrweb.services.datasets.validation.validate", ["validate", "x"]),
    "import": ("ocrweb.services.datasets.importing.import_dataset", ["import", "x", "--out", "y"]),
    "autolabel": ("ocrweb.services.datasets.autolabel.auto_label", ["autolabel", "x", "--out", "y"]),
    "resize": ("ocrweb.services.datasets.tools.resize", ["resize", "x", "--out", "y"]),
    "sample-data": ("ocrweb.services.datasets.sample_data.make_sample_data", ["sample-data", "--out", "y"]),
    "train": ("ocrweb.services.training.runs.make_config", ["train"]),
    "runs": ("ocrweb.services.training.runs.list_runs", ["runs"]),
    "runs stop": ("ocrweb.services.training.runs.run_info", ["runs", "stop", "latest"]),
    "diagnose": ("ocrweb.services.training.named_causes.diagnose_named", ["diagnose", "x"]),
    "suspects": ("ocrweb.services.datasets.opened.opened", ["suspects", "x"]),
    "choose": ("ocrweb.services.labels.choose.choose", ["choose", "x"]),
    "labels": ("ocrweb.services.labels.entries.named_set", ["labels", "x"]),
    "eval": ("ocrweb.services.detect.evaluation.evaluate_model", ["eval", "--data", "x"]),
    "export": ("ocrweb.services.exporting.run.run_export", ["export"]),
    "models": ("ocrweb.services.models.listing.models", ["models"]),
    "bench": ("ocrweb.cli.bench.benchmarks", ["bench"]),
    "doctor": ("ocrweb.cli.checkup.diagnose_machine", ["doctor"]),
    "serve": ("ocrweb.ui.page.server.serve", ["serve"]),
    "backup": ("ocrweb.services.root.backup.pack.back_up", ["backup", "--out", "y.tar"]),
    "restore": ("ocrweb.services.root.backup.unpack.restore", ["restore", "x.tar", "--out", "y"]),
}


@pytest.mark.parametrize("name", SERVICES)
def test_ctrl_c_is_answered_with_a_word_and_130(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def pressed(*given: Any, **named: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    service, words = SERVICES[name]
    monkeypatch.setattr(service, pressed)
    with messages.use_language("en"), pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 130
    assert "Interrupted: nothing more is done." in capsys.readouterr().err


def test_every_command_is_among_those_that_were_interrupted() -> None:
    assert set(command_line().commands) - {"completion"} <= set(SERVICES)


def started(words: list[str], folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "ocrweb", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, "OCRWEB_HOME": str(folder), "OCRWEB_LANG": "en", "PYTHONPATH": str(CHECKOUT)},
        start_new_session=True,
    )


def interrupted(process: subprocess.Popen[str], ready: Callable[[], bool]) -> str:
    """Press Ctrl-C, as a terminal does it, as soon as the work is under way; what was said."""
    while not ready() and process.poll() is None:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    return process.communicate(timeout=120)[1]


@pytest.mark.slow
def test_sample_data_leaves_what_it_has_not_begun(tmp_path: Path) -> None:
    process = started(["sample-data", "--out", "new", "--train", "5000"], tmp_path)
    said = interrupted(process, lambda: any(tmp_path.glob(".*/train_images/*.jpg")))
    assert process.returncode == 130
    assert said == "Interrupted: nothing more is done.\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("pressed", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0), (None, 0)])
def test_a_training_that_was_interrupted_is_no_success(
    pressed: signal.Signals | None, code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is asked to stop with a checkpoint; the exit code says who asked."""
    from ocrweb.rundir.status import RunStatus
    from ocrweb.services.training import runs

    asked: list[str] = []
    stopped = runs.RunInfo("r", tmp_path, RunStatus(state="stopped"), None)

    def follow(*given: Any, **named: Any) -> runs.RunInfo:
        if pressed is not None:
            signal.raise_signal(pressed)
        return stopped

    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setattr(runs, "make_config", lambda *given, **named: None)
    monkeypatch.setattr(runs, "start_run", lambda *given, **named: tmp_path)
    monkeypatch.setattr(runs, "request_stop", asked.append)
    monkeypatch.setattr(runs, "follow", follow)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(SystemExit) as left:
        main(["train", "--json"])
    assert left.value.code == code
    assert asked == ([tmp_path.name] if pressed is not None else [])
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    ("found", "code"), [((), 0), (("process.stopped",), 0), (("process.stopped", "disk.full"), 1), (("disk.full",), 1)]
)
def test_diagnose_ends_well_when_nothing_is_wrong(
    found: tuple[str, ...], code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from ocrweb.services.training.diagnosis.cause import Cause

    log = tmp_path / "train.log"
    log.write_text("epoch: 1")
    causes = tuple(Cause(name, "", None, (), 50) for name in found)
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setattr("ocrweb.services.training.named_causes.diagnose_named", lambda run: (causes, ()))
    with pytest.raises(SystemExit) as left:
        main(["diagnose", str(log)])
    assert left.value.code == code
