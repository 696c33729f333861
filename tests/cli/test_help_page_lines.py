"""The lines of --help: where the columns stand, what follows an option, and the words for its values."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import typer

from ocrweb import messages
from ocrweb.cli import help_page
from ocrweb.cli.bare import _port
from ocrweb.cli.help_page import columns, metavar, name_of, page, wrapped
from ocrweb.cli.main import command_line
from tests.cli.conftest import Typed
from tests.cli.options import begun

COMMANDS: Any = command_line()


def written(name: str, width: int, lang: str = "en") -> list[str]:
    context = begun()
    command = COMMANDS
    for word in name.split():
        command = command.commands[word]
        context = typer.Context(command, info_name=word, parent=context)
    with messages.use_language(lang):
        return page(command, context, width).splitlines()


def test_the_page_of_a_small_command_is_this_one() -> None:
    assert written("doctor", 70) == [
        "Usage: ocrweb doctor [OPTION]...",
        "",
        "Check device, libraries and versions, memory, disk, rights, the port",
        "and a real detection; say what to do.",
        "",
        "Options:",
        "  --port NUMBER  The console's port. [1 … 65535; default 7860]",
        "  --json         One JSON document on stdout.",
        "  -h, --help     Show this page.",
    ]


def test_a_long_name_has_a_line_of_its_own_and_its_words_the_usual_column() -> None:
    lines = written("detect", 80)
    place = next(number for number, line in enumerate(lines) if line.startswith("  --engine auto|openvino"))
    assert len(lines[place].split()) == 2
    assert lines[place + 1].startswith(" " * 34)
    assert lines[place + 1][34] != " "
    short = next(line for line in lines if line.startswith("  --json"))
    assert short.index("One JSON") == 34


@pytest.mark.parametrize(("asked", "used"), [(10, 40), (40, 40), (41, 41), (99, 99), (100, 100), (300, 100)])
def test_a_page_is_neither_narrower_nor_wider_than_can_be_read(
    asked: int, used: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    widths: list[int] = []
    monkeypatch.setattr(help_page, "wrapped", lambda said, width: widths.append(width) or [said])
    written("doctor", asked)
    assert widths[0] == used - 1


def test_the_terminals_width_is_taken_where_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    assert page(COMMANDS, begun()) == "\n".join(written("", 50))


def test_the_first_page_lists_commands_and_exit_codes_and_others_do_not() -> None:
    first, runs, detect = written("", 80), written("runs", 80), written("detect", 80)
    assert first[0] == "Usage: ocrweb [OPTION]... COMMAND ..."
    assert runs[0] == "Usage: ocrweb runs [OPTION]... [COMMAND ...]"
    assert detect[0] == "Usage: ocrweb detect [OPTION]... PATH..."
    assert written("labels", 80)[0] == "Usage: ocrweb labels [OPTION]... DATASET [PICTURE]..."
    assert [line for line in first if line.startswith("Exit codes:")]
    assert not [line for line in runs + detect if line.startswith("Exit codes:")]
    assert "Commands:" in first
    assert "Commands:" in runs
    assert "Commands:" not in detect
    assert any(line.startswith("  show  ") for line in runs)
    assert "Arguments:" in detect
    assert "Arguments:" not in first


def test_a_hidden_option_is_not_shown() -> None:
    assert not [line for line in written("train", 80) if "use_gpu" in line]


@pytest.mark.parametrize(
    ("command", "name", "word"),
    [
        ("detect", "paths", "PATH..."), ("detect", "model", "TEXT"), ("detect", "out", "PATH"), ("detect", "threshold", "NUMBER"),
        ("detect", "min_size", "NUMBER"), ("detect", "engine", "auto|openvino|onnx|paddle"), ("train", "option", "KEY=VALUE..."),
        ("import", "ignore", "TEXT..."), ("labels", "compare", "A B"), ("labels", "pictures", "[PICTURE]..."),
        ("diagnose", "run", "RUN"), ("golden", "images", "A B C"), ("bench", "name", "NAME"), ("backup", "without", "KIND..."),
    ],
)  # fmt: skip
def test_what_stands_for_a_value(command: str, name: str, word: str) -> None:
    found = {one.name: one for one in COMMANDS.commands[command].params}
    assert metavar(found[name]) == word


@pytest.mark.parametrize(
    ("command", "option", "notes"),
    [
        ("serve", "--host", "[default 127.0.0.1; variable OCRWEB_HOST]"), ("serve", "--auth-file", ""),
        ("eval", "--worst", "[0 …; default 20]"), ("eval", "--data", "[required]"), ("train", "--background", ""),
        ("suspects", "--least", "[0 … 1; default 0.2]"), ("serve", "--root-path", "[variable OCRWEB_ROOT_PATH]"),
    ],
)  # fmt: skip
def test_bounds_default_and_variable_follow_an_option(command: str, option: str, notes: str) -> None:
    (line,) = [line for line in written(command, 100) if line.startswith(f"  {option} ") or line.strip() == option] or [
        ""
    ]
    text = " ".join(" ".join(written(command, 100)).split())
    start = text.index(f"{option} ")
    rest = text[start + len(option) :].split(" -")[0]
    assert rest.rstrip().endswith(notes) if notes else "[" not in rest, (line, rest)


@pytest.mark.parametrize(
    ("said", "width", "lines"),
    [
        ("", 10, []), ("   ", 10, []), ("one", 1, ["one"]), ("one two", 7, ["one two"]), ("one two", 6, ["one", "two"]),
        ("a  b", 10, ["a  b"]), ("票据，票据", 4, ["票", "据，", "票据"]), ("票 ok 据", 20, ["票 ok 据"]),
    ],
)  # fmt: skip
def test_lines_break_where_they_are_full(said: str, width: int, lines: list[str]) -> None:
    assert wrapped(said, width) == lines


@pytest.mark.parametrize(("said", "wide"), [("ab", 2), ("票", 2), ("，", 2), ("é", 1), ("ａ", 2), ("", 0)])
def test_a_chinese_sign_takes_two_columns(said: str, wide: int) -> None:
    assert columns(said) == wide


def test_a_command_is_named_without_the_program() -> None:
    assert name_of(SimpleNamespace(command_path="ocrweb runs show")) == "runs show"
    assert name_of(SimpleNamespace(command_path="ocrweb")) == "ocrweb"


def test_an_option_in_the_place_of_a_value_was_forgotten_and_a_value_may_begin_with_a_dash(typed: Typed) -> None:
    for words, name in (
        (("detect", "x", "--model", "--engine"), "--model"),
        (("import", "x", "--ignore", "--dry-run"), "--ignore"),
    ):
        code, out, err = typed(*words)
        assert (code, out, err.splitlines()[0]) == (2, "", f"Option {name} needs more values.")
    assert typed("train", "-o", "-1")[2].startswith("“-1”")


@pytest.mark.parametrize(
    ("words", "port"),
    [(["--port", "8000"], 8000), (["--port", "0"], 7860), (["--port", "65535"], 65535), (["--port", "65536"], 7860),
     (["--port", "x"], 7860), (["--port"], 7860), ([], 7860), (["--port", "1"], 1), (["-1", "--port", "²"], 7860)],
)  # fmt: skip
def test_without_libraries_a_port_is_a_number_in_its_bounds_or_the_usual_one(words: list[str], port: int) -> None:
    assert _port(["doctor", *words]) == port
