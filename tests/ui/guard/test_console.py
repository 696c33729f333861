"""The guards around a real console: its login, its files, its answers, and the way through a proxy."""

from __future__ import annotations

import http.client
import json
import re
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from gradio_client import Client, handle_file

from ocrweb.services.access.brake import FREE
from ocrweb.services.access.file_address import KEY
from tests.browser import Console, start_console, stop_console

pytestmark = pytest.mark.slow
PASSWORD = "a right password"


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


def ask(console: Console, path: str, body: bytes | None = None, method: str = "", **headers: str) -> Answer:
    """One request with exactly these headers (underscores become hyphens)."""
    connection = http.client.HTTPConnection(console.url.removeprefix("http://"), timeout=60)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method or ("GET" if body is None else "POST"), path, body, named)
    response = connection.getresponse()
    answer = Answer(response.status, response.headers, b"" if method == "HEAD" else response.read())
    connection.close()
    return answer


def log_in(console: Console, password: str = PASSWORD, **headers: str) -> Answer:
    form = urllib.parse.urlencode({"username": "anna", "password": password}).encode()
    return ask(console, "/login", form, Content_Type="application/x-www-form-urlencoded", **headers)


def cookie_of(answer: Answer) -> str:
    return "; ".join(cookie.partition(";")[0] for cookie in answer.headers.get_all("set-cookie") or [])


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """With a login, behind a trusted proxy on this machine that shows it below /ocr."""
    home = tmp_path_factory.mktemp("locked")
    arguments = ("--trusted-proxy", "127.0.0.1", "--allow-host", "ocr.example.org", "--root-path", "/ocr")
    console = start_console(home, *arguments, environment={"OCRWEB_AUTH": f"anna:{PASSWORD}"})
    yield console
    stop_console(console)


def through_proxy(path: str = "") -> dict[str, str]:
    return {"Host": "ocr.example.org", "X_Forwarded_Proto": "https", "X_Forwarded_For": "198.51.100.7"}


def test_the_page_behind_a_proxy_speaks_of_the_public_address_alone(locked: Console) -> None:
    cookie = cookie_of(log_in(locked, **through_proxy()))
    for path in ("/config", "/ocr/config"):
        config = json.loads(ask(locked, path, Cookie=cookie, **through_proxy()).body)
        assert config["root"] == "https://ocr.example.org/ocr"


def test_the_cookie_is_strict_below_its_path_and_secure_behind_tls(locked: Console) -> None:
    for answer, secure in ((log_in(locked), False), (log_in(locked, **through_proxy()), True)):
        assert answer.status == 200
        cookies = answer.headers.get_all("set-cookie") or []
        assert cookies
        for cookie in cookies:
            parts = {part.strip() for part in cookie.split(";")[1:]}
            assert parts == {"Path=/ocr", "HttpOnly", "SameSite=Strict"} | ({"Secure"} if secure else set())


def test_wrong_passwords_are_slowed_for_their_address_alone(locked: Console) -> None:
    guesser = {"X_Forwarded_For": "203.0.113.9"}
    assert {log_in(locked, "wrong", **guesser).status for _ in range(FREE)} == {400}
    refused = log_in(locked, PASSWORD, **guesser)
    assert refused.status == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert log_in(locked, PASSWORD, X_Forwarded_For="203.0.113.10").status == 200
    log = locked.log.read_text(encoding="utf-8")
    assert re.search(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\S* ocrweb.login: login refused from 203\.0\.113\.9 ", log, re.M)
    assert "wrong" not in log


def test_the_login_is_in_no_command_line(locked: Console) -> None:
    process = Path("/proc", str(locked.process.pid))
    assert PASSWORD.encode() not in (process / "cmdline").read_bytes()


def test_without_the_login_a_file_stays_shut_though_its_address_is_right(
    locked: Console, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = _result(locked.home)
    monkeypatch.setenv("OCRWEB_HOME", str(locked.home))
    from ocrweb.services.access import file_address

    address = f"/gradio_api/file={urllib.parse.quote(str(file))}?{KEY}={file_address.key_of(str(file))}"
    assert ask(locked, address).status == 401
    assert ask(locked, address, Cookie=cookie_of(log_in(locked))).body == file.read_bytes()


def _result(home: Path, name: str = "a.png", content: bytes = b"\x89PNG\r\n\x1a\n") -> Path:
    file = home / "outputs" / "outputs_20260101000000" / "visualization" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def keyed(console: Console, file: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    from ocrweb.services.access import file_address

    monkeypatch.setenv("OCRWEB_HOME", str(console.home))
    return f"/gradio_api/file={urllib.parse.quote(str(file))}?{KEY}={file_address.key_of(str(file))}"


def test_a_result_is_not_reached_by_guessing_its_folder(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    file = _result(console.home)
    other = _result(console.home, "b.png")
    right = keyed(console, file, monkeypatch)
    key = right.rpartition("=")[2]
    plain = f"/gradio_api/file={urllib.parse.quote(str(file))}"
    tries = [
        plain,
        f"{plain}?{KEY}=",
        f"{plain}?{KEY}={'0' * len(key)}",
        f"{plain.replace('a.png', 'b.png')}?{KEY}={key}",
        f"/gradio_api/file={file.parent}/../visualization/a.png?{KEY}={key}",
        f"/gradio_api/file=/{file}",
        f"/gradio_api/file={console.home}/.ocrweb/uploads/hash_seed.txt",
        f"/gradio_api/file={console.home}/.ocrweb/uploads/{'a' * 64}/../hash_seed.txt",
        f"/gradio_api/file={console.home}/.ocrweb/uploads/../page_secret",
        "/gradio_api/file=http://example.org/a.png",
    ]
    assert other.exists()
    for address in tries:
        refused = ask(console, address)
        assert (refused.status, json.loads(refused.body)["error"]["code"]) == (403, "access.no-file"), address
    assert ask(console, right).body == file.read_bytes()


def test_the_examples_of_the_page_can_be_fetched(console: Console) -> None:
    addresses = re.findall(r'"url": ?"([^"]*file=[^"]*)"', ask(console, "/config").body.decode("utf-8"))
    assert addresses
    for address in addresses:
        assert ask(console, urllib.parse.urlsplit(address).path).status == 200, address


@pytest.mark.parametrize(
    ("name", "content", "inline"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n", True),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", False),
        ("a.html", b"<script>alert(1)</script>", False),
        ("a.xml", b"<a/>", False),
        ("a.pdf", b"%PDF-1.4", False),
        ("a.json", b"{}", False),
        ("a.unknown", b"<script>alert(1)</script>", False),
    ],
)
def test_only_pictures_of_dots_are_shown_the_rest_is_saved(
    console: Console, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, inline: bool
) -> None:
    address = keyed(console, _result(console.home, name, content), monkeypatch)
    for headers in ({}, {"Range": "bytes=0-1"}):
        answer = ask(console, address, **headers)
        assert answer.status in (200, 206)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        if inline:
            assert answer.headers["Content-Type"] == "image/png"
        else:
            assert answer.headers["Content-Type"] == "application/octet-stream"
            assert answer.headers["Content-Disposition"].startswith("attachment")


def test_an_upload_that_is_a_page_is_saved_not_shown(console: Console) -> None:
    boundary = (
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.html"\r\n\r\n<script>1</script>\r\n--x--\r\n'
    )
    stored = json.loads(
        ask(console, "/gradio_api/upload", boundary, Content_Type="multipart/form-data; boundary=x").body
    )
    answer = ask(console, "/gradio_api/file=" + urllib.parse.quote(stored[0]))
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_foreign_origin_and_a_foreign_name_get_nothing_and_no_leave(console: Console) -> None:
    own = console.url.removeprefix("http://")
    for headers in (
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:9"},
        {"Sec_Fetch_Site": "cross-site"},
    ):
        for path, body in (("/config", None), ("/gradio_api/queue/join", b"{}"), ("/gradio_api/upload", b"")):
            refused = ask(console, path, body, Host=own, **headers)
            assert refused.status == 403
            assert not [name for name in refused.headers if name.lower().startswith("access-control")]
    assert ask(console, "/config", Host="evil.example:7860").status == 421
    assert ask(console, "/config", Host=own, X_Forwarded_Host="evil.example").status == 200  # nobody listens to it
    welcome = ask(console, "/config", Host=own, Origin=console.url)
    assert welcome.status == 200
    assert not [name for name in welcome.headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize("path", ["/monitoring", "/gradio_api/deep_link", "/gradio_api/token", "/gradio_api/proxy=x"])
def test_routes_that_the_page_does_not_use_are_closed(console: Console, path: str) -> None:
    for body in (None, b"{}"):
        refused = ask(console, path, body)
        assert (refused.status, json.loads(refused.body)["error"]["code"]) == (404, "access.closed")


@pytest.mark.parametrize("path", ["/", "/config", "/healthz", "/gradio_api/info", "/nothing", "/favicon.ico"])
def test_every_answer_has_the_safe_headers(console: Console, path: str) -> None:
    headers = ask(console, path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    policy = headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    assert "server" not in headers


def test_each_script_of_the_page_has_the_nonce_of_its_policy_and_no_other_visit_has_it(console: Console) -> None:
    seen = set()
    for _ in range(2):
        answer = ask(console, "/")
        policy = answer.headers["Content-Security-Policy"]
        nonce = re.search(r"'nonce-([\w-]+)'", policy)
        assert nonce is not None
        scripts = re.findall(r"<script\b[^>]*>", answer.body.decode("utf-8"))
        assert scripts
        assert all(f'nonce="{nonce.group(1)}"' in script for script in scripts)
        script_policy = next(part for part in policy.split(";") if part.strip().startswith("script-src"))
        assert "'unsafe-inline'" not in script_policy
        seen.add(nonce.group(1))
    assert len(seen) == 2


def test_programs_that_are_no_browser_go_on_working(console: Console, picture: Path) -> None:
    assert Client(console.url, verbose=False).predict(handle_file(picture), api_name="/detect")["success"] is True


def test_results_and_private_files_are_the_owners_alone(console: Console) -> None:
    private = console.home / ".ocrweb"
    folders = [path for path in private.rglob("*") if path.is_dir() and not path.is_symlink()]
    for path in (private, *folders, private / "page_secret"):
        assert not path.stat().st_mode & 0o077, path
