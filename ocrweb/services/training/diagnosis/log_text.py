"""A log as lines, however large it is and whatever is in it: what is too much is left out, and that is said."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from ocrweb.disk.ordinary import open_ordinary
from ocrweb.messages import Sentence

READ_BYTES = 4 * 2**20
LONGEST_LINE = 10_000  # characters
MOST_LINES = 200_000
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class LogLine:
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class LogText:
    """lines: numbered from 1, blank ones left out. notes: what was not read."""

    lines: tuple[LogLine, ...]
    notes: tuple[Sentence, ...] = ()


def lines_of(text: str, *, cut: bool = False) -> LogText:
    """The lines of a text, colours of a terminal removed; of what is too long its beginning and its end.

    cut: the text is already without its middle.
    """
    if len(text) > 2 * READ_BYTES + 1:
        text, cut = f"{text[:READ_BYTES]}\n{text[-READ_BYTES:]}", True
    numbered = list(enumerate(_COLOUR.sub("", text).splitlines(), 1))
    if len(numbered) > MOST_LINES:
        numbered, cut = numbered[: MOST_LINES // 2] + numbered[-MOST_LINES // 2 :], True
    lines = tuple(LogLine(number, _shortened(line)) for number, line in numbered if line.strip())
    long = [number for number, line in numbered if len(line) > LONGEST_LINE]
    notes = [Sentence("diagnosis.cut")] * cut
    if long:
        notes.append(Sentence("diagnosis.long-line", {"line": long[0], "characters": LONGEST_LINE}))
    if len(long) > 1:
        notes.append(Sentence("diagnosis.more-long-lines", {"count": len(long) - 1}))
    return LogText(lines, tuple(notes))


def read_log(path: Path, read_bytes: int = READ_BYTES) -> tuple[str, bool]:
    """The text of a log, and whether its middle was left out: of one longer than twice ``read_bytes`` that much of its
    beginning and end is read. Empty when there is none.

    Bytes that are not UTF-8 are read as UTF-16 with a mark, as PowerShell writes it, or as GB18030, the usual encoding of
    Chinese Windows, else replaced.
    """
    try:
        with open_ordinary(path) as stream:
            size = os.fstat(stream.fileno()).st_size
            cut = size > 2 * read_bytes
            if not cut:
                raw = stream.read(2 * read_bytes)
            else:
                head = stream.read(read_bytes)
                stream.seek(size - read_bytes)
                raw = head + b"\n" + stream.read(read_bytes)
    except OSError:
        return "", False
    for encoding in ("utf-16",) if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding), cut
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace"), cut


def _shortened(line: str) -> str:
    half = LONGEST_LINE // 2
    return line if len(line) <= LONGEST_LINE else f"{line[:half]} … {line[-half:]}"
