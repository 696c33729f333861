from __future__ import annotations

import json
import subprocess
import sys

import pytest

from ocrweb import messages
from ocrweb.cli.main import command_line, main
from ocrweb.cli.usage import OTHER_WORDS
from tests.cli.called import run

WRONG = [
    pytest.param(["repair", "x"], "command.unknown-command", "`ocrweb validate DATASET --fix`", id="another word"),
    pytest.param(["help"], "command.unknown-command", "`ocrweb --help`", id="help as a word"),
    pytest.param(["detect"], "command.missing-argument", "PATH", id="no path"),
    pytest.param(
        ["detect", "x", "--threshold", "abc"], "command.bad-value", "“abc” is not a number", id="not a number"
    ),
    pytest.param(
        ["detect", "x", "--min-size", "1.5"], "command.bad-value", "“1.5” is not a whole number", id="not whole"
    ),
    pytest.param(
        ["detect", "x", "--engine", "foo"], "command.bad-value", "“foo” is none of auto, openvino", id="unknown choice"
    ),
    pytest.param(["detect", "x", "--thresold", "1"], "command.unknown-option", "--threshold", id="misspelt option"),
    pytest.param(["detect", "x", "--model"], "command.incomplete-option", "--model", id="no value"),
    pytest.param(
        ["golden", "--images", "a", "b"], "command.incomplete-option", "ocrweb golden --help", id="two of three"
    ),
    pytest.param(["golden", "--keep"], "golden.keep-without-images", "--images", id="nothing to keep"),
    pytest.param(["models", "--from", "x"], "download.from-without-download", "--download", id="nothing to download"),
    pytest.param(["golden", "extra"], "command.too-many", "extra", id="one word too many"),
    pytest.param(["runs", "--json=3"], "command.no-value", "--json", id="a value for a switch"),
    pytest.param(
        ["import", "x", "--dry-run", "--to", "ppocrlabel"],
        "usage.bad-value",
        "--dry-run",
        id="nothing written for a tool",
    ),
    pytest.param(["detct", "x"], "command.unknown-command", "detect", id="misspelt command"),
    pytest.param(["doctor", "--port", "0"], "command.bad-value", "under the least value 1", id="under the range"),
    pytest.param(
        ["doctor", "--port", "70000"], "command.bad-value", "over the greatest value 65535", id="over the range"
    ),
    pytest.param(["detect", "x", "--threshold", "1.5"], "usage.bad-value", "from 0 to 1", id="out of range"),
]


@pytest.mark.parametrize(("arguments", "code", "words"), WRONG)
def test_a_wrong_command_line_is_one_line_and_a_hint(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: str, words: str
) -> None:
    status, out, err = run(capsys, *arguments)
    assert status == 2
    assert out == ""
    assert len(err.strip().splitlines()) == 2
    assert err.splitlines()[1].startswith("  → ")
    assert words in err


@pytest.mark.parametrize(("arguments", "code", "words"), WRONG)
def test_with_json_it_is_one_document_on_stdout(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: str, words: str
) -> None:
    status, out, err = run(capsys, arguments[0], "--json", *arguments[1:])
    error = json.loads(out)["error"]
    assert status == 2
    assert err == ""
    assert error["code"] == code
    assert words in error["message"] + error["hint"]


def test_a_wrong_variable_stops_only_the_command_that_reads_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a process of its own too, for a default is worked out while the commands are loaded."""
    monkeypatch.setenv("OCRWEB_PORT", "abc")
    status, _, err = run(capsys, "serve")
    assert status == 2
    assert err.startswith("OCRWEB_PORT: “abc” is not a whole number.")
    listed = subprocess.run([sys.executable, "-m", "ocrweb", "detect", "--help"], capture_output=True, check=False)
    assert listed.returncode == 0


def test_the_page_speaks_no_third_language(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, "serve", "--lang", "fr")
    assert status == 2
    assert err.startswith("--lang is fr, but must be")


@pytest.mark.parametrize("command", [[], ["detect"], ["golden"], ["doctor"]])
def test_help_is_printed(capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    status, out, _ = run(capsys, *command, "--help")
    assert status == 0
    assert "--help" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "--preset", "smal"],
        ["models", "--download", "foo"],
        ["detect", "x", "--engine", "foo"],
        ["runs", "nope"],
        ["golden", "extra"],
        ["runs", "--json=3"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_explained_in_chinese(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with messages.use_language("zh"), pytest.raises(SystemExit):
        main(arguments)
    said = capsys.readouterr().err.splitlines()[0]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in said)
    english = {"is", "not", "no", "such", "command", "preset", "download", "unexpected", "takes", "value"}
    assert not english & set(said.lower().replace("“", " ").replace("”", " ").split())


NOISY = """
import os
from ocrweb.cli.frame import command, emit

@command
def noisy(json: bool) -> int:
    os.write(1, b"a library\\n")
    os.system("echo a child")
    emit({"answer": 1})
    return 1

noisy(json=True)
"""


def test_what_libraries_and_child_processes_print_is_no_part_of_the_document() -> None:
    ran = subprocess.run([sys.executable, "-c", NOISY], capture_output=True, text=True, check=False)
    assert json.loads(ran.stdout) == {"answer": 1}
    assert ran.returncode == 1
    assert ran.stderr.split("\n")[:2] == ["a library", "a child"]


def test_a_reader_that_goes_away_is_no_failure_with_a_traceback() -> None:
    ran = subprocess.run(
        f"{sys.executable} -m ocrweb models --json | head -c 1", shell=True, capture_output=True, text=True, check=False
    )
    assert ran.stdout == "{"
    assert "Traceback" not in ran.stderr


def test_every_other_word_leads_to_a_command_and_is_none_itself() -> None:
    known = command_line().commands
    for word, meant in OTHER_WORDS.items():
        assert word not in known
        first = meant.split(" ")[1]
        assert first in known or first in ("--help", "--version")
        options = {name for parameter in getattr(known.get(first), "params", ()) for name in parameter.opts}
        assert {part for part in meant.split(" ")[2:] if part.startswith("-")} <= options
