"""Visitors of the training tab without a browser: they speak Gradio's protocol and do what its page does."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

TICK, STATUS_EVERY = 1.0, 5


@dataclass(frozen=True)
class Call:
    """One event of the page. trigger: id of the widget that it belongs to. outputs: ids of what it answers."""

    number: int
    trigger: int
    queued: bool
    inputs: int
    outputs: tuple[int, ...]


class Page:
    """What a browser learns from ``/config``. followed_by: by place in the answer of `look`, the word that, when it
    changes, makes the page ask for more, and with which event."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.prefix = ""
        config = json.loads(self.ask(self.connect(), "/config"))
        self.prefix = config.get("api_prefix", "")
        ids = {block["props"].get("elem_id"): block["id"] for block in config["components"]}
        calls = config["dependencies"]
        self.look = _find(calls, "tick", ids["training-log"])
        self.status = _find(calls, "tick", ids["status-bar"])
        words = [ids[name] for name in ("training-news", "training-curves-news") if name in ids]
        self.followed_by = {
            self.look.outputs.index(word): _call(next(c for c in calls if [word, "change"] in c["targets"]))
            for word in words
        }

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, connection: http.client.HTTPConnection, path: str, body: Any = None) -> bytes:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        text = json.dumps(body) if body is not None else None
        connection.request("GET" if text is None else "POST", self.prefix + path, text, headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {content[:300]!r}")
        return content


class Watcher(threading.Thread):
    """One visitor who follows a run. ticks: looks so far. bytes: of all answers."""

    def __init__(self, page: Page, run: str) -> None:
        super().__init__(daemon=True)
        self._page, self._run = page, run
        self._session = uuid.uuid4().hex[:11]
        self._over = threading.Event()
        self._connection = page.connect()
        self._words: dict[int, str] = {}
        self.ticks = self.bytes = 0

    def run(self) -> None:
        page = self._page
        while not self._over.wait(TICK):
            answer = self._ask(page.look, [self._run, None, True, None])
            for place, call in page.followed_by.items():
                word = answer[place]
                if isinstance(word, str) and word != self._words.get(place):
                    self._words[place] = word
                    self._ask(call, [self._run, None])
            if self.ticks % STATUS_EVERY == 0:
                self._ask(page.status, [])
            self.ticks += 1

    def stop(self) -> None:
        self._over.set()
        if self.ident is not None:
            self.join(30)

    def _ask(self, call: Call, data: list[Any]) -> list[Any]:
        """The answer's values; direct, or by way of the queue and its stream of events."""
        page = self._page
        body = {"data": data[: call.inputs], "fn_index": call.number, "trigger_id": call.trigger,
                "session_hash": self._session, "event_data": None}  # fmt: skip
        if not call.queued:
            answer = page.ask(self._connection, "/run/predict", body)
            self.bytes += len(answer)
            return list(json.loads(answer)["data"])
        page.ask(self._connection, "/queue/join", body)
        stream = page.connect()
        stream.request("GET", f"{page.prefix}/queue/data?session_hash={self._session}")
        told = stream.getresponse()
        while line := told.readline():
            self.bytes += len(line)
            if b'"process_completed"' in line:
                break
        stream.close()
        return list(json.loads(line.removeprefix(b"data: "))["output"].get("data", []))


@contextlib.contextmanager
def watching(port: int, count: int, run: str) -> Iterator[list[Watcher]]:
    page = Page(port)
    watchers = [Watcher(page, run) for _ in range(count)]
    try:
        for watcher in watchers:
            watcher.start()
            time.sleep(1 / count)  # visitors do not tick in step
        yield watchers
    finally:
        for watcher in watchers:
            watcher.stop()


def _find(calls: list[Any], event: str, output: int) -> Call:
    return _call(next(c for c in calls if output in c["outputs"] and any(name == event for _, name in c["targets"])))


def _call(entry: Any) -> Call:
    return Call(entry["id"], entry["targets"][0][0], entry["queue"], len(entry["inputs"]), tuple(entry["outputs"]))
