"""What the documents say: firms, people, goods, sums and prose, drawn by a seed."""

from __future__ import annotations

import random

FIRMS = [
    "Nordwind",
    "Acme",
    "Kestrel",
    "Lumen",
    "Harbour",
    "Oakfield",
    "Vertex",
    "Delta",
    "Willow",
    "Granite",
    "Juniper",
    "Beacon",
]


KINDS = [
    "Trading",
    "Supplies",
    "Logistics",
    "& Sons",
    "Foods",
    "Instruments",
    "Bakery",
    "Print Works",
    "Garden Centre",
    "Electronics",
]


NAMES = [
    "Anna",
    "Tom",
    "Ben",
    "Clara",
    "Jonas",
    "Mia",
    "Peter",
    "Sofia",
    "Karl",
    "Lena",
    "Oscar",
    "Ruth",
    "Ivan",
    "Nora",
]


STREETS = ["High Street", "Mill Lane", "Station Road", "Park Avenue", "Church Way", "Harbour Quay", "Kings Road"]


TOWNS = ["Bristol", "Leeds", "York", "Bath", "Derby", "Exeter", "Norwich", "Oxford", "Truro", "Perth"]


GOODS = [
    "Blue ball pens",
    "Paper A4 80 g",
    "Steel bolts M8",
    "Oak shelf 120 cm",
    "Green tea 250 g",
    "LED lamp 9 W",
    "Garden hose 20 m",
    "Copy key",
    "Rye bread",
    "Mineral water",
    "Window cleaner",
    "USB cable 1.5 m",
    "Wall paint white 5 l",
    "Hourly rate, fitting",
    "Delivery",
    "Espresso",
    "Screwdriver set",
    "Cotton towel",
    "Printer ink black",
    "Transport insurance",
    "Batteries AA",
    "Notebook ruled",
    "Apples 1 kg",
    "Soap",
]


WORDS = [
    "please",
    "note",
    "that",
    "goods",
    "remain",
    "our",
    "property",
    "until",
    "they",
    "are",
    "paid",
    "for",
    "in",
    "full",
    "and",
    "that",
    "payment",
    "is",
    "due",
    "within",
    "thirty",
    "days",
    "of",
    "the",
    "date",
    "of",
    "this",
    "letter",
    "unless",
    "another",
    "date",
    "was",
    "agreed",
    "we",
    "thank",
    "you",
    "for",
    "your",
    "order",
    "and",
    "look",
    "forward",
    "to",
    "hearing",
    "from",
    "you",
    "again",
    "should",
    "anything",
    "be",
    "amiss",
    "call",
    "our",
    "office",
    "between",
    "nine",
    "and",
    "five",
    "on",
    "any",
    "working",
    "day",
    "and",
    "we",
    "will",
    "put",
    "it",
    "right",
]


DATES = ["2024-01-17", "12/03/2025", "4 May 2024", "31.08.2025", "Nov 2, 2024", "2025-06-30"]


def money(rng: random.Random) -> str:
    return f"{rng.uniform(0.4, 900):,.2f}"


def prose(rng: random.Random, count: int) -> str:
    start = rng.randrange(len(WORDS))
    return " ".join(WORDS[(start + step) % len(WORDS)] for step in range(count)).capitalize() + "."


def firm(rng: random.Random) -> list[str]:
    place = f"{rng.randint(1, 240)} {rng.choice(STREETS)}"
    town = f"{rng.choice(TOWNS)} {rng.choice('BDHKLNS')}{rng.randint(1, 9)} {rng.randint(1, 9)}QX"
    return [
        f"{rng.choice(FIRMS)} {rng.choice(KINDS)}",
        place,
        town,
        f"Tel. 0{rng.randint(100, 999)} {rng.randint(100000, 999999)}",
    ]


def rows(rng: random.Random, most: int) -> list[tuple[str, str, str, str]]:
    return [(str(rng.randint(1, 40)), rng.choice(GOODS), money(rng), money(rng)) for _ in range(rng.randint(4, most))]
