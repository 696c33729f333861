"""Errors addressed to a person: a stable code, where it happened, and what to do next."""

from __future__ import annotations

from typing import Any

from ocrweb import messages


class OcrwebError(Exception):
    """Something the person at the keyboard can mend.

    code: stable dotted identifier such as ``image.empty``; its texts live in
        ``messages/<lang>/errors/<area>.yml`` where ``<area>`` is the part before the first dot.
    where: optional place, e.g. ``train_gts/12.txt:4``.
    params: values for the placeholders of the message and of the hint.
    """

    def __init__(self, code: str, *, where: str | None = None, **params: Any) -> None:
        self.code = code
        self.where = where
        self.params = params
        super().__init__(f"{code}: {self.message('en')}")

    def message(self, lang: str | None = None) -> str:
        """One line that says what is wrong, with the place in front when it is known."""
        body = messages.field("errors", self.code, "message", lang, **self.params)
        return f"{self.where}: {body}" if self.where else body

    def hint(self, lang: str | None = None) -> str:
        """One line that says what to do next."""
        return messages.field("errors", self.code, "hint", lang, **self.params)

    def to_dict(self, lang: str | None = None) -> dict[str, str]:
        return {"code": self.code, "message": self.message(lang), "hint": self.hint(lang)}

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (self.code, self.where, self.params)


def _rebuild(code: str, where: str | None, params: dict[str, Any]) -> OcrwebError:
    return OcrwebError(code, where=where, **params)
