"""A visitor without a browser: uploads files and presses buttons of a running console, in the protocol of its page."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FIRST_LOOK = 60.0


class Refused(Exception):
    """The console answered a request with a status of 400 or more."""

    def __init__(self, path: str, status: int, body: bytes) -> None:
        super().__init__(f"{path}: {status} {body[:300]!r}")
        self.status, self.body = status, body


class Failed(Exception):
    """An event of the page ended in an error of the framework: none of the console's own, coded answers."""


@dataclass(frozen=True)
class Event:
    """One event of the page. values: what its inputs hold when the page opens. inputs: their ids. names: elem_id → place."""

    number: int
    trigger: int | None
    queued: bool
    inputs: tuple[int, ...]
    values: tuple[Any, ...]
    names: Mapping[str, int]


class Visitor:
    """One window of the page. All methods raise `Refused`, `Failed`, or what a broken connection raises (OSError,
    http.client.HTTPException)."""

    longest = 600.0  # seconds that an event may take whose stream stays open: its heartbeats outlive every timeout

    def __init__(self, port: int, timeout: float = FIRST_LOOK, config: Mapping[str, Any] | None = None) -> None:
        """config: what another window of the same console was told, to save asking."""
        self.port, self.timeout = port, timeout
        self.session = secrets.token_hex(6)
        self.config = config or json.loads(self.ask("GET", "/config"))
        self._ids = {block["props"].get("elem_id"): block["id"] for block in self.config["components"]}
        self._components = {block["id"]: block for block in self.config["components"]}

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)

    def ask(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> bytes:
        with contextlib.closing(self.connect()) as connection:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            content = answer.read()
        if answer.status >= 400:
            raise Refused(path, answer.status, content)
        return content

    def upload(self, name: str, data: bytes) -> dict[str, Any]:
        """Send a file; the value of a file field that holds it."""
        body, kind = multipart(name, data)
        path = json.loads(self.ask("POST", "/gradio_api/upload", body, {"Content-Type": kind}))[0]
        return {"path": path, "orig_name": name, "size": len(data), "meta": {"_type": "gradio.FileData"}}

    def event(self, widget: str, kind: str = "click", *, output: bool = False) -> Event:
        """The first event of this kind of the widget with this elem_id; output: that changes the widget."""
        wanted = self._ids[widget]
        for call in self.config["dependencies"]:
            fits = any(name == kind and (output or block == wanted) for block, name in call["targets"])
            if fits and (not output or wanted in call["outputs"]):
                return self.described(call)
        raise KeyError(f"{widget}.{kind}")

    def named(self, name: str) -> Event:
        """The event of an endpoint of the API."""
        return self.described(next(call for call in self.config["dependencies"] if call["api_name"] == name))

    def loads(self) -> list[Event]:
        """What the page asks for when it opens."""
        opened = (call for call in self.config["dependencies"] if any(name == "load" for _, name in call["targets"]))
        return [self.described(call) for call in opened if call.get("backend_fn", True)]

    def described(self, call: Mapping[str, Any]) -> Event:
        inputs = tuple(call["inputs"])
        parts = [self._components[number] for number in inputs]
        values = tuple(_opens_with(part) for part in parts)
        names = {part["props"]["elem_id"]: place for place, part in enumerate(parts) if part["props"].get("elem_id")}
        return Event(
            call["id"], call["targets"][0][0] if call["targets"] else None, call["queue"], inputs, values, names
        )

    def press(self, event: Event, given: Mapping[str | int, Any] | None = None) -> list[Any]:
        """Let an event happen and wait for its outputs. given: values of inputs by elem_id or place, in place of those
        that the page opens with."""
        values = list(event.values)
        for name, value in (given or {}).items():
            values[name if isinstance(name, int) else event.names[name]] = value
        return self.send(event, values)

    def send(self, event: Event, values: list[Any]) -> list[Any]:
        body = {"data": values, "fn_index": event.number, "trigger_id": event.trigger, "session_hash": self.session,
                "event_data": None}  # fmt: skip
        if not event.queued:
            return list(json.loads(self.post("/gradio_api/run/predict", body))["data"])
        ticket = json.loads(self.post("/gradio_api/queue/join", body))["event_id"]
        return self._wait(ticket)

    def post(self, path: str, body: Any) -> bytes:
        return self.ask("POST", path, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def _wait(self, ticket: str) -> list[Any]:
        with contextlib.closing(self.connect()) as connection:
            connection.request("GET", f"/gradio_api/queue/data?session_hash={self.session}")
            stream = connection.getresponse()
            if stream.status >= 400:
                raise Refused("/gradio_api/queue/data", stream.status, stream.read())
            end = time.monotonic() + self.longest
            while line := stream.readline():
                if time.monotonic() > end:
                    raise TimeoutError(f"no answer to {ticket} in {self.longest:g} s")
                if not line.startswith(b"data:"):
                    continue
                told = json.loads(line[5:])
                if told.get("event_id") not in (None, ticket):
                    continue
                if told["msg"] == "process_completed":
                    if not told.get("success", True):
                        raise Failed(json.dumps(told.get("output"), ensure_ascii=False)[:500])
                    return list(told["output"].get("data", []))
                if told["msg"] in ("unexpected_error", "server_stopped"):
                    raise Failed(json.dumps(told, ensure_ascii=False)[:500])
        raise ConnectionResetError("the answer's stream ended before the answer")


def _opens_with(component: Mapping[str, Any]) -> Any:
    """What a widget holds when the page opens; a state lies on the server, an empty text is one."""
    value = component["props"].get("value")
    if component["type"] == "textbox" and value is None:
        return ""
    return None if component["type"] == "state" else value


def multipart(name: str, data: bytes) -> tuple[bytes, str]:
    """The body of an upload, and its content type."""
    mark = f"----{hashlib.sha256(data).hexdigest()[:24]}"
    head = f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
    start = f"{head}Content-Type: application/octet-stream\r\n\r\n".encode()
    return start + data + f"\r\n--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


def value_of(output: Any) -> Any:
    """The value of an output, which may be wrapped in changes of its widget."""
    return output.get("value") if isinstance(output, dict) and output.get("__type__") == "update" else output


def codes_in(outputs: Any) -> list[str]:
    """Codes of the problems that an answer tells, as the page shows them and as the API has them."""
    text = json.dumps(outputs, ensure_ascii=False)
    code = r"[a-z]+(?:\.[a-z0-9-]+)+"
    shown = re.findall(rf"<code>({code})</code></div>", text) + re.findall(rf"\[({code})\]", text)
    return shown + re.findall(rf'\\?"code\\?": ?\\?"({code})\\?"', text)
