"""What rendered pages say: names, goods, prices, dates, codes, sentences, in English, Chinese or both."""

from __future__ import annotations

import functools
import string
from pathlib import Path
from typing import Literal

import numpy as np
import yaml

Language = Literal["en", "zh"]
CURRENCIES = {"en": ("$", "RM ", "RM", "£", "€", "", "", ""), "zh": ("¥", "￥", "", "")}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@functools.cache
def vocabulary() -> dict[str, tuple[str, ...]]:
    """The word lists by name."""
    text = (Path(__file__).parent / "vocabulary.yml").read_text(encoding="utf-8")
    lists = yaml.safe_load(text)
    return {
        name: tuple(item.strip() for item in (body.split("|") if "|" in body else body.split()))
        for name, body in lists.items()
    }


class Words:
    """A speaker with a seeded generator.

    chinese: the share of Chinese, 0 to 1; every call decides anew unless it is 0 or 1.
    """

    def __init__(self, rng: np.random.Generator, chinese: float) -> None:
        self.rng = rng
        self.chinese = chinese
        self.currency = self.choose(CURRENCIES["zh" if chinese > 0.5 else "en"])
        self._upper = rng.random() < 0.5

    def chance(self, probability: float) -> bool:
        return bool(self.rng.random() < probability)

    def choose(self, items: tuple[str, ...] | list[str]) -> str:
        return items[int(self.rng.integers(len(items)))]

    def number(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return int(self.rng.integers(low, high + 1))

    def digits(self, count: int) -> str:
        return "".join(map(str, self.rng.integers(0, 10, count)))

    def language(self) -> Language:
        return "zh" if self.rng.random() < self.chinese else "en"

    def of(self, name: str, language: Language | None = None) -> str:
        """An item of a word list such as ``goods``, in the speaker's language."""
        return self.choose(vocabulary()[f"{language or self.language()}_{name}"])

    def cased(self, text: str) -> str:
        """The page's habit: capitals throughout or as written."""
        return text.upper() if self._upper else text

    def money(self, high: float = 200.0) -> str:
        value = float(np.exp(self.rng.uniform(0, np.log(high))))
        return f"{value:,.2f}" if self.chance(0.95) else f"{value:,.0f}.00"

    def price(self, high: float = 200.0) -> str:
        return f"{self.currency}{self.money(high)}"

    def percent(self) -> str:
        return self.choose(
            ("6%", "0%", "10%", "13%", "9%", "3%", "5%", "20%", "SR", "ZRL", "S", "免税" if self.chinese else "Z")
        )

    def date(self) -> str:
        year, month, day = self.number(2009, 2027), self.number(1, 12), self.number(1, 28)
        forms = [f"{day:02}/{month:02}/{year}", f"{year}-{month:02}-{day:02}", f"{day:02}-{month:02}-{year % 100:02}"]
        forms += [
            f"{day} {_MONTHS[month - 1]} {year}",
            f"{month:02}/{day:02}/{year % 100:02}",
            f"{day:02}.{month:02}.{year}",
        ]
        if self.language() == "zh":
            forms = [f"{year}年{month:02}月{day:02}日", f"{year}-{month:02}-{day:02}", f"{year}/{month}/{day}"]
        return self.choose(forms)

    def time(self) -> str:
        hour, minute, second = self.number(0, 23), self.number(0, 59), self.number(0, 59)
        forms = [f"{hour:02}:{minute:02}", f"{hour:02}:{minute:02}:{second:02}"]
        return self.choose([*forms, f"{hour % 12 + 1}:{minute:02} {'PM' if hour > 11 else 'AM'}"])

    def phone(self) -> str:
        d = self.digits
        if self.language() == "zh":
            return self.choose([f"1{d(10)}", f"0{d(2)}-{d(8)}", f"400-{d(3)}-{d(4)}"])
        return self.choose(
            [f"0{d(1)}-{d(4)} {d(4)}", f"0{d(1)}-{d(8)}", f"+{d(2)} {d(3)} {d(4)}", f"({d(3)}) {d(3)}-{d(4)}"]
        )

    def code(self) -> str:
        letters = "".join(self.choose(tuple(string.ascii_uppercase)) for _ in range(self.number(0, 3)))
        joint = self.choose(("", "", "-", "/", " "))
        tail = self.choose(("", "", "", "-" + self.digits(2), self.choose(("A", "-M", "X"))))
        return f"{letters}{joint if letters else ''}{self.digits(self.number(4, 11))}{tail}"

    def company(self) -> list[str]:
        """A made-up company: one or two lines."""
        if self.language() == "zh":
            city = self.choose(vocabulary()["zh_cities"])[:2] if self.chance(0.5) else ""
            name = city + self.of("companies", "zh") + self.of("trades", "zh")
            return [name + (self.of("suffixes", "zh") if self.chance(0.6) else "")]
        name = self.of("companies", "en") + (" " + self.of("trades", "en") if self.chance(0.8) else "")
        suffix = self.of("suffixes", "en") if self.chance(0.7) else ""
        lines = [f"{name} {suffix}".strip()]
        if self.chance(0.4):
            lines.append(
                self.choose(
                    [f"({self.digits(6)}-{self.choose(tuple('ADHKMPTVWX'))})", f"CO. REG. NO: {self.digits(7)}-X"]
                )
            )
        return [self.cased(line) for line in lines]

    def address(self) -> list[str]:
        """Two or three lines of an address."""
        if self.language() == "zh":
            return [f"{self.of('cities', 'zh')}{self.of('streets', 'zh')}{self.number(1, 999)}号"]
        street = f"{self.choose(('No. ', 'Lot ', '', 'NO.', ''))}{self.number(1, 399)}, {self.of('streets', 'en')}"
        if self.chance(0.5):
            street += f" {self.number(1, 30)}/{self.number(1, 30)}{self.choose(('', 'A', 'B'))}"
        town = f"{self.digits(5)} {self.of('towns', 'en')}" + self.choose((".", ",", ""))
        lines = [street + ",", town]
        if self.chance(0.4):
            lines.insert(1, f"{self.of('streets', 'en')},")
        return [self.cased(line) for line in lines]

    def goods(self) -> str:
        name = self.cased(self.of("goods"))
        return f"{name} {self.code()}" if self.chance(0.1) else name

    def pair(self) -> tuple[str, str]:
        """A label and its value, such as ``Invoice No`` and a code."""
        label = self.of("labels")
        kind = self.number(0, 5)
        if "ate" in label or "日期" in label:
            return label, self.date()
        if "Time" in label or "时间" in label:
            return label, self.time()
        if label in ("Tel", "Fax", "电话"):
            return label, self.phone()
        if kind < 2:
            return label, self.of("names", "zh" if self.chinese > 0.5 else "en")
        return label, self.code() if kind < 5 else str(self.number(1, 99))

    def phrase(self, count: int) -> str:
        """So many words, as running text."""
        if self.language() == "zh":
            return "".join(self.of("words", "zh") for _ in range(count))
        return " ".join(self.of("words", "en") for _ in range(count))

    def word(self) -> str:
        """One word as it stands on signs and labels: letters, capitals, or a number."""
        kind = self.rng.random()
        if kind < 0.1:
            return self.choose(
                [self.digits(self.number(1, 5)), self.price(99), self.percent(), self.time(), self.code()]
            )
        if self.language() == "zh":
            return self.of("signs" if kind < 0.7 else "words", "zh")
        word = self.of("words", "en") if kind < 0.75 else self.choose(self.of("companies", "en").split())
        return self.choose([word, word.upper(), word.upper(), word.capitalize()])
