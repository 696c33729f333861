"""Published weights arrive whole or not at all, go on where they stopped, and nothing in them is trusted."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from http.client import IncompleteRead
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.model.pdparams import write_pdparams
from ocrweb.runtime import catalogue
from ocrweb.runtime.published import PUBLISHED_WEIGHTS, Published
from ocrweb.services.intake import fetch as fetching
from ocrweb.services.models.downloads import download

BACKBONE = {"bb_3_1.conv1._conv.weight": np.zeros((512, 512, 3, 3), np.float16)}


class Server(ThreadingHTTPServer):
    """Serves ``content`` with ranges. breaks_at: the connection ends after so many bytes, once."""

    content: bytes = b""
    etag = '"one"'
    breaks_at: int | None = None
    md5: str | None = None
    ranges: list[str]


class Answer(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        asked = self.headers.get("Range", "")
        self.server.ranges.append(asked)
        start = int(asked[6:-1]) if asked and self.headers.get("If-Range") == self.server.etag else 0
        if self.path == "/absent":
            self.send_error(404)
            return
        if start and start >= len(self.server.content):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(self.server.content)}")
            self.end_headers()
            return
        body = self.server.content[start:]
        self.send_response(206 if start else 200)
        if start:
            self.send_header(
                "Content-Range", f"bytes {start}-{len(self.server.content) - 1}/{len(self.server.content)}"
            )
        self.send_header("ETag", self.server.etag)
        self.send_header("Content-Length", str(len(body)))
        if self.server.md5:
            self.send_header("Content-MD5", self.server.md5)
        self.end_headers()
        cut, self.server.breaks_at = self.server.breaks_at, None
        self.wfile.write(body[:cut])

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on stderr."""


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server(("127.0.0.1", 0), Answer)
    made.ranges = []
    thread = threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    return tmp_path


def weights(tmp_path: Path) -> bytes:
    write_pdparams(BACKBONE, tmp_path / "made-up.pdparams")
    return (tmp_path / "made-up.pdparams").read_bytes()


def tar_of(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name.replace("__", "/"))
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def published(server: Server, path: str = "/weights.pdparams", member: str = "") -> Published:
    url = f"http://127.0.0.1:{server.server_port}{path}"
    return Published("ResNet18_vd", url, member, backbone=True, description={"en": "made up"})


def code_of(*weights: Published, source: Path | None = None) -> str:
    with pytest.raises(OcrwebError) as caught:
        download("official", weights=weights, source=source)
    assert caught.value.message("zh")
    assert caught.value.hint("zh")
    return caught.value.code


def test_downloaded_weights_are_listed_as_a_start_for_training(server: Server, home: Path) -> None:
    server.content = weights(home)
    assert "ResNet18_vd" not in [entry.name for entry in catalogue.list_models()]
    (got,) = download("official", weights=[published(server)])
    assert got.fresh
    assert Path(got.path).parent == home / ".ocrweb" / "models"
    assert got.sha256 == hashlib.sha256(server.content).hexdigest()
    entry = catalogue.resolve("ResNet18_vd")
    assert (entry.trains, entry.detects, entry.available) == (True, False, True)
    assert entry in catalogue.list_models()


def test_what_is_there_is_not_downloaded_again(server: Server, home: Path) -> None:
    server.content = weights(home)
    first = download("official", weights=[published(server)])
    again = download("official", weights=[published(server)])
    assert len(server.ranges) == 1
    assert again == [replace(first[0], fresh=False)]


def test_an_interrupted_download_goes_on_where_it_stopped(server: Server, home: Path) -> None:
    server.content = weights(home)
    server.breaks_at = 100_000
    assert code_of(published(server)) in ("download.incomplete", "download.offline")
    download("official", weights=[published(server)])
    assert server.ranges == ["", "bytes=100000-"]
    assert not list((home / ".ocrweb" / "models").glob("*part*"))


def test_a_file_that_changed_meanwhile_is_fetched_from_the_start(server: Server, home: Path) -> None:
    server.content, server.breaks_at = b"x" * 200_000, 100_000
    code_of(published(server))
    server.content, server.etag = weights(home), '"two"'
    (got,) = download("official", weights=[published(server)])
    assert got.sha256 == hashlib.sha256(server.content).hexdigest()


def test_a_download_that_was_complete_but_for_its_end_is_used(server: Server, home: Path) -> None:
    server.content = weights(home)
    part = home / "part"
    for _ in range(2):
        fetching.fetch(published(server).url, part)
        assert part.read_bytes() == server.content
    assert server.ranges == ["", f"bytes={len(server.content)}-"]  # what is there already is not sent again


def test_of_what_was_fetched_everybody_is_told(server: Server, home: Path) -> None:
    """Bytes done and in all, of those that were there already too."""
    server.content, server.breaks_at = b"x" * 700_000, 100_000
    part, told = home / "part", list[tuple[int, int | None]]()
    with pytest.raises(OcrwebError):
        fetching.fetch(published(server).url, part, lambda *given: told.append(given))
    fetching.fetch(published(server).url, part, lambda *given: told.append(given))
    assert all(total == 700_000 for _, total in told)
    done = [done for done, _ in told]
    assert done == sorted(set(done))
    assert (100_000 in done, done[-1]) == (True, 700_000)


def test_what_was_fetched_outlives_a_server_that_refuses(server: Server, home: Path) -> None:
    server.content, server.breaks_at = b"x" * 200_000, 100_000
    part = home / "part"
    with pytest.raises(OcrwebError):
        fetching.fetch(published(server).url, part)
    with pytest.raises(OcrwebError) as refused:
        fetching.fetch(published(server, "/absent").url, part)
    assert (refused.value.code, refused.value.params["status"]) == ("download.refused", 404)
    assert part.read_bytes() == b"x" * 100_000
    part.write_bytes(b"x" * 200_001)  # more than there is: another file by now
    fetching.fetch(published(server).url, part)
    assert part.read_bytes() == server.content


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (TimeoutError("timed out"), "timed out"), (ConnectionResetError(), "ConnectionResetError"), (IncompleteRead(b"x"), "IncompleteRead"),
        (urllib.error.URLError("no route"), "no route"),
    ],
    ids=["late", "reset", "cut", "no route"],
)  # fmt: skip
def test_a_network_that_fails_is_told_with_its_reason(
    failure: Exception, reason: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(request: object, timeout: float) -> None:
        assert timeout == 20.0  # seconds without a byte
        raise failure

    monkeypatch.setattr(urllib.request, "urlopen", fails)
    with pytest.raises(OcrwebError) as offline:
        fetching.fetch("http://127.0.0.1/weights", home / "part")
    assert offline.value.code == "download.offline"
    assert str(offline.value.params["reason"]).startswith(reason)


@pytest.mark.parametrize(
    ("headers", "total"),
    [
        ({"Content-Range": "bytes 5-9/10"}, 10), ({"Content-Range": "bytes */12", "Content-Length": "3"}, 12), ({"Content-Length": "7"}, 12),
        ({"Content-Range": "bytes 5-9/*", "Content-Length": "5"}, 10), ({}, None), ({"Content-Length": "many"}, None), ({"Content-Length": "0"}, 5),
    ],
)  # fmt: skip
def test_how_much_there_is_in_all_is_what_the_server_says(headers: dict[str, str], total: int | None) -> None:
    given = Message()
    for name, value in headers.items():
        given[name] = value
    assert fetching._total(given, 5) == total


@pytest.mark.parametrize("size", [99, 100, 101])
def test_a_file_larger_than_a_model_is_refused(
    size: int, server: Server, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "MOST", 100)
    server.content = b"x" * size
    if size <= 100:
        fetching.fetch(published(server).url, home / "part")
        return
    with pytest.raises(OcrwebError, match=r"download\.too-large"):
        fetching.fetch(published(server).url, home / "part")
    monkeypatch.setattr(fetching, "_total", lambda headers, done: None)  # a server that does not say
    with pytest.raises(OcrwebError, match=r"download\.too-large"):
        fetching.fetch(published(server).url, home / "part")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "weights"])
def test_only_the_web_is_fetched_from(url: str, home: Path) -> None:
    with pytest.raises(OcrwebError, match=r"download\.refused"):
        fetching.fetch(url, home / "part")
    assert not (home / "part").exists()


def test_where_a_download_cannot_be_written_is_said(server: Server, home: Path) -> None:
    server.content = b"x"
    with pytest.raises(OcrwebError, match=r"usage\."):
        fetching.fetch(published(server).url, home / "no folder" / "part")


def test_weights_are_taken_out_of_a_tar_and_nothing_else_is(server: Server, home: Path) -> None:
    good = weights(home)
    server.content = tar_of(**{"..__..__evil.txt": b"evil", "det__best.pdopt": b"?", "det__best.pdparams": good})
    (got,) = download("official", weights=[published(server, "/det.tar", "best.pdparams")])
    assert Path(got.path).read_bytes() == good
    assert not list(home.parent.rglob("evil.txt"))


@pytest.mark.parametrize(
    ("content", "member", "code"),
    [
        (b"<html>sign in</html>", "", "download.not-the-weights"),
        (b"<html>sign in</html>", "best.pdparams", "download.damaged"),
        (tar_of(other=b"x"), "best.pdparams", "download.damaged"),
    ],
    ids=["page-instead-of-weights", "page-instead-of-tar", "tar-without-weights"],
)
def test_something_else_is_refused_and_thrown_away(
    server: Server, home: Path, content: bytes, member: str, code: str
) -> None:
    server.content = content
    assert code_of(published(server, member=member)) == code
    assert not [path for path in (home / ".ocrweb" / "models").iterdir() if path.is_file()]


def test_checksums_are_compared(server: Server, home: Path) -> None:
    server.content = weights(home)
    assert code_of(replace(published(server), sha256="0" * 64)) == "download.damaged"
    server.md5 = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    assert code_of(published(server)) == "download.damaged"
    server.md5 = base64.b64encode(hashlib.md5(server.content).digest()).decode()
    right = replace(published(server), sha256=hashlib.sha256(server.content).hexdigest())
    assert download("official", weights=[right])[0].fresh


def test_offline_and_moved_files_are_told_apart(server: Server) -> None:
    assert code_of(published(server, "/absent")) == "download.refused"
    gone = published(server)
    server.shutdown()
    server.server_close()
    assert code_of(gone) == "download.offline"


def test_files_fetched_elsewhere_are_taken_from_their_folder(server: Server, home: Path) -> None:
    folder = home / "stick"
    folder.mkdir()
    assert code_of(published(server), source=folder) == "usage.missing-path"
    (folder / "weights.pdparams").write_bytes(weights(home))
    assert download("official", weights=[published(server)], source=folder)[0].fresh
    assert server.ranges == []


def test_only_official_weights_can_be_asked_for() -> None:
    with pytest.raises(OcrwebError, match="offical"):
        download("offical")


def test_every_published_file_is_fetched_safely_by_a_name_of_its_own() -> None:
    assert all(item.url.startswith("https://") for item in PUBLISHED_WEIGHTS)
    assert len({item.name for item in PUBLISHED_WEIGHTS}) == len(PUBLISHED_WEIGHTS) == 2
