"""In which encoding a text was written, by how usual its letters would be in each; unsure where two would do."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass

from ocrweb.disk.frequent import HANGUL, KANJI, SIMPLIFIED, TRADITIONAL

ASCII = math.log(1 / 96)  # of a letter that every encoding has
SURE = 5.0  # difference of the logarithms of two likelihoods: one is 150 times the other
USUAL = math.log(1 / 50_000)  # a letter less likely than this is a strange one
MOST_STRANGE = 0.1  # share of the letters, in a text that makes sense
RARE = 0.34  # that share of a text of names, which have rare letters, where the encoding is to be expected
ODD = math.log(0.01)  # a capital after a small letter, a Latin letter beside a Cyrillic one
LOOKED_AT = 20_000  # bytes; more of a text says no more

Letter = Callable[[bytes, str], float]
Usual = Callable[[], str]


def untold() -> str:
    """Of files that have none beside them."""
    return ""


@dataclass(frozen=True, slots=True)
class Encoding:
    """name: as people know it. codec: Python's. letter: logarithm of how likely a letter that is not ASCII is, by its bytes.
    ahead: what is added to the logarithm of a text, as files in it are more or less frequent. sure: by how much it must be before
    all others. strange: share of the letters, at most."""

    name: str
    codec: str
    letter: Letter
    ahead: float = 0.0
    sure: float = SURE
    strange: float = MOST_STRANGE


def likely_encoding(data: bytes, usual: Usual = untold) -> Encoding | None:
    """The encoding of bytes that are not UTF-8, None when it cannot be told; GB18030 where that is as likely as any other.

    usual: that of the files beside, asked where the bytes alone do not tell: taken unless another one is surely likelier.
    """
    judged = sorted(
        ((*score, at) for at, one in enumerate(ENCODINGS) if (score := _score(data, one)) is not None), reverse=True
    )
    if not judged:
        return None
    (best, strange, at), *others = judged
    likeliest = ENCODINGS[at]
    sure = not others or best - others[0][0] >= likeliest.sure
    if sure and strange <= likeliest.strange and likeliest.letter is not _western:
        return likeliest
    beside = usual()
    near = (ENCODINGS[at] for score, strange, at in judged if best - score < SURE and strange <= RARE)
    return next((one for one in near if one.name == beside), None)


def _score(data: bytes, one: Encoding) -> tuple[float, float] | None:
    """How likely the bytes are, and the share of strange letters; None for what cannot be."""
    try:
        text = data.decode(one.codec)
    except UnicodeDecodeError:
        return None
    at = ENCODINGS.index(one)
    total, letters, strange, before = one.ahead, 0, 0, ""
    for char in text[:LOOKED_AT]:
        if char >= "\x80" or before >= "\x80":
            odd = _is_odd(before, char) if one.letter is _cyrillic else _is_within_word(before, char, one.codec)
            strange += odd
            total += ODD if odd else 0.0
        before = char
        if char < "\x80":
            total += ASCII
            continue
        likely = _letter(at, char)
        total += likely
        letters += 1
        strange += likely < USUAL
    return total, strange / max(letters, 1)


def _is_within_word(before: str, char: str, codec: str) -> bool:
    """Whether a letter of one byte, or of two of which the second is Latin, follows a Latin letter: rather an accent in a word."""
    if char < "\x80" or not (before < "\x80" and before.isalpha()):
        return False
    code = _code(char, codec)
    return len(code) == 1 or code[1:2].isalpha()


def _is_odd(before: str, char: str) -> bool:
    """Whether no word of Cyrillic letters has these two in turn."""
    if not (before.isalpha() and char.isalpha()):
        return False
    return (before < "\x80") != (char < "\x80") or (char >= "\x80" and before.islower() and char.isupper())


@functools.lru_cache(maxsize=20_000)
def _letter(at: int, char: str) -> float:
    one = ENCODINGS[at]
    code = _code(char, one.codec)
    return one.letter(code, char) if code else _share(0.001, 20_000)


def _code(char: str, codec: str) -> bytes:
    """b"" for a letter that has none of its own: some codecs read two codes as one."""
    try:
        return char.encode(codec)
    except UnicodeEncodeError:
        return b""


def _share(part: float, among: int) -> float:
    return math.log(part / among)


def _gb(code: bytes, char: str) -> float:
    if char in SIMPLIFIED:
        return _share(0.62, len(SIMPLIFIED))
    if len(code) != 2 or code[1] < 0xA1:
        return _share(0.002, 20_000)
    if 0xB0 <= code[0] <= 0xD7:
        return _share(0.3, 3755)
    if code[0] in (0xA1, 0xA3):
        return _share(0.06, 190)
    return _share(0.008, 3008) if 0xD8 <= code[0] <= 0xF7 else _share(0.005, 600)


def _big5(code: bytes, char: str) -> float:
    if char in TRADITIONAL:
        return _share(0.62, len(TRADITIONAL))
    if len(code) != 2:
        return _share(0.002, 20_000)
    if 0xA4 <= code[0] <= 0xC6:
        return _share(0.3, 5401)
    return _share(0.06, 400) if 0xA1 <= code[0] <= 0xA3 else _share(0.01, 7652)


def _japanese(code: bytes, char: str) -> float:
    if "ぁ" <= char <= "ん":
        return _share(0.25, 83)
    if "ァ" <= char <= "ー":
        return _share(0.25, 92)
    if char in KANJI:
        return _share(0.28, len(KANJI))
    if "｡" <= char <= "ﾟ":
        return _share(0.03, 63)
    if "\u4e00" <= char <= "\u9fff":
        return _share(0.13, 2965) if _is_first_level(char) else _share(0.005, 3390)
    return _share(0.05, 400) if "\u3000" <= char <= "\u303f" or char >= "！" else _share(0.002, 4000)


def _is_first_level(kanji: str) -> bool:
    """Of the two levels of kanji in JIS X 0208."""
    code = _code(kanji, "euc_jp")
    return len(code) == 2 and code[0] <= 0xCF


def _korean(code: bytes, char: str) -> float:
    if char in HANGUL:
        return _share(0.75, len(HANGUL))
    if "가" <= char <= "힣":
        return _share(0.15, 2350) if code[0] >= 0xB0 and code[1] >= 0xA1 else _share(0.005, 8822)
    if "\u4e00" <= char <= "\u9fff":
        return _share(0.01, 4888)
    return _share(0.05, 190) if code[0] in (0xA1, 0xA3) else _share(0.005, 700)


def _cyrillic(code: bytes, char: str) -> float:
    if "а" <= char.lower() <= "я":  # receipts and signs are often in capitals
        return _share(0.7, 30) if char.lower() in "оеаинтсрвлкмдпу" else _share(0.25, 34)
    return _share(0.04, 8) if char in "Ёё№«»іїє" else _share(0.001, 60)


def _western(code: bytes, char: str) -> float:
    """Of Western Windows, whose accents other encodings of Europe have for other letters: it is never sure. One in ten has one."""
    return _share(0.08, 30) if char in "éèêëàâäáãåçñöôóòøüûúùíîïßæÉÈÀÄÖÜÇÑ€£°" else _share(0.02, 70)


ENCODINGS = (
    Encoding("GB18030", "gb18030", _gb, 3.5, sure=3.0, strange=RARE),
    Encoding("Big5", "cp950", _big5),
    Encoding("Shift-JIS", "cp932", _japanese),
    Encoding("EUC-JP", "euc_jp", _japanese, -1.0),
    Encoding("EUC-KR", "cp949", _korean),
    Encoding("Windows-1251", "cp1251", _cyrillic),
    Encoding("KOI8-R", "koi8_r", _cyrillic),
    Encoding("Windows-1252", "cp1252", _western),
)
