"""How many values a JSON document holds, told before it is read: millions of them would hold up the event loop."""

from __future__ import annotations

MOST_VALUES = 50_000
_MARKS = (b",", b"[", b"{")


def has_too_many(body: bytes, most: int = MOST_VALUES) -> bool:
    """Whether a document has more values than ``most``; what stands inside of texts, such as a long log, is none.

    Work: a few passes over the bytes, whatever they are.
    """
    if _marks(body) <= most:
        return False
    plain = body.replace(rb"\\", b"").replace(rb"\"", b"")
    if plain.count(b'"') > 4 * (most + 1):  # a name and a text for each value
        return True
    return sum(map(_marks, plain.split(b'"')[::2])) > most


def _marks(text: bytes) -> int:
    return sum(map(text.count, _MARKS))
