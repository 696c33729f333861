"""Load and format the sentences of `messages/`."""

from __future__ import annotations

import contextlib
import contextvars
import functools
import os
import re
import shlex
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ocrweb.messages.names import filled

LANGUAGES = ("en", "zh")
_SUGGESTED = re.compile(r"(`ocrweb [^`]*`)")
_FOLDER = Path(__file__).parent
_chosen: contextvars.ContextVar[str | None] = contextvars.ContextVar("ocrweb_language", default=None)
_process_default: list[str] = []


def language() -> str:
    """The language in force: of this context, else of this process, else of the environment, else English."""
    if chosen := _chosen.get():
        return chosen
    if _process_default:
        return _process_default[0]
    for name in ("OCRWEB_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def set_language(lang: str) -> None:
    """Set the language of the whole process (``--lang``)."""
    _process_default[:] = [_known(lang)]


@contextlib.contextmanager
def use_language(lang: str) -> Iterator[None]:
    """Use a language inside a ``with`` block, in this thread or task only."""
    token = _chosen.set(_known(lang))
    try:
        yield
    finally:
        _chosen.reset(token)


def text(key: str, lang: str | None = None, /, **params: Any) -> str:
    """The sentence ``area.name`` of kind ``text``, formatted with its parameters."""
    area, _, name = key.partition(".")
    return _fill(load_area(_known(lang or language()), "text", area)[name], params)


def field(kind: str, identifier: str, name: str, lang: str | None = None, /, **params: Any) -> str:
    """One field of an entry, e.g. ``field("errors", "image.empty", "hint")``; KeyError when the catalogue lacks it."""
    area, _, entry = identifier.partition(".")
    return _fill(load_area(_known(lang or language()), kind, area)[entry][name], params)


@functools.cache
def load_area(lang: str, kind: str, area: str) -> dict[str, Any]:
    """One YAML file of the catalogue with the names in it filled in; KeyError when there is none."""
    path = _FOLDER / lang / kind / f"{area}.yml"
    if not path.is_file():
        raise KeyError(f"no messages for {kind}/{area} in {lang}")
    content = filled(path.read_text(encoding="utf-8"))
    try:
        import yaml
    except ImportError:  # then somebody has to be told that
        from ocrweb.messages.plain_yaml import read_plain

        return read_plain(content)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return dict(yaml.load(content, Loader=loader) or {})


def _known(lang: str) -> str:
    return "zh" if lang.lower().startswith("zh") else "en"


def _fill(template: str, params: dict[str, Any]) -> str:
    """The sentence with its values. In a command that it suggests they are quoted as a shell needs it."""
    if not params:
        return template.strip()
    quoted = {name: shlex.quote(str(value)) for name, value in params.items()} if "`ocrweb " in template else params
    pieces = _SUGGESTED.split(template)
    return "".join(
        _FORMS.vformat(piece, (), quoted if number % 2 else params) for number, piece in enumerate(pieces)
    ).strip()


class _Forms(string.Formatter):
    """As `str.format`, and ``{count:box is|boxes are}`` is the first of the two where there is one of it."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        one, either, several = format_spec.partition("|")
        if either:
            return one if str(value) == "1" else several
        return super().format_field(value, format_spec)


_FORMS = _Forms()
