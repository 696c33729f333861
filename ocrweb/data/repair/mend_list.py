"""Mend one list file, given what its files will be called."""

from __future__ import annotations

from ocrweb.data.checks.label_line import is_blank
from ocrweb.data.checks.list_file import Entry
from ocrweb.data.checks.list_line import tidy_list_line
from ocrweb.data.checks.textfile import decode_text, encoded
from ocrweb.data.repair.change import LineEdit
from ocrweb.data.repair.mend_label import MendedText
from ocrweb.data.repair.names import Renames
from ocrweb.disk.likely import Usual, untold


def mend_list(data: bytes, entries: list[Entry], renames: Renames, usual: Usual = untold) -> MendedText | None:
    """The mended list, or None when nothing can or need be mended.

    Lines whose files are found say their names in full; repeated and empty lines go; the rest stays, tidied.
    """
    decoded = decode_text(data, "list", usual)
    if decoded.lines is None:
        return None
    by_line = {entry.line: entry for entry in entries}
    after = [_mend_line(line, by_line.get(number), renames) for number, line in enumerate(decoded.lines, start=1)]
    content = encoded(line for line in after if line is not None)
    of_file = tuple(found.rule for found in decoded.findings if found.fixable)
    if content == data or (not of_file and after == decoded.lines):
        return None
    edits = []
    for number, (old, new) in enumerate(zip(decoded.lines, after, strict=True), start=1):
        if old != new:
            entry = by_line.get(number)
            rules = [found.rule for found in entry.findings] if entry else ["list.empty-line"]
            edits.append(LineEdit(number, old, new, tuple(rules) or ("list.file-missing",)))
    return MendedText(content, tuple(edits), of_file)


def _mend_line(line: str, entry: Entry | None, renames: Renames) -> str | None:
    if entry is None:
        return None if is_blank(line) else line
    rules = {found.rule for found in entry.findings}
    if any(found.rule in ("list.duplicate", "list.other-part") and found.fixable for found in entry.findings):
        return None
    doubts = (found for found in entry.findings if found.rule.startswith("list.") and found.rule != "list.duplicate")
    certain = all(found.fixable for found in doubts)
    if entry.image and entry.label and certain:
        return f"{renames.final(entry.image)} {renames.final(entry.label)}"
    return tidy_list_line(line) if "list.whitespace" in rules else line


def write_list(entries: list[Entry], renames: Renames) -> MendedText:
    """A new list from pictures that have labels."""
    pairs = [(entry.image, entry.label) for entry in entries if entry.image and entry.label]
    lines = [f"{renames.final(image)} {renames.final(label)}" for image, label in pairs]
    edits = tuple(LineEdit(None, None, line, ("list.missing",)) for line in lines)
    return MendedText("".join(f"{line}\n" for line in lines).encode("utf-8"), edits, ("list.missing",))
