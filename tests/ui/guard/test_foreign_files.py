"""No event of the page takes a file that was not uploaded, through none of its inputs."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import Console
from tests.page_config import events_of, page_config

pytestmark = pytest.mark.slow
META = {"_type": "gradio.FileData"}


@pytest.fixture
def foreign(console: Console, tmp_path: Path) -> list[str]:
    """Paths that no visitor may read, of every kind."""
    outside = tmp_path / "outside.png"
    outside.write_bytes(b"a secret of the machine")
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    uploads = console.home / ".ocrweb" / "uploads"
    uploads.mkdir(exist_ok=True)
    link = uploads / "link.png"
    with contextlib.suppress(FileExistsError):
        link.symlink_to(outside)
    private = console.home / ".ocrweb"
    return [
        str(outside), str(private / "page_secret"), str(pipe), "/dev/zero", str(tmp_path), str(link),
        f"{uploads}/../page_secret", f"file://{outside}", "etc/hostname", f"{uploads}/none.png",
    ]  # fmt: skip


def values_of(path: str) -> Iterator[Any]:
    """A path as the inputs of Gradio take a file: alone, in a list, a gallery, an editor, beside a text."""
    file = {"path": path, "meta": META}
    yield file
    yield {"path": path}
    yield {"path": "", "url": path, "meta": META}
    yield [file]
    yield [{"image": file, "caption": None}]
    yield {"background": file, "layers": [file], "composite": file}
    yield {"text": "a", "files": [file]}
    yield {"video": file}


def post(connection: http.client.HTTPConnection, address: str, document: Any) -> tuple[int, bytes]:
    connection.request("POST", address, json.dumps(document), {"Content-Type": "application/json"})
    response = connection.getresponse()
    return response.status, response.read()


@contextlib.contextmanager
def watched_health(console: Console) -> Iterator[list[int | str]]:
    """What the health check answered all the while that the block ran: statuses, or the failure of one that did not."""
    told: list[int | str] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            connection = http.client.HTTPConnection(console.url.removeprefix("http://"), timeout=60)
            try:
                connection.request("GET", "/healthz")
                told.append(connection.getresponse().status)
            except OSError as failure:  # a pipe that the event loop waits for is waited for without end
                told.append(repr(failure))
            connection.close()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield told
    finally:
        over.set()
        thread.join()


def files_below(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*")}


def test_no_event_takes_a_foreign_file(console: Console, foreign: list[str]) -> None:
    events = list(events_of(page_config(console)))
    assert len(events) > 50
    served = [console.home / name for name in (".ocrweb/uploads", "outputs", "exports")]
    before = [files_below(folder) for folder in served]
    connection = http.client.HTTPConnection(console.url.removeprefix("http://"), timeout=60)
    tried = 0
    with watched_health(console) as told:
        for event in events:
            for position in range(len(event.inputs)):
                path = foreign[tried % len(foreign)]
                value = {"path": path, "meta": META}
                status, body = post(connection, "/gradio_api/queue/join", event.with_input(position, value))
                assert (status, json.loads(body)["error"]["code"]) == (403, "access.foreign-file"), (event, value)
                tried += 1
    assert tried > 500
    assert set(told) == {200}
    assert [files_below(folder) - old for folder, old in zip(served, before, strict=True)] == [set(), set(), set()]


@pytest.mark.parametrize("way", ["run/detect", "api/detect", "call/detect", "call/v2/detect", "queue/join"])
def test_no_way_in_takes_a_foreign_file(console: Console, foreign: list[str], way: str) -> None:
    connection = http.client.HTTPConnection(console.url.removeprefix("http://"), timeout=60)
    for path in foreign:
        for value in values_of(path):
            document = {"data": [value], "picture": value, "session_hash": "way", "fn_index": 0}
            status, body = post(connection, f"/gradio_api/{way}", document)
            assert (status, json.loads(body)["error"]["code"]) == (403, "access.foreign-file"), value
            assert b"secret" not in body
