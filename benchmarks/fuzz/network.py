"""Bad requests for every address of the console: broken HTTP, strange headers, bodies of the wrong kind, paths that climb."""

from __future__ import annotations

import functools
import json
import random
import re
import urllib.parse

from benchmarks._visitor import multipart
from benchmarks.fuzz import files
from benchmarks.fuzz.request import Raw
from benchmarks.fuzz.values import Values

METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "CONNECT", "BREW", "get")
KINDS = (
    "application/json", "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "x" * 300,
    "application/x-www-form-urlencoded", "text/plain", "application/octet-stream", "application/json; charset=utf-16", "", "\xff\xfe",
)  # fmt: skip
OWN = (
    "/healthz",
    "/login",
    "/login/",
    "/logout",
    "/gradio_api/mcp/",
    "/gradio_api/mcp/sse",
    "/assets/",
    "/static/",
    "/favicon.ico",
    "/v1/detect",
)


@functools.cache
def addresses() -> tuple[str, ...]:
    """Every route that the framework has, tomorrow's as well, and the console's own."""
    import gradio as gr
    from gradio.routes import App

    with gr.Blocks(analytics_enabled=False) as page:
        pass
    found = {
        route.path for route in _routes(App.create_app(page).routes) if isinstance(getattr(route, "path", None), str)
    }
    return tuple(sorted(found | set(OWN)))


def _routes(routes: list) -> list:  # type: ignore[type-arg]
    """All routes, those of included routers too."""
    found = []
    for route in routes:
        found.append(route)
        inner = getattr(route, "original_router", None) or getattr(route, "app", None)
        found += _routes(getattr(inner, "routes", [])) if inner is not None and inner is not route else []
    return found


def bad_request(dice: random.Random, values: Values) -> Raw:
    kind = dice.choices(["route", "file", "upload", "queue", "broken"], [8, 3, 3, 4, 2])[0]
    return {"route": _route, "file": _file, "upload": _upload, "queue": _queue, "broken": _broken}[kind](dice, values)


def _route(dice: random.Random, values: Values) -> Raw:
    path = re.sub(r"\{[^}]*\}", lambda _: _quoted(values.text(dice)[:500], dice), dice.choice(addresses()))
    if dice.random() < 0.4:
        path += f"?{dice.choice(['session_hash', 'deep_link', 'path', 'url', '__theme', 'upload_id', 'fn_index', 'a'])}={_quoted(values.text(dice)[:2000], dice)}"
    return _http(
        f"route {path[:80]}",
        dice.choice(METHODS[:7] if dice.random() < 0.9 else METHODS),
        path,
        _headers(dice, values),
        _body(dice, values),
    )


def _file(dice: random.Random, values: Values) -> Raw:
    start = dice.choice(
        [
            "/gradio_api/file=",
            "/gradio_api/file/",
            "/file=",
            "/gradio_api/proxy=",
            "/static/",
            "/assets/",
            "/gradio_api/stream/",
            "/custom_component/",
        ]
    )
    return _http(
        "a file by its path",
        dice.choice(["GET", "HEAD"]),
        start + _quoted(values.path(dice), dice),
        _headers(dice, values),
        b"",
    )


def _upload(dice: random.Random, values: Values) -> Raw:
    _, name, data = files.mutated(dice)
    body, kind = multipart(_plain(name if dice.random() < 0.5 else values.path(dice)), data[:20_000])
    how = dice.choice(["cut", "no end", "wrong mark", "no name", "many", "flip", "whole", "field"])
    if how == "cut":
        body = body[: dice.randrange(len(body))]
    elif how == "no end":
        body = body.rpartition(b"\r\n--")[0]
    elif how == "wrong mark":
        kind += "x"
    elif how == "no name":
        body = body.replace(b'name="files"; ', b"")
    elif how == "many":
        body = body.partition(b"\r\n--")[0] * 50 + body
    elif how == "flip":
        made = bytearray(body)
        for _ in range(10):
            made[dice.randrange(min(300, len(made)))] = dice.randrange(256)
        body = bytes(made)
    elif how == "field":
        body = body.replace(b"; filename=", b"; filenames=")
    path = "/gradio_api/upload" + dice.choice(["", "?upload_id=../../x", "?upload_id=" + "a" * 3000])
    return _http(f"upload, {how}", "POST", path, [("Content-Type", kind), *_headers(dice, values)], body)


def _queue(dice: random.Random, values: Values) -> Raw:
    path = dice.choice(["/gradio_api/queue/join", "/gradio_api/run/predict", "/gradio_api/call/detect", "/gradio_api/call/validate",
                        "/gradio_api/api/detect", "/gradio_api/reset", "/gradio_api/cancel", "/gradio_api/component_server"])  # fmt: skip
    document = {"data": [values.any(dice) for _ in range(dice.randrange(8))], "fn_index": dice.choice([None, -1, 0, 5, 9999, "a", 1e300, [1]]),
                "session_hash": dice.choice(["x", None, 5, "../x", "a" * 5000, "\0"]), "event_id": values.text(dice)[:200],
                "trigger_id": dice.choice([None, 5, "x", -1]), "event_data": values.any(dice)}  # fmt: skip
    for name in list(document):
        if dice.random() < 0.15:
            del document[name]
    if dice.random() < 0.1:
        return _http(f"queue {path}", "POST", path, [("Content-Type", "application/json")], _body(dice, values))
    return _http(f"queue {path}", "POST", path, [("Content-Type", "application/json")], _json(document))


def _broken(dice: random.Random, values: Values) -> Raw:
    lines = [
        b"GET", b"GET / HTTP/9.9\r\n\r\n", b"\0" * 100, dice.randbytes(200), b"GET / HTTP/1.1\r\n\r\n", b"GET  /  HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST /gradio_api/queue/join HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /gradio_api/upload HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nA: " + b"a" * 200_000 + b"\r\n\r\n", b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"".join(b"H%d: x\r\n" % n for n in range(2000)) + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + dice.randbytes(100), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /gradio_api/queue/data HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    ]  # fmt: skip
    return Raw("no proper HTTP", dice.choice(lines), strict=False)


def _http(what: str, method: str, path: str, headers: list[tuple[str, str]], body: bytes) -> Raw:
    rows = [f"{method} {path or '/'} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    named = {name.lower() for name, _ in headers}
    if "host" not in named:
        rows.append("Host: 127.0.0.1")
    if "content-length" not in named:
        rows.append(f"Content-Length: {len(body)}")
    rows.append("Connection: close")
    head = "\r\n".join(rows).encode("utf-8", "surrogatepass")
    return Raw(what, head + b"\r\n\r\n" + body)


def _headers(dice: random.Random, values: Values) -> list[tuple[str, str]]:
    strange = [
        ("Content-Type", dice.choice(KINDS)), ("Cookie", "access-token=" + _plain(values.text(dice))[:3000]), ("Accept-Language", _plain(values.text(dice))[:3000]),
        ("Range", dice.choice(["bytes=0-", "bytes=-1", "bytes=99999999999-", "bytes=0-0,1-1,2-2", "x"])), ("X-Forwarded-For", _plain(values.text(dice))[:500]),
        ("X-Forwarded-Host", "evil.example"), ("Origin", "null"), ("Host", dice.choice(["evil.example", "127.0.0.1:1", "", "[::1]", "a" * 300])),
        ("Authorization", dice.choice(["Basic !!!", "Basic OjpA", "Bearer x"])), ("Accept-Encoding", "br;q=x, gzip, *"), ("If-None-Match", "*"),
        ("Expect", "100-continue"), ("Content-Encoding", "gzip"), ("X-Gradio-User", "mcp"), ("Referer", "javascript:1"),
    ]  # fmt: skip
    return [row for row in strange if dice.random() < 0.12]


def _body(dice: random.Random, values: Values) -> bytes:
    kind = dice.randrange(7)
    if kind == 0:
        return b""
    if kind == 1:
        return dice.randbytes(dice.choice([1, 100, 5000]))
    if kind == 2:
        return dice.choice(
            [
                b"[" * 50_000,
                b'{"a":' * 50_000,
                b"[" * 500 + b"]" * 500,
                b'{"data": [NaN, Infinity]}',
                b"\xff\xfe{\x00}\x00",
                b"9" * 10_000,
            ]
        )
    return _json(
        values.any(dice)
        if kind < 5
        else {"data": [values.any(dice)], "session_hash": "x", "fn_index": dice.randrange(-2, 200)}
    )


def _json(document: object) -> bytes:
    return json.dumps(document).encode("utf-8", "replace")


def _quoted(text: str, dice: random.Random) -> str:
    """For a path: quoted, or bare as far as HTTP's first line bears it."""
    if dice.random() < 0.6:
        return urllib.parse.quote(text.encode("utf-8", "replace"), safe=dice.choice(["", "/", "/."]))
    return _plain(text).replace(" ", "%20")


def _plain(text: str) -> str:
    return re.sub(r"[\r\n\0]", "", text).encode("utf-8", "replace").decode()
