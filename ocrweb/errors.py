"""Errors addressed to a person: a stable code, where it happened, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocrweb import messages
from ocrweb.messages import places
from ocrweb.messages.visible import visible


class OcrwebError(Exception):
    """Something the person at the keyboard can mend.

    code: stable dotted identifier such as ``image.empty``; its texts live in
        ``messages/<lang>/errors/<area>.yml`` where ``<area>`` is the part before the first dot.
    where: optional place, e.g. ``train_gts/12.txt:4``.
    params: values for the placeholders of the message and of the hint; one that is a sentence itself (`messages.Told`)
        is told in the reader's language.
    """

    def __init__(self, code: str, *, where: str | None = None, **params: Any) -> None:
        self.code = code
        self.where = where
        self.params = params
        super().__init__(f"{code}: {self.message('en')}")

    def message(self, lang: str | None = None) -> str:
        """One line that says what is wrong, with the place in front when it is known."""
        body = messages.field("errors", self.code, "message", lang, **self._told(lang))
        return f"{_text(self.where)}: {body}" if self.where else body

    def hint(self, lang: str | None = None) -> str:
        """One line that says what to do next."""
        return messages.field("errors", self.code, "hint", lang, **self._told(lang))

    def to_dict(self, lang: str | None = None) -> dict[str, str]:
        return {"code": self.code, "message": self.message(lang), "hint": self.hint(lang)}

    def to_record(self, lang: str | None = None) -> dict[str, Any]:
        """What a file keeps, or another process is told: place and values too, so that each reader has its own language."""
        return {**self.to_dict(lang), "where": self.where, "params": recorded(self.params, lang)}

    def _told(self, lang: str | None) -> dict[str, Any]:
        return {name: _shown(value, lang) for name, value in self.params.items()}

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (self.code, self.where, self.params)


def recorded(params: Mapping[str, Any], lang: str | None = None) -> dict[str, Any]:
    """Values of a message as a file keeps them."""
    return {name: _plain(value, lang) for name, value in params.items()}


def _rebuild(code: str, where: str | None, params: dict[str, Any]) -> OcrwebError:
    return OcrwebError(code, where=where, **params)


def _shown(value: Any, lang: str | None) -> Any:
    if isinstance(value, messages.Told):
        return value.message(lang)
    return _text(value) if isinstance(value, str) else value


def _text(value: str) -> str:
    return visible(places.told(value))


def _plain(value: Any, lang: str | None) -> Any:
    """A value as JSON has it."""
    if isinstance(value, OcrwebError):
        return value.to_record(lang)
    if isinstance(value, messages.Sentence):
        return {"text": value.key, "params": recorded(value.params, lang)}
    if isinstance(value, messages.Told):
        return value.message(lang)
    return value if isinstance(value, int | float) else str(value)
