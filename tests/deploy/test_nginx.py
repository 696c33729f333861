"""The console behind Debian's nginx as `deploy/nginx.conf` sets it up: TLS, a sub-path, uploads, event streams, login."""

from __future__ import annotations

import http.client
import json
import os
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Playwright, expect

from tests.browser import (
    CHROMIUM_ARGUMENTS,
    WINDOWLESS_FIRST,
    Console,
    chromium_path,
    free_port,
    start_console,
    stop_console,
)
from tests.deploy.proxy import MEGABYTES, NAME, Proxy, nginx_path, running_proxy

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not nginx_path(), reason="nginx is missing: bash run_tests.sh installs it"),
]
LOGIN = "anna:s3cret-of-the-test"


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    running = start_console(
        tmp_path_factory.mktemp("home"), "--root-path", "/ocr", "--allow-host", NAME, "--trusted-proxy", "127.0.0.1",
        environment={"OCRWEB_AUTH": LOGIN},
    )  # fmt: skip
    yield running
    stop_console(running)


@pytest.fixture(scope="module")
def proxy(console: Console, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with running_proxy(tmp_path_factory.mktemp("nginx"), int(console.url.rpartition(":")[2])) as running:
        yield running
        assert "[emerg]" not in running.log.read_text(encoding="utf-8")


class Visitor:
    """A script that speaks HTTPS to the proxy and keeps its cookies."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy, self.cookies = proxy, ""
        self.connection = self.connect()

    def connect(self) -> http.client.HTTPSConnection:
        """The name leads to this machine, as it would by a name server."""
        connection = http.client.HTTPSConnection(
            NAME, self.proxy.port, timeout=120, context=ssl._create_unverified_context()
        )
        connection._create_connection = lambda address, *more: socket.create_connection(  # type: ignore[attr-defined]
            ("127.0.0.1", self.proxy.port), 120
        )
        return connection

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> http.client.HTTPResponse:
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            headers["Cookie"] = self.cookies
        self.connection.request(method, path, body, headers)
        return self.connection.getresponse()

    def log_in(self) -> list[str]:
        """Returns the cookies as the server set them."""
        user, _, password = LOGIN.partition(":")
        answer = self.send(
            "POST", "/ocr/login", f"username={user}&password={password}",
            Content_Type="application/x-www-form-urlencoded",
        )  # fmt: skip
        assert answer.status == 200, answer.read()
        answer.read()
        given = answer.headers.get_all("Set-Cookie") or []
        self.cookies = "; ".join(cookie.partition(";")[0] for cookie in given)
        return given

    def upload(self, data: bytes) -> http.client.HTTPResponse:
        edge = "edge-of-a-part"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="page.png"\r\nContent-Type: image/png\r\n\r\n'
        body = head.encode() + data + f"\r\n--{edge}--\r\n".encode()
        return self.send("POST", "/ocr/gradio_api/upload", body, Content_Type=f"multipart/form-data; boundary={edge}")


@pytest.fixture
def visitor(proxy: Proxy) -> Visitor:
    made = Visitor(proxy)
    made.log_in()
    return made


def noisy_page(side: int) -> bytes:
    """A PNG of a page with print and noise: 3 bytes a pixel, since noise does not pack."""
    page = np.random.default_rng(1).integers(200, 255, (side, side, 3), np.uint8)
    for line in range(8):
        cv2.putText(page, f"Line {line} total 12.50", (40, 90 * line + 80), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (0, 0, 0), 3)
    return cv2.imencode(".png", page)[1].tobytes()


def test_health_goes_through_and_the_bare_path_leads_to_the_page(proxy: Proxy) -> None:
    anyone = Visitor(proxy)
    answer = anyone.send("GET", "/ocr/healthz")
    assert (answer.status, json.load(answer)["ready"]) == (200, True)
    answer = anyone.send("GET", "/ocr")
    answer.read()
    assert (answer.status, answer.headers["Location"]) == (308, proxy.url)


def test_the_login_is_asked_for_and_its_cookies_come_back_only_over_tls(proxy: Proxy) -> None:
    visitor = Visitor(proxy)
    answer = visitor.send("GET", "/ocr/config")
    answer.read()
    assert answer.status == 401
    cookies = visitor.log_in()
    assert cookies
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/ocr"} <= {part.strip() for part in cookie.split(";")}
    answer = visitor.send("GET", "/ocr/config")
    assert (answer.status, json.load(answer)["root"]) == (200, proxy.url.rstrip("/"))


def test_what_a_visitor_says_of_himself_ends_at_the_proxy(visitor: Visitor) -> None:
    answer = visitor.send(
        "GET", "/ocr/config", X_Forwarded_Host="evil.example", X_Forwarded_Proto="http", X_Forwarded_For="10.9.8.7"
    )
    assert json.load(answer)["root"] == visitor.proxy.url.rstrip("/")


def call_detect(visitor: Visitor, path: str) -> list[tuple[float, dict[str, Any]]]:
    """Ask through the queue; every message of the event stream with the moment it came in."""
    answer = visitor.send("GET", "/ocr/config")
    config = json.load(answer)
    endpoint = next(each for each in config["dependencies"] if each["api_name"] == "detect")
    defaults = {each["id"]: each["props"].get("value") for each in config["components"]}
    data = [defaults.get(number) for number in endpoint["inputs"]]
    data[0] = {"path": path, "meta": {"_type": "gradio.FileData"}, "orig_name": "page.png"}
    session = os.urandom(5).hex()
    asked = {"data": data, "fn_index": endpoint["id"], "session_hash": session}
    answer = visitor.send("POST", "/ocr/gradio_api/queue/join", json.dumps(asked), Content_Type="application/json")
    assert answer.status == 200, answer.read()
    answer.read()
    stream = visitor.send("GET", f"/ocr/gradio_api/queue/data?session_hash={session}")
    assert stream.headers["Content-Type"].startswith("text/event-stream")
    messages = []
    while line := stream.readline():
        if line.startswith(b"data:"):
            messages.append((time.monotonic(), json.loads(line[5:])))
            if messages[-1][1]["msg"] == "close_stream":
                break
    return messages


def told_live(messages: list[tuple[float, dict[str, Any]]]) -> bool:
    """Whether the start of the work was told while it went on, and not together with its end."""
    came = {message["msg"]: (moment, message) for moment, message in messages}
    began, (ended, last) = came["process_starts"][0], came["process_completed"]
    assert last["success"], last
    return ended - began > last["output"]["duration"] / 2


def test_an_upload_of_many_megabytes_is_detected_and_told_live(visitor: Visitor) -> None:
    picture = noisy_page(2400)
    assert 12 << 20 < len(picture) < MEGABYTES << 20
    answer = visitor.upload(picture)
    [path] = json.load(answer)
    messages = call_detect(visitor, path)
    assert told_live(messages)
    document = next(message for _, message in messages if message["msg"] == "process_completed")["output"]["data"][0]
    assert document["success"] is True
    assert len(document["boxes"]) >= 8


def test_a_buffering_proxy_would_be_noticed(console: Console, tmp_path: Path) -> None:
    port = int(console.url.rpartition(":")[2])
    settings = {
        "proxy_buffering off": "proxy_buffering on",
        'Connection "";': 'Connection ""; proxy_ignore_headers X-Accel-Buffering;',
    }
    with running_proxy(tmp_path / "nginx", port, **settings) as buffering:
        visitor = Visitor(buffering)
        visitor.log_in()
        [path] = json.load(visitor.upload(noisy_page(1600)))
        assert not told_live(call_detect(visitor, path))


def test_too_large_an_upload_is_answered_in_words(proxy: Proxy, visitor: Visitor) -> None:
    answer = visitor.send("POST", "/ocr/gradio_api/upload", b"x", Content_Length=str(MEGABYTES * 2 << 20))
    document = json.load(answer)
    assert (answer.status, document["error"]["code"]) == (413, "upload.too-large")
    assert "larger than this server accepts" in document["detail"]


def test_a_console_that_is_not_there_is_told_with_when_to_come_back(tmp_path: Path) -> None:
    with running_proxy(tmp_path / "nginx", free_port()) as alone:
        answer = Visitor(alone).send("GET", "/ocr/healthz")
        assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
        assert json.load(answer)["error"]["code"] == "console.not-there"


@pytest.mark.browser
def test_a_person_logs_in_detects_and_downloads(playwright: Playwright, proxy: Proxy, tmp_path: Path) -> None:
    """In a real browser, without an error in its console."""
    picture = tmp_path / "page.png"
    picture.write_bytes(noisy_page(900))
    errors: list[str] = []
    arguments = [*CHROMIUM_ARGUMENTS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
    browser = playwright.chromium.launch(executable_path=chromium_path(WINDOWLESS_FIRST), args=arguments)
    context = browser.new_context(ignore_https_errors=True, locale="en-US", accept_downloads=True)
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(proxy.url)
    page.locator("input[type=text], textarea").first.fill(LOGIN.partition(":")[0])
    page.locator("input[type=password]").fill(LOGIN.partition(":")[2])
    page.locator("button", has_text="Log").first.click()
    page.wait_for_selector("#tabs")

    page = context.new_page()  # the first one was refused before it was let in, which is an error of its own
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(proxy.url)
    page.wait_for_selector("#tabs")
    page.locator("#single-picture input[type=file]").first.set_input_files(picture)
    expect(page.locator("#single-summary")).to_contain_text("text regions found")
    expect(page.locator("#single-boxes ocrweb-viewer[data-ready]")).to_be_visible()
    with page.expect_download() as started:
        page.locator("#single-save-json").click()
    assert json.loads(Path(started.value.path()).read_text(encoding="utf-8"))["success"] is True
    assert not errors
    browser.close()
