"""What a rule found, and the error the strict reader makes of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ocrweb import messages
from ocrweb.data.checks.rules import RULES, Severity
from ocrweb.errors import OcrwebError

QUOTE_LENGTH = 120
_VISIBLE = {"\t": "␉", "\r": "␍", "\n": "␊", " ": "·"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule at one place.

    file: relative to the dataset, with ``/``; empty for the dataset as a whole. line: from 1, None for a whole file.
    quote: the offending text with invisible characters made visible. params: values for the
    message and the hint; an error stands for its own message.
    """

    rule: str
    severity: Severity
    fixable: bool
    file: str = ""
    line: int | None = None
    quote: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file

    def at(self, file: str, line: int | None = None) -> Finding:
        return replace(self, file=file, line=line)

    def message(self, lang: str | None = None) -> str:
        """Why this breaks or spoils training."""
        return messages.field("rules", self.rule, "message", lang, **self._values(lang))

    def hint(self, lang: str | None = None) -> str:
        """What to do about it."""
        return messages.field("rules", self.rule, "hint", lang, **self._values(lang))

    def _values(self, lang: str | None) -> dict[str, Any]:
        """The parameters; an error among them is said in the same language."""
        return {
            name: value.message(lang).rstrip(".。") if isinstance(value, OcrwebError) else value
            for name, value in self.params.items()
        }

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "severity": self.severity,
            "file": self.file,
            "line": self.line,
            "message": self.message(lang),
            "hint": self.hint(lang),
            "fixable": self.fixable,
            "quote": self.quote,
        }


def finding(
    rule: str,
    *,
    quote: str = "",
    severity: Severity | None = None,
    fixable: bool | None = None,
    **params: Any,
) -> Finding:
    """A finding with the rule's own severity and repair unless this case differs; place it with ``at``."""
    known = RULES[rule]
    return Finding(
        rule=rule,
        severity=severity or known.severity,
        fixable=known.fixable if fixable is None else fixable,
        quote=make_visible(quote),
        params=params,
    )


def make_visible(text: str) -> str:
    """The text with blanks, control and zero-width characters shown, cut to a readable length.

    Inner single blanks stay blanks; leading, trailing and repeated ones become ``·``.
    """
    cut = text if len(text) <= QUOTE_LENGTH else text[:QUOTE_LENGTH] + "…"
    inner = re.sub(r"^ +| +$| {2,}|(?<=[,，;；\t]) +| +(?=[,，;；\t])", lambda blanks: "·" * len(blanks[0]), cut)
    return "".join(_VISIBLE.get(char, char) if char != " " else char for char in map(_shown, inner))


def _shown(char: str) -> str:
    if char in _VISIBLE:
        return char
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if unicodedata.category(char) in ("Cf", "Cc", "Zs", "Zl", "Zp", "Co", "Cs"):
        return f"⟨U+{code:04X}⟩"
    return char


class DatasetError(OcrwebError):
    """The strict reader's refusal: the very finding the validator reports for the same place."""

    def __init__(self, found: Finding) -> None:
        self.found = found
        super().__init__(f"dataset.{found.rule.replace('.', '-')}", where=found.where or None, **found.params)

    def message(self, lang: str | None = None) -> str:
        body = self.found.message(lang)
        return f"{self.where}: {body}" if self.where else body

    def hint(self, lang: str | None = None) -> str:
        return self.found.hint(lang)

    def __reduce__(self) -> tuple[Any, ...]:
        return DatasetError, (self.found,)


def refuse_errors(findings: Iterable[Finding]) -> None:
    """Raise the first finding that stops training; warnings pass."""
    for found in findings:
        if found.severity == "error":
            raise DatasetError(found)
