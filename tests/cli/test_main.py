"""The command line as a whole: which commands there are, and the codes that it ends with."""

from __future__ import annotations

import json
from typing import Any

import pytest
import typer

from ocrweb import __version__
from ocrweb.cli import main as module
from ocrweb.cli.frame import command
from ocrweb.cli.usage import usage_error
from tests.cli.conftest import Typed
from tests.cli.options import declared

COMMANDS: Any = module.command_line()
NAMES = (
    "detect bench sample-data golden doctor serve validate diagnose import suspects choose labels resize autolabel "
    "train eval export backup restore completion models runs"
)
BELOW = {
    "models": ["show", "use", "rollback", "rename", "note", "measure", "delete", "restore"],
    "runs": ["show", "stop"],
}


def test_there_are_these_commands() -> None:
    assert list(COMMANDS.commands) == NAMES.split()
    assert {name: list(COMMANDS.commands[name].commands) for name in BELOW} == BELOW


@pytest.mark.parametrize("name", [*NAMES.split(), *(f"{name} {below}" for name in BELOW for below in BELOW[name])])
def test_each_is_one_that_has_our_help_and_answers_in_json(name: str) -> None:
    found = COMMANDS
    for word in name.split():
        found = found.commands[word]
    assert type(found).__module__ == "ocrweb.cli.help_page"
    if name != "serve":
        assert declared(name)["--json"] is False
    assert found.callback.__doc__ or name in BELOW


def test_without_a_command_its_page_is_a_usage_error_and_asked_for_it_is_none(typed: Typed) -> None:
    code, out, err = typed()
    assert (code, err, out.startswith("Usage: ocrweb ")) == (2, "", True)
    assert typed("--help") == (0, out, "")
    assert typed("-h") == (0, out, "")
    assert typed("--version") == (0, f"ocrweb {__version__}\n", "")


@pytest.mark.parametrize(
    ("raised", "code"), [(typer.Abort(), 130), (KeyboardInterrupt(), 130), (typer.Exit(3), 3), (SystemExit(4), 4)]
)
def test_what_ends_the_parser_ends_the_command_line(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, raised: BaseException, code: int
) -> None:
    class Parser:
        commands = ()

        def main(self, **_: object) -> int:
            if isinstance(raised, typer.Exit):
                return raised.exit_code  # as the parser does when it is not on its own
            raise raised

    monkeypatch.setattr(module, "command_line", Parser)
    left, out, err = typed("x")
    assert (left, out) == (code, "")
    assert ("Interrupted" in err) == (code == 130)


def test_a_command_that_says_130_was_interrupted_and_no_code_is_a_good_one(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for answer, code in ((130, 130), (None, 0), ("text", 0), (1, 1)):
        parser = type("Parser", (), {"commands": (), "main": lambda self, answer=answer, **_: answer})
        monkeypatch.setattr(module, "command_line", parser)
        assert typed("x")[0] == code


def test_a_body_knows_whether_an_error_is_to_be_a_document(capsys: pytest.CaptureFixture[str], tmp_path: Any) -> None:
    @command
    def fail(json: bool = False, out: str | None = None) -> int:
        """What it is for."""
        raise AssertionError("never begun")

    assert (fail.__name__, fail.__doc__) == ("fail", "What it is for.")
    for as_json in (True, False):
        with pytest.raises(SystemExit) as left:
            fail(json=as_json, out="-")
        said = capsys.readouterr()
        assert left.value.code == 2
        assert bool(said.out) is as_json
        assert bool(said.err) is not as_json
        assert not as_json or json.loads(said.out)["error"]["code"] == "command.out-dash"


class Failure(Exception):
    def __init__(self, said: str, **more: Any) -> None:
        super().__init__(said)
        self.message, self.__dict__ = said, {**self.__dict__, "message": said, **more}

    def format_message(self) -> str:
        return str(self.args[0])


def failed(kind: str, said: str = "", **more: Any) -> Any:
    return type(kind, (Failure,), {})(said, **more)


@pytest.mark.parametrize(
    ("failure", "typed_words", "code", "params"),
    [
        (failed("NoSuchOption", option_name="--modl", possibilities=["--model"]), ["detect"], "command.unknown-option", {"name": "--modl"}),
        (failed("NoSuchOption", option_name="--zzz", possibilities=None), ["detect"], "command.unknown-option", {"name": "--zzz"}),
        (failed("BadOptionUsage", "takes 3", option_name="--a"), ["detect"], "command.incomplete-option", {"name": "--a", "help": "ocrweb detect --help"}),
        (failed("BadOptionUsage", "does not take a value", option_name="--a"), [], "command.no-value", {"name": "--a", "help": "ocrweb --help"}),
        (failed("UsageError", "Got unexpected extra argument (x)"), ["golden", "x"], "command.too-many", {"names": "x"}),
        (failed("UsageError", "Got unexpected extra arguments (x y)"), ["golden", "x"], "command.too-many", {"names": "x y"}),
        (failed("UsageError", "Something else."), ["golden"], "command.usage", {"reason": "Something else"}),
        (failed("MissingParameter", param=None), ["detect"], "command.missing-argument", {"name": ""}),
        (failed("BadParameter", "odd", param=None), ["detect"], "command.bad-value", {"name": "", "reason": "odd"}),
    ],
    ids=range(9),
)  # fmt: skip
def test_each_complaint_of_the_parser_is_a_code(
    failure: Any, typed_words: list[str], code: str, params: dict[str, Any]
) -> None:
    error = usage_error(failure, typed_words, NAMES.split())
    assert error.code == code
    assert params.items() <= error.params.items()
    assert error.message("en")
    assert error.hint("zh")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("detct", "x"), ("detct", "Did you mean detect?")), (("zzzzz",), ("zzzzz", "`ocrweb --help` lists them.")),
        (("runs", "shwo"), ("shwo", "Did you mean show?")), (("detect", "x", "--modl", "y"), ("--modl", "Did you mean --model?")),
        (("detect", "x", "--qqq"), ("--qqq", "`ocrweb detect --help` lists them.")), (("runs", "show"), ("RUN", "`ocrweb runs show --help`")),
        (("doctor", "--port", "x"), ("--port: “x” is not a whole number.", "")), (("doctor", "--port", "0"), ("0 is under the least value 1", "")),
        (("eval",), ("--data", "ocrweb eval --help")), (("completion", "tcsh"), ("“tcsh” is none of bash, zsh, fish", "")),
        (("suspects", "d", "--least", "2"), ("2 is over the greatest value 1.0", "")), (("detect",), ("PATH", "`ocrweb detect --help`")),
    ],
)  # fmt: skip
def test_each_says_what_was_typed_and_what_to_do(typed: Typed, words: tuple[str, ...], says: tuple[str, str]) -> None:
    code, out, err = typed(*words)
    message, hint = err.splitlines()
    assert (code, out, hint[:4]) == (2, "", "  → ")
    assert says[0] in message
    assert says[1] in hint


def test_a_variable_that_gave_the_value_is_named(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_PORT", "99999")
    assert typed("serve")[2].startswith("OCRWEB_PORT: 99999 is over the greatest value 65535")
    assert typed("serve", "--port", "x")[2].startswith("--port: “x” is not a whole number")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_is_printed_or_in_a_document(typed: Typed, shell: str) -> None:
    code, out, err = typed("completion", shell)
    assert (code, err) == (0, "")
    assert json.loads(typed("completion", shell, "--json")[1]) == {"shell": shell, "script": out.removesuffix("\n")}
    assert declared("completion") == {"shell": "required", "--json": False}
