"""One bad input: what is sent, and how."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks._visitor import Event, Failed, Refused, Visitor

PATIENCE = 90.0
STREAM = 1.0
SHOWN = 4000


@dataclass(frozen=True)
class Answer:
    """status: 0 when the line was closed without one. text: head and body, or the outputs of an event. late: no end in
    `PATIENCE` seconds. error: it tells of a failure, not of success."""

    status: int
    text: str
    seconds: float
    late: bool = False
    error: bool = False


@dataclass(frozen=True)
class Raw:
    """Bytes for the socket. strict: the bytes are HTTP, so that an answer is due."""

    what: str
    data: bytes
    strict: bool = True

    def send(self, visitor: Visitor) -> Answer:
        began = time.monotonic()
        received, late, stream = b"", False, False
        try:
            with socket.create_connection(("127.0.0.1", visitor.port), timeout=PATIENCE) as line:
                with contextlib.suppress(OSError):  # it was refused before its end: the answer may still be there
                    line.sendall(self.data)
                    if not self.strict:
                        line.shutdown(socket.SHUT_WR)
                while part := line.recv(65536):
                    received += part
                    if len(received) > 1 << 22 or _is_whole(received):
                        break
                    if time.monotonic() - began > PATIENCE:  # what comes now and then outlives the line's patience
                        raise TimeoutError
                    if not stream and _is_stream(received):
                        stream = True
                        line.settimeout(STREAM)
        except TimeoutError:  # a stream goes on for as long as its client listens, every other answer has an end
            late = not stream
        except OSError:
            pass
        words = _answer(received).split(b" ", 2)
        status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
        return Answer(status, received.decode("utf-8", "replace"), time.monotonic() - began, late, status >= 400)

    def document(self) -> dict[str, Any]:
        return {"what": self.what, "raw": base64.b64encode(self.data[:SHOWN]).decode(), "bytes": len(self.data)}


@dataclass(frozen=True)
class Pressed:
    """An event of the page with these values. files: name and content of an upload, whose path goes to a place of them."""

    what: str
    event: Event
    values: list[Any]
    files: Mapping[int, tuple[str, bytes]] = field(default_factory=dict)
    many: bool = False

    def send(self, visitor: Visitor) -> Answer:
        began = time.monotonic()
        values = list(self.values)
        try:
            for place, (name, data) in self.files.items():
                sent = visitor.upload(name, data)
                values[place] = [sent] if self.many else sent
            answer = visitor.send(self.event, values)
            text = json.dumps(answer, ensure_ascii=False)
            return Answer(200, text, time.monotonic() - began, error=told_failure(text))
        except Refused as refused:
            return Answer(refused.status, refused.body.decode("utf-8", "replace"), time.monotonic() - began, error=True)
        except Failed as failed:
            return Answer(200, str(failed), time.monotonic() - began, error=True)
        except TimeoutError:
            return Answer(0, "", time.monotonic() - began, late=True)
        except (OSError, http.client.HTTPException, ValueError) as broken:
            return Answer(0, repr(broken), time.monotonic() - began)

    def document(self) -> dict[str, Any]:
        kept = {place: {"name": name, "content": base64.b64encode(data[:SHOWN]).decode(), "bytes": len(data)}
                for place, (name, data) in self.files.items()}  # fmt: skip
        return {"what": self.what, "event": self.event.number, "values": repr(self.values)[:SHOWN], "files": kept}


Bad = Raw | Pressed


def told_failure(text: str) -> bool:
    return "ocrweb-problem" in text or '"error": {' in text


def _is_stream(received: bytes) -> bool:
    """Whether the head of an answer announces a stream of events; words of a body do not."""
    head, found, _ = _answer(received).partition(b"\r\n\r\n")
    return bool(found) and any(
        row.startswith(b"content-type:") and b"text/event-stream" in row for row in head.lower().split(b"\r\n")
    )


def _answer(received: bytes) -> bytes:
    """Without the interim answers before it: a request may ask for "100 Continue"."""
    while received.startswith(b"HTTP/1.1 1") and b"\r\n\r\n" in received:
        received = received.partition(b"\r\n\r\n")[2]
    return received


def _is_whole(received: bytes) -> bool:
    """Whether an answer with a length has come to its end; without one the line is closed at the end."""
    head, found, body = _answer(received).partition(b"\r\n\r\n")
    if not found:
        return False
    for row in head.lower().split(b"\r\n"):
        if row.startswith(b"content-length:") and row[15:].strip().isdigit():
            return len(body) >= int(row[15:])
    return body.endswith(b"0\r\n\r\n") if b"transfer-encoding: chunked" in head.lower() else False
