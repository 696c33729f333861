"""One line of ``Label.txt``, as PaddleOCR wants it and as people's scripts and spreadsheets leave it."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from typing import Any

from ocrweb.config.documents import parse_json
from ocrweb.data.checks.names import is_picture_name

_PYTHON = re.compile(r"\s*\[\s*\{\s*['\"]")
_LIST = re.compile(r"\"?\[\s*+[\[{]")
_OBJECT = re.compile(r"\s*\{\s*\"")
_BETWEEN = " \t,;:，；：\u3000"
AROUND = 12  # characters shown before and after a fault


@dataclass(frozen=True, slots=True)
class Record:
    """names: of the pictures that share these boxes, usually one. entries: of the list."""

    names: tuple[str, ...]
    entries: list[Any]


def records_in(line: str) -> list[Record]:
    """The pictures and boxes of a line that is not blank. Several where line ends were lost.

    Between name and list stands a tab; blanks, commas and the like are taken too, as are a list that a spreadsheet put in
    quotes, one object in place of a list, a word behind it, and a list of names, which all have these boxes.
    Raises ValueError with the reason.
    """
    found: list[Record] = []
    while line.strip(_BETWEEN):
        name, body = _cut(line)
        entries, line = _list_in(body)
        if not isinstance(entries, list):
            raise ValueError("no list")
        found.append(Record(_names_in(name), entries))
        if _LIST.search(line) is None:
            break  # a word such as "checked"
    return found


def _cut(line: str) -> tuple[str, str]:
    """The name and what follows it. Raises ValueError."""
    name, tab, body = line.partition("\t")
    if tab and not _LIST.match(name):
        return name.strip("\"'") if is_picture_name(name.strip("\"'")) else name, body
    at = _LIST.search(line)
    name = line[: at.start()].strip(_BETWEEN + "\"'") if at else ""
    if at is None or not is_picture_name(name):
        raise ValueError("no tab")
    return name, line[at.start() :]


def _names_in(name: str) -> tuple[str, ...]:
    """PaddleOCR takes a JSON list of pictures that have the same labels."""
    if not name.lstrip().startswith("["):
        return (name,)
    try:
        names = parse_json(name)
    except ValueError:
        return (name,)
    several = [one for one in names if isinstance(one, str)] if isinstance(names, list) else []
    return tuple(several) if several and all(map(is_picture_name, several)) else (name,)


def _list_in(body: str) -> tuple[Any, str]:
    """The list of a line, and what stands behind it: JSON, or what Python's ``str`` makes of one, or a mixture (``True``, a
    comma after the last). Raises ValueError."""
    body = body.strip(_BETWEEN)
    if body.startswith('"['):
        body = _unquoted(body)
    try:
        value, end = json.JSONDecoder().raw_decode(body)
    except RecursionError as failure:
        raise ValueError("nests too deep") from failure
    except ValueError as failure:
        if not _PYTHON.match(body):
            raise ValueError(_told(failure, body)) from None
        return _of_python(body, failure), ""
    if isinstance(value, dict) and _OBJECT.match(body):
        value = [value]
    return value, body[end:]


def _unquoted(body: str) -> str:
    """The list that a spreadsheet wrote in quotes, each quote in it doubled, or that was written as a JSON string."""
    if '""' in body:
        return body[1:].removesuffix('"').replace('""', '"')
    try:
        text = parse_json(body)
    except ValueError:
        return body
    return text if isinstance(text, str) else body


def _of_python(body: str, failure: ValueError) -> Any:
    try:
        return ast.literal_eval(_JsonNames().visit(ast.parse(body, mode="eval")))
    except (SyntaxError, MemoryError, TypeError, ValueError, RecursionError):
        raise ValueError(_told(failure, body)) from None


def _told(failure: ValueError, body: str) -> str:
    """What is wrong and what stands there: the line is one of many, so that "line 1" would mislead."""
    if not isinstance(failure, json.JSONDecodeError):
        return str(failure)
    start = max(0, failure.pos - AROUND)
    return f"{failure.msg}: …{body[start : failure.pos + AROUND]}…" if body else failure.msg


class _JsonNames(ast.NodeTransformer):
    """JSON's three names as Python's."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        values = {"true": True, "false": False, "null": None}
        return ast.Constant(values[node.id]) if node.id in values else node
