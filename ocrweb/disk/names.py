"""Names of files and folders: safe ones, the next one that is free, and the order in which people count."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ocrweb.messages.visible import CONTROL, HIDDEN, TURNING

BREAKS_A_PATH = rf'{CONTROL}{TURNING}{HIDDEN}/\\:*?"<>|'  # characters, as a class of a regular expression has them
_NOT_PLAIN = re.compile(r"[^\w.-]+")
_DIGITS = re.compile(r"([0-9]{1,18})")


def plain_name(text: str, longest: int, otherwise: str) -> str:
    """Letters, digits, ``-``, ``_`` and ``.`` of any script, at most `longest` characters; never empty or a dot file."""
    return _NOT_PLAIN.sub("-", text.strip()).strip("-.")[:longest] or otherwise


def word_name(text: str, longest: int, otherwise: str, *, also: str = "", ends: str = "._") -> str:
    """One word in the composed form of Unicode: each run of blanks and of what breaks a path is a ``_``.

    longest: bytes. also: more characters that become ``_``, as a class of a regular expression has them. ends: characters
    that it neither begins nor ends with. otherwise: its name when nothing is left.
    """
    readable = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))
    return shortened(re.sub(rf"[\s{BREAKS_A_PATH}{also}]+", "_", readable).strip(ends), longest) or otherwise


def shortened(text: str, longest: int) -> str:
    """The text, or the first of its characters that have so many bytes together."""
    return text.encode()[:longest].decode("utf-8", "ignore")


def some_of(names: Sequence[str], most: int = 5) -> str:
    """The first names, cut where they are long, and a mark when there are more."""
    shown = [name if len(name) <= 60 else f"{name[:59]}…" for name in names[:most]]
    return ", ".join([*shown, "…"] if len(names) > most else shown)


def numbered(stem: str, ending: str = "", mark: str = "_{}") -> Iterator[str]:
    """The name, then ``_2``, ``_3`` and so on before its ending, in the form of `mark`."""
    yield stem + ending
    yield from (stem + mark.format(number) + ending for number in itertools.count(2))


def free_name(stem: str, is_taken: Callable[[str], bool], ending: str = "") -> str:
    """The first of the `numbered` names that is not taken."""
    return next(name for name in numbered(stem, ending) if not is_taken(name))


def take_name(stem: str, taken: set[str]) -> str:
    """The first of the `numbered` names that is not taken, in any case of letters; it is then. taken: names casefolded."""
    name = free_name(stem, lambda name: name.casefold() in taken)
    taken.add(name.casefold())
    return name


def claim_folder(parent: Path, stem: str) -> Path:
    """Make the first of the `numbered` folders that is not there yet; two at once get two. Raises OSError."""
    for name in numbered(stem):
        try:
            (parent / name).mkdir()
        except FileExistsError:
            continue
        return parent / name
    raise AssertionError  # there is no last number


def natural_key(name: str) -> tuple[tuple[int | str, ...], int, str]:
    """Sorts ``img_2`` before ``img_10`` and ``B`` after ``a``; only one and the same name gives the same key."""
    parts = _DIGITS.split(name.casefold())
    return tuple(int(part) if i % 2 else part for i, part in enumerate(parts)), len(name), name
