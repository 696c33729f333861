"""Findings and repairs for the eye: rules with their places, changes as a coloured diff. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ocrweb.services.datasets.validation import (
    SEVERITIES,
    Change,
    Decision,
    Finding,
    RepairPlan,
    ValidationReport,
    make_visible,
)
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.escape import escape

WORDS = 40  # characters of what a rule found
PLACES = 30  # of a rule when all rules are shown
PLACES_OF_ONE = 300
DIFF_LINES = 400
Editor = Callable[[str], str]
WHOLE_FILE = ("list.bom", "list.encoding", "label.bom", "label.encoding", "label.crlf")  # mended in no line of its own


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """severities: those shown. rule: "" for all. by_hand: only what no repair mends."""

    severities: tuple[str, ...] = SEVERITIES
    rule: str = ""
    by_hand: bool = False

    def takes(self, found: Finding) -> bool:
        return (
            found.severity in self.severities and self.rule in ("", found.rule) and not (self.by_hand and found.fixable)
        )


def rule_choices(report: ValidationReport, lang: str) -> list[tuple[str, str]]:
    """Rules that were found, the gravest first, with their counts: for a dropdown."""
    rules = dict.fromkeys(found.rule for found in report.findings)
    return [(f"{rule_words(rule, report, lang)} ({report.rules[rule]})", rule) for rule in rules]


def rule_words(rule: str, report: ValidationReport | None, lang: str) -> str:
    """What a rule found, in the first few words of its first finding."""
    found = next((found for found in report.findings if found.rule == rule), None) if report else None
    if found is None:
        return rule
    words = re.split(r"[。；：;]|[.:] ", found.message(lang))[0].replace("`", "").rstrip(".")
    return words if len(words) <= WORDS else f"{words[: WORDS - 1]}…"


def decision_words(one: Decision, report: ValidationReport, lang: str) -> str:
    """Place, deed and what is wrong there, for a list to choose from."""
    deed = texts.say(f"datasets.decide-{one.deed}", lang)
    return f"{make_visible(one.where)} · {deed} ({rule_words(one.rule, report, lang)})"


def findings_html(report: ValidationReport, chosen: FindingFilter, lang: str, editor: Editor = lambda file: "") -> str:
    """HTML: one block a rule with severity, count, hint and its places.

    editor: the address at which the labels of a file's picture are edited, "" for a file of no picture.
    """
    groups: dict[tuple[str, str], list[Finding]] = {}
    for found in report.findings:
        if chosen.takes(found):
            groups.setdefault((found.severity, found.rule), []).append(found)
    if not groups:
        empty = "datasets.no-findings" if not report.findings else "datasets.none-like-this"
        return f'<p class="ocrweb-quiet">{escape(texts.say(empty, lang))}</p>'
    limit = PLACES_OF_ONE if chosen.rule else PLACES
    blocks = [_group(rule, group, limit, lang, editor) for (_, rule), group in groups.items()]
    if not report.kept_all:
        blocks.append(f'<p class="ocrweb-quiet">{escape(texts.say("datasets.not-all-kept", lang))}</p>')
    return "".join(blocks)


def _group(rule: str, group: list[Finding], limit: int, lang: str, editor: Editor) -> str:
    first = group[0]
    fixable = sum(found.fixable for found in group)
    badge = f'<span class="ocrweb-fix">{escape(texts.say("datasets.fixable", lang))}</span>' if fixable else ""
    shared = {found.message(lang) for found in group[:limit]}
    message = first.message(lang)
    edit = texts.say("datasets.finding-edit", lang)
    rows = "".join(
        _place(found, "" if len(shared) == 1 else found.message(lang)) + _link(editor(found.file), edit) + "</li>"
        for found in group[:limit]
    )
    more = ""
    if len(group) > limit:
        words = texts.say("datasets.more-places", lang, count=len(group) - limit)
        more = f'<li class="ocrweb-quiet">{escape(words)}</li>'
    return (
        f'<details class="ocrweb-rule ocrweb-{escape(first.severity)}" data-rule="{escape(rule)}"'
        f"{' open' if first.severity == 'error' else ''}><summary>"
        f'<span class="ocrweb-tag">{escape(texts.say(f"datasets.severity-{first.severity}", lang))} × {len(group)}'
        f"</span> {badge} <span>{_with_code(message)}</span></summary>"
        f'<p class="ocrweb-hint">→ {_with_code(first.hint(lang))} <code class="ocrweb-quiet">{escape(rule)}</code></p>'
        f"<ul>{rows}{more}</ul></details>"
    )


def _place(found: Finding, message: str) -> str:
    where = f"<b>{escape(make_visible(found.where))}</b>" if found.where else ""
    quote = f" <code>{escape(found.quote)}</code>" if found.quote else ""
    return f"<li>{where}{quote}{' ' + _with_code(message) if message else ''}"


def _link(address: str, words: str) -> str:
    return f' <a class="ocrweb-edit" href="{escape(address)}">{escape(words)}</a>' if address else ""


def _with_code(text: str) -> str:
    """Escaped text whose backticks became code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def diff_html(plan: RepairPlan, lang: str, limit: int = DIFF_LINES) -> str:
    """HTML: every change of a repair; lines that go are red, lines that come are green, what differs in them is marked."""
    if not plan.changes:
        return f'<div class="ocrweb-note" role="status">{escape(texts.say("datasets.nothing-to-mend", lang))}</div>'
    heading = texts.say("datasets.changes", lang, count=len(plan.changes))
    lines: list[str] = []
    total = 0
    for line in _diff_lines(plan.changes, lang):
        total += 1
        if total <= limit:
            lines.append(line)
    if total > limit:
        lines.append(_line("file", escape(texts.say("datasets.more-lines", lang, count=total - limit))))
    lost = ""
    if plan.dropped_boxes:
        words = texts.say("datasets.dropped", lang, count=len(plan.dropped_boxes))
        lost = f'<div class="ocrweb-warning">{escape(words)}</div>'
    return (
        f'<div class="ocrweb-stack"><div class="ocrweb-note" role="status">{escape(heading)}</div>{lost}'
        f'<div class="ocrweb-diff" tabindex="0">{"".join(lines)}</div></div>'
    )


def _diff_lines(changes: Iterable[Change], lang: str) -> Iterator[str]:
    for change in changes:
        yield _line("file", _change_words(change, lang))
        for rule in change.rules:
            if rule in WHOLE_FILE:
                words = texts.say(f"datasets.mend-{rule.partition('.')[2]}", lang)
                yield _line("add", f'<span class="ocrweb-quiet">{escape(words)}</span>')
        for edit in change.edits:
            before, after = (None if text is None else make_visible(text) for text in (edit.before, edit.after))
            old, new = _marked(before, after)
            if old is not None:
                yield _line("del", old, edit.line)
            if new is not None:
                yield _line("add", new, edit.line)


def _change_words(change: Change, lang: str) -> str:
    file, target = escape(make_visible(change.file)), escape(make_visible(change.target))
    if change.kind == "rename":
        return f"{escape(texts.say('datasets.change-rename', lang))} <del>{file}</del> → <ins>{target}</ins>"
    if change.kind == "unpack":
        return f"{escape(texts.say('datasets.change-unpack', lang))} {file} → <ins>{target}/</ins>"
    if change.convert:
        source = escape(make_visible(change.convert))
        return f"{escape(texts.say('datasets.change-convert', lang))} <del>{source}</del> → <ins>{file}</ins>"
    words = escape(texts.say(f"datasets.change-{change.kind}", lang))
    name = f"<del>{file}</del>" if change.kind == "delete" else file
    return f"{words} {name}"


def _marked(before: str | None, after: str | None) -> tuple[str | None, str | None]:
    """Both lines escaped, with the part that differs marked."""
    if before is None or after is None:
        return (None if before is None else escape(before)), (None if after is None else escape(after))
    start = _alike(before, after)
    end = _alike(before[start:][::-1], after[start:][::-1])
    return _with_mark(before, start, end), _with_mark(after, start, end)


def _alike(one: str, other: str) -> int:
    """Characters that both begin with."""
    shortest = min(len(one), len(other))
    return next((index for index in range(shortest) if one[index] != other[index]), shortest)


def _with_mark(text: str, start: int, end: int) -> str:
    middle = escape(text[start : len(text) - end])
    head, tail = escape(text[:start]), escape(text[len(text) - end :])
    return f"{head}<mark>{middle}</mark>{tail}" if middle else head + tail


def _line(kind: str, content: str, number: int | None = None) -> str:
    sign = {"del": "−", "add": "+", "file": ""}[kind]
    return f'<div class="{escape(kind)}"><i>{number or ""}</i><b>{sign}</b><span>{content}</span></div>'
