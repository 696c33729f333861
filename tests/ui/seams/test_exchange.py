"""Parts of Gradio's scripts are exchanged where they are as they are known, and nothing else is."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from ocrweb.ui.seams import assets
from ocrweb.ui.seams.copies import COPIES
from ocrweb.ui.seams.exchange import Exchange, exchanged
from ocrweb.ui.seams.latest import LATEST
from ocrweb.ui.seams.lookups import LOOPS
from tests.ui.seams import scripts

ALL = (*LOOPS, *COPIES, *LATEST)


@pytest.mark.parametrize("exchange", ALL, ids=lambda one: one.known.pattern[:30])
def test_each_is_in_the_installed_gradio_once_and_all_around_it_stays(exchange: Exchange) -> None:
    by_gradio = scripts.by_gradio(exchange.script)
    (found,) = exchange.known.finditer(by_gradio)
    start, end = by_gradio[: found.start()], by_gradio[found.end() :]
    script = exchange.of(by_gradio)
    assert script != by_gradio
    assert script.startswith(start)
    assert script.endswith(end)
    assert "%(" not in script[len(start) : len(script) - len(end)]


def test_the_page_gets_the_exchanged_scripts_at_gradios_addresses() -> None:
    application = FastAPI()
    served = exchanged(ALL)
    assets.mount(application, served)
    assert len(served) == len({one.script for one in ALL})
    client = TestClient(application)
    for name, script in served.items():
        assert client.get(f"/assets/{name}").text == script
        exchanges = [one for one in ALL if name.startswith(f"{one.script}-")]
        expected = scripts.by_gradio(exchanges[0].script)
        for one in exchanges:
            expected = one.of(expected)
        assert script == expected


@pytest.mark.parametrize("script", ["", "loop(2);", "loop(1);loop(1);"])
def test_what_is_not_there_or_there_twice_stays_as_it_is(script: str) -> None:
    known = Exchange("core", re.compile(r"loop\((?P<times>1)\);"), "quick(%(times)s);")
    assert known.of(script) == script
    assert known.of("a;loop(1);b") == "a;quick(1);b"


def test_a_script_without_what_is_known_is_not_served_anew() -> None:
    assert exchanged([Exchange("core", re.compile("no such words, ever"), "")]) == {}
