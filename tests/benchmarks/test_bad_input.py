"""Bad input: the judge sees what no answer may show, the surroundings what was touched; a short part against a real console."""

from __future__ import annotations

import os
import random
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks._visitor import Event, codes_in
from benchmarks.bad_input import send_all
from benchmarks.fuzz import files, request
from benchmarks.fuzz.judge import Surroundings, judge
from benchmarks.fuzz.network import addresses, bad_request
from benchmarks.fuzz.request import Answer, Pressed, Raw
from benchmarks.fuzz.values import Values

ASKED = Raw("a request", b"GET /gradio_api/file=/home/me/x HTTP/1.1\r\n\r\n")
EVENT = Pressed("event 1", Event(1, None, True, (1,), ("",), {}), ["/home/me/x"])


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    source = tmp_path / "source"
    (source / "ocrweb").mkdir(parents=True)
    made = Surroundings(tmp_path / "place", tmp_path / "home", source)
    made.plant()
    return made


BAD = {
    "a traceback": ("<pre>Traceback (most recent call last):\n", "traceback"),
    "a library's place": ("in /x/site-packages/gradio/blocks.py", "path"),
    "a line of the source": ('File "a.py", line 12', "path"),
    "a failure that nobody foresaw": ('{"error": {"code": "usage.internal"}}', "unforeseen"),
    "the passwords": ("root:x:0:0:root:/root:/bin/bash", "foreign content"),
    "the environment": ("OCRWEB_HOME=/data", "foreign content"),
}


@pytest.mark.parametrize(("text", "kind"), BAD.values(), ids=list(BAD))
def test_what_no_answer_may_show_is_found(around: Surroundings, text: str, kind: str) -> None:
    assert kind in {found.kind for found in judge(ASKED, Answer(200, text, 0.1), around)}


def test_a_word_of_a_planted_file_is_found(around: Surroundings) -> None:
    for word in around.words():
        assert [found.kind for found in judge(EVENT, Answer(200, f"x{word}x", 0.1), around)] == ["foreign content"]


def test_the_data_root_in_an_error_is_found_unless_the_visitor_named_it(around: Surroundings) -> None:
    told = f"cannot read {around.home}/outputs/a.json"
    assert [found.kind for found in judge(ASKED, Answer(400, told, 0.1, error=True), around)] == ["path"]
    assert judge(ASKED, Answer(200, told, 0.1), around) == []  # a visitor's own results have their place
    named = Pressed("event", EVENT.event, [f"{around.home}/outputs/a.json"])
    assert judge(named, Answer(200, told, 0.1, error=True), around) == []
    quoted = Pressed("event", EVENT.event, [str(around.home)])
    for told in (f"“{around.home}” cannot be a name", f"「{around.home}」不能作名称"):
        assert judge(quoted, Answer(400, told, 0.1, error=True), around) == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(0, "", 1.0), "no answer"),
        (Answer(0, "", 90.0, late=True), "too late"),
        (Answer(500, "oh", 0.1), "unforeseen"),
    ],
    ids=["closed", "late", "500"],
)
def test_no_good_answer_at_all_is_found(around: Surroundings, answer: Answer, kind: str) -> None:
    assert [found.kind for found in judge(ASKED, answer, around)] == [kind]


HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf"
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: ALIVE\n\n"
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
IN_ITS_WORDS = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\ncontent-type: text/event-stream"


@pytest.mark.parametrize(
    ("told", "late"),
    [
        (b"", True),
        (HALF, True),
        (IN_ITS_WORDS, True),
        (STREAM, False),
        (HALF + b"." * 95, False),
        (GO_ON + STREAM, False),
        (GO_ON + HALF, True),
        (GO_ON + HALF + b"." * 95, False),
    ],
    ids=[
        "nothing",
        "half an answer",
        "half of one about streams",
        "a stream",
        "a whole answer",
        "a stream, announced",
        "half an answer, announced",
        "a whole answer, announced",
    ],
)
def test_a_stream_may_stay_open_and_nothing_else(told: bytes, late: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The console keeps the line open and sends no more."""
    monkeypatch.setattr(request, "PATIENCE", 0.3)
    monkeypatch.setattr(request, "STREAM", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:
        visitor = SimpleNamespace(port=server.getsockname()[1])
        answer = pool.submit(ASKED.send, visitor)  # type: ignore[arg-type]
        line, _ = server.accept()
        with line:
            line.sendall(told)
            assert answer.result(20).late == late
    assert answer.result().status == (200 if told else 0)


def test_what_is_no_http_needs_no_answer(around: Surroundings) -> None:
    assert judge(Raw("noise", b"\0", strict=False), Answer(0, "", 0.1), around) == []


def test_a_coded_refusal_is_well(around: Surroundings) -> None:
    answer = Answer(403, '{"error": {"code": "access.no-file", "message": "m", "hint": "h"}}', 0.1, error=True)
    assert judge(ASKED, answer, around) == []
    assert codes_in(answer.text) == ["access.no-file"]


def test_what_is_touched_around_the_data_root_is_found(around: Surroundings) -> None:
    assert around.touched() == []
    read, changed, gone = list(around.canaries)[:3]
    read.read_bytes()
    assert around.touched() == [f"read: {read}"]
    changed.write_text("other")
    os.utime(changed, (1000, 3000))
    gone.unlink()
    (around.place / "outside" / "new").write_text("new")
    said = around.touched()
    assert f"written: {changed}" in said
    assert f"removed: {gone}" in said
    assert f"written: {around.place / 'outside' / 'new'}" in said
    (around.home / "results").write_text("the console's own")
    assert len(around.touched()) == len(said)


def test_a_seed_makes_the_same_inputs() -> None:
    values = Values([Path("/outside/secret")])
    first, again, other = (
        [bad_request(random.Random(f"{seed}-{n}"), values) for n in range(200)] for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other
    assert [files.mutated(random.Random(n)) for n in range(12)] == [files.mutated(random.Random(n)) for n in range(12)]


def test_every_address_of_the_framework_is_known() -> None:
    assert {
        "/gradio_api/upload",
        "/gradio_api/queue/join",
        "/gradio_api/queue/data",
        "/config",
        "/healthz",
        "/login",
    } <= set(addresses())


def test_all_collected_files_are_there() -> None:
    kinds = {what.partition(":")[0] for what, _, _ in files.collected()}
    assert kinds == {"picture", "zip", "archive", "dataset"}
    assert len(files.collected()) > 200


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_some_hundred_bad_inputs_do_no_harm_to_a_console(tmp_path: Path) -> None:
    """The bound on the health check is generous here: other tests share the processor."""
    result = send_all(tmp_path / "place", 3, 200, lambda text: print(text, file=sys.stderr), bound=15.0)
    assert result.sent == 200
    assert result.failures == []
    assert result.touched == []
