"""--help: a page in the reader's language, as wide as the terminal, with one way to write what stands for a value."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from ocrweb import __version__, messages
from ocrweb.cli.help_page import _help, about, columns, page, wrapped
from ocrweb.cli.main import command_line, main
from ocrweb.config.paths import CHECKOUT
from tests.cli.options import begun

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def commands(command: Any = None, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every command with its name as one types it."""
    command = command or command_line()
    yield path or "ocrweb", command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, f"{path} {name}".strip())


EVERY = dict(commands())


def help_of(name: str, width: int = 80) -> str:
    command = EVERY[name]
    context = begun()
    for word in name.split() if name != "ocrweb" else []:
        context = typer.Context(context.command.commands[word], info_name=word, parent=context)  # type: ignore[attr-defined]
    return page(command, context, width)


@pytest.mark.parametrize("name", EVERY)
def test_every_command_and_option_is_explained_in_both_languages(name: str) -> None:
    command = EVERY[name]
    for lang in ("en", "zh"):
        with messages.use_language(lang):
            said = [about(command, name)]
            said += [_help(one, name) for one in command.params if not getattr(one, "hidden", False)]
        for line in said:
            assert bool(CHINESE.search(line.split(" [")[0])) == (lang == "zh"), (name, line)
            assert line.split(" [")[0].strip(), (name, lang, said)


def test_the_chinese_help_explains_nothing_that_is_not_there() -> None:
    for name, lines in messages.load_area("zh", "help", "commands").items():
        if name != "every":
            assert lines.keys() - {"about"} <= {one.name for one in EVERY[name].params}, name


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", EVERY)
def test_a_page_fits_the_terminal(name: str, lang: str) -> None:
    with messages.use_language(lang):
        lines = help_of(name, 60).splitlines()
    assert [line for line in lines if columns(line) > 60 and not re.match(r" +-|Usage|用法", line)] == []


@pytest.mark.parametrize("name", EVERY)
def test_what_stands_for_a_value_is_in_capitals_or_its_choices(name: str) -> None:
    with messages.use_language("en"):
        written = help_of(name, 300)
    for line in re.findall(r"^  (-.*?)(?:  |$)", written, re.M):
        for word in re.sub(r"--?[\w-]+,? ?", "", line).split():
            assert re.fullmatch(r"[A-Z]+(=[A-Z]+)?(\.\.\.)?|[a-z0-9-]+(\|[a-z0-9-]+)+", word), line


def test_chinese_breaks_anywhere_but_not_before_a_stop() -> None:
    assert wrapped("一二三四，五六", 8) == ["一二三", "四，五六"]
    assert wrapped("two words", 5) == ["two", "words"]


@pytest.mark.parametrize("words", [["-h"], ["--help"], ["detect", "-h"], ["runs", "show", "--help"]])
def test_h_is_help(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with messages.use_language("zh"), pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("用法： ocrweb")


def test_the_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert (left.value.code, capsys.readouterr().out) == (0, f"ocrweb {__version__}\n")


@pytest.mark.parametrize("variable", ["OCRWEB_LANG", "LC_ALL", "LANG"])
def test_the_environment_chooses_the_language(variable: str, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    for name in ("OCRWEB_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, "zh_CN.UTF-8")
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "命令：" in capsys.readouterr().out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_for_each_shell(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["completion", shell])
    assert left.value.code == 0
    assert f"complete_{shell}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "found"),
    [("ocrweb dete", "detect"), ("ocrweb detect --thresh", "--threshold"), ("ocrweb detect --engine open", "openvino")],
)
def test_bash_completes_commands_options_and_choices(typed: str, found: str, tmp_path: Path) -> None:
    (tmp_path / "ocrweb").write_text(f'#!/bin/sh\nexec {sys.executable} -m ocrweb "$@"\n')
    (tmp_path / "ocrweb").chmod(0o755)
    words = typed.split()
    script = (
        f'eval "$(ocrweb completion bash)"; COMP_WORDS=({typed}); COMP_CWORD={len(words) - 1}; '
        '_ocrweb_completion ocrweb; echo "${COMPREPLY[@]}"'
    )
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(CHECKOUT)}
    ran = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=environment, check=False)
    assert found in ran.stdout.split(), ran.stderr
