"""Turn the command-line parser's complaints into coded, translated, one-line errors."""

from __future__ import annotations

import difflib
import re
from typing import Any

from ocrweb import messages
from ocrweb.cli.help_page import metavar
from ocrweb.errors import OcrwebError
from ocrweb.messages import Sentence

OTHER_WORDS = {  # what people type for a command of ours
    **dict.fromkeys(("help", "man", "commands"), "ocrweb --help"),
    **dict.fromkeys(("version", "about"), "ocrweb --version"),
    **dict.fromkeys(("repair", "fix", "mend"), "ocrweb validate DATASET --fix"),
    **dict.fromkeys(("check", "lint", "verify"), "ocrweb validate DATASET"),
    **dict.fromkeys(("predict", "infer", "inference", "ocr", "det", "test", "run"), "ocrweb detect PICTURE"),
    **dict.fromkeys(("finetune", "fine-tune", "fit", "learn"), "ocrweb train -o dataset=DATASET"),
    **dict.fromkeys(("resume", "continue"), "ocrweb train --resume RUN"),
    **dict.fromkeys(("evaluate", "metric", "metrics", "score"), "ocrweb eval --model MODEL --data DATASET"),
    **dict.fromkeys(("convert", "load"), "ocrweb import SOURCE --out DATASET"),
    **dict.fromkeys(("onnx", "export-onnx", "export_model", "quantize"), "ocrweb export --model MODEL"),
    **dict.fromkeys(("label", "annotate", "prelabel"), "ocrweb autolabel PICTURES --out DATASET"),
    **dict.fromkeys(("start", "web", "webui", "ui", "server", "api", "app"), "ocrweb serve"),
    **dict.fromkeys(("list", "ls", "download"), "ocrweb models"),
    **dict.fromkeys(("log", "logs", "status", "history"), "ocrweb runs"),
    **dict.fromkeys(("stop", "kill", "cancel"), "ocrweb runs stop RUN"),
    **dict.fromkeys(("benchmark", "speed"), "ocrweb bench"),
    **dict.fromkeys(("debug", "why", "explain"), "ocrweb diagnose LOG"),
    **dict.fromkeys(("sample", "demo", "synth", "generate"), "ocrweb sample-data --out DATASET"),
    **dict.fromkeys(("info", "env", "selfcheck", "self-check"), "ocrweb doctor"),
}
_NO_COMMAND = re.compile(r"No such command '(.+)'")
_TOO_MANY = re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)")
_NO_CHOICE = re.compile(r"'(.*)' is not one of (.+)")


def usage_error(failure: Any, arguments: list[str], commands: list[str]) -> OcrwebError:
    """The coded error of a parser exception (one with ``format_message``).

    arguments: what was typed after ``ocrweb``. commands: the known command names, for a suggestion.
    """
    context = getattr(failure, "ctx", None)
    command = next((word for word in arguments if word in commands), None)
    path = context.command_path if context is not None else f"ocrweb {command}" if command else "ocrweb"
    help_line = f"{path} --help"
    kind = type(failure).__name__
    if kind == "NoSuchOption":
        return _unknown_option(failure, help_line)
    if kind == "MissingParameter":
        name = _missing_name(failure.param) if failure.param is not None else ""
        return OcrwebError("command.missing-argument", name=name, help=help_line)
    if kind == "BadParameter":
        name = _typed_name(failure.param, context) if failure.param is not None else ""
        return OcrwebError("command.bad-value", name=name, reason=_reason(failure), help=help_line)
    said = str(failure.format_message())
    if kind == "BadOptionUsage":
        code = "command.no-value" if "does not take a value" in said else "command.incomplete-option"
        return OcrwebError(code, name=failure.option_name, help=help_line)
    typed = next((word for word in arguments if not word.startswith("-")), "")
    if context is not None and context.parent is None and typed and typed not in commands:
        meant = OTHER_WORDS.get(typed.lower())
        advice = Sentence("command.did-you-mean", {"nearest": f"`{meant}`"}) if meant else None
        return OcrwebError("command.unknown-command", name=typed, advice=advice or _nearest(typed, commands, help_line))
    if match := _NO_COMMAND.match(said):
        below = list(getattr(context.command, "commands", ())) if context is not None else []
        return OcrwebError("command.unknown-command", name=match[1], advice=_nearest(match[1], below, help_line))
    if match := _TOO_MANY.match(said):
        return OcrwebError("command.too-many", names=match[1], help=help_line)
    return OcrwebError("command.usage", reason=said.rstrip("."), help=help_line)


def _unknown_option(failure: Any, help_line: str) -> OcrwebError:
    name, known = failure.option_name, list(failure.possibilities or ())
    return OcrwebError("command.unknown-option", name=name, advice=_nearest(name, known, help_line))


def _missing_name(parameter: Any) -> str:
    return metavar(parameter) if parameter.param_type_name == "argument" else "/".join(parameter.opts)


def _nearest(typed: str, known: list[str], help_line: str) -> Sentence:
    """What to try instead: the nearest of the known names, or where they are listed."""
    near = difflib.get_close_matches(typed, known, n=1)
    return (
        Sentence("command.did-you-mean", {"nearest": near[0]})
        if near
        else Sentence("command.listed", {"help": help_line})
    )


def _typed_name(parameter: Any, context: Any) -> str:
    """The option, or the environment variable that gave its value."""
    source = context.get_parameter_source(parameter.name) if context is not None else None
    from_environment = source is not None and source.name == "ENVIRONMENT" and parameter.envvar
    return str(parameter.envvar) if from_environment else "/".join(parameter.opts)


def _reason(failure: Any) -> str:
    """Why a value was refused, in the language in force when the validator's own error says which rule it broke."""
    cause = failure.__cause__
    while cause is not None and not hasattr(cause, "errors"):
        cause = cause.__cause__
    broken = cause.errors()[0] if cause is not None else {}
    limits = broken.get("ctx", {})
    match broken.get("type"):
        case "float_parsing" | "float_type":
            return messages.text("command.number", value=broken.get("input"))
        case "int_parsing" | "int_type" | "int_from_float":
            return messages.text("command.integer", value=broken.get("input"))
        case "greater_than_equal":
            return messages.text("command.at-least", value=broken.get("input"), limit=limits.get("ge"))
        case "less_than_equal":
            return messages.text("command.at-most", value=broken.get("input"), limit=limits.get("le"))
    reason = str(failure.message).removeprefix("Value error, ").rstrip(".")
    if match := _NO_CHOICE.match(reason):
        return messages.text("command.choices", value=match[1], choices=match[2].replace("'", ""))
    return reason
