"""Every dataset rule: its stable id, how grave it is, and whether a repair exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Rule:
    """severity: error stops training, warning does not. fixable: the repair knows what to do in the usual case."""

    severity: Severity
    fixable: bool


def _error(fixable: bool = False) -> Rule:
    return Rule("error", fixable)


def _warning(fixable: bool = False) -> Rule:
    return Rule("warning", fixable)


RULES: dict[str, Rule] = {
    "layout.foreign": _error(),
    "layout.plain-pictures": _error(),
    "layout.unknown-labels": _error(),
    "layout.inside": _error(),
    "layout.several": _error(),
    "layout.packed": _error(),
    "layout.nothing": _error(),
    "layout.missing": _error(),
    "layout.in-archive": _error(fixable=True),
    "layout.wrong-name": _error(fixable=True),
    "list.missing": _error(),
    "list.backup-file": _warning(),
    "list.empty": _error(),
    "list.encoding": _error(fixable=True),
    "list.unknown-encoding": _error(),
    "list.bom": _error(fixable=True),
    "list.huge-file": _error(),
    "list.unreadable": _error(),
    "list.empty-line": _warning(fixable=True),
    "list.format": _error(),
    "list.whitespace": _error(fixable=True),
    "list.absolute-path": _error(),
    "list.prefix": _error(),
    "list.other-part": _error(),
    "list.duplicate": _warning(fixable=True),
    "list.escapes": _error(),
    "list.file-missing": _error(),
    "list.unlisted": _warning(),
    "pair.name-mismatch": _error(),
    "pair.shared-label": _warning(),
    "pair.image-without-label": _warning(),
    "pair.label-without-image": _warning(),
    "label.encoding": _error(fixable=True),
    "label.unknown-encoding": _error(),
    "label.bom": _error(fixable=True),
    "label.huge-file": _error(),
    "label.unreadable": _error(),
    "label.other-content": _error(),
    "label.crlf": _error(fixable=True),
    "label.separator": _error(fixable=True),
    "label.whitespace": _error(fixable=True),
    "label.too-few": _error(),
    "label.not-a-number": _error(),
    "label.heading": _error(fixable=True),
    "label.shares": _error(fixable=True),
    "label.number-commas": _error(fixable=True),
    "label.leading-number": _error(fixable=True),
    "label.columns": _error(fixable=True),
    "label.swapped": _error(),
    "label.maybe-swapped": _warning(),
    "label.joined-lines": _error(),
    "label.no-text": _error(fixable=True),
    "label.more-points": _warning(fixable=True),
    "label.maybe-points": _warning(),
    "label.other-field": _warning(),
    "label.nearly-ignored": _warning(),
    "label.whole-page": _warning(),
    "label.lost-outline": _warning(),
    "label.empty-line": _warning(fixable=True),
    "label.empty-file": _warning(),
    "label.out-of-picture": _warning(fixable=True),
    "label.huge-coordinate": _error(),
    "label.degenerate": _error(fixable=True),
    "label.self-crossing": _error(fixable=True),
    "label.orientation": _warning(fixable=True),
    "label.duplicate-box": _warning(fixable=True),
    "image.suffix": _error(fixable=True),
    "image.content": _error(fixable=True),
    "image.truncated": _error(),
    "image.unreadable": _error(),
    "image.tiny": _warning(),
    "image.huge": _error(),
    "image.exif-rotated": _warning(),
    "split.leak": _warning(),
    "split.contradiction": _warning(),
    "stats.few-pictures": _warning(),
    "stats.all-ignored": _error(),
    "stats.tiny-text": _warning(),
    "stats.in-corner": _warning(),
}
