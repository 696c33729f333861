"""Each log gets the cause a person should be told first, with a line that proves it and something to do."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
import yaml

from ocrweb import messages
from ocrweb.data.checks.rules import RULES
from ocrweb.errors import OcrwebError
from ocrweb.services.training.diagnosis import Evidence, diagnose, diagnose_log
from ocrweb.services.training.diagnosis.cause import Remedy
from ocrweb.services.training.diagnosis.engine import words_for
from ocrweb.services.training.diagnosis.evidence import evidence_of_text
from ocrweb.services.training.diagnosis.log_text import LONGEST_LINE, MOST_LINES, READ_BYTES, lines_of, read_log
from ocrweb.services.training.diagnosis.patterns import PATTERNS
from ocrweb.services.training.named_causes import diagnose_named
from tests.codes.test_codes import CODES
from tests.services.training.diagnosis.logs import LOGS

CAUSES = Path(messages.__file__).parent / "en" / "causes"


@pytest.mark.parametrize("name", LOGS)
def test_a_log_is_explained(name: str) -> None:
    log, expected = LOGS[name]
    causes = diagnose_log(log)
    assert [cause.id for cause in causes] == ([expected] if expected else [])  # and nothing else is said
    for cause in causes:
        assert cause.remedies
        assert cause.line is None or cause.evidence in log.splitlines()[cause.line - 1]
        for lang in messages.LANGUAGES:
            assert cause.title(lang)
            assert cause.explanation(lang)
            assert all(remedy.text(lang) for remedy in cause.remedies)


def test_there_are_at_least_forty_samples_and_every_line_rule_has_one() -> None:
    expected = {cause for _, cause in LOGS.values()}
    assert len(LOGS) >= 40
    assert {pattern.cause for pattern in PATTERNS} - expected <= set(OURS)


OURS = {  # what only a worker of ours writes, and what follows from a run's state
    "data.no-text": "train.nothing-to-learn",
    "data.invalid": "The dataset has 3 errors",
    "data.deleted": "config.dataset-missing",
}
OF_RUNS = {
    "data.labels-misplaced",
    "result.collapsed",
    "result.doubted",
    "result.base-only",
    "process.time-limit",
    "process.failed",
}  # `test_verdicts`, ui/training/test_present


def test_every_cause_in_the_catalogue_is_given_by_a_log_or_a_run() -> None:
    given = {cause for _, cause in LOGS.values() if cause}
    for expected, line in OURS.items():
        assert [cause.id for cause in diagnose_log(line)] == [expected]
    catalogue = {
        f"{path.stem}.{name}"
        for path in CAUSES.glob("*.yml")
        for name in yaml.safe_load(path.read_text(encoding="utf-8"))
    }
    assert given | set(OURS) | OF_RUNS == catalogue


def test_every_code_that_a_rule_looks_for_is_one_of_ours() -> None:
    known = set(CODES) | set(RULES)
    areas = {code.partition(".")[0] for code in known}
    named = {
        f"{area}.{name}"
        for pattern in PATTERNS
        for area, names in re.findall(r"([a-z]+)\\\.(\([^)]*\)|[a-z-]+)", pattern.expression)
        for name in names.strip("()").split("|")
        if area in areas
    }
    assert named - known == set()
    assert len(named) > 30


FORBIDDEN = {  # a cause → a line that its expression fits, and that proves another one
    "memory.host": ("CUDA out of memory: std::bad_alloc", "memory.gpu"),
    "disk.full": ("write to /dev/shm/a failed: No space left on device", "memory.shared"),
    "loader.worker-died": ("DataLoader worker (pid 4711) is killed by signal: Bus error", "memory.shared"),
    "device.missing": ("no CUDA-capable device: driver version is insufficient", "device.wrong-build"),
    "data.file-missing": (
        "libcudnn.so.8: cannot open shared object file: No such file or directory",
        "device.wrong-build",
    ),
    "environment.import": ("ImportError: libcudnn.so.8: cannot open shared object file", "device.wrong-build"),
    "process.crashed": ("Fatal Python error: Bus error", "memory.shared"),
}


@pytest.mark.parametrize("cause", FORBIDDEN)
def test_what_another_line_explains_better_is_not_said_as_well(cause: str) -> None:
    line, better = FORBIDDEN[cause]
    (pattern,) = [pattern for pattern in PATTERNS if pattern.cause == cause]
    evidence = evidence_of_text(line)
    assert evidence.find(pattern.expression), "the line must fit"
    assert pattern.match(evidence) is None
    assert [found.id for found in diagnose(evidence)] == [better]


def test_each_rule_with_an_exception_has_a_line_for_it() -> None:
    assert {pattern.cause for pattern in PATTERNS if pattern.unless} == set(FORBIDDEN)


@pytest.mark.parametrize(
    ("weights", "text", "said"),
    [
        (False, "Training finished!", True),
        (False, "save model in ./output/latest.pdparams\nTraining finished!", True),
        (True, "Training finished!", False),
        (None, "Training finished!", True),
        (None, "save model in ./output/latest.pdparams\nTraining finished!", False),
    ],
    ids=["none on the disk", "none whatever the log says", "there are", "nothing was saved", "saved elsewhere"],
)
def test_a_success_without_weights_is_none(weights: bool | None, text: str, said: bool) -> None:
    causes = diagnose(Evidence(evidence_of_text(text).lines, weights=weights))
    assert [cause.id for cause in causes] == (["result.no-weights"] if said else [])


def test_the_general_words_of_the_worker_are_dropped_when_the_cause_is_known() -> None:
    assert [cause.id for cause in diagnose_log("Training failed: CUDA out of memory")] == ["memory.gpu"]


def test_colours_of_a_terminal_do_not_hide_a_cause() -> None:
    assert diagnose_log("\x1b[31mCUDA \x1b[0mout of memory")[0].id == "memory.gpu"


def test_a_run_that_is_silent_after_its_start_is_told_after_two_minutes_only() -> None:
    lines = evidence_of_text("Starting training...").lines
    assert not diagnose(Evidence(lines, idle=30.0))
    assert diagnose(Evidence(lines, idle=130.0))[0].id == "start.silent"


def test_a_long_log_is_read_at_both_ends(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(b"first line\n" + b"x" * 79 + b"\n" + (b"y" * 79 + b"\n") * (READ_BYTES // 30) + b"MemoryError\n")
    text, cut = read_log(path)
    assert cut
    assert text.startswith("first line")
    assert text.endswith("MemoryError\n")
    assert len(text) <= 2 * READ_BYTES + 1


def test_a_line_without_end_is_read_in_part_and_that_is_said() -> None:
    log = lines_of("first\n" + "x" * LONGEST_LINE + "y" * 80 + " CUDA out of memory\nlast")
    half = LONGEST_LINE // 2
    assert log.lines[1].text == "x" * half + " … " + ("x" * half + "y" * 80 + " CUDA out of memory")[-half:]
    assert [line.number for line in log.lines] == [1, 2, 3]
    assert len(log.lines[1].text) <= LONGEST_LINE + 3
    assert "Line 2 is longer than 10000" in log.notes[0].message("en")
    assert diagnose_log("x" * 20_000 + " CUDA out of memory")[0].id == "memory.gpu"


def test_steps_that_differ_in_figures_alone_are_looked_at_once() -> None:
    evidence = evidence_of_text(
        "\n".join(f"epoch: {n}, loss: 1.{n}" for n in range(50)) + "\nloss: nan\nErrno 28\nErrno 13"
    )
    assert [line.number for line in evidence._distinct] == [53, 52, 51, 50, 10]
    assert evidence.find("epoch") == evidence.lines[49]


def test_fifty_megabytes_in_one_line_are_answered_for_their_ends() -> None:
    log = lines_of("loss: nan " + "nccl " * 10_000_000 + " CUDA out of memory")
    assert sum(len(line.text) for line in log.lines) <= 2 * (LONGEST_LINE + 3)
    assert [note.key for note in log.notes] == ["diagnosis.cut", "diagnosis.long-line", "diagnosis.more-long-lines"]


def test_lines_without_number_are_read_at_both_ends() -> None:
    log = lines_of("\n" * 1000 + "a\n" * (MOST_LINES + 1) + "CUDA out of memory")
    assert len(log.lines) <= MOST_LINES
    assert log.lines[-1].text == "CUDA out of memory"
    assert log.notes[0].key == "diagnosis.cut"


@pytest.mark.parametrize("place", ["/dev/zero", "pipe"])
def test_what_has_no_end_is_no_log(tmp_path: Path, place: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert read_log(tmp_path / place) == ("", False)


def test_a_chinese_windows_log_is_read(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes("错误：CUDA out of memory".encode("gb18030"))
    assert "错误" in read_log(path)[0]


def test_a_powershell_log_is_read(tmp_path: Path) -> None:
    (tmp_path / "train.log").write_text("训练失败: CUDA out of memory", encoding="utf-16")
    assert diagnose_named(str(tmp_path / "train.log"))[0][0].id == "memory.gpu"


@pytest.mark.parametrize("content", [b"", b"hello world", b"\xff\xd8\xff\xe0 JFIF"], ids=["empty", "words", "picture"])
def test_a_file_that_is_no_log_is_not_called_healthy(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "train.log").write_bytes(content)
    with pytest.raises(OcrwebError, match=r"run\.no-log"):
        diagnose_named(str(tmp_path / "train.log"))


def test_a_folder_of_another_program_stands_for_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    folder = tmp_path / "output"
    folder.mkdir()
    with pytest.raises(OcrwebError, match=r"run\.not-a-run"):
        diagnose_named(str(folder))
    (folder / "notes.txt").write_text("hello")
    with pytest.raises(OcrwebError) as refused:
        diagnose_named(str(folder))
    assert "Files here: 1 (notes.txt)" in refused.value.message("en")
    (folder / "train.log").write_text("CUDA out of memory")
    assert [cause.id for cause in diagnose_named(str(folder))[0]] == ["memory.gpu"]
    (folder / "old.log").write_text("loss: nan")
    with pytest.raises(OcrwebError, match=r"run\.several-logs"):
        diagnose_named(str(folder))


def test_what_to_type_for_a_remedy_is_worked_out_for_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = tmp_path / "workdirs" / "20260101_000000_r"
    run.mkdir(parents=True)
    (run / "config.yml").write_text("batch_size: 8\nlearning_rate: 0.004\n")
    (tmp_path / "train.log").write_text("loss: nan")
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    cause = diagnose_log("loss: nan")[0]
    assert words_for(cause, run.name)["lower-rate"] == ["-o learning_rate=0.0004"]
    assert words_for(cause, str(tmp_path / "train.log"))["lower-rate"] == ["learning_rate ×0.1"]


def test_a_missing_log_is_bad_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    with pytest.raises(OcrwebError, match="missing-path"):
        diagnose_named(str(tmp_path / "nowhere.txt"))


def test_a_cause_is_a_json_document() -> None:
    cause = diagnose_log("CUDA out of memory")[0]
    document = json.loads(json.dumps(cause.to_dict("zh"), ensure_ascii=False))
    assert {"id", "evidence", "line", "remedies"} <= set(document)
    assert document["line"] == 1


def test_a_remedy_that_trains_says_what_it_changes() -> None:
    for pattern in PATTERNS:
        for remedy in pattern.remedies:
            assert isinstance(remedy, Remedy)
            assert remedy.changes or remedy.action != "train" or remedy.id in {"resume", "base-weights", "one-device"}
