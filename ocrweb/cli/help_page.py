"""What --help prints: one page a command, in the reader's language, as wide as the terminal, without colours or frames."""

from __future__ import annotations

import os
import re
import shutil
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from typer._click.exceptions import BadOptionUsage
from typer.core import TyperCommand, TyperGroup

from ocrweb import messages
from ocrweb.cli.detection_options import help_of
from ocrweb.cli.frame import text

GAP, LEFT, LEAST, MOST = 2, 30, 40, 100  # columns: between the two, the left one at most, the page at least and at most
ROOT = "ocrweb"
_TOKENS = re.compile(
    r"[\u2e80-\u9fff\uff00-\uffef][，。；：、）”！？]*|[^\s\u2e80-\u9fff\uff00-\uffef]+[，。；：、）”！？]*|\s+"
)


class _Ours:
    """A command whose --help is our page, printed as everything else is: Typer's own printing passes our stream by."""

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """As Typer's; an option in the place of another one's value is a value that was forgotten, not a file of that name."""
        rest = super().parse_args(ctx, args)  # type: ignore[misc]
        options = [one for one in self.get_params(ctx) if one.param_type_name == "option"]  # type: ignore[attr-defined]
        known = {name for one in options for name in one.opts}
        for option in options:
            given = ctx.params.get(option.name)
            if known & {str(value) for value in (given if isinstance(given, list | tuple) else [given])}:
                raise BadOptionUsage(option.opts[0], "", ctx=ctx)
        return rest

    def get_help(self, ctx: Any) -> str:
        return page(self, ctx)

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.callback = _show
        return option


def _show(context: Any, option: Any, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        print(context.get_help())
        context.exit()


class Command(_Ours, TyperCommand):
    """One command."""


class Group(_Ours, TyperGroup):
    """A command of commands."""


def page(command: Any, context: Any, width: int | None = None) -> str:
    """The help of a command. width: columns; by default those of the terminal."""
    width = max(LEAST, min(MOST, width or shutil.get_terminal_size().columns)) - 1
    name = name_of(context)
    arguments = [one for one in command.params if one.param_type_name == "argument" and not one.hidden]
    options = [one for one in command.get_params(context) if one.param_type_name == "option" and not one.hidden]
    below = getattr(command, "commands", {})
    usage = [f"{text('command.help-usage')} {context.command_path}", "[OPTION]...", *map(_in_usage, arguments)]
    if below:
        usage.append("[COMMAND ...]" if command.invoke_without_command else "COMMAND ...")
    lines = [" ".join(usage), "", *wrapped(about(command, name), width)]
    lines += _section("command.help-arguments", ((metavar(one), _help(one, name)) for one in arguments), width)
    lines += _section("command.help-options", ((_left(one), _help(one, name)) for one in options), width)
    prefix = "" if name == ROOT else f"{name} "
    rows = ((word, about(one, f"{prefix}{word}")) for word, one in below.items() if not one.hidden)
    lines += _section("command.help-commands", rows, width)
    if name == ROOT:
        lines += ["", *wrapped(text("command.help-exit-codes"), width)]
    return "\n".join(lines)


def name_of(context: Any) -> str:
    """``runs show`` of the command `ocrweb runs show`; ``ocrweb`` of the whole."""
    return str(context.command_path).partition(" ")[2] or ROOT


def about(command: Any, name: str) -> str:
    """What a command does, in the language in force."""
    return _translated(name, "about") or " ".join(str(command.help or "").split())


def explained(thing: Any, name: str) -> str:
    """What the help says of a command or of one of its parameters. name: of the command, ``runs show``."""
    return _help(thing, name) if hasattr(thing, "param_type_name") else about(thing, name)


def metavar(parameter: Any) -> str:
    """What stands for a value: its choices, or a word in capitals; ... where there may be several."""
    kind = parameter.type_descriptor
    if parameter.metavar:
        word = str(parameter.metavar)
    elif kind.is_choice:
        word = "|".join(map(str, kind.choices))
    elif parameter.param_type_name == "argument":
        word = parameter.name.upper()
    else:
        inner = re.findall(r"\w+", str(kind.annotation if not kind.is_list else kind.annotation.__args__[0]))
        word = next((WORDS[part] for part in inner if part in WORDS), "TEXT")
    several = (parameter.multiple if parameter.param_type_name == "option" else parameter.nargs != 1) or kind.is_list
    return f"{word}..." if several and not word.endswith("...") else word


WORDS = {"int": "NUMBER", "float": "NUMBER", Path.__name__: "PATH"}


def _in_usage(argument: Any) -> str:
    said = metavar(argument)
    return said if argument.required or said.startswith("[") else f"[{said}]"


def _left(option: Any) -> str:
    names = ", ".join(sorted(option.opts, key=len))
    return names if option.is_flag else f"{names} {metavar(option)}"


def _help(parameter: Any, name: str) -> str:
    """What a parameter is for, with what a person may want to know of its value."""
    if parameter.name == "help":
        return text("command.help-help")
    said = _translated(name, parameter.name) or help_of(parameter.name) or " ".join(str(parameter.help or "").split())
    low, high = getattr(parameter, "min", None), getattr(parameter, "max", None)
    notes = []
    if parameter.required:
        notes.append(text("command.help-required"))
    if low is not None or high is not None:
        notes.append(f"{'' if low is None else low} … {'' if high is None else high}".strip())
    if parameter.default not in (None, "", ()) and not getattr(parameter, "is_flag", False):
        notes.append(text("command.help-default", value=parameter.default))
    if parameter.envvar:
        notes.append(text("command.help-variable", name=parameter.envvar))
    return f"{said} [{'; '.join(notes)}]".strip() if notes else said


def _translated(name: str, key: str) -> str:
    """A line of the help in the language in force; "" where the one in the code is meant."""
    table = messages.load_area(messages.language(), "help", "commands")
    return str(table.get(name, {}).get(key) or (table["every"].get(key, "") if key != "about" else ""))


def _section(title: str, rows: Iterable[tuple[str, str]], width: int) -> Iterator[str]:
    listed = list(rows)
    if not listed:
        return
    left = min(LEFT, max(columns(name) for name, _ in listed))
    yield ""
    yield text(title)
    for name, said in listed:
        lines = wrapped(said, width - left - 2 * GAP) or [""]
        first = f"{' ' * GAP}{name}"
        if columns(name) > left:
            yield first
        else:
            yield f"{first}{' ' * (left - columns(name) + GAP)}{lines.pop(0)}".rstrip()
        for line in lines:
            yield f"{' ' * (left + 2 * GAP)}{line}"


def wrapped(said: str, width: int) -> list[str]:
    """Lines of at most so many columns; Chinese breaks between any two characters, but not before a comma or a full stop."""
    lines, line = [], ""
    for token in _TOKENS.findall(said):
        if columns(line + token.rstrip()) > width and line.strip():
            lines.append(line.rstrip())
            line = ""
        line = (line + token).lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def columns(said: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in said)


def completion_asked() -> bool:
    """Whether a shell asks what may come next on the line."""
    return f"_{ROOT.upper()}_COMPLETE" in os.environ
