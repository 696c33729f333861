"""How much work a regular expression does on a line, counted instead of timed.

`work` is a plain backtracking matcher over the tree that ``re`` itself parses: it tries what ``re`` tries, in its order,
and counts each look at a character. `hostile_lines` makes lines out of the expression's own pieces, which is what makes
it go back and forth: beginnings of a match that never end.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

PIECES = 12  # of an expression, as a beginning; twice as many to repeat
LARGE = 8  # a repeat of more is one that a line can stretch
Line = Callable[[int], str]
_CATEGORIES = {
    codes.CATEGORY_DIGIT: str.isdecimal,
    codes.CATEGORY_NOT_DIGIT: lambda c: not c.isdecimal(),
    codes.CATEGORY_SPACE: str.isspace,
    codes.CATEGORY_NOT_SPACE: lambda c: not c.isspace(),
    codes.CATEGORY_WORD: lambda c: c.isalnum() or c == "_",
    codes.CATEGORY_NOT_WORD: lambda c: not (c.isalnum() or c == "_"),
}
_CHARACTERS = (codes.ANY, codes.LITERAL, codes.NOT_LITERAL, codes.IN)
_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)


def work(expression: str, line: str, *, search: bool = True) -> int:
    """Looks at characters until ``re.search`` knows its answer; ``search=False``: until ``re.match`` does."""
    matcher = _Matcher(line.lower())
    nodes = _read(expression)
    alone = nodes[0] if nodes and nodes[0][0] in _CHARACTERS else None
    for start in range(len(line) + 1 if search else 1):
        if alone and (start >= len(matcher.line) or not alone[1][matcher.line[start]]):
            matcher.looks += 1  # most places are none to begin at
        elif next(matcher.follow(nodes, start), None) is not None:
            break
    return matcher.looks


def stretches(expression: str) -> bool:
    """Whether anything in it repeats more than a few times; without that the work for a line is linear."""
    return any(
        node[0] in _REPEATS and node[1][1] > LARGE
        for sequence in _sequences(parser.parse(expression))
        for node in sequence
    )


def alternatives(expression: str) -> list[str]:
    """Its alternatives at the top, which are tried one after the other: work on the whole is their sum."""
    parts, depth, kept, index = [""], 0, False, 0
    while index < len(expression):
        step = expression[index : index + 2] if expression[index] == "\\" else expression[index]
        if step == "[" and not kept:
            kept = True
        elif step == "]":
            kept = False
        elif not kept:
            depth += (step == "(") - (step == ")")
        if step == "|" and not depth and not kept:
            parts.append("")
        else:
            parts[-1] += step
        index += len(step)
    return parts


def hostile_lines(expression: str) -> Iterator[tuple[str, Line]]:
    """Lines by their size: a beginning of a match, then a piece of the expression over and over, then what ends no match.

    Pieces are cut where something repeats, because only there a matcher can go back.
    """
    heads, bodies = {"": None}, dict.fromkeys([*" a1.\t"])
    for sequence in _sequences(parser.parse(expression)):
        samples = [_sample(node) for node in sequence]
        cuts = {0, len(samples), max(0, len(samples) - 1)}
        for place, node in enumerate(sequence):
            if node[0] in _REPEATS:
                cuts |= {place, place + 1}
                bodies[samples[place]] = None
        for start, end in itertools.combinations(sorted(cuts), 2):
            piece = "".join(samples[start:end])
            bodies |= dict.fromkeys([piece, f"{piece} ", f"{piece}."])
            if start == 0:
                heads[piece] = None
    for head, body in itertools.product(list(heads)[:PIECES], [body for body in bodies if body][: 2 * PIECES]):
        yield (
            f"{head!r} + {body!r} × n",
            lambda size, head=head, body=body: head + body * (size // len(body) + 1) + "\x01",
        )


def growth(expression: str, size: int = 160, *, search: bool = True) -> tuple[float, str]:
    """The worst ratio of work when a hostile line is doubled, and that line in words."""
    worst = (1.0, "")
    for part in alternatives(expression):
        if not stretches(part):
            continue
        for words, line in hostile_lines(part):
            small, large = line(size), line(2 * size)
            ratio = work(part, large, search=search) / max(1, work(part, small, search=search))
            worst = max(worst, (ratio * 2 * len(small) / len(large), f"{part}  on  {words}"))
    return worst


class _Matcher:
    def __init__(self, line: str) -> None:
        self.line = line
        self.looks = 0

    def follow(self, nodes: tuple[Any, ...], at: int) -> Iterator[int]:
        """Every end of a match of these nodes that begins here, in the order in which ``re`` finds them."""
        for place, node in enumerate(nodes):
            if node[0] not in _CHARACTERS:
                for end in self._one(node, at):
                    yield from self.follow(nodes[place + 1 :], end)
                return
            if not self._character(node, at):
                return
            at += 1
        yield at

    def _one(self, node: Any, at: int) -> Iterator[int]:
        kind, value = node
        if kind in _REPEATS:
            yield from self._repeat(kind, *value, at)
        elif kind is codes.SUBPATTERN:
            yield from self.follow(value[3], at)
        elif kind is codes.BRANCH:
            for branch in value[1]:
                yield from self.follow(branch, at)
        elif kind is codes.ATOMIC_GROUP:
            yield from itertools.islice(self.follow(value, at), 1)
        elif kind in (codes.ASSERT, codes.ASSERT_NOT):
            if (kind is codes.ASSERT) == self._asserted(value, at):
                yield at
        else:
            assert kind is codes.AT, kind
            self.looks += 1
            if self._position(value, at):
                yield at

    def _repeat(self, kind: Any, least: int, most: Any, inner: Any, at: int) -> Iterator[int]:
        if len(inner) == 1 and inner[0][0] in _CHARACTERS:
            yield from self._run(kind, least, int(most), inner[0], at)
        elif kind is codes.POSSESSIVE_REPEAT:
            yield from itertools.islice(self._groups(codes.MAX_REPEAT, least, int(most), inner, at), 1)
        else:
            yield from self._groups(kind, least, int(most), inner, at)

    def _run(self, kind: Any, least: int, most: int, node: Any, at: int) -> Iterator[int]:
        """A repeat of one character."""
        end = at
        if kind is codes.MIN_REPEAT:
            while end - at <= most:
                if end - at >= least:
                    yield end
                if not self._character(node, end):
                    return
                end += 1
            return
        while end - at < most and self._character(node, end):
            end += 1
        last = at + least if kind is codes.MAX_REPEAT else max(end, at + least)
        for stop in range(end, last - 1, -1):
            self.looks += 1
            yield stop

    def _groups(self, kind: Any, least: int, most: int, inner: tuple[Any, ...], at: int) -> Iterator[int]:
        """A repeat of more than one character."""
        if kind is codes.MIN_REPEAT and least <= 0:
            yield at
        if most > 0:
            for end in self.follow(inner, at):
                if end > at or least > 0:
                    yield from self._groups(kind, least - 1, most - 1, inner, end)
        if kind is not codes.MIN_REPEAT and least <= 0:
            yield at

    def _asserted(self, value: Any, at: int) -> bool:
        direction, inner, width = value
        if direction < 0:
            return at >= width and any(end == at for end in self.follow(inner, at - width))
        return next(self.follow(inner, at), None) is not None

    def _position(self, value: Any, at: int) -> bool:
        if value in (codes.AT_BEGINNING, codes.AT_BEGINNING_STRING):
            return at == 0
        if value in (codes.AT_END, codes.AT_END_STRING):
            return at == len(self.line)
        before, after = (0 <= place < len(self.line) and _is_word(self.line[place]) for place in (at - 1, at))
        return (before != after) == (value is codes.AT_BOUNDARY)

    def _character(self, node: Any, at: int) -> bool:
        self.looks += 1
        return at < len(self.line) and node[1][self.line[at]]


class _Accepted(dict[str, bool]):
    """Whether a node of one character takes a character, found out as it is asked for."""

    def __init__(self, node: Any) -> None:
        self._node = node

    def __missing__(self, character: str) -> bool:
        self[character] = taken = _matches(self._node, character)
        return taken


@functools.cache
def _read(expression: str) -> tuple[Any, ...]:
    return _plain(parser.parse(expression))


def _plain(tree: Any) -> tuple[Any, ...]:
    """The tree as tuples alone: ``re``'s own sequences are slow to walk. A look around has its width besides."""
    nodes = []
    for kind, value in tree:
        if kind in _REPEATS:
            value = (*value[:2], _plain(value[2]))
        elif kind is codes.SUBPATTERN:
            value = (*value[:3], _plain(value[3]))
        elif kind is codes.BRANCH:
            value = (value[0], [_plain(branch) for branch in value[1]])
        elif kind is codes.ATOMIC_GROUP:
            value = _plain(value)
        elif kind in (codes.ASSERT, codes.ASSERT_NOT):
            value = (value[0], _plain(value[1]), value[1].getwidth()[0])
        elif kind in _CHARACTERS:
            value = _Accepted((kind, value))
        nodes.append((kind, value))
    return tuple(nodes)


def _matches(node: Any, character: str) -> bool:
    kind, value = node
    if kind is codes.ANY:
        return character != "\n"
    if kind is codes.LITERAL:
        return chr(value).lower() == character
    if kind is codes.NOT_LITERAL:
        return chr(value).lower() != character
    if kind is codes.RANGE:
        return any(value[0] <= ord(case) <= value[1] for case in (character, character.upper()[:1]))
    if kind is codes.CATEGORY:
        return bool(_CATEGORIES[value](character))
    assert kind is codes.IN, kind
    negated = value[0][0] is codes.NEGATE
    return any(_matches(item, character) for item in value[negated:]) != negated


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _sequences(tree: Any) -> Iterator[tuple[Any, ...]]:
    """The tree's sequence of nodes and those inside of it."""
    nodes = tuple(tree)
    yield nodes
    for kind, value in nodes:
        inner = [value[3]] if kind is codes.SUBPATTERN else value[1] if kind is codes.BRANCH else []
        inner = [value[2]] if kind in _REPEATS else [value] if kind is codes.ATOMIC_GROUP else inner
        inner = [value[1]] if kind in (codes.ASSERT, codes.ASSERT_NOT) else inner
        for part in inner:
            yield from _sequences(part)


def _sample(node: Any) -> str:
    """A short text that the node matches, or nearly."""
    kind, value = node
    if kind is codes.LITERAL:
        return chr(value).lower()
    if kind in (codes.SUBPATTERN, codes.ATOMIC_GROUP):
        return "".join(map(_sample, value[3] if kind is codes.SUBPATTERN else value))
    if kind is codes.BRANCH:
        return "".join(map(_sample, value[1][0]))
    if kind in _REPEATS:
        return "".join(map(_sample, value[2])) * max(1, value[0])
    if kind in (codes.ANY, codes.NOT_LITERAL, codes.IN):
        return next((one for one in 'a1 .,-\t{"m' if _matches(node, one)), "~")
    return ""
