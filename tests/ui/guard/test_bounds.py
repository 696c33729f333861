"""The bounds that the documents promise to the owner of a console are those that it keeps."""

from __future__ import annotations

import re

import pytest

from ocrweb.config.paths import CHECKOUT
from ocrweb.ui.guard import amount, file_values, login_brake, room, stopping, uploads, values, web_files
from ocrweb.ui.labels import routes as labels
from ocrweb.ui.line import answer, queue, sessions, unread
from ocrweb.ui.page import log
from ocrweb.ui.programs import routes as programs

UNITS = {"": 1, "characters": 1, "KiB": 2**10, "MiB": 2**20, "s": 1, "h": 3600}
KEPT = {
    "a text in a field": (values.LONGEST_TEXT,),
    "a posted document": (file_values.LONGEST_BODY, amount.MOST_VALUES),
    "bodies of all connections": (room.MOST, room.KEPT_FOR_SMALL, room.SMALL),
    "a body from which": (file_values.SILENCE,),
    "text beside the files": (uploads.LONGEST_TEXT,),
    "a file fetched": (web_files.MOST_BYTES, web_files.SECONDS, web_files.REDIRECTS),
    "the form of the login": (login_brake.LONGEST_FORM,),
    "waiting for one kind": (queue.LONGEST, queue.LONGEST_EACH),
    "threads that work": (queue.THREADS, answer.FILES, programs.READERS),
    "remembered windows": (sessions.MOST_PAGES, sessions.MOST_CALLS),
    "a closed window": (sessions.CLOSED_KEPT.total_seconds(), sessions.SILENT_KEPT.total_seconds()),
    "answers that nobody": (unread.KEPT_SECONDS, unread.MOST),
    "pictures named": (labels.MOST_PICTURES,),
    "a line of the log": (log.LONGEST,),
    "until a console": (stopping.STOP_SECONDS,),
}


def promised() -> dict[str, list[float]]:
    part = (
        (CHECKOUT / "docs" / "security.md").read_text(encoding="utf-8").partition("## Bounds")[2].partition("\n## ")[0]
    )
    rows = [row.strip("| ").split(" | ") for row in part.splitlines() if row.startswith("| ")]
    found = {}
    for what, told in rows[1:]:
        numbers = re.findall(r"([\d,]*\d) ?(KiB|MiB|characters|s|h)?", told)
        found[what] = [float(number.replace(",", "")) * UNITS[unit] for number, unit in numbers]
    return found


@pytest.mark.parametrize("what", KEPT)
def test_a_bound_is_the_one_that_is_promised(what: str) -> None:
    (told,) = (numbers for row, numbers in promised().items() if row.startswith(what))
    assert told == [float(number) for number in KEPT[what]]


def test_every_promise_is_looked_at() -> None:
    assert len(promised()) == len(KEPT)


def test_the_largest_number_of_a_field_is_the_last_that_a_browser_counts_to() -> None:
    assert values.LARGEST - 1 != values.LARGEST
    assert values.LARGEST + 1 == values.LARGEST
